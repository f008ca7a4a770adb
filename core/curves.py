"""Curves: retimes whose speed changes, as media time over time; straight between knots.

media     knots (0, 10) (2, 12) (6, 14): two seconds at full speed, then four at half
  14 |            .-'
  12 |      .-''
  10 |  .'
     +--0---2-------6--  seconds
"""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from talkies.core.times import TimeRange

Knot = tuple[Fraction, Fraction]
"""Seconds, and the media time (seconds) that is shown then."""

MOST_KNOTS = 10_000


@dataclass(frozen=True)
class Piece:
    """A stretch of constant speed: ``time``, and which ``media`` it shows, start <= end also in reverse."""

    time: TimeRange
    media: TimeRange
    speed: Fraction


@dataclass(frozen=True)
class Curve:
    """See the module. At least two knots, whose seconds rise strictly; beyond the outermost it goes straight on."""

    knots: tuple[Knot, ...]

    @classmethod
    def through(cls, knots: Iterable[Knot]) -> Curve | None:
        """The curve through knots in any order, of which those on a straight line are left out; None when less than
        two seconds differ. A jump (two knots at one time) takes no time: the later one is a millionth later."""
        ordered: list[Knot] = []
        for time, media in sorted(knots, key=lambda knot: knot[0]):
            if ordered and time <= ordered[-1][0]:
                if media == ordered[-1][1]:
                    continue
                time = ordered[-1][0] + _JUMP
            while len(ordered) > 1 and _slope(ordered[-2], ordered[-1]) == _slope(ordered[-1], (time, media)):
                ordered.pop()
            ordered.append((time, media))
        return cls(tuple(ordered)) if 2 <= len(ordered) <= MOST_KNOTS else None

    def at(self, time: Fraction) -> Fraction:
        """The media time shown at ``time``."""
        index = bisect.bisect_right(self.knots, time, key=_time_of)
        one, other = self.knots[min(max(index, 1), len(self.knots) - 1) - 1 :][:2]
        return one[1] + (time - one[0]) * _slope(one, other)

    def part(self, span: TimeRange) -> Curve:
        """What it does in ``span``, which is not empty, and which may reach beyond it."""
        first = bisect.bisect_right(self.knots, span.start, key=_time_of)
        inside = self.knots[first : bisect.bisect_left(self.knots, span.end, key=_time_of)]
        return Curve(((span.start, self.at(span.start)), *inside, (span.end, self.at(span.end))))

    def around(self, span: TimeRange) -> Curve:
        """The same in ``span``; outside of it only to the next knot, no end of a jump, and straight on."""
        knots = self.knots
        first = min(max(bisect.bisect_right(knots, span.start, key=_time_of) - 1, 0), len(knots) - 2)
        last = min(max(bisect.bisect_left(knots, span.end, key=_time_of), first + 1), len(knots) - 1)
        first -= first > 0 and knots[first + 1][0] - knots[first][0] <= _JUMP
        last += last + 1 < len(knots) and knots[last][0] - knots[last - 1][0] <= _JUMP
        return Curve(knots[first : last + 1])

    def moved(self, time: Fraction = Fraction(0), media: Fraction = Fraction(0)) -> Curve:
        """The same later by ``time``, of media later by ``media``."""
        return Curve(tuple((when + time, what + media) for when, what in self.knots))

    def held(self, span: TimeRange, media: Fraction) -> Curve:
        """The same, but ``media`` stands still during ``span``: it jumps there, and back at the end."""
        before = self.knots[: bisect.bisect_left(self.knots, span.start - _JUMP, key=_time_of)]
        after = self.knots[bisect.bisect_right(self.knots, span.end, key=_time_of) :]
        knots = list(before) or [(span.start - 1, self.at(span.start - 1))]
        last, first = (span.start - _JUMP, self.at(span.start - _JUMP)), (span.start, media)
        if _slope(knots[-1], last) != _slope(last, first):
            knots.append(last)
        knots.append(first)
        if self.at(span.end) != media:
            knots.append((span.end - _JUMP, media))
        knots.append((span.end, self.at(span.end)))
        return Curve((*knots, *(after or [(span.end + 1, self.at(span.end + 1))])))

    def paced(self, pace: Fraction) -> Curve:
        """The same ``pace`` times as fast from 0 on; backwards where it is negative."""
        knots = ((when / pace, what) for when, what in self.knots)
        return Curve(tuple(sorted(knots)))

    @property
    def is_straight(self) -> bool:
        return len(self.knots) == 2

    @property
    def time(self) -> TimeRange:
        return TimeRange(self.knots[0][0], self.knots[-1][0])

    @property
    def media(self) -> TimeRange:
        """All that is shown."""
        shown = [media for _, media in self.knots]
        return TimeRange(min(shown), max(shown))

    @property
    def speed(self) -> Fraction:
        """From the first knot to the last one, on average."""
        return _slope(self.knots[0], self.knots[-1])

    def pieces(self) -> Iterator[Piece]:
        """The stretches of constant speed, in order."""
        for one, other in pairwise(self.knots):
            media = TimeRange(min(one[1], other[1]), max(one[1], other[1]))
            yield Piece(TimeRange(one[0], other[0]), media, _slope(one, other))


_JUMP = Fraction(1, 1_000_000)


def _time_of(knot: Knot) -> Fraction:
    return knot[0]


def _slope(one: Knot, other: Knot) -> Fraction:
    return (other[1] - one[1]) / (other[0] - one[0])
