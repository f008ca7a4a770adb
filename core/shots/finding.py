"""Finding the shots of a segment: where they begin on the timeline, and which of them are title cards."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from fractions import Fraction

import cv2
import numpy as np

from talkies.core.arrays import Grey
from talkies.core.conditioning.picture.cards import LOOKS, is_card
from talkies.core.media.ahead import ahead
from talkies.core.media.picture import Frame, picture_frames
from talkies.core.segment import Segment
from talkies.core.shots.deciding import JoinKind, joins_of
from talkies.core.shots.measures import LINES, ShotMeter
from talkies.core.times import TimeRange, to_frame

_CARD_LINES = 216


@dataclass(frozen=True)
class Shot:
    """A stretch of a segment, seconds of the timeline; ``join``: how it begins."""

    record: TimeRange
    join: JoinKind = "cut"
    is_card: bool = False


def find_shots(segment: Segment, on_share: Callable[[Fraction], None] = lambda share: None) -> list[Shot]:
    """The shots of ``segment`` in order, together as long as it; cuts lie on frames of the timeline.

    ``on_share`` hears how much has been seen and may raise CancelledError. Raises MediaError.
    """
    meter, times = ShotMeter(), list[Fraction]()
    with closing(ahead(picture_frames(segment, height=2 * LINES))) as frames:
        for frame in frames:
            meter.feed(_grey(frame))
            times.append(frame.time)
            on_share(frame.time / segment.record.duration)
    rate = len(times) / float(segment.record.duration)
    joins = joins_of(meter.finish(), rate)
    begins = [(Fraction(0), "cut"), *((_on_frame(times[join.first], segment), join.kind) for join in joins)]
    return shots_between(segment, begins)


def shots_between(segment: Segment, begins: list[tuple[Fraction, JoinKind]]) -> list[Shot]:
    """Shots that begin so many seconds after the segment does, the first at 0, with a look at each."""
    ends = [time for time, _ in begins[1:]] + [segment.record.duration]
    shots = []
    for (start, kind), end in zip(begins, ends, strict=True):
        record = TimeRange(start, end).shifted(segment.record.start)
        shots.append(Shot(record, kind, is_card(_looks(segment, record))))
    return shots


def _looks(segment: Segment, record: TimeRange) -> list[Grey]:
    """A few pictures, evenly spread over the middle of a shot."""
    looks = []
    for number in range(1, LOOKS + 1):
        time = record.start + record.duration * number / (LOOKS + 1)
        frame = next(picture_frames(at(segment, TimeRange(time, time + 1 / segment.rate)), height=_CARD_LINES), None)
        looks += [] if frame is None else [_grey(frame)]
    return looks


def at(segment: Segment, record: TimeRange) -> Segment:
    """A stretch of a segment of normal speed as a segment of its own."""
    source = record.shifted(segment.source.start - segment.record.start)
    return replace(segment, record=record, source=source)


def _on_frame(time: Fraction, segment: Segment) -> Fraction:
    return to_frame(time, segment.rate) / segment.rate


def _grey(frame: Frame) -> Grey:
    return np.asarray(cv2.cvtColor(frame.image, cv2.COLOR_RGB2GRAY), np.uint8)
