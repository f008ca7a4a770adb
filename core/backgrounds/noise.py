"""Noise that is a function of the sample's number: any stretch of it, whole or in pieces, is the same to the bit.

frame k: Gaussian spectrum, shaped ─► 2 · HOP samples under a sine window; two frames overlap at every sample, and the
squares of their windows add up to 1, so that the level is even. A frame depends on the seed and on k alone.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from talkies.core.arrays import Floats
from talkies.core.backgrounds.air import OCTAVES_HZ, by_frequency, powers
from talkies.core.media.wav.bwf import SAMPLE_RATE

HOP = 1 << 14
"""Samples of a block; block k begins at sample k · HOP of the timeline."""

_WINDOW = np.sin(np.pi * (np.arange(2 * HOP) + 0.5) / (2 * HOP))
_HERTZ: Floats = np.arange(HOP + 1, dtype=np.float64) * SAMPLE_RATE / (2 * HOP)
_SLOW_S, _QUICK_S = 8.0, 2.0  # how far apart the level's goals are
_SLOW_SHARE = 0.5  # of the level's variance
_MOST_DB = 2.5
_FRAME, _LEVEL = 1, 2  # what rows of random numbers are for


def numbered_rng(seed: int, *numbers: int) -> np.random.Generator:
    """Random numbers of their own for each place, use and number, negative ones too."""
    return np.random.default_rng([seed, *(number % (1 << 32) for number in numbers)])


class AirNoise:
    """Stereo noise (2, n) of RMS 1 in each channel; ``levels_db``, ``alike`` (10,) and ``wander_db`` as in Air."""

    def __init__(self, seed: int, levels_db: Floats, alike: Floats, wander_db: float) -> None:
        self._seed, self._wander = seed, wander_db
        self._amplitude = np.sqrt(powers(levels_db, _HERTZ)) * HOP  # unit power in each channel
        share = np.clip(by_frequency(alike, _HERTZ), -1, 1)
        self._middle, self._side = (np.sqrt((1 + sign * share) / 2).astype(np.float32) for sign in (1, -1))

    def blocks(self, first: int) -> Iterator[Floats]:
        """Block ``first`` (2, HOP) and those after it, without end."""
        before = self._frame(first - 1)
        while True:
            frame = self._frame(first)
            yield before[:, HOP:] + frame[:, :HOP]
            before, first = frame, first + 1

    def _frame(self, number: int) -> Floats:
        """(2, 2 · HOP), windowed."""
        from scipy.fft import irfft

        rng = numbered_rng(self._seed, _FRAME, number)
        drawn = rng.standard_normal((2, len(_HERTZ), 2), np.float32).view(np.complex64)[..., 0]
        drawn *= (self._amplitude * self._gains(number)).astype(np.float32)
        middle, side = drawn[0] * self._middle, drawn[1] * self._side
        sound = irfft(np.stack([middle + side, middle - side]), 2 * HOP, axis=1)
        return np.asarray(sound * _WINDOW)

    def _gains(self, number: int) -> Floats:
        """How loud each frequency is by now: all of it and each octave drift slowly."""
        seconds = (number + 1) * HOP / SAMPLE_RATE
        slow = drift(self._seed, 0, seconds / _SLOW_S, 1 + len(OCTAVES_HZ))
        quick = drift(self._seed, 1, seconds / _QUICK_S, 1 + len(OCTAVES_HZ))
        moved = np.sqrt(_SLOW_SHARE) * slow + np.sqrt(1 - _SLOW_SHARE) * quick
        decibels = np.clip(self._wander * (0.8 * moved[0] + 0.6 * moved[1:]), -_MOST_DB, _MOST_DB)
        return np.asarray(10 ** (by_frequency(decibels, _HERTZ) / 20))


def drift(seed: int, use: int, position: float, count: int) -> Floats:
    """(count,) values that wander, of standard deviation about 1 and never beyond 2; new goals at whole positions."""
    knot = int(np.floor(position))
    share = position - knot
    goals = [numbered_rng(seed, _LEVEL, use, knot + n).normal(0, 1, count) for n in (0, 1)]
    before, after = (np.clip(goal, -2, 2) for goal in goals)
    turn = np.pi / 2 * share * share * (3 - 2 * share)
    return np.asarray(np.clip(np.cos(turn) * before + np.sin(turn) * after, -2, 2))
