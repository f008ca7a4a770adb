"""Streams: noise, filters, slow change and grains that go on without end, block by block and without joints.

What goes on is a generator that keeps its state from block to block; an hour needs no more memory than a second.
"""

from __future__ import annotations

import functools
from collections.abc import Callable

import numpy as np

from talkies.core.arrays import Floats, Ints
from talkies.core.media.wav.bwf import SAMPLE_RATE
from talkies.core.synthesis.signals import Rng, count, sections

BLOCK = 24_000
"""Samples of a block: half a second."""

_BLOCK_S = BLOCK / SAMPLE_RATE


class Noise:
    """Gaussian noise, RMS 1, through filters that remember."""

    def __init__(self, rng: Rng, kind: str = "", low: float = 0.0, high: float = 0.0, order: int = 2) -> None:
        self.rng = rng
        self.filter = Filter(kind, low, high, order) if kind else None
        self.gain = noise_gain(kind, low, high, order) if kind else 1.0

    def block(self) -> Floats:
        noise = self.rng.standard_normal(BLOCK)
        return noise if self.filter is None else self.gain * self.filter.through(noise)


@functools.lru_cache(maxsize=512)
def noise_gain(kind: str, low: float, high: float, order: int = 2) -> float:
    """What brings white noise through a filter back to RMS 1: over the root of its impulse response's energy."""
    response = Filter(kind, low, high, order).through(np.eye(1, 4 * BLOCK)[0])
    return float(1 / np.sqrt(np.square(response).sum()))


class Filter:
    """A Butterworth filter (see :func:`talkies.core.synthesis.signals.sections`) with its state."""

    def __init__(self, kind: str, low: float, high: float, order: int = 2) -> None:
        self.sections = sections(kind, low, high, order)
        self.state = np.zeros((len(self.sections), 2))

    def through(self, sound: Floats) -> Floats:
        from scipy.signal import sosfilt

        passed, self.state = sosfilt(self.sections, sound, zi=self.state)
        return np.asarray(passed)


class Resonance:
    """A single mode, driven: rings at ``hertz`` and loses 60 dB in ``t60`` s."""

    def __init__(self, hertz: float, t60: float) -> None:
        radius = float(np.exp(-np.log(1000) / (t60 * SAMPLE_RATE)))
        turn = 2 * np.pi * hertz / SAMPLE_RATE
        self.numerator, self.denominator = [np.sin(turn)], [1.0, -2 * radius * np.cos(turn), radius**2]
        self.state = np.zeros(2)

    def through(self, sound: Floats) -> Floats:
        from scipy.signal import lfilter

        passed, self.state = lfilter(self.numerator, self.denominator, sound, zi=self.state)
        return np.asarray(passed)


class Wander:
    """A value that drifts between ``low`` and ``high``: a new goal every ``every_s``, smoothly reached."""

    def __init__(self, rng: Rng, every_s: float, low: float, high: float) -> None:
        self.rng, self.every, self.low, self.high = rng, max(count(every_s), 2), low, high
        self.goals = [self._goal(), self._goal()]
        self.position = int(rng.integers(self.every))

    def _goal(self) -> float:
        return float(self.low + (self.high - self.low) * self.rng.beta(1.5, 1.5))

    def block(self) -> Floats:
        """(BLOCK,)"""
        places = (self.position + np.arange(BLOCK)) / self.every
        needed = int(places[-1]) + 2
        self.goals += [self._goal() for _ in range(needed - len(self.goals))]
        which = places.astype(np.int64)
        share = places - which
        goals = np.asarray(self.goals)
        values = goals[which] + (goals[which + 1] - goals[which]) * share * share * (3 - 2 * share)
        passed = (self.position + BLOCK) // self.every
        self.position = (self.position + BLOCK) % self.every
        self.goals = self.goals[passed:]
        return np.asarray(values)


class Phase:
    """Turns of something whose speed changes: whole numbers are the starts of its turns."""

    def __init__(self, start: float = 0.0) -> None:
        self.turns = start

    def block(self, hertz: Floats | float) -> Floats:
        """(BLOCK,) turns so far at a speed (BLOCK,) or constant."""
        turns = self.turns + np.cumsum(np.broadcast_to(hertz, BLOCK)) / SAMPLE_RATE
        self.turns = float(turns[-1])
        return np.asarray(turns)


def starts(turns: Floats, before: float) -> Ints:
    """Samples at which whole turns are reached; ``before``: turns before the first sample."""
    whole = np.floor(np.concatenate([[before], turns]))
    return np.flatnonzero(np.diff(whole) > 0).astype(np.int64)


class Scatter:
    """Sounds thrown in at samples of a block; what reaches beyond its end sounds on in the next."""

    def __init__(self) -> None:
        self.coming = np.zeros(BLOCK)

    def throw(self, at: int, sound: Floats) -> None:
        """``at`` counts from the start of the block that :meth:`block` will give."""
        end = at + len(sound)
        if end > len(self.coming):
            self.coming = np.pad(self.coming, (0, end - len(self.coming) + BLOCK))
        self.coming[at:end] += sound

    def block(self) -> Floats:
        block, rest = self.coming[:BLOCK], self.coming[BLOCK:]
        self.coming = rest if len(rest) >= BLOCK else np.pad(rest, (0, BLOCK - len(rest)))
        return block


class Grains:
    """Small sounds at random times, a stock of them renewed little by little, so that nothing comes round.

    ``make`` draws one; ``loudness`` draws how loud each is; ``renewed`` of ``stock`` are replaced in each block.
    """

    def __init__(
        self,
        rng: Rng,
        make: Callable[[Rng], Floats],
        loudness: Callable[[Rng], float],
        stock: int = 32,
        renewed: float = 4,
    ) -> None:
        self.rng, self.make, self.loudness, self.renewed = rng, make, loudness, renewed
        self.stock = [make(rng) for _ in range(stock)]
        self.scatter = Scatter()

    def block(self, per_second: float) -> Floats:
        """(BLOCK,) with so many grains a second on average."""
        rng = self.rng
        chance = self.renewed % 1
        for _ in range(int(self.renewed) + int(chance > 0 and rng.random() < chance)):
            self.stock[int(rng.integers(len(self.stock)))] = self.make(rng)
        number = int(rng.poisson(per_second * _BLOCK_S))
        places, kinds = rng.integers(BLOCK, size=number), rng.integers(len(self.stock), size=number)
        for at, kind in zip(places.tolist(), kinds.tolist(), strict=True):
            self.scatter.throw(at, self.stock[kind] * self.loudness(rng))
        return self.scatter.block()


def heavy_tailed(exponent: float, most: float = 8.0) -> Callable[[Rng], float]:
    """Loudness of which few are great: a Pareto law from 1 up, bounded."""
    return lambda rng: float(min(1 + rng.pareto(exponent), most))
