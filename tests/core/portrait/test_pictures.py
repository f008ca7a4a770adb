"""A still on a timeline says its dialogue: by the rig, with a face that needs no network to be found."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import opentimelineio as otio
import pytest
from cuts import save, span
from drawn_rig import drawn_mesh
from engines import load_tones
from portraits import drawn_woman

from talkies.core.arrays import Image
from talkies.core.events import Finished
from talkies.core.generation.render import render
from talkies.core.generation.request import Request
from talkies.core.portrait import pictures
from talkies.core.portrait.mesh import Mesh

WORDS = "1\n00:00:00,500 --> 00:00:02,000\nANNA: Good evening.\n"


@pytest.fixture
def reel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three seconds of the drawn woman, who says two words."""

    def found(image: Image, still: Path, number: int = 0) -> Mesh:
        return drawn_mesh()

    monkeypatch.setattr(pictures, "find_face", found)
    monkeypatch.setattr(pictures, "what_is_missing", lambda: "")
    monkeypatch.setenv("TALKIES_CONFIG", str(tmp_path / "own" / "config.toml"))
    assert cv2.imwrite(str(tmp_path / "aunt.png"), drawn_woman()[:, :, ::-1])
    clip = otio.schema.Clip("aunt", otio.schema.ExternalReference("aunt.png", span(0, 1, 25)), span(0, 75, 25))
    track = otio.schema.Track("V1", kind="Video", children=[clip])
    (tmp_path / "reel.srt").write_text(WORDS)
    return save(otio.schema.Timeline("reel", tracks=[track]), tmp_path / "reel.otio")


def made(reel: Path, consent: str = "") -> Finished:
    out = reel.with_name("out.otio")
    request = Request(reel, out, task="portrait", credentials=False, consent=consent, replace=True)
    *_, last = render(request, load_engine=load_tones)
    assert isinstance(last, Finished)
    return last


def pictures_of(path: Path) -> list[Image]:
    with av.open(str(path)) as container:
        assert container.streams.video[0].average_rate == 25 and not container.streams.audio
        return [frame.to_ndarray(format="rgb24").astype(np.int16) for frame in container.decode(video=0)]


def test_the_mouth_moves_where_its_words_are_and_the_rest_stays_as_it_is(reel: Path) -> None:
    done = made(reel, consent="her daughter")
    (portrait,) = [take for take in done.takes if take.is_picture]
    assert portrait.metadata["consent"]["by"] == "her daughter" and len(portrait.metadata["weights"]) == 64
    frames, still = pictures_of(portrait.path), drawn_woman().astype(np.int16)
    assert len(frames) == 75
    dark = np.array([(frame[308:344, 231:281].sum(axis=2) < 240).sum() for frame in frames])  # between the lips
    silent = np.concatenate((dark[:11], dark[54:]))
    assert dark[15:48].min() > 2 * silent.max()
    assert max(float(np.abs(frame - still)[:40].mean()) for frame in frames) < 2  # what the codec leaves
    (spoken,) = [take for take in done.takes if not take.is_picture]
    assert spoken.stem == "DX" and spoken.record.start >= Fraction(0)


def test_who_allowed_it_is_asked_once_for_each_still(reel: Path) -> None:
    refused = made(reel)
    assert [take.stem for take in refused.takes] == ["DX"]
    (failure,) = refused.report["failures"]
    assert failure["stem"] == "PX" and "nobody has said who consented" in failure["reason"]
    made(reel, consent="her daughter")
    again = made(reel)
    assert [take.metadata["consent"]["by"] for take in again.takes if take.is_picture] == ["her daughter"]
