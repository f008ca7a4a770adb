"""Additive synthesis as one matrix product: partials with levels and phases of their own, at any place of a tone.

Between two moments of a grid each partial is the cross-fade of two sinusoids of its mean frequency, one that starts
right at the first moment and one that arrives right at the second:

    x(i, k) = Σ_p Re[(1 - k/H) c_p(i) e^{jω_p k} + (k/H) c_p(i + 1) e^{jω_p (k - H)}]
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from talkies.core.arrays import Floats, Floats32, Samples
from talkies.core.media.bwf import SAMPLE_RATE

Curve = Callable[[Floats], Floats]
"""(T,) seconds since the tone began → (P, T), or what broadcasts to it."""

HIGHEST_HZ = 17_500.0
"""No partial lies higher."""
_INAUDIBLE = 3e-6


@dataclass(frozen=True)
class Partials:
    """P sinusoids: ``hertz`` (P,), ``gains`` (2, P) left and right, ``cycles`` (P,) phases at the start; ``levels``
    over time; ``bends``: cycles by which each runs ahead of its mean frequency; ``hop``: the grid, in samples."""

    hertz: Floats
    gains: Floats
    cycles: Floats
    levels: Curve
    bends: Curve | None = None
    hop: int = 128


def rendered(partials: Partials, start: int, count: int) -> Samples:
    """(2, count) samples from sample ``start`` of the tone on."""
    hop, first = partials.hop, start // partials.hop
    moments = -(-(start + count) // hop) - first + 1
    times = (first + np.arange(moments)) * (hop / SAMPLE_RATE)
    levels = np.broadcast_to(partials.levels(times), (len(partials.hertz), moments))
    heard = np.flatnonzero(np.abs(levels).max(axis=1) * np.abs(partials.gains).max(axis=0) > _INAUDIBLE)
    if not len(heard):
        return np.zeros((2, count), np.float32)
    real, imaginary = _phasors(partials, heard, times, levels)
    weights = _weights(partials.gains[:, heard].astype(np.float32), real, imaginary)
    sound = (weights @ _basis(partials.hertz[heard], hop)).reshape(2, -1)
    skipped = start - first * hop
    return np.ascontiguousarray(sound[:, skipped : skipped + count])


def _phasors(partials: Partials, heard: Floats, times: Floats, levels: Floats) -> tuple[Floats32, Floats32]:
    cycles = np.outer(partials.hertz[heard], times) + partials.cycles[heard, None]
    if partials.bends is not None:
        cycles += np.broadcast_to(partials.bends(times), levels.shape)[heard]
    angles = ((cycles - np.rint(cycles)) * (2 * np.pi)).astype(np.float32)
    amplitudes = levels[heard].astype(np.float32)
    return amplitudes * np.cos(angles), amplitudes * np.sin(angles)


def _weights(gains: Floats32, real: Floats32, imaginary: Floats32) -> Floats32:
    """(2 I, 4 P) rows for left, then right."""
    stacked = np.concatenate([real[:, :-1], -imaginary[:, :-1], real[:, 1:], -imaginary[:, 1:]])  # (4 P, I)
    sides = [stacked * np.tile(side, 4)[:, None] for side in gains]
    return np.concatenate(sides, axis=1).T


def _basis(hertz: Floats, hop: int) -> Floats32:
    """(4 P, H)."""
    along = np.arange(hop)
    turns = 2 * np.pi / SAMPLE_RATE * hertz[:, None]
    ahead, behind, share = turns * along, turns * (along - hop), along / hop
    leaving, coming = 1 - share, share
    rows = [np.cos(ahead) * leaving, np.sin(ahead) * leaving, np.cos(behind) * coming, np.sin(behind) * coming]
    return np.concatenate(rows).astype(np.float32)
