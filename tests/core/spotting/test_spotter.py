"""Spotting by program: what is seen, subtitles, markers and a prompt become spots at their times."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import opentimelineio as otio
import pytest
from engines import TonesEngine

from talkies.core.conditioning.picture.look import PictureLook
from talkies.core.conditioning.picture.visual import PictureFeatures
from talkies.core.engines.base import Spotted, Stroke
from talkies.core.errors import ArgumentError
from talkies.core.media.onsets import match_onsets
from talkies.core.scenes import render_scene
from talkies.core.segment import Cue, Segment, Timeline
from talkies.core.spotting.files import read_spots
from talkies.core.spotting.kept import with_kept
from talkies.core.spotting.marked import Marked, marked_words
from talkies.core.spotting.spot import Ids, Spot
from talkies.core.spotting.spotter import spots_of_shot
from talkies.core.timeline import read_timeline
from talkies.core.times import TimeRange
from talkies.plugin.cli import main

START = Fraction(20)
SHOT = TimeRange(START, START + 6)
HANDLE = 1


class Sees(TonesEngine):
    """An engine that sees what it was told."""

    def __init__(self, seen: Spotted) -> None:
        super().__init__()
        self.seen = seen

    def spot(self, features: PictureFeatures) -> Spotted:
        return self.seen


def segment(speed: int = 1, cues: tuple[Cue, ...] = ()) -> Segment:
    source = TimeRange(Fraction(100), Fraction(100) + 6 * abs(speed))
    return Segment("V1-002", "b", "V1", SHOT, source, Fraction(25), Fraction(speed), cues=cues)


def spotted(shot: Segment, seen: Spotted, prompt: str = "", marked: tuple[Marked, ...] = ()) -> list[Spot]:
    whole = TimeRange(SHOT.start - HANDLE, SHOT.end + HANDLE)
    look = PictureLook(shot, whole, PictureFeatures.nothing(whole.duration))
    return spots_of_shot(Sees(seen), look, Ids(), prompt, marked)


def cue(start: int, end: int, text: str) -> Cue:
    return Cue(TimeRange(START + start, START + end), text, "sound")


def strokes(*seconds: float) -> Spotted:
    """Of the shot, whose look begins a handle before it."""
    return Spotted(tuple(Stroke(HANDLE + each, 0.5, 0.8) for each in seconds))


def test_strokes_become_hits_in_media_time_and_handles_have_none() -> None:
    spots = spotted(segment(), strokes(-0.5, 1.23, 4.5, 6.2))
    assert [(spot.id, spot.time, spot.kind, spot.force, spot.confidence) for spot in spots] == [
        ("V1-002.01", Fraction(10_123, 100), "hit", 0.5, 0.8),
        ("V1-002.02", Fraction(1045, 10), "hit", 0.5, 0.8),
    ]


def test_a_shot_that_runs_backwards_has_its_hits_where_they_are_seen() -> None:
    (spot,) = spotted(segment(speed=-2), strokes(1.5))
    assert spot.time == 112 - 3


def test_what_goes_on_is_cut_with_its_shot() -> None:
    (spot,) = spotted(segment(), Spotted(spans=((0.0, HANDLE + 2.0),)))
    assert (spot.kind, spot.time, spot.until) == ("sustained", 100, 102)


def test_a_prompt_decides_whether_it_strikes_or_goes_on() -> None:
    seen = replace(strokes(1, 3), spans=((2.0, 4.0),))
    assert [spot.kind for spot in spotted(segment(), seen, "knock wood")] == ["hit", "hit"]
    (rain,) = spotted(segment(), seen, "rain")
    assert (rain.kind, rain.time, rain.until, rain.words) == ("sustained", 100, 106, "rain")
    assert spotted(segment(), Spotted()) == []


def test_a_subtitle_names_what_is_seen_in_its_time_and_nothing_else() -> None:
    spots = spotted(segment(cues=(cue(2, 4, "glass breaks"),)), strokes(1, 3, 5), "knock")
    assert [spot.words for spot in spots] == ["knock", "glass breaks", "knock"]


def test_a_subtitle_of_what_is_not_seen_sounds_at_its_start() -> None:
    (slam,) = spotted(segment(cues=(cue(2, 4, "door slams"),)), Spotted())
    assert (slam.kind, slam.time, slam.words) == ("hit", 102, "door slams")
    (rain,) = spotted(segment(cues=(cue(2, 4, "rain"),)), Spotted())
    assert (rain.kind, rain.time, rain.until) == ("sustained", 102, 104)
    begun = segment(cues=(cue(-3, 2, "door slams"),))
    assert spotted(begun, Spotted()) == [], "it was heard in the shot before"


def test_markers_are_spots() -> None:
    at, during = TimeRange(START + 1, START + 1), TimeRange(START + 2, START + 5)
    spots = spotted(segment(), Spotted(), marked=(Marked(during, "rain"), Marked(at, "dog bark")))
    assert [(spot.kind, spot.time, spot.until, spot.words) for spot in spots] == [
        ("hit", 101, 101, "dog bark"),
        ("sustained", 102, 105, "rain"),
    ]


def test_markers_whose_names_sound_are_read_from_a_timeline() -> None:
    document = otio.schema.Timeline("reel")

    def mark(name: str, frame: int, frames: int) -> None:
        span = otio.opentime.TimeRange(otio.opentime.RationalTime(frame, 25), otio.opentime.RationalTime(frames, 25))
        document.tracks.markers.append(otio.schema.Marker(name=name, marked_range=span))

    mark("rain", 50, 75)
    mark("ask Anna", 10, 1)
    mark("door slam", 25, 1)
    timeline = Timeline(Path("reel.otio"), "reel", Fraction(25), Fraction(3600), Fraction(10), (), document=document)
    assert marked_words(timeline) == [
        Marked(TimeRange(Fraction(1), Fraction(1)), "door slam"),
        Marked(TimeRange(Fraction(2), Fraction(5)), "rain"),
    ]


def test_locked_spots_and_other_shots_stay() -> None:
    def spot(name: str, shot: str, seconds: float, locked: bool = False) -> Spot:
        time = Fraction(str(seconds))
        return Spot(name, shot, time, time, locked=locked)

    earlier = [spot("a", "V1-002", 100.5, True), spot("b", "V1-002", 103), spot("c", "V1-001", 7)]
    found = [spot("d", "V1-002", 100.55), spot("e", "V1-002", 104)]
    assert [each.id for each in with_kept(found, earlier, [segment()])] == ["a", "c", "e"]


def test_an_engine_that_does_not_spot_says_so() -> None:
    look = PictureLook(segment(), SHOT, PictureFeatures.nothing(SHOT.duration))
    with pytest.raises(ArgumentError, match="does not say when"):
        spots_of_shot(TonesEngine(), look, Ids())


def test_the_command_finds_the_blows_of_a_drawn_hammer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scene = render_scene(900_001, Fraction(5), kind="hammering", clean=True)
    film, out = tmp_path / "hammer.mp4", tmp_path / "list.csv"
    with av.open(str(film), "w") as container:
        stream = container.add_stream("mpeg4", rate=scene.rate, options={"qscale": "2"})
        stream.width, stream.height = scene.size
        stream.pix_fmt = "yuv420p"
        for image in scene.frames():
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, "rgb24")))
        container.mux(stream.encode(None))
    assert main(["spot", str(film), "-o", str(out), "--prompt", "hammer wood"]) == 0
    spots, _ = read_spots(out, read_timeline(film))
    truth = [float(event.time) for event in scene.events]
    assert len(match_onsets([float(spot.time) for spot in spots], truth, 0.05)) == len(spots) == len(truth) >= 3
    assert {spot.words for spot in spots} == {"hammer wood"}
    assert f"{len(truth)} spots, 0 of them sustained" in capsys.readouterr().out
