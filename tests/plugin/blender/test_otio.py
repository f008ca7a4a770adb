"""The parts of the extension that need no Blender: tracks of takes are sorted as talkies itself sorts them."""

from __future__ import annotations

from pathlib import Path

from known_timelines import KNOWN, Known

from talkies.core.generation.run_report import describe_take
from talkies.core.segment import Take, Timeline
from talkies.core.timeline.structure.tracks import lanes_of
from talkies.plugin.blender.extension.otio import tracks_of


def test_takes_are_sorted_into_the_same_tracks_to_the_exact_second(tmp_path: Path) -> None:
    """Though the report tells times as floats."""
    for known in KNOWN:
        takes = known.takes(tmp_path)
        tracks = tracks_of([describe_take(take, timeline(known)) for take in takes], ["FX talkies"])
        lanes = lanes_of(takes, ["FX talkies"])
        assert [(track.name, track.enabled) for track in tracks] == [(lane.name, lane.enabled) for lane in lanes]
        placed = [(clip.file, clip.start, clip.end, clip.head, clip.tail) for track in tracks for clip in track.clips]
        assert placed == [facts(take) for lane in lanes for take in lane.takes]


def facts(take: Take) -> tuple[object, ...]:
    return take.path, take.record.start, take.record.end, take.head_handle, take.tail_handle


def timeline(known: Known) -> Timeline:
    return Timeline(Path("known.otio"), "known", known.rate, known.start, known.duration, ())
