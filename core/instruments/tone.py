"""Tones: one note of one instrument as it goes on, soft and loud, made piece by piece and only as far as it is heard.

0 ─ rise ── head ──┬── loop ──┐        what dies away has no loop
                   └──────────┘
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

import numpy as np

from talkies.core.arrays import Floats32, Sound
from talkies.core.instruments.additive import Curve, Layers, Partials, rendered
from talkies.core.media.wav.bwf import SAMPLE_RATE

PIECE = 24_576
"""Samples that are made at once."""
SOFT, LOUD = 0.06, 0.97
"""Force, 0 to 1, of the two layers."""
_SEAM = 4800
_GRID = 64


Touch = Literal["long", "short", "marked"]
"""Speaks slowly; too short for that; an accent that has to be on its moment, and then goes on like a long one."""


@dataclass(frozen=True)
class Stroke:
    """What is asked of an instrument: ``variant`` is the round robin; ``touch``: how it begins."""

    pitch: float
    variant: int = 0
    touch: Touch = "long"

    @property
    def short(self) -> bool:
        return self.touch == "short"

    @property
    def at_once(self) -> bool:
        """Whether there is no time for a slow beginning."""
        return self.touch != "long"


@dataclass(frozen=True)
class Noise:
    """``stock`` (M,) noise, heard from its start on through ``layers`` (soft, loud), ``sides`` (left, right) and
    ``level`` over seconds; in a tone with a loop the stock is at least as long as head and loop."""

    stock: Sound
    layers: tuple[float, float]
    sides: tuple[float, float] = (1.0, 1.0)
    level: Curve | None = None

    def part(self, start: int, count: int, head: int, loop: int) -> Floats32:
        """(n,) samples from ``start`` on, at most ``count``; at the end of the loop it becomes what was before it."""
        stop = min(start + count, len(self.stock))
        part = self.stock[start:stop]
        seam = min(_SEAM, head)
        first = max(start, head + loop - seam)
        if loop and first < stop:
            turned = ((np.arange(first, stop) - (head + loop - seam)) / seam * (np.pi / 2)).astype(np.float32)
            earlier = self.stock[first - loop : stop - loop]
            mixed = part[first - start :] * np.cos(turned) + earlier * np.sin(turned)
            part = np.concatenate([part[: first - start], mixed])
        return part * _drawn(self.level, start, len(part)) if self.level is not None else part


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
    reflections: tuple[tuple[int, float, float], ...] = field(default=(), repr=False)

    def pieces(self) -> list[tuple[int, int]]:
        """First sample and number of samples of each piece; one always begins where the loop does."""
        edges = [*range(0, self.head, PIECE), *range(self.head, self.head + self.loop, PIECE), self.head + self.loop]
        return [(start, stop - start) for start, stop in pairwise(edges)]

    def piece(self, start: int, count: int) -> Layers:
        """(2, 2, count) samples, early reflections included."""
        before = min(start, max((delay for delay, *_ in self.reflections), default=0))
        direct = self._direct(start - before, count + before)
        heard = direct[:, :, before:].copy()
        for delay, *gains in self.reflections:
            late = min(max(delay - before, 0), count)
            source = direct[:, :, before + late - delay : before + count - delay]
            if late < count:
                heard[:, :, late:] += np.array(gains, np.float32)[:, None] * source
        return heard

    def _direct(self, start: int, count: int) -> Layers:
        sound = rendered(self.partials, start, count)
        for noise in self.noises:
            if start < len(noise.stock):
                part = noise.part(start, count, self.head, self.loop)
                for layer, force in zip(sound, noise.layers, strict=True):
                    for side, gain in zip(layer, noise.sides, strict=True):
                        side[: len(part)] += np.float32(gain * force) * part
        if start < self.rise:
            ramp = (np.arange(start, min(self.rise, start + count)) / self.rise).astype(np.float32)
            sound[:, :, : len(ramp)] *= np.sin(0.5 * np.pi * ramp) ** 2
        return sound


def _drawn(level: Curve, start: int, count: int) -> Floats32:
    """(count,) a curve at each sample, straight between the points of a grid."""
    first = start // _GRID
    points = np.arange(first, (start + count) // _GRID + 2) * (_GRID / SAMPLE_RATE)
    values = np.broadcast_to(np.asarray(level(points), np.float32), points.shape)
    share = (np.arange(_GRID) / _GRID).astype(np.float32)
    every = values[:-1, None] * (1 - share) + values[1:, None] * share
    return every.ravel()[start - first * _GRID :][:count]
