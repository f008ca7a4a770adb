"""Ducking: music makes way for speech, before a line begins, and comes back after it has ended.

Under a line it is lower by what is asked for: by as much more as it is louder there than its own mean, for a loud
passage is no reason to miss a word, and by up to a third less where it is played softer. What words are understood by
(`speech_bands.py`) is lowered further where the music would come too near to it, by dips of minimum phase, as far as
the music is on its way down:

    sound ─► - dip around 400 Hz ─► - 800 Hz ─► ... 6.4 kHz ─► lower as a whole
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np

from talkies.core.arrays import Floats, Samples
from talkies.core.media.loudness import SILENCE
from talkies.core.media.under_speech.speech_bands import DIPS_HZ, LineMeter, fitted, resonances, too_loud
from talkies.core.times import TimeRange

AHEAD_S, AFTER_S = Fraction(3, 10), Fraction(7, 10)
"""How long it takes to go down before a line, and to come back after it."""
SETTLED_S = Fraction(1, 10)
"""So long before a stretch begins its sound has to be heard, for what parts its bands to have settled."""
_MOST_MORE_DB = 12.0
_LEAST_SHARE = 2 / 3  # of what is asked for: 8 of 12 dB
_WHOLLY_DB = 12.0  # who asks for less has the bands lowered by so much less, too


@dataclass(frozen=True)
class Line:
    """Somebody speaks; meanwhile the music is lower by ``depth_db``, and around each of ``DIPS_HZ`` by ``dips_db``
    (K,) more."""

    span: TimeRange
    depth_db: float
    dips_db: tuple[float, ...] = (0.0,) * len(DIPS_HZ)

    @property
    def lower_db(self) -> tuple[float, ...]:
        """(1 + K,) as a whole, then the dips."""
        return (self.depth_db, *self.dips_db)

    def joined(self, other: Line) -> Line:
        """One from the first's start to the last's end, as low as the lower."""
        span = TimeRange(min(self.span.start, other.span.start), max(self.span.end, other.span.end))
        depth, *dips = map(max, self.lower_db, other.lower_db)
        return Line(span, depth, tuple(dips))


@dataclass(frozen=True)
class Ducking:
    """The lines of a stretch of music, in seconds from its start."""

    lines: tuple[Line, ...] = ()

    @classmethod
    def of(cls, depth_db: float, music: LineMeter, below_speech: float) -> Ducking:
        """By ``depth_db`` under each line that ``music`` knows, more where it is loud there, and in the bands of words
        what they need, if the whole of it lies ``below_speech`` (LU) when nobody speaks."""
        mean = music.level().integrated
        lines = []
        for span in music.spans if depth_db and mean > SILENCE else ():
            louder = music.loudest(float(span.start), float(span.end)) - mean
            depth = max(depth_db + min(louder, _MOST_MORE_DB), _LEAST_SHARE * depth_db)
            bands, share = music.bands(span), min(depth_db / _WHOLLY_DB, 1.0)
            needed = np.zeros(0) if bands is None else too_loud(bands, mean + below_speech, depth)
            lines.append(Line(span, depth, tuple(share * dip for dip in fitted(needed))))
        return cls(tuple(lines))

    def applied(self, blocks: Iterable[Samples], first: int, sample_rate: int) -> Iterator[Samples]:
        """Blocks (C, n) of music from the sample ``first`` on, as they make way; exactly what they were where nobody
        speaks. The same samples whatever the blocks are."""
        bands: _Bands | None = None
        stretches = self._stretches(sample_rate)
        for block in blocks:
            made, end = block, first + block.shape[1]
            for start, stop in stretches:
                if block.shape[1] == 0 or start >= end or stop <= first:
                    continue
                if bands is None or start >= first:  # begun anew at the same sample whatever the blocks
                    bands = _Bands(len(block), sample_rate)
                part = slice(max(start - first, 0), stop - first)
                whole, *dips = self.lower_db(first + part.start, block[:, part].shape[1], sample_rate)
                made = block.copy() if made is block else made
                made[:, part] = np.where(whole > 0, bands.lowered(block[:, part], dips) * _gain(whole), block[:, part])
            yield made
            first = end

    def lower_db(self, first: int, count: int, sample_rate: int) -> Floats:
        """(1 + K, count) how many dB lower from the sample ``first`` on, straight on the way down and up: as a whole,
        and in each dip besides."""
        seconds = (first + np.arange(count)) / sample_rate
        lower = np.zeros((1 + len(DIPS_HZ), count))
        for edges, depths in self._edges:
            if count and edges[0] < seconds[-1] and seconds[0] < edges[-1]:
                lower = np.maximum(lower, np.outer(depths, np.interp(seconds, edges, [0, 1, 1, 0])))
        return lower

    def _stretches(self, sample_rate: int) -> list[tuple[int, int]]:
        """First sample and end of each stretch within which the bands are parted."""
        found: list[tuple[int, int]] = []
        for edges, _ in self._edges:
            begun, end = round((edges[0] - float(SETTLED_S)) * sample_rate), round(edges[-1] * sample_rate) + 1
            if found and begun < found[-1][1]:
                found[-1] = found[-1][0], end
            else:
                found.append((begun, end))
        return found

    @cached_property
    def _edges(self) -> list[tuple[list[float], tuple[float, ...]]]:
        """Seconds at which each goes down, is down, goes up, is up; how many dB that is, (1 + K,)."""
        return [
            ([float(at) for at in (line.span.start - AHEAD_S, line.span.start, line.span.end, line.span.end + AFTER_S)],
             line.lower_db)
            for line in self._joined
        ]  # fmt: skip

    @cached_property
    def _joined(self) -> list[Line]:
        """Lines with no room between them for coming back are one, as low as the lower."""
        joined: list[Line] = []
        for line in sorted(self.lines, key=lambda each: each.span):
            before = joined[-1] if joined else None
            if before is not None and line.span.start - before.span.end < AHEAD_S + AFTER_S:
                joined[-1] = before.joined(line)
            else:
                joined.append(line)
        return joined


class _Bands:
    """Takes dips out of a sound that goes on from call to call."""

    def __init__(self, channels: int, sample_rate: int) -> None:
        self._filters = resonances(sample_rate)
        self._states = [np.zeros((channels, len(bottom) - 1)) for _, bottom in self._filters]

    def lowered(self, sound: Samples, dips: Sequence[Floats]) -> Floats:
        """(C, n) the sound without so many dB (n,) around each of ``DIPS_HZ``."""
        from scipy.signal import lfilter

        made = sound.astype(np.float64)
        for place, ((top, bottom), lower) in enumerate(zip(self._filters, dips, strict=True)):
            band, self._states[place] = lfilter(top, bottom, made, axis=1, zi=self._states[place])
            made -= (1 - _gain(lower)) * band
        return made


def _gain(lower_db: Floats) -> Floats:
    return np.asarray(10 ** (-lower_db / 20), np.float64)
