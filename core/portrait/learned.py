"""What was learned of mouths that speak, from films of one man (GRID, speaker 1): how a face's points move, and what
is seen between the lips.

Lengths are in distances of the outer corners of the eyes; colours in shares of the cheek's.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from importlib.resources.abc import Traversable

import numpy as np

from talkies.core.arrays import Floats
from talkies.core.errors import WeightsError

FILE = "portrait.safetensors"
ROWS, COLUMNS = 24, 48
"""Of the picture of what is between the lips, from the upper to the lower one and from corner to corner."""
WIDEST, MIDDLE_WIDTH = 0.15, 0.5
"""The largest opening that was learned from, and the mouth's width at rest."""


@dataclass(frozen=True)
class Learned:
    """``opened``, ``widened`` (468, 2): by how much each point moves, per opening of the lips and per width of the
    mouth. ``inside`` (4, 24, 48, 3): colours between the lips, per term of :func:`terms`."""

    opened: Floats
    widened: Floats
    inside: Floats

    def colours(self, opening: float, width: float) -> Floats:
        """(24, 48, 3) in shares of the cheek's colour."""
        found: Floats = np.tensordot(terms(opening, width), self.inside, 1)
        return np.clip(found, 0.0, 1.2)


def terms(opening: float, width: float) -> Floats:
    """(4,) of what colours depend on; beyond what was seen they stay."""
    share, wide = min(max(opening, 0.03), WIDEST) / WIDEST, min(max(width - MIDDLE_WIDTH, -0.04), 0.04) / 0.04
    return np.array([1.0, share, share * share, wide])


@lru_cache(maxsize=1)
def learned() -> Learned:
    """What ships. Raises WeightsError."""
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        tensors = load(_file().read_bytes())
        return Learned(*(tensors[name].astype(np.float64) for name in ("opened", "widened", "inside")))
    except (OSError, KeyError, SafetensorError) as error:
        raise WeightsError(FILE, "is damaged or missing", "install talkies again") from error


def learned_hash() -> str:
    """SHA-256 of what ships."""
    return hashlib.sha256(_file().read_bytes()).hexdigest()


def _file() -> Traversable:
    return resources.files("talkies.resources") / "weights" / FILE
