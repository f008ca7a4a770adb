"""Additive synthesis as one matrix product: partials with levels and phases of their own, at any place of a tone.

Between two moments of a grid of H samples each partial is the cross-fade of two sinusoids of its mean frequency, one
that starts right at the first moment and one that arrives right at the second:

    x(i, k) = Σ_p Re[(1 - k/H) c_p(i) e^{jω_p k} + (k/H) c_p(i + 1) e^{jω_p (k - H)}]

Layers (soft, loud) and sides (left, right) differ in constant gains: they are further columns of the same product, and
they are in phase, so that any mixture of both layers is a tone as well.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from talkies.core.arrays import AnyFloats, Floats, Floats32, Ints
from talkies.core.media.bwf import SAMPLE_RATE

Curve = Callable[[AnyFloats], AnyFloats]
"""(T,) seconds since the tone began → (rows, T)."""
Layers = Floats32
"""(2, 2, N): soft and loud, left and right, samples."""

HIGHEST_HZ = 17_500.0
"""No partial lies higher."""
HOP = 128
_INAUDIBLE = 1e-5


@dataclass(frozen=True)
class Partials:
    """P sinusoids: ``hertz`` (P,), ``layers`` (2, P) amplitudes of soft and loud, ``sides`` (2, P) gains of left and
    right, ``cycles`` (P,) phases at the start; ``levels``: (P, T) over time; ``warps``: (S, T) seconds by which the S
    players run ahead of time, ``counts``: how many partials each of them has."""

    hertz: Floats
    layers: Floats
    sides: Floats
    cycles: Floats
    levels: Curve
    warps: Curve | None = None
    counts: tuple[int, ...] = ()


def rendered(partials: Partials, start: int, count: int) -> Layers:
    """(2, 2, count) samples from sample ``start`` of the tone on."""
    first = start // HOP
    moments = -(-(start + count) // HOP) - first + 1
    times = (first + np.arange(moments)) * (HOP / SAMPLE_RATE)
    levels = np.asarray(partials.levels(times), np.float32)
    gains = (partials.layers[:, None, :] * partials.sides).reshape(4, -1)
    heard: Ints = np.flatnonzero(
        np.abs(levels).max(axis=1) * np.abs(gains).max(axis=0) > _INAUDIBLE * np.abs(gains).max()
    )
    if not len(heard):
        return np.zeros((2, 2, count), np.float32)
    weights = _weights(partials, heard, times, levels[heard])
    sound = weights.T @ _basis(partials.hertz[heard], gains[:, heard])  # (I, 4 H)
    sides = sound.reshape(-1, 4, HOP).transpose(1, 0, 2).reshape(2, 2, -1)
    skipped = start - first * HOP
    return sides[:, :, skipped : skipped + count]


def _weights(partials: Partials, heard: Ints, times: AnyFloats, levels: Floats32) -> Floats32:
    """(4 P, I) real and negative imaginary parts of both ends of each stretch."""
    hertz = partials.hertz[heard, None]
    if partials.warps is None:
        cycles = hertz * times
    else:
        warped = np.repeat(times + partials.warps(times), partials.counts, axis=0)
        cycles = hertz * (warped if len(warped) == len(heard) else warped[heard])
    cycles += partials.cycles[heard, None]
    cycles -= np.rint(cycles)
    angles = cycles.astype(np.float32)
    angles *= np.float32(2 * np.pi)
    real, imaginary = np.cos(angles), np.sin(angles)
    real *= levels
    imaginary *= -levels
    return np.concatenate([real[:, :-1], imaginary[:, :-1], real[:, 1:], imaginary[:, 1:]])


def _basis(hertz: Floats, gains: Floats) -> Floats32:
    """(4 P, 4 H): for each of 4 rows of gains (P,) the stretch of each partial."""
    along = np.arange(HOP)
    turns = 2 * np.pi / SAMPLE_RATE * hertz[:, None]
    ahead, behind = (turns * along).astype(np.float32), (turns * (along - HOP)).astype(np.float32)
    coming = (along / HOP).astype(np.float32)
    leaving = 1 - coming
    parts = [np.cos(ahead) * leaving, np.sin(ahead) * leaving, np.cos(behind) * coming, np.sin(behind) * coming]
    rows = np.concatenate(parts)
    return np.concatenate([rows * np.tile(gain, 4)[:, None].astype(np.float32) for gain in gains], axis=1)
