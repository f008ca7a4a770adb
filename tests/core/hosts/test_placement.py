"""What is said when an editor shows the takes otherwise than it was asked to; places and lengths counted by hand."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from talkies.core.hosts.host import AudioTrack, PlacedClip
from talkies.core.hosts.placement import differences
from talkies.core.segment import Take
from talkies.core.timeline.structure.tracks import lanes_of
from talkies.core.times import TimeRange

RECORD = TimeRange(Fraction(2), Fraction(5))
TAKE = Take("V1-001", "FX", "FX_door_t01", Path("takes/FX_door_t01.wav"), RECORD, 48_000)


def said(*clips: PlacedClip, track: str = "FX talkies") -> list[str]:
    return list(differences(lanes_of([TAKE], ()), [AudioTrack(track, clips)]))


@pytest.mark.parametrize(
    "clip",
    [
        PlacedClip("FX_door_t01", RECORD),
        PlacedClip("FX_door_t01.001", RECORD, Path("../film.talkies/takes/FX_door_t01.wav")),  # a second one in Blender
        PlacedClip("FX_door_t01", RECORD, Path("copies/FX_door_t01.from-frame.wav")),
    ],
    ids=["name", "file", "copy"],
)
def test_a_take_is_known_by_its_name_or_its_file(clip: PlacedClip) -> None:
    assert said(clip) == []
    assert said(clip, track="Audio 3") == []


def test_what_differs_is_one_sentence_each() -> None:
    assert said() == ["FX_door_t01 is not on the track 'FX talkies': place FX_door_t01.wav by hand"]
    assert said(PlacedClip("music", RECORD, Path("music.wav"))) == said()
    late = PlacedClip("FX_door_t01", TimeRange(Fraction(204, 100), Fraction(5)))
    assert said(late) == ["FX_door_t01 starts 40.0 ms late", "FX_door_t01 is 40.0 ms too short"]
