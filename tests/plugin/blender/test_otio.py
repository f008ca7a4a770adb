"""The parts of the extension that need no Blender: tracks of takes are sorted as talkies itself sorts them."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from known_timelines import KNOWN, Known

from talkies.core.generation.request import Request
from talkies.core.generation.run_report import summarize
from talkies.core.segment import Take, Timeline
from talkies.core.timeline.formats.edl.labels import Labels
from talkies.core.timeline.structure.tracks import lanes_of
from talkies.plugin.blender.extension.clock import Clock
from talkies.plugin.blender.extension.otio import tracks_of


def test_takes_are_sorted_into_the_same_tracks_to_the_exact_second(tmp_path: Path) -> None:
    """The report went through a pipe as JSON."""
    for known in KNOWN:
        takes = known.takes(tmp_path)
        report = json.loads(json.dumps(report_of(known, takes)))
        tracks = tracks_of(report, report["takes"], ["FX talkies"])
        lanes = lanes_of(takes, ["FX talkies"])
        assert [(track.name, track.enabled) for track in tracks] == [(lane.name, lane.enabled) for lane in lanes]
        placed = [(clip.file, clip.start, clip.end, clip.head, clip.tail) for track in tracks for clip in track.clips]
        assert placed == [facts(take) for lane in lanes for take in lane.takes]


@pytest.mark.parametrize("rate", ["24", "24000/1001", "25", "30000/1001", "25/2", "60000/1001", "120"])
def test_a_timecode_is_the_frame_that_talkies_reads_there(rate: str) -> None:
    clock = Clock(Fraction(rate), first=1)
    for frame in (0, 1, 1799, 1800, 107_893, 400_001):
        assert Labels(clock.rate, drop=False).record_seconds(clock.timecode(frame)) * clock.rate == frame


def test_takes_that_are_not_wanted_leave_no_track_behind(tmp_path: Path) -> None:
    known = KNOWN[0]
    takes = known.takes(tmp_path)
    report = report_of(known, takes)
    spoken = [take for take in report["takes"] if take["stem"] == "DX"]
    tracks = tracks_of(report, spoken, [])
    assert tracks
    assert {clip.name for track in tracks for clip in track.clips} == {take["name"] for take in spoken}
    assert tracks_of(report, [], []) == []


def report_of(known: Known, takes: list[Take]) -> dict[str, Any]:
    request = Request(Path("known.otio"), Path("out.otio"))
    return summarize(request, timeline(known), takes, [], [], {"total": 1.0})


def facts(take: Take) -> tuple[object, ...]:
    return take.path, take.record.start, take.record.end, take.head_handle, take.tail_handle


def timeline(known: Known) -> Timeline:
    return Timeline(Path("known.otio"), "known", known.rate, known.start, known.duration, ())
