"""Frames of Resolve as exact time: absolute, counted from midnight and not from the timeline's first frame."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Any


def exact_rate(value: Any) -> Fraction | None:
    """Frames per second as Resolve writes them (24.0, "23.976", "29.97 DF") → 24000/1001 …, else None."""
    found = re.match(r"\s*(\d+(?:\.\d+)?)", str(value))
    number = Fraction(found.group(1)) if found else Fraction(0)
    if not 1 <= number <= 1000:
        return None
    ntsc = Fraction(round(number * 1001 / 1000) * 1000, 1001)
    if number.denominator != 1 and ntsc >= 23 and abs(number - ntsc) < Fraction(1, 100):
        return ntsc
    return number


def round_half_up(value: Fraction) -> int:
    """The same on both sides of a cut."""
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


@dataclass(frozen=True)
class Clock:
    """One timeline's time. ``rate``: frames per second; ``start``: the absolute frame it begins with."""

    rate: Fraction
    start: int
    drop_frame: bool = False

    def frame(self, seconds: Fraction) -> int:
        """The absolute frame nearest to a position from the timeline's first frame."""
        return self.start + round_half_up(seconds * self.rate)

    def seconds(self, frame: Any) -> Fraction:
        """The position of an absolute frame; Resolve gives fractional ones for sound cut between frames."""
        return (Fraction(frame) - self.start) / self.rate

    def timecode(self, frame: int) -> str:
        """SMPTE timecode of an absolute frame; drop-frame skips 2 labels (at 59.94 four) a minute but every tenth."""
        nominal = round_half_up(self.rate)
        if self.drop_frame:
            dropped = nominal // 15
            per_minute, per_ten = nominal * 60 - dropped, nominal * 600 - dropped * 9
            tens, rest = divmod(frame, per_ten)
            frame += dropped * (9 * tens + max(0, (rest - dropped) // per_minute))
        seconds, frames = divmod(frame, nominal)
        separator = ";" if self.drop_frame else ":"
        hours, minutes = seconds // 3600 % 24, seconds // 60 % 60
        return f"{hours:02}:{minutes:02}:{seconds % 60:02}{separator}{frames:02}"
