"""Clips come out at exactly the place where the editor shows them. Expected values are worked out by hand."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest

from talkies.core.errors import TimelineError
from talkies.core.segment import Timeline
from talkies.core.timeline import inspect_rows, read_timeline
from talkies.core.timeline.readers import READERS
from talkies.core.times import TimeRange

Retime, Freeze = otio.schema.LinearTimeWarp, otio.schema.FreezeFrame


def frames(span: TimeRange, rate: Fraction | int = 24) -> tuple[Fraction, Fraction]:
    return span.start * rate, span.end * rate


def records(timeline: Timeline, rate: Fraction | int = 24) -> list[tuple[str, Fraction, Fraction]]:
    return [(segment.clip, *frames(segment.record, rate)) for segment in timeline.segments]


def test_gaps_and_clips_in_a_row(make: Any) -> None:
    path = make.save(make.track(make.gap(10), make.clip("a", 5, 20), make.gap(3), make.clip("b", 100, 7)))
    timeline = read_timeline(path)
    assert records(timeline) == [("a", 10, 30), ("b", 33, 40)]
    assert [frames(segment.source) for segment in timeline.segments] == [(5, 25), (100, 107)]
    assert [segment.id for segment in timeline.segments] == ["V1-001", "V1-002"]
    assert timeline.duration == Fraction(40, 24)


def test_a_decimal_rate_stands_for_the_exact_one(make: Any) -> None:
    path = make.save(make.track(make.gap(1, 23.976), make.clip("a", 0, 240, 23.98)))
    timeline = read_timeline(path)
    assert timeline.rate == Fraction(24000, 1001)
    assert timeline.segments[0].record == TimeRange(Fraction(1001, 24000), Fraction(241 * 1001, 24000))


def test_start_timecode_is_kept_apart_from_positions(make: Any) -> None:
    path = make.save(make.track(make.clip("a", 0, 25, 25)), start=otio.opentime.RationalTime(90000, 25))
    timeline = read_timeline(path)
    assert timeline.start == 3600
    assert timeline.segments[0].record.start == 0
    assert timeline.timecode(Fraction(1)) == "01:00:01:00"


def test_a_transition_takes_no_time_and_clips_keep_their_own_range(make: Any) -> None:
    time_ = otio.opentime.RationalTime
    dissolve = otio.schema.Transition("x", "SMPTE_Dissolve", time_(6, 24), time_(6, 24))
    path = make.save(make.track(make.clip("a", 0, 24), dissolve, make.clip("b", 50, 24)))
    assert records(read_timeline(path)) == [("a", 0, 24), ("b", 24, 48)]


def test_every_enabled_clip_of_every_video_track_is_a_segment(make: Any) -> None:
    hidden = make.clip("hidden", 0, 24)
    hidden.enabled = False
    path = make.save(
        make.track(make.clip("below", 0, 48)),
        make.track(make.gap(12), make.clip("above", 0, 12), hidden, name="V2"),
        make.track(make.clip("sound", 0, 48), name="A1", kind="Audio"),
    )
    timeline = read_timeline(path)
    assert records(timeline) == [("below", 0, 48), ("above", 12, 24)]
    assert [segment.id for segment in timeline.segments] == ["V1-001", "V2-001"]
    assert any("1 disabled clip" in sentence for sentence in timeline.warnings)


def test_a_nested_stack_is_trimmed(make: Any) -> None:
    """Of c (0-24) and d (24-48) the stack shows 12-36, on the timeline from 10."""
    stack = otio.schema.Stack("compound", children=[make.track(make.clip("c", 0, 24), make.clip("d", 100, 24))])
    stack.source_range = make.span(12, 24)
    timeline = read_timeline(make.save(make.track(make.gap(10), stack, make.clip("e", 0, 5))))
    assert records(timeline) == [("c", 10, 22), ("d", 22, 34), ("e", 34, 39)]
    assert [frames(segment.source) for segment in timeline.segments] == [(12, 24), (100, 112), (0, 5)]


def test_sound_inside_a_nested_stack_is_no_picture(make: Any) -> None:
    stack = otio.schema.Stack("compound", children=[make.track(make.clip("c", 0, 24))])
    stack.append(make.track(make.clip("sound", 0, 24), kind="Audio"))
    assert records(read_timeline(make.save(make.track(stack)))) == [("c", 0, 24)]


def test_a_retimed_nested_stack_scales_what_is_inside(make: Any) -> None:
    """At double speed 24 frames of the timeline show 48 of the stack: c (0-24) and d (24-48), each for 12."""
    stack = otio.schema.Stack("compound", children=[make.track(make.clip("c", 0, 24), make.clip("d", 100, 24))])
    stack.source_range = make.span(0, 24)
    stack.effects.append(Retime(time_scalar=2.0))
    timeline = read_timeline(make.save(make.track(stack)))
    assert records(timeline) == [("c", 0, 12), ("d", 12, 24)]
    assert [segment.speed for segment in timeline.segments] == [2, 2]
    assert [frames(segment.source) for segment in timeline.segments] == [(0, 24), (100, 124)]


def test_a_reversed_nested_stack_plays_its_clips_backwards(make: Any) -> None:
    stack = otio.schema.Stack("compound", children=[make.track(make.clip("c", 0, 10), make.clip("d", 100, 14))])
    stack.source_range = make.span(0, 24)
    stack.effects.append(Retime(time_scalar=-1.0))
    timeline = read_timeline(make.save(make.track(stack)))
    assert sorted(records(timeline), key=lambda row: row[1]) == [("d", 0, 14), ("c", 14, 24)]
    first = min(timeline.segments, key=lambda segment: segment.record)
    assert first.source_time(first.record.start) == Fraction(114, 24)


@pytest.mark.parametrize(
    ("effect", "source", "speed"),
    [
        (Retime(time_scalar=2.0), (10, 58), 2),
        (Retime(time_scalar=0.5), (10, 22), Fraction(1, 2)),
        (Retime(time_scalar=-1.0), (10, 34), -1),
        (Retime(time_scalar=-2.0), (10, 58), -2),
        (Freeze(), (10, 10), 0),
    ],
)
def test_retimes(make: Any, effect: Any, source: tuple[int, int], speed: Fraction) -> None:
    timeline = read_timeline(make.save(make.track(make.clip("a", 10, 24, effects=[effect]))))
    (segment,) = timeline.segments
    assert frames(segment.record) == (0, 24)
    assert frames(segment.source) == source
    assert segment.speed == speed
    assert segment.source_time(segment.record.start) * 24 == (source[1] if speed < 0 else source[0])


def test_a_retime_that_nobody_understands_is_named(make: Any) -> None:
    effect = otio.schema.TimeEffect(name="Optical Flow Ramp", effect_name="Speed Ramp")
    (segment,) = read_timeline(make.save(make.track(make.clip("a", 0, 24, effects=[effect])))).segments
    assert segment.speed == 1
    assert any("Speed Ramp" in sentence for sentence in segment.warnings)


def test_a_clip_without_length_is_left_out_with_a_warning(make: Any) -> None:
    timeline = read_timeline(make.save(make.track(make.clip("nothing", 0, 0), make.clip("b", 0, 24))))
    assert records(timeline) == [("b", 0, 24)]
    assert any("'nothing'" in sentence and "length of 0" in sentence for sentence in timeline.warnings)


def test_missing_media_is_a_segment_without_picture(make: Any) -> None:
    media = otio.schema.ExternalReference("file:///nowhere/film%20one.mov")
    (segment,) = read_timeline(make.save(make.track(make.clip("a", 0, 24, media=media)))).segments
    assert segment.picture is None
    assert any("film one.mov" in sentence and "--media-dir" in sentence for sentence in segment.warnings)


def test_an_empty_movie_is_told(make: Any) -> None:
    (make.folder / "film.mov").touch()
    media = otio.schema.ExternalReference("film.mov", make.span(0, 24))
    (segment,) = read_timeline(make.save(make.track(make.clip("a", 0, 24, media=media)))).segments
    assert segment.picture is None
    assert any("0 bytes" in sentence for sentence in segment.warnings)


def test_media_is_found_by_name_in_media_dir(make: Any) -> None:
    (make.folder / "rushes" / "day 1").mkdir(parents=True)
    movie = make.movie("rushes/day 1/film #1.mp4", frames=5)
    media = otio.schema.ExternalReference("C:\\projects\\film #1.mp4")
    path = make.save(make.track(make.clip("a", 0, 5, media=media)))
    (segment,) = read_timeline(path, make.folder / "rushes").segments
    assert segment.picture is not None
    assert segment.picture.path == movie


def test_media_time_starts_where_available_range_says(make: Any) -> None:
    make.movie("film.mp4", frames=50)
    media = otio.schema.ExternalReference("film.mp4", make.span(90000, 50, 25))
    (segment,) = read_timeline(make.save(make.track(make.clip("a", 90010, 20, 25, media=media)))).segments
    assert segment.picture is not None
    assert segment.picture.start == 3600
    assert segment.source.start - segment.picture.start == Fraction(10, 25)


def test_a_clip_without_a_range_is_as_long_as_its_media(make: Any) -> None:
    make.movie("film.mp4", frames=50)
    clip = otio.schema.Clip("a", otio.schema.ExternalReference("film.mp4"))
    path = make.save(make.track(clip, make.clip("b", 0, 25, 25)))
    assert records(read_timeline(path), 25) == [("a", 0, 50), ("b", 50, 75)]


def test_nothing_is_placed_after_a_clip_of_unknown_length(make: Any) -> None:
    clip = otio.schema.Clip("a", otio.schema.ExternalReference("gone.mp4"))
    with pytest.raises(Exception, match=r"'a' has no length"):
        read_timeline(make.save(make.track(clip, make.clip("b", 0, 25))))


def test_the_active_media_of_several_is_used(make: Any) -> None:
    make.movie("proxy.mp4", frames=10)
    clip = make.clip("a", 0, 10, 25)
    clip.set_media_references(
        {"full": otio.schema.ExternalReference("full.mov"), "proxy": otio.schema.ExternalReference("proxy.mp4")},
        "proxy",
    )
    (segment,) = read_timeline(make.save(make.track(clip))).segments
    assert segment.picture is not None
    assert segment.picture.path.name == "proxy.mp4"


def test_generated_pictures_are_no_segments(make: Any) -> None:
    bars = make.clip("bars", 0, 24, media=otio.schema.GeneratorReference(generator_kind="SMPTEBars"))
    timeline = read_timeline(make.save(make.track(bars, make.clip("a", 0, 24))))
    assert records(timeline) == [("a", 24, 48)]
    assert any("SMPTEBars" in sentence for sentence in timeline.warnings)


def test_a_bare_movie_is_a_one_clip_timeline(make: Any) -> None:
    path = make.movie("reel.mp4", frames=50)
    timeline = read_timeline(path)
    (segment,) = timeline.segments
    assert (timeline.rate, timeline.duration) == (25, 2)
    assert segment.record == segment.source == TimeRange(Fraction(0), Fraction(2))
    assert segment.picture is not None
    assert segment.picture.path == path
    assert timeline.document.duration().to_seconds() == 2


def test_a_movies_timecode_becomes_the_timelines(make: Any) -> None:
    timeline = read_timeline(make.movie("reel.mov", frames=25, timecode="10:00:00:00"))
    (segment,) = timeline.segments
    assert timeline.start == 36000
    assert segment.picture is not None
    assert segment.picture.start == 36000 == segment.source.start


READING = """
import sys, time
from pathlib import Path
from talkies.core.timeline import read_timeline
def seconds(path):
    began = time.process_time()
    read_timeline(Path(path))
    return time.process_time() - began
