"""Blender's frames as exact seconds; position 0 is the scene's first frame, as in a mixdown."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any


@dataclass(frozen=True)
class Clock:
    """``rate``: frames per second. ``first``: number of the scene's first frame."""

    rate: Fraction
    first: int

    @classmethod
    def of(cls, scene: Any) -> Clock:
        """Blender keeps 23.976 as 24 divided by 1.001, the latter in single precision."""
        base = Fraction(scene.render.fps_base).limit_denominator(1001)
        return cls(Fraction(scene.render.fps) / base, int(scene.frame_start))

    def seconds(self, frame: Fraction | int) -> Fraction:
        return (frame - self.first) / self.rate

    def frame(self, position: Fraction) -> Fraction:
        return self.first + position * self.rate

    def frame_before(self, position: Fraction) -> int:
        """The last frame that starts at or before a position."""
        return math.floor(self.frame(position))

    def frame_after(self, position: Fraction) -> int:
        """The first frame that starts at or after a position."""
        return math.ceil(self.frame(position))

    def timecode(self, frame: int) -> str:
        """A frame's record timecode without drop-frame, at the rounded rate; the timeline starts with ``first``."""
        nominal = math.floor(self.rate + Fraction(1, 2))
        seconds, frames = divmod(frame, nominal)
        return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}:{frames:02}"
