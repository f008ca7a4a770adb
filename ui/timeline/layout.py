"""Layout in time: seconds ↔ pixels, what of a lane can be seen, and what lies under a point.

Positions that leave this module are exact (Fraction seconds); floats only choose what to paint. Every look-up is a
bisection over sorted starts, so that ten thousand clips cost as little as ten.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from talkies.core.times import TimeRange, round_half_up

Pixels = NDArray[np.int64]
Indexes = NDArray[np.intp]
Seconds = NDArray[np.float64]

LARGEST_FRAME = 48
"""Pixels that one frame takes at the closest zoom."""

_EXACT = 1 << 20  # pixels per second are kept to this fraction: no drift, and no fractions of a thousand digits


@dataclass(frozen=True)
class Scale:
    """``x = round(seconds · pixels_per_second) − offset``: time 0 lies ``offset`` pixels left of the view's edge.

    Rounding happens before the offset is taken off, so that things do not shiver against each other while scrolling.
    """

    pixels_per_second: Fraction
    offset: int = 0

    def x(self, seconds: Fraction) -> int:
        """The pixel column at which a position lies; negative left of the view."""
        return round_half_up(seconds * self.pixels_per_second) - self.offset

    def time(self, x: float) -> Fraction:
        """The position (seconds) at a pixel column."""
        return (Fraction(x) + self.offset) / self.pixels_per_second

    def width(self, seconds: Fraction) -> int:
        """How many pixels a duration takes."""
        return round_half_up(seconds * self.pixels_per_second)

    def scrolled(self, offset: int) -> Scale:
        return Scale(self.pixels_per_second, offset)

    def zoomed(self, pixels_per_second: Fraction, x: int) -> Scale:
        """Another zoom, with the same time under column ``x``."""
        nearest = Fraction(round(pixels_per_second * _EXACT), _EXACT)
        return Scale(nearest, max(round_half_up(self.time(x) * nearest) - x, 0))


def zoom_limits(duration: Fraction, rate: Fraction, width: int) -> tuple[Fraction, Fraction]:
    """Pixels per second at which the whole timeline is seen with a little room at its end, and the closest zoom."""
    closest = LARGEST_FRAME * rate
    whole = Fraction(max(width, 100)) / (max(duration, 1 / rate) * Fraction(103, 100))
    return min(whole, closest), closest


class Spans:
    """The stretches of time of one lane in order of their starts; they may overlap. ``starts``, ``ends``: the same as
    floats, where they are known."""

    def __init__(self, ranges: Sequence[TimeRange], starts: Seconds | None = None, ends: Seconds | None = None) -> None:
        self.ranges = tuple(ranges)
        self.starts = np.array([float(each.start) for each in self.ranges]) if starts is None else starts
        self.ends = np.array([float(each.end) for each in self.ranges]) if ends is None else ends
        self._latest = np.maximum.accumulate(self.ends) if len(self.ends) else self.ends

    def __len__(self) -> int:
        return len(self.ranges)

    def between(self, start: Fraction, end: Fraction) -> range:
        """Indexes of all that may be touched by ``[start, end)``, and few more."""
        first = int(np.searchsorted(self._latest, float(start), "right"))
        return range(first, max(int(np.searchsorted(self.starts, float(end), "left")), first))

    def at(self, position: Fraction) -> int | None:
        """The one that covers a position, the latest to start where several do."""
        near = self.between(position, position + Fraction(1, 1_000_000))
        hits = (index for index in reversed(near) if self.ranges[index].start <= position < self.ranges[index].end)
        return next(hits, None)

    def columns(self, scale: Scale, part: range) -> tuple[Pixels, Pixels]:
        """First pixel column of each, and the one after its last; float time is exact to far less than a pixel."""
        selected = slice(part.start, part.stop)
        pace = float(scale.pixels_per_second)
        return (
            _columns(self.starts[selected] * pace) - scale.offset,
            _columns(self.ends[selected] * pace) - scale.offset,
        )


def _columns(pixels: NDArray[np.float64]) -> Pixels:
    """Halves upwards, as :meth:`Scale.x` does it exactly: what rounding has left just below a half is one."""
    return np.asarray(np.floor(pixels + 0.5 + 4 * np.spacing(np.maximum(np.abs(pixels), 1.0))), np.int64)


@dataclass(frozen=True)
class Visible:
    """What of a lane is painted: ``wide`` ones each by itself, runs of narrow ones joined to ``blocks``.

    ``wide``: indexes (n,), with ``lefts`` and ``rights`` (n,). ``blocks``: (m, 2) columns, at least one pixel each.
    """

    wide: Indexes
    lefts: Pixels
    rights: Pixels
    blocks: Pixels


def visible(spans: Spans, scale: Scale, left: int, right: int, narrow: int = 3) -> Visible:
    """What can be seen of a lane between two pixel columns; what is under ``narrow`` pixels wide is joined."""
    part = spans.between(scale.time(left - 1), scale.time(right + 1))
    lefts, rights = spans.columns(scale, part)
    wide = rights - lefts >= narrow
    indexes = np.arange(part.start, part.stop)[wide]
    return Visible(indexes, lefts[wide], rights[wide], joined(lefts[~wide], rights[~wide]))


def joined(lefts: Pixels, rights: Pixels) -> Pixels:
    """Runs of columns without a whole pixel between them: (m, 2), in order, each at least one pixel wide."""
    if not len(lefts):
        return np.zeros((0, 2), np.int64)
    reached = np.maximum.accumulate(np.maximum(rights, lefts + 1))
    opens = np.concatenate([[True], lefts[1:] > reached[:-1]])
    closes = np.concatenate([opens[1:], [True]])
    return np.stack([lefts[opens], reached[closes]], axis=1)


def edges(lanes: Iterable[Spans]) -> tuple[Fraction, ...]:
    """Every start and end on some lanes, in order and once."""
    return tuple(sorted({each for spans in lanes for span in spans.ranges for each in (span.start, span.end)}))
