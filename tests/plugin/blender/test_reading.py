"""What the extension exports from real Blender, read again by talkies: every kind of strip, exactly."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from blenders import Blender
from films import write_movie

from talkies.core.segment import Segment, Timeline
from talkies.core.timeline import read_timeline
from talkies.core.times import TimeRange

pytestmark = pytest.mark.slow  # a real Blender

NTSC = Fraction(24000, 1001)


def exported(blender: Blender, folder: Path) -> tuple[Timeline, dict[str, Any]]:
    answer = blender.call("read")
    (folder / "scene.otio").write_text(json.dumps(answer["document"]), encoding="utf-8")
    return read_timeline(folder / "scene.otio"), answer


def shots(timeline: Timeline) -> dict[str, Segment]:
    return {segment.clip: segment for segment in timeline.segments}


def frames(first: int, end: int, rate: Fraction = Fraction(25)) -> TimeRange:
    return TimeRange(first / rate, end / rate)


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> str:
    """75 frames at 25."""
    return str(write_movie(tmp_path_factory.mktemp("film") / "film.mp4", 3))


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Frames 40 to 59 of a scan."""
    folder = tmp_path_factory.mktemp("scan")
    paths = [folder / f"scan.{number:04d}.png" for number in range(40, 60)]
    for path in paths:
        cv2.imwrite(str(path), np.full((48, 64, 3), 90, np.uint8))
    return [str(path) for path in paths]


def test_names_are_those_that_talkies_gives(blender: Blender, film: str, tmp_path: Path) -> None:
    """Also where strips overlap on a channel, which a script can do to Blender, and above gaps."""
    for name, channel, start in (("a", 3, 1), ("b", 1, 100), ("c", 3, 200), ("d", 5, 40)):
        blender.call("add", kind="MOVIE", name=name, file=film, channel=channel, start=start)
    timeline, answer = exported(blender, tmp_path)
    assert {segment.id: segment.clip for segment in timeline.segments} == answer["ids"]
    assert answer["ids"] == {"V1-001": "b", "V2-001": "a", "V2-002": "c", "V3-001": "d"}
    assert (timeline.rate, timeline.start, timeline.duration) == (25, Fraction(1, 25), Fraction(274, 25))


def test_what_lies_before_the_first_frame_is_cut_off_and_held_frames_too(
    blender: Blender, film: str, tmp_path: Path
) -> None:
    blender.call("new", first=101)
    blender.call("add", kind="MOVIE", name="early", file=film, channel=1, start=91)
    blender.call("add", kind="MOVIE", name="held", file=film, channel=2, start=201, skip=-10, cut=-20)
    found = shots(exported(blender, tmp_path)[0])
    assert (found["early"].record, found["early"].source) == (frames(0, 65), frames(10, 75))
    assert (found["held"].record, found["held"].source) == (frames(100, 175), frames(0, 75))


def test_a_movie_of_another_rate_plays_frame_by_frame(blender: Blender, tmp_path: Path) -> None:
    """30 frames a second shown at 24 is four fifths of the speed: Blender does not conform."""
    write_movie(tmp_path / "fast.mp4", 3, Fraction(30))
    blender.call("new", fps=24)
    blender.call("add", kind="MOVIE", name="fast", file=str(tmp_path / "fast.mp4"), channel=1, start=1, skip=30, cut=12)
    blender.call("add", kind="MOVIE", name="back", file=str(tmp_path / "fast.mp4"), channel=2, start=1, skip=30, cut=12,
                 use_reverse_frames=True)  # fmt: skip
    found = shots(exported(blender, tmp_path)[0])
    assert (found["fast"].speed, found["back"].speed) == (Fraction(4, 5), Fraction(-4, 5))
    assert found["fast"].record == frames(30, 78, Fraction(24))
    assert found["fast"].source == frames(30, 78, Fraction(30))
    assert found["back"].source == frames(12, 60, Fraction(30))


def test_nearly_the_same_rate_is_the_same(blender: Blender, tmp_path: Path) -> None:
    write_movie(tmp_path / "film.mp4", 2, NTSC)
    blender.call("new", fps=24)
    blender.call("add", kind="MOVIE", name="film", file=str(tmp_path / "film.mp4"), channel=1, start=1)
    assert shots(exported(blender, tmp_path)[0])["film"].speed == 1


