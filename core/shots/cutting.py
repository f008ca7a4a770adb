"""Cutting a timeline's clips where shots begin, as an editor's scene edit detection does.

    V1 [ reel 1                                   ]
    V1 [ reel 1 001 ][ reel 1 002 (card) ][ 003   ]

Each piece shows what the clip showed there. Clips inside a nested sequence, clips that run backwards or at a changing
speed and clips of stills stay whole.
"""

from __future__ import annotations

import bisect
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import opentimelineio as otio

from talkies.core.segment import Segment, Timeline
from talkies.core.shots.finding import Shot
from talkies.core.timeline.cut.otio_items import rational_time
from talkies.core.timeline.cut.walking import to_range, to_seconds
from talkies.core.times import exact_rate, round_half_up


def can_be_cut(timeline: Timeline) -> set[str]:
    """The ids of segments whose clips lie on a track by themselves and run forwards at one speed."""
    return set(_places(timeline))


def cut_document(timeline: Timeline, shots: Mapping[str, Sequence[Shot]]) -> Any:
    """A copy of the timeline's document, cut where the ``shots`` of segments, by their ids, begin."""
    document = timeline.document.deepcopy()
    speeds = {segment.id: segment.speed for segment in timeline.segments}
    by_place = {place: name for name, place in _places(timeline).items() if len(shots.get(name, ())) > 1}
    for (track, index), name in sorted(by_place.items(), reverse=True):
        clip = document.tracks[track][index]
        document.tracks[track][index : index + 1] = list(_pieces(clip, shots[name], speeds[name]))
    return document


def _places(timeline: Timeline) -> dict[str, tuple[int, int]]:
    """Number of the track and of the clip on it, by the id of its segment, where only one clip can be meant."""
    alike = Counter(_seen(segment) for segment in timeline.segments)
    segments = {key: segment for segment in timeline.segments if alike[key := _seen(segment)] == 1}
    found: dict[str, list[tuple[int, int]]] = {}
    for number, track in enumerate(timeline.document.tracks):
        if not isinstance(track, otio.schema.Track) or track.kind != otio.schema.TrackKind.Video:
            continue
        position = Fraction(0)
        for index, item in enumerate(track):
            if isinstance(item, otio.schema.Transition):
                continue
            span = to_range(item.trimmed_range())
            if isinstance(item, otio.schema.Clip):
                segment = segments.get((position, position + span.duration, span.start))
                if segment is not None and _is_plain(item, segment):
                    found.setdefault(segment.id, []).append((number, index))
            position += span.duration
    return {name: places[0] for name, places in found.items() if len(places) == 1}


def _seen(segment: Segment) -> tuple[Fraction, Fraction, Fraction]:
    return segment.record.start, segment.record.end, segment.source.start


def _is_plain(clip: Any, segment: Segment) -> bool:
    forwards = segment.speed > 0 and segment.curve is None
    plain = all(type(effect) is otio.schema.LinearTimeWarp for effect in clip.effects) and len(clip.effects) < 2
    return clip.source_range is not None and plain and forwards and (segment.speed == 1 or bool(len(clip.effects)))


def _pieces(clip: Any, shots: Sequence[Shot], speed: Fraction) -> Iterator[Any]:
    """``speed``: seconds of media in a second of the timeline; a range's duration is of the timeline, its start of the
    media."""
    whole, first = clip.source_range, shots[0].record.start
    of_media, of_record = (exact_rate(time.rate) for time in (whole.start_time, whole.duration))
    begins = [round_half_up((shot.record.start - first) * of_record) for shot in shots]
    ends = [*begins[1:], whole.duration.value]
    markers = _shared_out(clip, [begin / of_record * speed for begin in begins[1:]])
    for number, (shot, begin, end) in enumerate(zip(shots, begins, ends, strict=True), start=1):
        piece = clip.deepcopy()
        piece.name = f"{clip.name} {number:03}{' (card)' if shot.is_card else ''}"
        offset = rational_time(begin / of_record * speed, of_media)
        length = otio.opentime.RationalTime(float(end - begin), whole.duration.rate)
        piece.source_range = otio.opentime.TimeRange(whole.start_time + offset, length)
        kept = [piece.markers[index] for index in markers[number - 1]]
        del piece.markers[:]
        piece.markers.extend(kept)
        yield piece


def _shared_out(clip: Any, cuts: Sequence[Fraction]) -> list[list[int]]:
    """For each piece the numbers of the markers that it keeps; ``cuts``: seconds of media from the clip's start. What
    lies before or after what is seen stays with the first or the last."""
    start, shares = to_seconds(clip.source_range.start_time), [list[int]() for _ in range(len(cuts) + 1)]
    for index, marker in enumerate(clip.markers):
        shares[bisect.bisect_right(cuts, to_seconds(marker.marked_range.start_time) - start)].append(index)
    return shares
