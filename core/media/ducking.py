"""Ducking: music makes way for speech, before a line begins, and comes back after it has ended."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np

from talkies.core.arrays import Floats32
from talkies.core.times import TimeRange

AHEAD_S, AFTER_S = Fraction(3, 10), Fraction(7, 10)
"""How long it takes to go down before a line, and to come back after it."""


@dataclass(frozen=True)
class Ducking:
    """``depth_db``: how much lower it is under ``lines`` (s)."""

    depth_db: float
    lines: tuple[TimeRange, ...]

    def gains(self, first: int, count: int, sample_rate: int) -> Floats32:
        """(count,) factors of the samples from ``first`` on. Straight in dB on the way down and up."""
        seconds = (first + np.arange(count)) / sample_rate
        near = [line for line in self._joined if line.start - AHEAD_S < seconds[-1] and seconds[0] < line.end + AFTER_S]
        lower = np.zeros(count)
        for line in near:
            edges = [line.start - AHEAD_S, line.start, line.end, line.end + AFTER_S]
            lower = np.maximum(lower, np.interp(seconds, [float(edge) for edge in edges], [0, 1, 1, 0]))
        return (10 ** (-self.depth_db * lower / 20)).astype(np.float32)

    @cached_property
    def _joined(self) -> list[TimeRange]:
        """Lines with no room between them for coming back are one."""
        joined: list[TimeRange] = []
        for line in sorted(self.lines):
            if joined and line.start - joined[-1].end < AHEAD_S + AFTER_S:
                joined[-1] = TimeRange(joined[-1].start, max(line.end, joined[-1].end))
            else:
                joined.append(line)
        return joined
