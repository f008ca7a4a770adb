"""Span and pops: what every file of a turnover covers, so that any workstation lines them up at one start.

    leader        timeline                                          tail
    |....*........|--------- picture ---------...-------------------|..*..|
         two-pop: two seconds before the first picture                 tail pop: two seconds after the last

Seconds of leader are seconds of timecode: 48 frames are two of them at 24 as at 23.976.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from talkies.core.arrays import Samples
from talkies.core.media.wav.bwf import SAMPLE_RATE
from talkies.core.segment import Take, Timeline
from talkies.core.takes.mixdown import Piece
from talkies.core.takes.saving import timecode_day
from talkies.core.times import TimeRange, frame_ceil, frame_floor, round_half_up, timecode

POP_HZ = 1000
POP_DBFS = -20.0  # of the sine's peak, which by AES17 is also its level

_POP_S = 2
_LEADER_S = 8  # as long as the leader of films, in which the picture begins after eight seconds
_TAIL_S = 3


@dataclass(frozen=True)
class Pops:
    """Which pops are wanted."""

    two_pop: bool = False
    tail_pop: bool = False


@dataclass(frozen=True)
class Span:
    """``range``: seconds from the timeline's first frame, negative in a leader. ``pops``: one frame each."""

    timeline: Timeline
    range: TimeRange
    pops: tuple[TimeRange, ...] = ()

    @property
    def samples(self) -> tuple[int, int]:
        """First sample, counted from the timeline's first frame, and number of samples."""
        return self.range.samples(SAMPLE_RATE)

    @property
    def frames(self) -> tuple[int, int]:
        """First frame, counted from the timeline's, and number of frames."""
        first = round_half_up(self.range.start * self.timeline.rate)
        return first, round_half_up(self.range.end * self.timeline.rate) - first

    def timecode(self, position: Fraction) -> str:
        """Record timecode; before midnight it is that of the day before."""
        timeline = self.timeline
        return timecode((timeline.start + position) % timecode_day(timeline), timeline.rate, timeline.drop_frame)

    @property
    def starts_before_midnight(self) -> bool:
        """Whether the leader begins on the timecode day before the timeline."""
        return self.timeline.start + self.range.start < 0

    def pop_pieces(self, channels: int) -> list[Piece]:
        """The pops as sound to be placed among takes."""
        spans = [pop.samples(SAMPLE_RATE) for pop in self.pops]
        return [Piece(first, count, lambda: Tone(channels)) for first, count in spans]


def span_of(timeline: Timeline, takes: Sequence[Take], pops: Pops) -> Span:
    """The timeline from its first frame to its end or that of the last take; longer where pops need room."""
    rate, second = timeline.rate, round_half_up(timeline.rate) / timeline.rate
    start = Fraction(0)
    end = frame_ceil(max([timeline.duration, *(take.record.end for take in takes)]), rate)
    shots = [segment.record for segment in timeline.segments]
    first = frame_floor(min((shot.start for shot in shots), default=start), rate)
    last = frame_ceil(max((shot.end for shot in shots), default=end), rate)
    found = []
    if pops.two_pop:
        found.append(_frame_at(first - _POP_S * second, rate))
        if found[-1].start < 0:
            start = first - _LEADER_S * second
    if pops.tail_pop:
        found.append(_frame_at(last + _POP_S * second, rate))
        end = max(end, last + _TAIL_S * second)
    return Span(timeline, TimeRange(start, end), tuple(found))


def _frame_at(position: Fraction, rate: Fraction) -> TimeRange:
    return TimeRange(position, position + 1 / rate)


class Tone:
    """The tone of a pop, from a zero on."""

    def __init__(self, channels: int) -> None:
        self._channels, self._position = channels, 0

    def read(self, count: int) -> Samples:
        """The next (C, count) samples."""
        times = np.arange(self._position, self._position + count) / SAMPLE_RATE
        self._position += count
        wave = 10 ** (POP_DBFS / 20) * np.sin(2 * np.pi * POP_HZ * times)
        return np.repeat(wave.astype(np.float32)[None], self._channels, axis=0)
