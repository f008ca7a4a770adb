"""Taps: a key while it plays sets a spot on the frame that is heard; all of a performance is one step."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import pytest
from pytestqt.qtbot import QtBot
from sound_devices import Device

from talkies.ui.player.chunks import SoundChunks
from talkies.ui.player.mix import Mix
from talkies.ui.player.transport import Transport
from talkies.ui.spotting.taps import Taps
from talkies.ui.work.document import Document

SECOND = 48_000


@pytest.fixture
def transport(qtbot: QtBot, device: Device) -> Iterator[Transport]:
    chunks = SoundChunks()
    yield Transport(Mix(chunks), Fraction(25), Fraction(2))
    chunks.close()


def starts(document: Document, shot: str) -> list[float]:
    return [float(place.span.start) for place in document.spot_places(shot)]


def test_taps_are_spots_on_frames_and_a_step_for_each_shot(
    document: Document, transport: Transport, device: Device
) -> None:
    taps = Taps(document, transport)
    taps.tap()  # it does not listen
    taps.toggle()
    assert taps.listening and transport.playing
    for heard in (0.213, 0.25, 0.611):  # 0.25 s is within a tenth of the first
        device.hear_until(heard)
        taps.tap()
        taps.let_go()
    device.hear_until(1.31)
    taps.tap()
    device.hear_until(1.75)
    taps.let_go()
    transport.stop()
    assert not taps.listening
    assert starts(document, "V1-001") == [0.2, 0.6]
    (held,) = document.spot_places("V1-002")
    assert (held.spot.kind, float(held.span.start), float(held.span.end)) == ("sustained", 1.32, 1.76)
    document.undo_stack.undo()
    assert not document.has_list("V1-002") and starts(document, "V1-001") == [0.2, 0.6]
    document.undo_stack.undo()
    assert document.lists == {}
    document.undo_stack.redo()
    assert starts(document, "V1-001") == [0.2, 0.6]


def test_where_it_stands_now_is_exact(transport: Transport, device: Device) -> None:
    transport.play(1)
    device.hear_until(0.3337)
    assert transport.now == Fraction(round(0.3337 * SECOND), SECOND)
    transport.tick()
    assert transport.position == Fraction(8, 25)  # the picture's frame
    transport.stop()
    assert transport.now == transport.position
