"""Finding the shots of a segment: where they begin on the timeline, and which of them are title cards."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from fractions import Fraction
from statistics import median

from talkies.core.conditioning.picture.cards import CardWatch, grey_of
from talkies.core.media.ahead import ahead
from talkies.core.media.picture import picture_frames
from talkies.core.segment import Segment
from talkies.core.shots.deciding import Join, JoinKind, joins_of
from talkies.core.shots.measures import LINES, ShotMeter
from talkies.core.times import TimeRange, to_frame

_STILL = 0.15  # distance of neighbours: more moves than a card's grain, dust and weave


@dataclass(frozen=True)
class Shot:
    """A stretch of a segment, seconds of the timeline; ``join``: how it begins."""

    record: TimeRange
    join: JoinKind = "cut"
    is_card: bool = False


def find_shots(segment: Segment, on_share: Callable[[Fraction], None] = lambda share: None) -> list[Shot]:
    """The shots of ``segment``, which runs forwards at one speed, in order, together as long as it; they begin on
    frames of the timeline. Two passes over the picture, the second for what stands still.

    ``on_share`` hears how much of the first is done and may raise CancelledError. Raises MediaError.
    """
    meter, times = ShotMeter(), list[Fraction]()
    with closing(ahead(picture_frames(segment, height=2 * LINES, closest=Fraction(0)))) as frames:
        for frame in frames:
            meter.feed(grey_of(frame))
            times.append(frame.time)
            on_share(frame.time / segment.record.duration)
    measures, duration = meter.finish(), segment.record.duration
    if not times:
        return [Shot(segment.record)]
    joins = [Join(0, "cut"), *joins_of(measures, len(times) / float(duration))]
    starts = [_on_frame(times[join.first], segment) if join.first else Fraction(0) for join in joins]
    shots = []
    for join, start, following, end in zip(joins, starts, [*joins[1:], None], [*starts[1:], duration], strict=True):
        record = TimeRange(start, end).shifted(segment.record.start)
        motion = measures.motion[join.first : following.first if following else None]
        shots.append(Shot(record, join.kind, median(motion) < _STILL and _is_card(at(segment, record))))
    return shots


def _is_card(shot: Segment) -> bool:
    watch = CardWatch(shot.record.duration)
    with closing(ahead(picture_frames(shot))) as frames:
        for _ in watch.passing(frames):
            pass
    return watch.is_card


def at(segment: Segment, record: TimeRange) -> Segment:
    """A stretch of a segment of one speed as a segment of its own."""
    start = segment.source.start + (record.start - segment.record.start) * segment.speed
    return replace(segment, record=record, source=TimeRange(start, start + record.duration * segment.speed))


def _on_frame(time: Fraction, segment: Segment) -> Fraction:
    return to_frame(time, segment.rate) / segment.rate
