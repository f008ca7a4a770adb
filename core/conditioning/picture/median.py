"""The median of many small arrays, a frame at a time: what np.median does besides takes longer than the median."""

from __future__ import annotations

import numpy as np

from talkies.core.arrays import AnyNumbers


def median(values: AnyNumbers) -> float:
    """Of all values of an array of any shape, none of them NaN; of an even number the mean of the two in the middle."""
    flat = values.ravel()
    half = flat.size // 2
    parts = np.partition(flat, half)
    upper = float(parts[half])
    return upper if flat.size % 2 else (float(parts[:half].max()) + upper) / 2
