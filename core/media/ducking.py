"""Ducking: music makes way for speech, before a line begins, and comes back after it has ended.

Under a line it is lower by what is asked for, and where it would still be louder than its own mean lowered so, by that
much more: a loud passage is no reason to miss a word.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np

from talkies.core.arrays import Floats32
from talkies.core.media.loudness import Meter
from talkies.core.times import TimeRange

AHEAD_S, AFTER_S = Fraction(3, 10), Fraction(7, 10)
"""How long it takes to go down before a line, and to come back after it."""
_MOST_MORE_DB = 12.0


@dataclass(frozen=True)
class Line:
    """Somebody speaks; ``depth_db``: how much lower the music is meanwhile."""

    span: TimeRange
    depth_db: float


@dataclass(frozen=True)
class Ducking:
    """The lines of a stretch of music, in seconds from its start."""

    lines: tuple[Line, ...] = ()

    @classmethod
    def of(cls, spans: Sequence[TimeRange], depth_db: float, music: Meter) -> Ducking:
        """By ``depth_db``, and more where what ``music`` has measured, from the start of the stretch, asks for it."""
        mean = music.level().integrated
        found = []
        for span in spans if depth_db else ():
            louder = music.loudest(float(span.start), float(span.end)) - mean
            found.append(Line(span, depth_db + (min(louder, _MOST_MORE_DB) if louder > 0 else 0.0)))
        return cls(tuple(found))

    def gains(self, first: int, count: int, sample_rate: int) -> Floats32:
        """(count,) factors of the samples from ``first`` on. Straight in dB on the way down and up."""
        seconds = (first + np.arange(count)) / sample_rate
        lower = np.zeros(count)
        for line in self._joined:
            edges = [line.span.start - AHEAD_S, line.span.start, line.span.end, line.span.end + AFTER_S]
            if edges[0] < seconds[-1] and seconds[0] < edges[-1]:
                depths = [0, line.depth_db, line.depth_db, 0]
                lower = np.maximum(lower, np.interp(seconds, [float(edge) for edge in edges], depths))
        return (10 ** (-lower / 20)).astype(np.float32)

    @cached_property
    def _joined(self) -> list[Line]:
        """Lines with no room between them for coming back are one, as low as the lower."""
        joined: list[Line] = []
        for line in sorted(self.lines, key=lambda each: each.span):
            before = joined[-1] if joined else None
            if before is not None and line.span.start - before.span.end < AHEAD_S + AFTER_S:
                span = TimeRange(before.span.start, max(line.span.end, before.span.end))
                joined[-1] = Line(span, max(line.depth_db, before.depth_db))
            else:
                joined.append(line)
        return joined
