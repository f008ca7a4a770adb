"""Time stretch: speech is made faster at its own pitch, by overlapping frames that are alike where they meet (WSOLA).

Verhelst and Roelands (1993): each frame is taken near where it belongs, at the place in which it goes on as the frame
before would have.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from talkies.core.arrays import AnySound, Floats32

FRAME_S = 0.04
SEARCH_S = 0.01
"""How far from its place a frame may be taken: a period of a voice of 100 Hz."""


def hurried(sound: Floats32, pace: float, sample_rate: int) -> Floats32:
    """(N,) → (round(N / pace),), ``pace`` times as fast, 0.5 to 2; less than two frames stay as they are."""
    if pace == 1.0 or len(sound) < 4 * _half(sample_rate):
        return sound
    return _laid(sound, lambda start: start * pace, round(len(sound) / pace), sample_rate)


def led(sound: Floats32, taken: Sequence[float], given: Sequence[float], sample_rate: int) -> Floats32:
    """(N,) → (round(given[-1]),): what is at the places ``taken`` (samples, both rise from 0) comes at those ``given``,
    at an even pace in between, 0.5 to 2."""
    return _laid(sound, lambda start: float(np.interp(start, given, taken)), round(given[-1]), sample_rate)


def _half(sample_rate: int) -> int:
    """Samples of half a frame."""
    return max(round(FRAME_S * sample_rate) // 2, 1)


def _laid(sound: Floats32, place: Callable[[int], float], count: int, sample_rate: int) -> Floats32:
    """(N,) → (count,); ``place``: where in the sound a frame is from, by where it comes."""
    half, search = _half(sample_rate), round(SEARCH_S * sample_rate)
    padded = np.concatenate([np.zeros(half + search), sound, np.zeros(3 * half + search)])
    window = 0.5 - 0.5 * np.cos(np.pi * np.arange(2 * half) / half)
    made, taken = np.zeros(count + 3 * half), search
    for start in range(0, count + half, half):  # of the frame's place in what is made, half a frame before it
        wanted = search + round(place(start))
        if start:
            taken = _alike(padded, wanted, padded[taken + half : taken + 2 * half], search)
        made[start : start + 2 * half] += window * padded[taken : taken + 2 * half]
    return made[half : half + count].astype(np.float32)


def _alike(sound: AnySound, wanted: int, before: AnySound, search: int) -> int:
    """Where around ``wanted`` a frame begins as ``before`` sounds."""
    first = min(max(wanted - search, 0), len(sound) - 2 * len(before))
    last = min(wanted + search, len(sound) - 2 * len(before))
    region = sound[first : max(last, first) + len(before)]
    likeness = np.correlate(region, before, "valid")
    power = np.convolve(np.square(region), np.ones(len(before)), "valid")
    return first + int(np.argmax(likeness / np.sqrt(np.maximum(power, 1e-12))))
