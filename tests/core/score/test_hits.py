"""Hits of a timeline: cuts that are seen, markers, spots, and its two ends."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import opentimelineio as otio

from talkies.core.score.hits import Hit, cuts_of, hits_of, merged, with_ends
from talkies.core.segment import Segment, Timeline
from talkies.core.times import TimeRange

RATE = Fraction(25)


def segment(track: str, start: float, end: float, clip: str = "clip") -> Segment:
    span = TimeRange(Fraction(start), Fraction(end))
    return Segment(f"{track}-{start}", clip, track, span, span, RATE)


def timeline(*segments: Segment, document: object = None) -> Timeline:
    duration = max(each.record.end for each in segments)
    return Timeline(Path("reel.otio"), "reel", RATE, Fraction(3600), duration, segments, document=document)


def test_cuts_beneath_another_picture_are_no_cuts() -> None:
    segments = [segment("V1", 0, 4), segment("V1", 4, 10), segment("V1", 10, 20), segment("V2", 3, 12)]
    assert cuts_of(segments) == (0, 3, 12, 20)


def test_a_range_counts_from_its_own_start() -> None:
    reel = timeline(*(segment("V1", start, start + 5, f"shot {start}") for start in range(0, 60, 5)))
    hits = hits_of(reel, "cuts", TimeRange(Fraction(8), Fraction(37)))
    assert [hit.time for hit in hits] == [0, 2, 7, 12, 17, 22, 27]
    assert (hits[0].kind, hits[-1].kind, hits[1].name) == ("first", "last", "shot 10")


def test_without_hits_there_are_both_ends() -> None:
    hits = hits_of(timeline(segment("V1", 0, 30)), "none")
    assert [(hit.time, hit.kind) for hit in hits] == [(0, "first"), (Fraction(712, 25), "last")]


def test_markers_are_hits() -> None:
    document = otio.schema.Timeline("reel")
    track = otio.schema.Track("V1", kind="Video")
    track.append(otio.schema.Clip("a", source_range=_range(0, 500)))
    document.tracks.append(track)
    document.tracks.markers.append(otio.schema.Marker("the door", _range(125, 1)))
    document.tracks.markers.append(otio.schema.Marker("the fall", _range(250, 1)))
    hits = hits_of(timeline(segment("V1", 0, 20), document=document), "markers")
    assert [(hit.time, hit.name) for hit in hits[1:-1]] == [(5, "the door"), (10, "the fall")]
    assert hits[1].weight > 0.5


def _range(start: int, frames: int) -> otio.opentime.TimeRange:
    return otio.opentime.TimeRange(otio.opentime.RationalTime(start, 25), otio.opentime.RationalTime(frames, 25))


def test_spots_weigh_what_their_force_is() -> None:
    spots = [(Fraction(3), 0.9, "knock"), (Fraction(9), 2.0, "crash"), (Fraction(99), 0.5, "beyond")]
    hits = hits_of(timeline(segment("V1", 0, 20)), "spots", spots=spots)
    assert [(hit.time, hit.weight, hit.kind) for hit in hits[1:-1]] == [(3, 0.9, "spot"), (9, 1.0, "spot")]


def test_the_last_chord_takes_a_late_cut_and_leaves_out_what_follows() -> None:
    hits = with_ends([Hit(Fraction(10)), Hit(Fraction(28)), Hit(Fraction(299, 10))], Fraction(30), RATE)
    assert [(hit.time, hit.kind) for hit in hits] == [(0, "first"), (10, "cut"), (28, "last")]


def test_of_two_at_once_the_heavier_stays() -> None:
    near = [Hit(Fraction(5), 0.3, "cut"), Hit(Fraction(51, 10), 0.9, "marker"), Hit(Fraction(8), 0.1)]
    assert [hit.time for hit in merged(near)] == [Fraction(51, 10), 8]