def test_image_sequences_and_stills(blender: Blender, pictures: list[str], tmp_path: Path) -> None:
    blender.call("add", kind="IMAGE", name="scan", file=pictures, channel=1, start=11, skip=3)
    blender.call("add", kind="IMAGE", name="still", file=pictures[:1], channel=2, start=11, frame_final_duration=30)
    blender.call("add", kind="IMAGE", name="odd", file=[*pictures[:3], pictures[5]], channel=3, start=11)
    timeline, answer = exported(blender, tmp_path)
    found = shots(timeline)
    scan, still = found["scan"], found["still"]
    assert (scan.record, scan.source, scan.speed) == (frames(13, 30), frames(3, 20), 1)
    assert scan.picture is not None and [path and path.name for path in scan.picture.frames] == [
        Path(path).name for path in pictures
    ]
    assert (still.record, still.speed) == (frames(10, 40), 0)
    assert any("'odd'" in sentence and "numbered" in sentence for sentence in answer["warnings"])


def test_a_meta_strip_shows_what_is_inside(blender: Blender, film: str, tmp_path: Path) -> None:
    blender.call("add", kind="META", name="meta", channel=4, start=1)
    blender.call("add", kind="MOVIE", name="inner", file=film, channel=1, start=1, inside="meta")
    blender.call("add", kind="TEXT", name="title", text="Inside", channel=2, start=21, length=20, inside="meta")
    blender.call("change", name="meta", frame_final_end=61)
    blender.call("change", name="meta", frame_final_start=31)
    timeline, _ = exported(blender, tmp_path)
    inner = shots(timeline)["inner"]
    assert (inner.record, inner.source) == (frames(30, 60), frames(30, 60))
    assert [(cue.text, cue.range) for cue in timeline.cues] == [("Inside", frames(30, 40))]


def test_a_scene_strip_is_seen_once_it_is_rendered(blender: Blender, pictures: list[str], tmp_path: Path) -> None:
    rendered = tmp_path / "rendered"
    rendered.mkdir()
    blender.call("add", kind="SCENE", name="hall", file=f"{rendered}/####.png", length=20, channel=1, start=1)
    timeline, answer = exported(blender, tmp_path)
    assert any("'hall'" in sentence and "render it" in sentence for sentence in answer["warnings"])
    assert shots(timeline)["hall"].picture is None
    for number, path in enumerate(pictures, start=1):
        (rendered / f"{number:04d}.png").write_bytes(Path(path).read_bytes())
    timeline, answer = exported(blender, tmp_path)
    assert answer["warnings"] == []
    picture = shots(timeline)["hall"].picture
    assert picture is not None and len(picture.frames) == 20


def test_muted_strips_and_channels_are_not_there(blender: Blender, film: str) -> None:
    for number in (1, 2, 3):
        blender.call("add", kind="MOVIE", name=f"film {number}", file=film, channel=number, start=1, mute=number == 1)
    blender.call("channel", number=2, mute=True)
    assert list(blender.call("read")["ids"].values()) == ["film 3"]


def test_selected_strips_are_the_ones_that_count(blender: Blender, film: str, tmp_path: Path) -> None:
    for number in (1, 2):
        start = 100 * number
        blender.call("add", kind="MOVIE", name=f"film {number}", file=film, channel=1, start=start)
        blender.call(
            "add", kind="TEXT", name=f"line {number}", text=f"Number {number}", channel=2, start=start, length=9
        )
    assert blender.call("read")["wanted"] == ["V1-001", "V1-002"]
    blender.call("change", name="line 2", select=True)
    timeline, answer = exported(blender, tmp_path)
    assert [cue.text for cue in timeline.cues] == ["Number 2"]
    assert answer["wanted"] == ["V1-002"]
    blender.call("change", name="film 1", select=True)
    assert blender.call("read")["wanted"] == ["V1-001"]


def test_text_that_overlaps_keeps_its_times(blender: Blender, film: str, tmp_path: Path) -> None:
    blender.call("add", kind="MOVIE", name="film", file=film, channel=1, start=1)
    blender.call("add", kind="TEXT", name="x", text="ANNA: Yes.", channel=2, start=11, length=20)
    blender.call("add", kind="TEXT", name="y", text="BORIS: No,\nnever.", channel=3, start=21, length=20)
    cues = exported(blender, tmp_path)[0].cues
    assert [(cue.speaker, " ".join(cue.text.split()), cue.range) for cue in cues] == [
        ("ANNA", "Yes.", frames(10, 30)), ("BORIS", "No, never.", frames(20, 40)),
    ]  # fmt: skip
