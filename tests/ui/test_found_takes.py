"""A take whose worker died before the last step, its move to the others, counts as made: no other is made for it."""

from __future__ import annotations

from engines import load_tones

from talkies.core.generation.take_orders import TakeRequest, make_takes
from talkies.ui.work.document import Document


def test_a_take_that_lacks_only_its_move_is_found(document: Document) -> None:
    order = TakeRequest.from_mapping({**document.order(), "task": "foley", "segments": ["V1-001"]})
    list(make_takes(order, load_engine=load_tones))
    assert document.folder is not None
    takes = document.folder / "takes"
    (sound,) = takes.glob("FX_*.wav")
    sound.replace(takes / "making" / sound.name)  # its sidecar is there: so a worker leaves it that is killed just now
    document.find_takes()
    assert [take.id for take in document.takes("V1-001")] == [sound.stem]
    assert sound.is_file()
