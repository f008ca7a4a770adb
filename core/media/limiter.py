"""True-peak limiter that looks ahead: peaks become lower, and nothing else is heard of it.

The gain falls over 5 ms before a peak and rises over 5 ms after it; channels move together.

    peaks   ......|........      wanted   ------v--------      gain   ----\\_/------
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

import numpy as np

from talkies.core.arrays import Floats32, Samples
from talkies.core.media.loudness import most_gain, true_peaks

_LOOK_S = 0.005
_MARGIN_DB = 0.05  # for the rounding to 24 bits, and for meters that interpolate in another way
_REACH = 16  # samples that the interpolation between samples looks at


def limited(blocks: Iterable[Samples], ceiling_db: float, sample_rate: int) -> Iterator[Samples]:
    """Blocks of (C, n) whose true peak is at most ``ceiling_db`` (dBTP); as many samples, each at its own time."""
    look = round(_LOOK_S * sample_rate)
    context = 2 * look + _REACH
    held: Samples | None = None
    for block in chain(blocks, [None]):
        if held is None:
            if block is None:
                return
            held = np.zeros((block.shape[0], context), np.float32)
        coming = block if block is not None else np.zeros((held.shape[0], context), np.float32)
        held = np.concatenate([held, coming], axis=1)
        ready = held.shape[1] - 2 * context
        if ready > 0:
            gains = _gains(held, 10 ** ((ceiling_db - _MARGIN_DB) / 20), look)
            yield held[:, context : context + ready] * gains[context : context + ready]
            held = held[:, ready:]


def _gains(sound: Samples, ceiling: float, look: int) -> Floats32:
    """(n,) for (C, n) samples; right where ``2 * look`` samples and more lie on both sides."""
    from scipy.ndimage import minimum_filter1d

    loud = np.flatnonzero(np.abs(sound).max(axis=0) * most_gain() > ceiling)
    gains = np.ones(sound.shape[1], np.float32)
    if not len(loud):
        return gains
    near = slice(max(loud[0] - 2 * look - _REACH, 0), loud[-1] + 2 * look + _REACH + 1)
    wanted = np.minimum(1.0, ceiling / np.maximum(true_peaks(sound[:, near]), ceiling))
    if wanted.min() == 1.0:
        return gains
    lowest = minimum_filter1d(wanted, 2 * look + 1, mode="nearest")
    window = np.hanning(2 * look + 3)[1:-1]  # a mean of values none of which is above what is wanted here
    padded = np.pad(lowest, look, mode="edge")
    gains[near] = np.convolve(padded, window / window.sum(), mode="valid")
    return gains
