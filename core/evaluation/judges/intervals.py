"""Ours beside recordings with paired 95 % intervals: groups are resampled, each with both sides whole.

A group is what both share: a sentence, or a class on a scene. Of each group there are four numbers: the sum and the
count of ours, the sum and the count of the recordings; a mean (naturalness) and a rate (word error, share named)
are both a sum over a count.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any

import numpy as np

from talkies.core.arrays import Floats

Observation = tuple[Hashable, float, float]
"""A group, and a sum and a count to add to it."""

_DRAWS = 2000


def grouped(ours: Iterable[Observation], natural: Iterable[Observation]) -> Floats:
    """(G, 4) sums and counts of the groups in which there is something of both."""
    sums: dict[Hashable, list[float]] = {}
    for place, observations in ((0, ours), (2, natural)):
        for group, total, count in observations:
            row = sums.setdefault(group, [0.0] * 4)
            row[place] += total
            row[place + 1] += count
    there = [row for row in sums.values() if row[1] and row[3]]
    return np.array(there, np.float64).reshape(-1, 4)


def relative(groups: Floats) -> dict[str, Any]:
    """Both rates, ours as a multiple of the natural one, and its 95 % interval; None where nothing can be said."""
    figures = _both(groups)
    ours, natural = figures["generated"], figures["natural"]
    return {
        **figures,
        "relative": ours / natural if ours is not None and natural else None,
        "relative_95_percent": _interval(_rates(_drawn(groups)), np.divide) if natural else None,
    }


def difference(groups: Floats) -> dict[str, Any]:
    """Both means, ours less the natural one, and its 95 % interval; None where nothing can be said."""
    figures = _both(groups)
    ours, natural = figures["generated"], figures["natural"]
    return {
        **figures,
        "difference": ours - natural if ours is not None and natural is not None else None,
        "difference_95_percent": _interval(_rates(_drawn(groups)), np.subtract) if len(groups) else None,
    }


def _both(groups: Floats) -> dict[str, float | None]:
    if not len(groups):
        return {"natural": None, "generated": None}
    ours, natural = _rates(groups.sum(0))
    return {"natural": float(natural), "generated": float(ours)}


def _rates(sums: Floats) -> tuple[Floats, Floats]:
    """(..., 4) → ours and natural, each (...)."""
    return sums[..., 0] / sums[..., 1], sums[..., 2] / sums[..., 3]


def _drawn(groups: Floats, seed: int = 0) -> Floats:
    """(2000, 4) sums over as many groups as there are, drawn with repetition."""
    picks = np.random.default_rng(seed).integers(len(groups), size=(_DRAWS, len(groups)))
    return np.asarray(groups[picks].sum(1))


def _interval(rates: tuple[Floats, Floats], combined: np.ufunc) -> list[float]:
    """Draws in which recordings have nothing cannot be divided by and are left out."""
    ours, natural = rates
    usable = natural > 0 if combined is np.divide else np.full(len(natural), True)
    low, high = np.percentile(combined(ours[usable], natural[usable]), (2.5, 97.5))
    return [float(low), float(high)]
