"""Looping a sustained recording to any length: from where it is to another place where it sounds alike, cross-faded.

Where it goes on is drawn anew each time, so that nothing repeats at a fixed period. Among a few places drawn, and every
sample around them, the one is taken at which the waveform and its level match best; the cross-fade keeps the power.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from talkies.core.arrays import Floats, Floats32, Samples
from talkies.core.errors import MediaError
from talkies.core.library.casting import force_gain
from talkies.core.library.reading import stretch
from talkies.core.library.recording import Pick
from talkies.core.media.envelope import crossfaded
from talkies.core.media.wav.bwf import SAMPLE_RATE
from talkies.core.synthesis.performing import GOING_RMS

_LONGEST = 60 * SAMPLE_RATE  # of a recording, held in memory
_SHORTEST = 960
_EDGE = SAMPLE_RATE // 10  # left out at both ends of what goes on
_LONGEST_FADE = SAMPLE_RATE // 3
_PLACES, _AROUND = 10, 2048
_ALIKE_DB = 6.0  # a difference of level weighs as much as no likeness at all
_ENDS = 480
_PEAK = 0.98
_BLOCK = 1 << 15


def sustained_blocks(pick: Pick, count: int, force: float, seed: int, stereo: bool = False) -> Iterator[Samples]:
    """What goes on, (C, n) blocks at 48 kHz, together exactly ``count`` samples; C = 1, or 2 if ``stereo``.

    Its level is that which rules give to what goes on, less by force; both ends are faded over 10 ms; a seed repeats
    bit for bit. Memory does not grow with ``count``. Raises MediaError: the file is gone, damaged or too short.
    """
    rng = np.random.default_rng([seed & 0xFFFFFFFF, 73])
    source = _source(pick, rng, stereo)
    rms = float(np.sqrt(np.mean(source.astype(np.float64) ** 2)))
    gain = GOING_RMS / max(rms, 1e-6) * force_gain(force)
    source = source * np.float32(min(gain, _PEAK / max(float(np.abs(source).max()), 1e-6)))
    place = 0
    for piece in _pieces(source, count, rng):
        for first in range(0, piece.shape[1], _BLOCK):
            block = piece[:, first : first + min(_BLOCK, count - place)]
            if block.shape[1]:
                yield block * _ends(place, block.shape[1], count)
                place += block.shape[1]
        if place >= count:
            return


def _ends(place: int, length: int, count: int) -> Floats32:
    position = np.arange(place, place + length)
    nearest = np.minimum(position + 1, count - position)
    return (0.5 - 0.5 * np.cos(np.pi * np.minimum(nearest / _ENDS, 1.0))).astype(np.float32)


def _source(pick: Pick, rng: np.random.Generator, stereo: bool) -> Samples:
    """The stretch of the recording that is looped."""
    first, end = pick.recording.measures.steady
    if end - first > 10 * _EDGE:
        first, end = first + _EDGE, end - _EDGE
    if end - first < _SHORTEST:
        raise MediaError(pick.recording.path, "is too short to go on", "choose a longer recording for this spot")
    if end - first > _LONGEST:
        first += int(rng.integers(end - first - _LONGEST))
        end = first + _LONGEST
    return stretch(pick.recording.path, first, end - first, stereo)


def _pieces(source: Samples, count: int, rng: np.random.Generator) -> Iterator[Samples]:
    """Stretches of the source and the cross-fades between them, without end; at once as much as is wanted if it is
    there."""
    length = source.shape[1]
    if count <= length:
        first = int(rng.integers(length - count + 1))
        yield source[:, first : first + count]
        return
    fade = min(length // 6, _LONGEST_FADE)
    matcher = _Matcher(source.mean(0, dtype=np.float64), fade)
    place = int(rng.integers(length // 3))
    while True:
        room = length - fade - place
        end = place + int(rng.uniform(0.5, 1.0) * room)
        yield source[:, place:end]
        target, likeness = matcher.like(end, rng)
        yield crossfaded(source[:, end : end + fade], source[:, target : target + fade], likeness)
        place = target + fade


@dataclass(frozen=True)
class _Matcher:
    """``mid``: the mean of all channels (N,); ``fade``: samples that are compared."""

    mid: Floats
    fade: int

    def like(self, end: int, rng: np.random.Generator) -> tuple[int, float]:
        """A place where it goes on as after ``end``, and how alike it is (-1 to 1)."""
        last = max(len(self.mid) - 3 * self.fade, 1)
        drawn = rng.integers(0, last, _PLACES).tolist()
        found = [self._best(end, max(place - _AROUND, 0), min(place + _AROUND, last)) for place in drawn]
        _, place, likeness = max(found, key=lambda each: each[0])
        return place, likeness

    def _best(self, end: int, first: int, stop: int) -> tuple[float, int, float]:
        """The best place from ``first`` to ``stop``, apart from ``end`` itself where there is another: what it is
        worth, the place, and how alike it is."""
        from scipy.signal import correlate

        wanted = self.mid[end : end + self.fade]
        near = self.mid[first : stop + self.fade]
        products = correlate(near, wanted, "valid", "fft")
        sums = np.concatenate([[0.0], np.cumsum(near**2)])
        energies = np.maximum(sums[self.fade :] - sums[: -self.fade], 1e-12)
        energy = max(float(wanted @ wanted), 1e-12)
        likeness = products / np.sqrt(energies * energy)
        worth = likeness - np.abs(10 * np.log10(energies / energy)) / _ALIKE_DB
        apart = np.abs(np.arange(first, first + len(worth)) - end) >= self.fade // 2
        worth = np.where(apart, worth, -np.inf)
        best = int(worth.argmax())
        return float(worth[best]), first + best, float(likeness[best])
