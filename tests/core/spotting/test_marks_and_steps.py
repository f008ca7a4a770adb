"""Markers on clips and footsteps that networks see become spots, in the media time of their shot."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest
from engines import TonesEngine
from films import write_movie

from talkies.core.conditioning.picture.look import PictureLook
from talkies.core.conditioning.picture.visual import PictureFeatures
from talkies.core.destinations import write_timeline
from talkies.core.engines.base import Spotted, Stroke
from talkies.core.segment import Mark, Segment
from talkies.core.sight.files import what_is_missing
from talkies.core.spotting.files import read_spots
from talkies.core.spotting.spot import Ids, Spot
from talkies.core.spotting.spotter import spots_of_shot
from talkies.core.timeline import read_timeline
from talkies.core.times import TimeRange
from talkies.plugin.cli import main

RATE = 25
SHOT = TimeRange(Fraction(20), Fraction(26))
REAL = Path(__file__).parents[4] / "shared" / "data" / "video" / "real" / "one-by-one-person-detection.mp4"


class Sees(TonesEngine):
    """An engine that sees strokes at these seconds of the shot."""

    def __init__(self, *seconds: float) -> None:
        super().__init__()
        self.seen = Spotted(tuple(Stroke(each, 0.5, 0.8) for each in seconds))

    def spot(self, features: PictureFeatures) -> Spotted:
        return self.seen


def times(start: float, frames: int, rate: float = RATE) -> Any:
    return otio.opentime.TimeRange(
        otio.opentime.RationalTime(start * rate, rate), otio.opentime.RationalTime(frames, rate)
    )


@pytest.fixture
def reel(tmp_path: Path) -> Path:
    """The film from its second 2 to 6, then the same at half speed from second 4 to 6; markers in both clips."""
    write_movie(tmp_path / "film.mp4", 8)
    track = otio.schema.Track("V1")
    for start, frames, speed in ((2, 4 * RATE, 1), (4, 4 * RATE, 0.5)):
        reference = otio.schema.ExternalReference("film.mp4", available_range=times(0, 8 * RATE))
        clip = otio.schema.Clip(f"clip {start}", reference, times(start, frames))
        if speed != 1:
            clip.effects.append(otio.schema.LinearTimeWarp(time_scalar=speed))
        for name, at, length in (("door slam", 3, 1), ("rain", 4, RATE), ("ask Anna", 3.5, 1), ("dog bark", 5, 1)):
            clip.markers.append(otio.schema.Marker(name, times(at, length)))
        track.append(clip)
    timeline = otio.schema.Timeline("reel")
    timeline.tracks.append(track)
    path = tmp_path / "reel.otio"
    path.write_text(otio.adapters.write_to_string(timeline, "otio_json"))
    return path


@pytest.mark.parametrize("suffix", [".otio", ".fcpxml", ".xml"])
def test_markers_of_clips_become_spots_where_the_cut_shows_them(
    reel: Path, tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TALKIES_SIGHT", str(tmp_path / "none"))
    source = reel
    if suffix != ".otio":
        source = tmp_path / f"copy{suffix}"
        write_timeline(read_timeline(reel), [], source)
    timeline = read_timeline(source)
    found = {}
    for segment in timeline.segments:
        look = PictureLook(segment, segment.record, PictureFeatures.nothing(segment.record.duration))
        found[segment.id] = [
            (spot.kind, spot.time, spot.until, spot.words) for spot in spots_of_shot(Sees(), look, Ids())
        ]
    assert list(found.values()) == [
        [("hit", 3, 3, "door slam"), ("sustained", 4, 5, "rain"), ("hit", 5, 5, "dog bark")],
        [("sustained", 4, 5, "rain"), ("hit", 5, 5, "dog bark")],
    ]


def segment(*marks: Mark) -> Segment:
    return Segment("V1-002", "b", "V1", SHOT, TimeRange(Fraction(100), Fraction(106)), Fraction(RATE), marks=marks)


def spotted(engine: Sees, shot: Segment, prompt: str = "", steps: tuple[Spot, ...] = ()) -> list[Spot]:
    look = PictureLook(shot, SHOT, PictureFeatures.nothing(SHOT.duration))
    return spots_of_shot(engine, look, Ids(), prompt, (), steps)


def step(seconds: float) -> Spot:
    time = Fraction(str(seconds))
    return Spot("s", "V1-002", time, time, force=0.9, x=0.2, y=0.8, words="footsteps", confidence=0.6)


def test_a_marker_that_the_cut_leaves_out_is_none() -> None:
    marks = [Mark(TimeRange(Fraction(at), Fraction(at)), "door slam") for at in (99, 101, 107)]
    assert [spot.time for spot in spotted(Sees(), segment(*marks))] == [101]


def test_steps_take_the_place_of_blows_near_to_them_at_the_blows_time() -> None:
    spots = spotted(Sees(1.02, 3.0), segment(), "hammer wood", (step(101), step(104.5)))
    assert [(spot.time, spot.words, spot.force, spot.x, spot.y) for spot in spots] == [
        (Fraction("101.02"), "footsteps", 0.9, 0.2, 0.8),
        (103, "hammer wood", 0.5, None, None),
        (Fraction("104.5"), "footsteps", 0.9, 0.2, 0.8),
    ]
    assert [spot.id for spot in spots] == ["V1-002.01", "V1-002.02", "V1-002.03"]


def test_a_prompt_that_says_what_steps_sound_like_is_theirs() -> None:
    spots = spotted(Sees(), segment(), "footsteps gravel", (step(101),))
    assert [spot.words for spot in spots if spot.kind == "hit"] == ["footsteps gravel"]


@pytest.mark.slow
@pytest.mark.skipif(bool(what_is_missing()) or not REAL.is_file(), reason="no networks of sight, or no real film, here")
def test_the_command_finds_people_who_walk_in_real_film(tmp_path: Path) -> None:
    """From second 6 to 20 of the film somebody comes in, stands at a table and leaves; hand-spotted at 7.0, 7.5, 18.2,
    18.9 and 19.4 s (resources/spotted)."""
    timeline = otio.schema.Timeline("walk")
    track = otio.schema.Track("V1")
    reference = otio.schema.ExternalReference(REAL.as_uri(), available_range=times(0, 1394, 10))
    track.append(otio.schema.Clip("walk", reference, times(6, 140, 10)))
    timeline.tracks.append(track)
    reel, out = tmp_path / "walk.otio", tmp_path / "list.csv"
    reel.write_text(otio.adapters.write_to_string(timeline, "otio_json"))
    assert main(["spot", str(reel), "-o", str(out)]) == 0
    steps = [spot for spot in read_spots(out, read_timeline(reel))[0] if spot.words == "footsteps"]
    assert len(steps) >= 2
    assert all(spot.kind == "hit" and spot.x is not None and spot.y is not None for spot in steps)
    assert all(0 <= spot.x <= 1 and 0.3 <= spot.y <= 1 and 0 < spot.force <= 1 for spot in steps)  # type: ignore[operator]
    times_s = [float(spot.time) for spot in steps]
    assert min(abs(time - 7.5) for time in times_s) <= 0.101, "comes in"
    assert min(abs(time - 18.2) for time in times_s) <= 0.101, "turns and goes"
    assert min(abs(time - 18.9) for time in times_s) <= 0.101, "and steps once more"
    assert not [time for time in times_s if 7.7 < time < 18], "stands"
