"""Tones: one note of one instrument as it goes on, made piece by piece and only as far as it is heard.

    0 ─ rise ── head ──┬── loop ──┐        what dies away has no loop
                       └──────────┘
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from talkies.core.arrays import Floats32, Samples, Sound
from talkies.core.instruments.additive import Curve, Partials, rendered
from talkies.core.media.bwf import SAMPLE_RATE

PIECE = 32_768
"""Samples that are made at once."""
_SEAM = 4800


@dataclass(frozen=True)
class Stroke:
    """What is asked of an instrument: ``strength`` 0 to 1 (the middle of a layer), ``variant`` the round robin,
    ``short``: too short for a slow beginning."""

    pitch: float
    strength: float
    variant: int = 0
    short: bool = False


@dataclass(frozen=True)
class Noise:
    """``stock`` (M,) noise, heard from its start on through ``gains`` (2,) and ``level`` (T,) over seconds; in a tone
    with a loop the stock is at least as long as head and loop."""

    stock: Sound
    gains: tuple[float, float]
    level: Curve | None = None


@dataclass(frozen=True)
class Tone:
    """``rise``, ``head``, ``loop`` and ``lead`` in samples. ``lead``: how long it sounds before it is felt to begin;
    ``reflections``: (delay in samples, left, right) of what the walls send back first."""

    partials: Partials
    noises: tuple[Noise, ...]
    head: int
    loop: int = 0
    rise: int = 24
    lead: int = 0
    gain: float = 1.0
    reflections: tuple[tuple[int, float, float], ...] = field(default=(), repr=False)

    def pieces(self) -> list[tuple[int, int]]:
        """First sample and number of samples of each piece; one always begins where the loop does."""
        edges = [*range(0, self.head, PIECE), *range(self.head, self.head + self.loop, PIECE), self.head + self.loop]
        return [(start, stop - start) for start, stop in zip(edges, edges[1:], strict=False)]

    def piece(self, start: int, count: int) -> Samples:
        """(2, count) samples, early reflections included."""
        before = min(start, max((delay for delay, *_ in self.reflections), default=0))
        direct = self._direct(start - before, count + before)
        heard = direct[:, before:].copy()
        for delay, left, right in self.reflections:
            late = min(max(delay - before, 0), count)
            source = direct[:, before + late - delay : before + count - delay] if late < count else direct[:, :0]
            heard[0, late:] += np.float32(left) * source[0]
            heard[1, late:] += np.float32(right) * source[1]
        return heard

    def _direct(self, start: int, count: int) -> Samples:
        sound = rendered(self.partials, start, count)
        for noise in self.noises:
            self._add_noise(sound, noise, start)
        if start < self.rise:
            ramp = (np.arange(start, min(self.rise, start + count)) / self.rise).astype(np.float32)
            sound[:, : len(ramp)] *= np.sin(0.5 * np.pi * ramp) ** 2
        sound *= np.float32(self.gain)
        return sound

    def _add_noise(self, sound: Samples, noise: Noise, start: int) -> None:
        stop = min(start + sound.shape[1], len(noise.stock))
        if stop <= start:
            return
        part = self._seamless(noise.stock, start, stop) if self.loop else noise.stock[start:stop]
        if noise.level is not None:
            grid = np.arange(start, stop + 64, 64)
            level = np.broadcast_to(noise.level(grid / SAMPLE_RATE), (len(grid),))
            part = part * np.interp(np.arange(start, stop), grid, level).astype(np.float32)
        for side, gain in zip(sound, noise.gains, strict=True):
            side[: stop - start] += np.float32(gain) * part

    def _seamless(self, stock: Sound, start: int, stop: int) -> Floats32:
        """The stock, which at the end of the loop becomes what was before the loop."""
        end, seam = self.head + self.loop, min(_SEAM, self.head)
        part = stock[start:stop].copy()
        first = max(start, end - seam)
        if first < stop:
            turned = ((np.arange(first, stop) - (end - seam)) / seam * (np.pi / 2)).astype(np.float32)
            earlier = stock[first - self.loop : stop - self.loop]
            part[first - start :] = part[first - start :] * np.cos(turned) + earlier * np.sin(turned)
        return part
