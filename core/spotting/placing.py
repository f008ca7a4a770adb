"""Where a spot is on the timeline: media time to record time and back, through every retime.

A held picture has one media time for all of its length; there seconds are counted from the shot's start.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from talkies.core.curves import Piece
from talkies.core.segment import Segment, Timeline
from talkies.core.spotting.spot import Spot
from talkies.core.times import TimeRange


def shots_at(timeline: Timeline, position: Fraction) -> list[Segment]:
    """The shots that a timeline position (s) lies in, the uppermost last."""
    return [each for each in timeline.segments if each.record.start <= position < each.record.end]


def media_time(segment: Segment, position: Fraction) -> Fraction:
    """Media time (s) of a timeline position (s), also beyond the shot's cuts."""
    if _held(segment):
        return segment.source.start + position - segment.record.start
    return segment.source_time(position)


def record_times(segment: Segment, media: Fraction) -> list[Fraction]:
    """Every timeline position (s) at which a media time is shown, in order; of a shot that runs on beyond its cuts."""
    found: list[Fraction] = []
    for piece, first, last in _pieces(segment):
        times = [_at(piece, media)] if piece.speed else []
        if not piece.speed and media == piece.media.start:
            times = [piece.time.start]
        found += [time for time in times if (first or time >= piece.time.start) and (last or time < piece.time.end)]
    return sorted(set(found))


def record_ranges(segment: Segment, spot: Spot, within: TimeRange) -> list[TimeRange]:
    """Where a spot sounds ``within`` a stretch of the timeline (s), in order; a hit's ranges are empty ones."""
    if spot.kind == "hit":
        times = record_times(segment, spot.time)
        return [TimeRange(time, time) for time in times if within.start <= time < within.end]
    found: list[TimeRange] = []
    for piece, first, last in _pieces(segment):
        span = _shown(piece, first, last, spot, within)
        if span is not None and found and found[-1].end >= span.start:
            found[-1] = TimeRange(found[-1].start, max(found[-1].end, span.end))
        elif span is not None:
            found.append(span)
    return found


def _shown(piece: Piece, first: bool, last: bool, spot: Spot, within: TimeRange) -> TimeRange | None:
    """What of a sustained spot a piece shows."""
    here = TimeRange(within.start if first else piece.time.start, within.end if last else piece.time.end)
    seen = here.overlap(within)
    if seen is None or piece.speed == 0:
        held = seen is not None and spot.time <= piece.media.start < spot.until
        return seen if held else None
    ends = sorted((_at(piece, spot.time), _at(piece, spot.until)))
    return seen.overlap(TimeRange(*ends))


def _held(segment: Segment) -> bool:
    return segment.curve is None and segment.speed == 0


def _pieces(segment: Segment) -> Iterator[tuple[Piece, bool, bool]]:
    """Stretches of constant speed on the timeline; whether each is the first, the last."""
    if segment.curve is not None:
        pieces = [
            Piece(piece.time.shifted(segment.record.start), piece.media, piece.speed)
            for piece in segment.curve.pieces()
        ]
    else:
        pieces = [Piece(segment.record, segment.source, Fraction(1) if _held(segment) else segment.speed)]
    for number, piece in enumerate(pieces):
        yield piece, number == 0, number == len(pieces) - 1


def _at(piece: Piece, media: Fraction) -> Fraction:
    """The timeline position at which a piece that moves would show a media time."""
    if piece.speed > 0:
        return piece.time.start + (media - piece.media.start) / piece.speed
    return piece.time.start + (piece.media.end - media) / -piece.speed
