"""Ducking: music makes way for speech, before a line begins, and comes back after it has ended.

Under a line it is lower by what is asked for, and where it would still be louder than its own mean lowered so, by that
much more: a loud passage is no reason to miss a word. What consonants are told by, above 800 Hz, is lower still.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np

from talkies.core.arrays import Floats, Samples
from talkies.core.media.loudness import Meter
from talkies.core.times import TimeRange

AHEAD_S, AFTER_S = Fraction(3, 10), Fraction(7, 10)
"""How long it takes to go down before a line, and to come back after it."""
SETTLED_S = Fraction(1, 10)
"""So long before a stretch begins its sound has to be heard, for what parts low from high to have settled."""
_MOST_MORE_DB = 12.0
_HIGHER_DB, _PARTED_HZ = 10.0, 800.0


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

    def applied(self, blocks: Iterable[Samples], first: int, sample_rate: int) -> Iterator[Samples]:
        """Blocks (C, n) of music from the sample ``first`` on, as they make way: low and high parted by one pole, which
        add up to the same samples where nobody speaks."""
        from scipy.signal import lfilter

        pole = np.exp(-2 * np.pi * _PARTED_HZ / sample_rate)
        state: Floats | None = None
        for block in blocks:
            sound = block.astype(np.float64)
            state = np.zeros((len(block), 1)) if state is None else state
            low, state = lfilter([1 - pole], [1, -pole], sound, axis=1, zi=state)
            lower, share = self.lower_db(first, block.shape[1], sample_rate)
            high = (sound - low) * 10 ** (-_HIGHER_DB * share / 20)
            made = (low + high) * 10 ** (-lower / 20)
            yield np.where(share > 0, made, sound).astype(np.float32)
            first += block.shape[1]

    def lower_db(self, first: int, count: int, sample_rate: int) -> tuple[Floats, Floats]:
        """(count,) how many dB lower from the sample ``first`` on, straight on the way down and up, and which share
        (0 to 1) of the way that is."""
        seconds = (first + np.arange(count)) / sample_rate
        lower, share = np.zeros(count), np.zeros(count)
        for line in self._joined:
            edges = [line.span.start - AHEAD_S, line.span.start, line.span.end, line.span.end + AFTER_S]
            if edges[0] < seconds[-1] and seconds[0] < edges[-1]:
                here = np.interp(seconds, [float(edge) for edge in edges], [0, 1, 1, 0])
                lower, share = np.maximum(lower, here * line.depth_db), np.maximum(share, here)
        return lower, share

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
