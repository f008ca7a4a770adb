"""Loudness presets: what ``--loudness`` offers. Another preset is one more line of ``PRESETS``."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Loudness:
    """A delivery: integrated loudness in LUFS (None = leave it), the highest true peak in dBTP, how far the loudness
    may lie off its target in LU, and what the delivery is called."""

    target: float | None
    true_peak: float
    tolerance: float = math.inf
    title: str = "as it was made"


PRESETS = {
    "ebu-r128": Loudness(-23.0, -1.0, 0.5, "EBU R128"),  # broadcast in Europe
    "a85": Loudness(-24.0, -2.0, 2.0, "ATSC A/85"),  # broadcast in North America
    "web": Loudness(-16.0, -1.0, 1.0, "web"),  # AES TD1008 and the players' own -14 to -16
    "none": Loudness(None, -1.0),  # as the model made it, only never clipped
}
