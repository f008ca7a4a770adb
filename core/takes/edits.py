"""Edits of takes: trimmed, moved and faded, as exact seconds beside the take, which stays as it was made.

    file    [ handle |           take            | handle ]
                  head ──►|                |◄── tail           before the record, into a handle: negative
                          <fade_in .. fade_out>                inside of what is heard

What is heard while editing (ui/player) and what is written (core/takes/edited.py) both ask :class:`Fades`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from talkies.core.arrays import Floats32, Ints
from talkies.core.segment import Take
from talkies.core.times import TimeRange, to_sample

CORRELATED = frozenset(("BG",))
"""Departments of whose takes two that meet are one sound: where they cross, amplitudes add up; elsewhere powers do."""

_NOTHING = Fraction(0)


@dataclass(frozen=True)
class Fades:
    """Gains of sound that is heard from sample ``first`` until before ``end``, with fades of so many samples inside.
    ``even``: two that cross add up to 1, otherwise the sum of their squares does."""

    first: int
    end: int
    fade_in: int = 0
    fade_out: int = 0
    even: bool = False

    def gains(self, start: int, count: int) -> Floats32:
        """Gains (count,) of the samples from ``start`` on, 0 outside."""
        positions = np.arange(start, start + count)
        gains = ((positions >= self.first) & (positions < self.end)).astype(np.float32)
        if self.fade_in and start < self.first + self.fade_in:
            gains *= self._rise(positions - self.first, self.fade_in)
        if self.fade_out and start + count > self.end - self.fade_out:
            gains *= self._rise(self.end - 1 - positions, self.fade_out)
        return gains

    def _rise(self, positions: Ints, count: int) -> Floats32:
        rise = np.sin(np.clip((positions + 0.5) / count, 0.0, 1.0) * (np.pi / 2))
        return np.asarray(rise * rise if self.even else rise, np.float32)


@dataclass(frozen=True)
class TakeEdit:
    """Seconds. ``head``, ``tail``: how much later it begins and ends than its record. ``offset``: how much later all of
    it lies. ``fade_in``, ``fade_out``: how long they are."""

    head: Fraction = _NOTHING
    tail: Fraction = _NOTHING
    offset: Fraction = _NOTHING
    fade_in: Fraction = _NOTHING
    fade_out: Fraction = _NOTHING

    @property
    def is_move(self) -> bool:
        """Whether nothing but its place is another."""
        return self == TakeEdit(offset=self.offset)

    def place(self, record: TimeRange) -> TimeRange:
        """Where it is heard, of a take that was made for ``record``."""
        return TimeRange(record.start + self.offset + self.head, record.end + self.offset + self.tail)

    def bounded(self, take: Take, least: Fraction) -> TakeEdit:
        """As far as the take's file has sound for it, ``least`` seconds long at least; pictures stay as they are."""
        if take.is_picture:
            return TakeEdit()
        length = take.record.duration
        least = min(least, length)
        head = min(max(self.head, -take.head_handle), length + take.tail_handle - least)
        tail = max(min(self.tail, take.tail_handle), head + least - length)
        heard = length + tail - head
        fade_in = min(max(self.fade_in, _NOTHING), heard)
        fade_out = min(max(self.fade_out, _NOTHING), heard - fade_in)
        return replace(self, head=head, tail=tail, fade_in=fade_in, fade_out=fade_out)

    def fades(self, take: Take, record: TimeRange) -> Fades:
        """Its gains on the timeline's samples, where the take belongs to ``record``."""
        rate, place = take.sample_rate, self.place(record)
        first, end = to_sample(place.start, rate), to_sample(place.end, rate)
        up, down = to_sample(place.start + self.fade_in, rate), to_sample(place.end - self.fade_out, rate)
        return Fades(first, end, up - first, end - down, take.stem in CORRELATED)
