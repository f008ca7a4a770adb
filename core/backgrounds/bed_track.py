"""The track of backgrounds: one bed after the other, cross-faded where the place changes; one function of time.

places   |--- A ---|--- A ---|-- B --|......|--- A ---|
track    AAAAAAAAAAAAAAAAAAAAxBBBBBBBBBBBBBxAAAAAAAAAAA      x: equal power, half on each side

In a gap, where no picture is, it goes on: takes may have handles there. Where the words change and the place does not,
the air is the same before and after, and the crossfade is linear.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

import numpy as np

from talkies.core.arrays import Floats, Samples
from talkies.core.backgrounds.bed import Bed, Place
from talkies.core.backgrounds.noise import HOP
from talkies.core.media.wav.bwf import SAMPLE_RATE
from talkies.core.times import TimeRange, to_sample

HALF_FADE_S = Fraction(1, 2)
"""Of a crossfade, on each side of the cut; less beside shorter shots."""


@dataclass(frozen=True)
class Shown:
    """A stretch of the timeline (s) that shows a place. ``silent``: nobody wants its bed there."""

    range: TimeRange
    place: Place
    silent: bool = False


@dataclass(frozen=True)
class _Stay:
    """One place from ``start`` to ``end`` (samples); the crossfades at both ends reach half their length ``into``
    (before start, after end); ``same`` place beyond them."""

    place: Place
    start: float
    end: float
    into: tuple[int, int] = (0, 0)
    same: tuple[bool, bool] = (False, False)
    silent: bool = False

    def gains(self, samples: Floats) -> Floats | None:
        """(n,) at sample numbers; None where it is not heard."""
        if samples[-1] < self.start - self.into[0] or samples[0] >= self.end + self.into[1]:
            return None
        rise = _share(samples - self.start, self.into[0])
        fall = _share(self.end - samples, self.into[1])
        rise, fall = (
            share if same else np.sin(np.pi / 2 * share) for share, same in zip((rise, fall), self.same, strict=True)
        )
        return np.asarray(rise * fall)


def _share(distance: Floats, half: int) -> Floats:
    """0 at ``half`` before, 1 at ``half`` after."""
    if not half:
        return np.asarray((distance >= 0).astype(np.float64))
    return np.asarray(np.clip((distance + half + 0.5) / (2 * half + 1), 0, 1))


class BedTrack:
    """``shown``: in order, not overlapping. ``bed_of``: the bed of a place, asked for once."""

    def __init__(self, shown: Sequence[Shown], bed_of: Callable[[Place], Bed]) -> None:
        self._stays = _stays(shown)
        self._bed_of, self._beds = bed_of, dict[Place, Bed]()

    def blocks(self, span: TimeRange) -> Iterator[Samples]:
        """Blocks of (2, n) float32, together exactly the samples of a span (s), which may begin before 0."""
        first, count = span.samples(SAMPLE_RATE)
        playing: dict[int, Iterator[Floats]] = {}
        for number in range(first // HOP, -(-(first + count) // HOP)):
            block = self._block(number, playing)
            begin, end = max(first - number * HOP, 0), min(first + count - number * HOP, HOP)
            yield block[:, begin:end].astype(np.float32)

    def _block(self, number: int, playing: dict[int, Iterator[Floats]]) -> Floats:
        """(2, HOP); ``playing``: the stays that are being heard."""
        samples, total = number * HOP + np.arange(HOP, dtype=np.float64), np.zeros((2, HOP))
        for index, stay in enumerate(self._stays):
            gains = stay.gains(samples)
            if gains is None or stay.silent:
                playing.pop(index, None)
                continue
            if index not in playing:
                playing[index] = self._bed(stay.place).blocks(number)
            total += gains * next(playing[index])
        return total

    def _bed(self, place: Place) -> Bed:
        if place not in self._beds:
            self._beds[place] = self._bed_of(place)
        return self._beds[place]


def _stays(shown: Sequence[Shown]) -> list[_Stay]:
    """One for each change of place; a gap belongs half to what lies on each side."""
    stays: list[_Stay] = []
    for one in shown:
        start, end = (to_sample(time, SAMPLE_RATE) for time in (one.range.start, one.range.end))
        if stays and (stays[-1].place, stays[-1].silent) == (one.place, one.silent):
            stays[-1] = replace(stays[-1], end=end)
            continue
        middle = (stays[-1].end + start) // 2 if stays else -math.inf
        stays[-1:] = [replace(stays[-1], end=middle)] if stays else []
        stays.append(_Stay(one.place, middle, end, silent=one.silent))
    if stays:
        stays[-1] = replace(stays[-1], end=math.inf)
    halves = [
        int(min(to_sample(HALF_FADE_S, SAMPLE_RATE), (before.end - before.start) / 2, (after.end - after.start) / 2))
        for before, after in pairwise(stays)
    ]
    alike = [before.place.key == after.place.key for before, after in pairwise(stays)]
    return [
        replace(stay, into=into, same=same)
        for stay, into, same in zip(stays, pairwise([0, *halves, 0]), pairwise([False, *alike, False]), strict=True)
    ]
