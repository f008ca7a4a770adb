"""Frames of a segment's picture, small, in record order (first contract; reading follows)."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any


@dataclass(frozen=True)
class Frame:
    """One picture as the segment shows it from ``time`` on, seconds from the segment's record start."""

    time: Fraction
    image: Any = field(repr=False)
    """uint8 (H, W, 3), RGB."""
