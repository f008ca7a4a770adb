"""Onset strength for tests of music: spectral flux with nothing of what the product finds onsets with.

log(1 + γ |X|) in 60 bands, its rise over 20 ms against the loudest of each band and its neighbours, so that a vibrato
is no onset (Böck and Widmer, 2013); half wave, summed over the bands. Tested on steps of a tone and of noise.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

RATE = 48_000
HOP, WINDOW, LAG, BANDS = 240, 1024, 4, 60
HOP_S = HOP / RATE
REACH_S = 0.25
"""So far around a hit nothing may begin more strongly; half of the way to the next hit where that is less."""


def strength(sound: np.ndarray) -> np.ndarray:
    """(F,) of mono ``sound``; frame f is at ``f * HOP_S`` seconds."""
    padded = np.pad(np.asarray(sound, np.float32), (WINDOW // 2, WINDOW))
    window = np.hanning(WINDOW).astype(np.float32)
    window /= window.sum() / 2
    edges = np.unique(np.round(np.geomspace(60, 16_000, BANDS + 1) / RATE * WINDOW).astype(int))
    views = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::HOP]
    rows = []
    for first in range(0, len(views), 4000):
        magnitude = np.abs(np.fft.rfft(views[first : first + 4000] * window))
        rows.append(np.add.reduceat(magnitude[:, : edges[-1]], edges[:-1], axis=1))
    levels = np.concatenate(rows)
    levels = np.log1p(1000 * levels / max(levels.max(), 1e-9))
    beside = np.pad(levels, ((0, 0), (1, 1)), mode="edge")
    highest = np.maximum(np.maximum(beside[:, :-2], beside[:, 1:-1]), beside[:, 2:])
    rise = np.maximum(levels[LAG:] - highest[:-LAG], 0).sum(axis=1)
    return np.concatenate([np.zeros(LAG // 2), rise])  # a rise lies between the frames that it is measured from


def offsets(curve: np.ndarray, hits: Sequence[float]) -> list[float]:
    """For each hit (s), how far from it (s) the strongest onset around it lies."""
    found = []
    for place, hit in enumerate(hits):
        before = (hit - hits[place - 1]) / 2 if place else REACH_S
        after = (hits[place + 1] - hit) / 2 if place + 1 < len(hits) else REACH_S
        first = max(int(np.ceil((hit - min(before, REACH_S)) / HOP_S)), 0)
        last = min(int((hit + min(after, REACH_S)) / HOP_S), len(curve) - 1)
        found.append((first + int(curve[first : last + 1].argmax())) * HOP_S - hit)
    return found
