"""Ducking: music makes way for speech, before a line begins, and comes back after it has ended.

Under a line it is lower by what is asked for, and where it would still be louder than its own mean lowered so, by that
much more: a loud passage is no reason to miss a word. What speech is made of, from a voice's fundamental to its
consonants, is lower still. Filters of minimum phase take these bands out, as far as the music is on its way down:

    sound ─► - share · highs ─► - share · around 110 Hz ─► ... 300 Hz ─► ... 2.2 kHz ─► lower as a whole
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
"""So long before a stretch begins its sound has to be heard, for what parts its bands to have settled."""
_MOST_MORE_DB = 12.0
_HIGHER_DB, _PARTED_HZ = 10.0, 800.0
_DIP_DB, _DIPS_HZ = 8.0, (110.0, 300.0, 800.0, 2200.0)  # side by side from 85 Hz to 4 kHz
_DIP_WIDTH = 1.25  # of its middle
_WHOLLY_DB = 12.0  # who asks for less has the bands lowered by so much less, too


@dataclass(frozen=True)
class Line:
    """Somebody speaks; meanwhile the music is lower by ``depth_db``, and a ``share`` (0 to 1) of its bands is out."""

    span: TimeRange
    depth_db: float
    share: float = 1.0


@dataclass(frozen=True)
class Ducking:
    """The lines of a stretch of music, in seconds from its start."""

    lines: tuple[Line, ...] = ()

    @classmethod
    def of(cls, spans: Sequence[TimeRange], depth_db: float, music: Meter) -> Ducking:
        """By ``depth_db``, and more where what ``music`` has measured, from the start of the stretch, asks for it."""
        mean, share = music.level().integrated, min(depth_db / _WHOLLY_DB, 1.0)
        found = []
        for span in spans if depth_db else ():
            louder = music.loudest(float(span.start), float(span.end)) - mean
            found.append(Line(span, depth_db + (min(louder, _MOST_MORE_DB) if louder > 0 else 0.0), share))
        return cls(tuple(found))

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
                lower, share = self.lower_db(first + part.start, block[:, part].shape[1], sample_rate)
                made = block.copy() if made is block else made
                made[:, part] = np.where(share > 0, bands.lowered(block[:, part], share) * _gain(lower), block[:, part])
            yield made
            first = end

    def lower_db(self, first: int, count: int, sample_rate: int) -> tuple[Floats, Floats]:
        """(count,) how many dB lower from the sample ``first`` on, straight on the way down and up, and which share
        (0 to 1) of what is taken out of the bands besides."""
        seconds = (first + np.arange(count)) / sample_rate
        lower, share = np.zeros(count), np.zeros(count)
        for edges, depth, of_bands in self._edges:
            if count and edges[0] < seconds[-1] and seconds[0] < edges[-1]:
                here = np.interp(seconds, edges, [0, 1, 1, 0])
                lower = np.maximum(lower, here * depth)
                share = np.maximum(share, here * of_bands)
        return lower, share

    def _stretches(self, sample_rate: int) -> list[tuple[int, int]]:
        """First sample and end of each stretch within which the bands are parted."""
        found: list[tuple[int, int]] = []
        for edges, _, _ in self._edges:
            begun, end = round((edges[0] - float(SETTLED_S)) * sample_rate), round(edges[-1] * sample_rate) + 1
            if found and begun < found[-1][1]:
                found[-1] = found[-1][0], end
            else:
                found.append((begun, end))
        return found

    @cached_property
    def _edges(self) -> list[tuple[list[float], float, float]]:
        """Seconds at which each goes down, is down, goes up, is up; how many dB that is; which share of the bands."""
        return [
            ([float(at) for at in (line.span.start - AHEAD_S, line.span.start, line.span.end, line.span.end + AFTER_S)],
             line.depth_db, line.share)
            for line in self._joined
        ]  # fmt: skip

    @cached_property
    def _joined(self) -> list[Line]:
        """Lines with no room between them for coming back are one, as low as the lower."""
        joined: list[Line] = []
        for line in sorted(self.lines, key=lambda each: each.span):
            before = joined[-1] if joined else None
            if before is not None and line.span.start - before.span.end < AHEAD_S + AFTER_S:
                span = TimeRange(before.span.start, max(line.span.end, before.span.end))
                joined[-1] = Line(span, max(line.depth_db, before.depth_db), max(line.share, before.share))
            else:
                joined.append(line)
        return joined


class _Bands:
    """Takes bands out of a sound that goes on from call to call."""

    def __init__(self, channels: int, sample_rate: int) -> None:
        from scipy.signal import iirpeak

        pole = np.exp(-2 * np.pi * _PARTED_HZ / sample_rate)
        highs = np.array([pole, -pole]), np.array([1, -pole])  # what one pole leaves
        around = [iirpeak(hertz, 1 / _DIP_WIDTH, sample_rate) for hertz in _DIPS_HZ]
        self._filters = [(*highs, _HIGHER_DB), *((*each, _DIP_DB) for each in around)]
        self._states = [np.zeros((channels, len(bottom) - 1)) for _, bottom, _ in self._filters]

    def lowered(self, sound: Samples, share: Floats) -> Floats:
        """(C, n) the sound without so much (n,) of its bands."""
        from scipy.signal import lfilter

        made = sound.astype(np.float64)
        for place, (top, bottom, lower) in enumerate(self._filters):
            band, self._states[place] = lfilter(top, bottom, made, axis=1, zi=self._states[place])
            made -= (1 - _gain(lower * share)) * band
        return made


def _gain(lower_db: Floats) -> Floats:
    return np.asarray(10 ** (-lower_db / 20), np.float64)
