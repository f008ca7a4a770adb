"""Laying the mark: bands of a sound are raised by 1.2 dB and lowered by 1.7 dB, in turn, whatever the sound is; above
4 kHz, where the ear is less exact, by 1.8 and 3.0 dB.

The gain of a bin depends on the time and the payload alone, so marked sounds add up to the marked sum and every channel
is treated alike. Five milliseconds of digital silence stay silent, and either end stays as it is, so that what ran on
in a neighbour still does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import reduce

import numpy as np

from talkies.core.arrays import AnySound, Floats, Sound
from talkies.core.mark.pattern import BANDS, PAIRS, SLOT_S, band_edges, signs_of

SAMPLE_RATE = 48_000
DEPTH, DEPTH_ABOVE, ABOVE_HZ = 0.33, 0.5, 4000.0
"""By so much of its power a band is raised and lowered: what is taken is given, and loudness stays as it was."""
_FRAME, _HOP = 960, 240  # a second is a whole number of hops, so that each is marked like the last
_LEAD = _FRAME - _HOP
_CROSSING = 0.2  # of a slot, at each of its ends: signs change by degrees


def marked(blocks: Iterable[Sound], payload: int, first: int = 0) -> Iterator[Sound]:
    """Blocks (n,) or (n, C) at 48 kHz, as many samples as they were.

    ``first``: where on the timeline they begin, samples: the pattern begins with each of its seconds, so that takes
    which are heard together do not blur each other's. Raises ValueError for a payload of more than twelve bits.
    """
    marker: _Marker | None = None
    for block in blocks:
        marker = marker or _Marker(payload, first, block.shape[1:])
        yield from marker.feed(block)
    if marker is not None:
        yield from marker.rest()


class _Marker:
    """Overlap and add. ``channels``: () or (C,)."""

    def __init__(self, payload: int, first: int, channels: tuple[int, ...]) -> None:
        self._signs = signs_of(payload)
        window: Floats = np.sqrt(np.hanning(_FRAME + 1)[:-1])
        self._window = window.reshape(-1, *(1 for _ in channels))
        bands = np.searchsorted(band_edges(), np.fft.rfftfreq(_FRAME, 1 / SAMPLE_RATE), side="right") - 1
        self._inside = (bands >= 0) & (bands < BANDS)
        self._bands = bands[self._inside]
        self._depths = np.where(band_edges()[:-1] < ABOVE_HZ, DEPTH, DEPTH_ABOVE)
        self._early = _LEAD + first % _HOP  # samples of silence at first
        self._given, self._left = 0, 0  # samples given back, and fed but not given back yet
        self._fed: AnySound = np.zeros((self._early, *channels))  # from the next frame on
        self._last: AnySound = np.zeros((_FRAME // _HOP - 1, _FRAME, *channels))  # frames that reach into the next one
        self._frame = first // _HOP

    def feed(self, block: Sound) -> Iterator[Sound]:
        self._left += len(block)
        yield from self._go_on(block)

    def rest(self) -> Iterator[Sound]:
        yield from self._go_on(np.zeros((_FRAME, *self._fed.shape[1:]), np.float32))

    def _go_on(self, block: Sound) -> Iterator[Sound]:
        self._fed = np.concatenate([self._fed, block])
        count = (len(self._fed) - _LEAD) // _HOP
        if count > 0:
            changed = self._overlapped(self._frames(count)) - self._fed[: count * _HOP]
            sounding = self._fed[: count * _HOP].reshape(count, -1).any(axis=1)
            changed[~np.repeat(sounding, _HOP)] = 0
            early = min(self._early, len(changed))
            plain = self._fed[early : count * _HOP][: self._left]
            made = plain + self._from_the_ends(changed[early:][: self._left])
            self._fed, self._frame, self._early = self._fed[count * _HOP :], self._frame + count, self._early - early
            self._given, self._left = self._given + len(made), self._left - len(made)
            if len(made):
                yield made.astype(np.float32)

    def _from_the_ends(self, changed: AnySound) -> AnySound:
        """Nothing is changed at either end, where neighbours join; what is not given back yet is longer than a lead."""
        place = np.arange(len(changed))
        weights = np.minimum(self._given + place, self._left - 1 - place).clip(max=_LEAD) / _LEAD
        return changed * weights.reshape(-1, *(1 for _ in changed.shape[1:]))

    def _frames(self, count: int) -> AnySound:
        """(count, FRAME, ...), marked."""
        starts = np.arange(count) * _HOP
        frames = self._fed[starts[:, None] + np.arange(_FRAME)] * self._window
        spectrum = np.fft.rfft(frames, axis=1)
        gains = np.ones(spectrum.shape[:2])
        middles = ((self._frame + np.arange(count)) * _HOP + _FRAME / 2 - _LEAD) / SAMPLE_RATE
        gains[:, self._inside] = np.sqrt(1 + self._depths * self._raised(middles))[:, self._bands]
        made = np.fft.irfft(spectrum * gains.reshape(*gains.shape, *(1 for _ in frames.shape[2:])), _FRAME, axis=1)
        return made * self._window / 2

    def _overlapped(self, frames: AnySound) -> AnySound:
        """(count, FRAME, ...) → (count * HOP, ...): what no later frame reaches."""
        count, reach = len(frames), len(self._last)
        frames = np.concatenate([self._last, frames])
        self._last = frames[count:]
        parts = (frames[reach - part :][:count, part * _HOP : (part + 1) * _HOP] for part in range(reach + 1))
        whole: AnySound = reduce(np.add, parts)
        return whole.reshape(count * _HOP, *frames.shape[2:])

    def _raised(self, seconds: Floats) -> Floats:
        """(n,) → (n, BANDS), -1 to 1."""
        slot = np.floor(seconds / SLOT_S).astype(int)
        within = seconds / SLOT_S - slot
        before = np.clip(0.5 - within / (2 * _CROSSING), 0, 0.5)[:, None]
        after = np.clip(0.5 - (1 - within) / (2 * _CROSSING), 0, 0.5)[:, None]
        raised: Floats = self._sign(slot) * (1 - before - after)
        raised += self._sign(slot - 1) * before + self._sign(slot + 1) * after
        return raised

    def _sign(self, slot: object) -> Floats:
        number = np.asarray(slot)
        signs: Floats = self._signs[(number // 2) % PAIRS] * np.where(number % 2 == 0, 1.0, -1.0)[:, None]
        return signs