short, long = sys.argv[1:]
read_timeline(Path(short))
print(min(seconds(long) for _ in range(2)) / min(seconds(short) for _ in range(5)))
"""


def test_ten_times_the_clips_take_no_more_than_ten_times_as_long(make: Any) -> None:
    """In a process of its own, away from all that the tests keep in memory. What looks at every clip for every clip
    would take a hundred times as long."""
    reference = otio.schema.ExternalReference
    clips = [make.clip(f"c{i}", 10, 24, media=reference(f"/media/{i}.mov", make.span(0, 100))) for i in range(10_000)]
    short = make.save(make.track(*(clip.deepcopy() for clip in clips[:1000])), name="short.otio")
    long = make.save(make.track(*clips), name="long.otio")
    command = [sys.executable, "-c", READING, str(short), str(long)]
    ratio = float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    assert ratio < 20, "ten, and as much again for memory that the caches do not hold"
    timeline = read_timeline(long)
    assert timeline.segments[-1].record == TimeRange(Fraction(9999), Fraction(10000))
    assert len({segment.id for segment in timeline.segments}) == 10_000


def test_inspection_is_plain_json(make: Any) -> None:
    path = make.save(make.track(make.gap(24), make.clip("a", 12, 24)), start=otio.opentime.RationalTime(86400, 24))
    (row,) = json.loads(json.dumps(inspect_rows(read_timeline(path))))
    assert (row["id"], row["clip"], row["track"], row["rate"], row["speed"]) == ("V1-001", "a", "V1", "24", "1")
    assert (row["record_in"], row["record_out"]) == ("01:00:01:00", "01:00:02:00")
    assert (row["record_in_s"], row["record_out_s"], row["source_in_s"], row["source_out_s"]) == (1.0, 2.0, 0.5, 1.5)
    assert row["media"] is None
    assert row["cues"] == []
    assert len(row["warnings"]) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX files")
@pytest.mark.parametrize("suffix", READERS)
def test_a_pipe_and_a_device_are_no_timeline(tmp_path: Path, suffix: str) -> None:
    """A pipe would be waited for, and a device read until the memory is full."""
    pipe, device = tmp_path / f"pipe{suffix}", tmp_path / f"device{suffix}"
    os.mkfifo(pipe)
    device.symlink_to("/dev/zero")
    for path in (pipe, device):
        with pytest.raises(TimelineError, match="is a pipe or a device, not a timeline"):
            read_timeline(path)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX files")
@pytest.mark.parametrize(("bundle", "content"), [("a.otiod", "content.otio"), ("a.fcpxmld", "Info.fcpxml")])
def test_a_pipe_inside_a_bundle(tmp_path: Path, bundle: str, content: str) -> None:
    (tmp_path / bundle).mkdir()
    os.mkfifo(tmp_path / bundle / content)
    with pytest.raises(TimelineError, match=content):
        read_timeline(tmp_path / bundle)
