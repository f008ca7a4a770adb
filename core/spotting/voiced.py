"""Performed timing from sound: hums, beat-boxing and claps into a microphone become taps.

    recording ─► level (dB, every ms) ─► peaks that stand out ─► where each attack begins ─► Taps with force and length

A voice comes slowly: the moment that is meant is where the attack begins, long before the level's peak. What counts is
level alone. Pitch that glides without a dip is one sound.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from talkies.core.arrays import AnySound, Floats
from talkies.core.media.wav.bwf import SAMPLE_RATE
from talkies.core.spotting.taps import Tap

HELD_S = 0.25
"""What stays within 10 dB of its peak for so long is sustained, not a hit."""

_HOP = SAMPLE_RATE // 1000
_EDGES_HZ = (80, 200, 500, 1200, 2500, 5000, 12_000)
_WINDOW = 15  # ms; the period of the lowest hum is about 12
_SHARP = 3  # ms
_STANDS_OUT_DB = 7.0  # a peak's rise over the dips on both of its sides
_APART_MS = 60
_MASK_DB_PER_MS = 0.04
_RANGE_DB = 36.0  # what is further below the loudest peak is a rustle
_OVER_ROOM_DB = 5.0
_FAINTEST_DB = -66.0  # re full scale
_ATTACK_DB = 17.0  # an attack begins where it comes within this of its peak, or a third of the way up from a dip
_HELD_DB, _OVER_DB, _HEARD_DB = 10.0, 20.0, 1.0


def taps_in(sound: AnySound) -> list[Tap]:
    """What was performed in 48 kHz mono ``sound`` (N,), times from its first sample; [] of silence or of a room alone.

    ``force`` is 0.3 to 1, by level over this recording's own range; ``until`` is given for what is held.
    """
    bands = _bands(sound)
    if not bands.shape[1]:
        return []
    power = (bands * _weights(bands)).sum(0)
    level = _db(_smoothed(power, _WINDOW))
    floor = _floor(level)
    heard = np.maximum(level, floor)
    peaks, begins = _attacks(heard, _db(_smoothed(power, _SHARP)), floor)
    if not len(peaks):
        return []
    forces = _forces(_db(_smoothed(bands.sum(0), _WINDOW))[peaks])
    ends = _ends(heard, peaks, begins, floor)
    return [
        Tap(Fraction(int(begin), 1000), round(force, 3), None if end is None else Fraction(int(end), 1000))
        for begin, force, end in zip(begins, forces, ends, strict=True)
    ]


def _bands(sound: AnySound) -> Floats:
    """(6, F) power in bands from 80 Hz to 12 kHz, each millisecond; F = 0 of what is too short."""
    from scipy.signal import butter, sosfilt

    sound = np.nan_to_num(np.asarray(sound, np.float64).ravel())
    frames = len(sound) // _HOP
    if frames < _WINDOW:
        return np.zeros((len(_EDGES_HZ) - 1, 0))
    powers = []
    for band in pairwise(_EDGES_HZ):
        part = sosfilt(butter(2, band, "band", fs=SAMPLE_RATE, output="sos"), sound[: frames * _HOP])
        powers.append(np.square(part).reshape(frames, _HOP).mean(1))
    return np.array(powers)


def _smoothed(power: Floats, window_ms: int) -> Floats:
    """Mean over a window around each millisecond, along the last axis."""
    from scipy.ndimage import convolve1d

    window = np.hanning(window_ms + 2)[1:-1]
    return np.asarray(convolve1d(power, window / window.sum(), mode="nearest"))


def _weights(bands: Floats) -> Floats:
    """(6, 1): bands that the room fills count less; all are equal in a quiet one."""
    room = np.percentile(_smoothed(bands, 2 * _WINDOW), 10, axis=1)
    weights = 1 / (room + bands.sum(0).max() * 10 ** (-_RANGE_DB / 10) + 1e-12)
    return np.asarray(weights / weights.max())[:, None]


def _db(power: Floats) -> Floats:
    return np.asarray(10 * np.log10(power + 1e-12))


def _floor(level: Floats) -> float:
    """Below this (dB) is the room: over its own noise, and not too far below the loudest."""
    loudest = float(level.max())
    return max(float(np.percentile(level, 10)) + _OVER_ROOM_DB, loudest - _RANGE_DB, _FAINTEST_DB)


def _attacks(heard: Floats, sharp: Floats, floor: float) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The peaks that stand out, and where the attack of each begins (ms)."""
    from scipy.signal import find_peaks

    padded = np.concatenate([heard[:1], heard, [floor]])
    peaks = np.asarray(find_peaks(padded, prominence=_STANDS_OUT_DB, distance=_APART_MS)[0]) - 1
    begins: list[int] = []
    kept: list[int] = []
    for before, peak in pairwise([0, *(int(each) for each in peaks)]):
        if kept and heard[peak] < heard[kept[-1]] - _MASK_DB_PER_MS * (peak - kept[-1]):
            continue  # a rattle after what it belongs to
        dip = before + int(heard[before : peak + 1].argmin())
        height = heard[peak] - heard[dip]
        threshold = max(heard[peak] - _ATTACK_DB, heard[dip] + height / 3)
        under = np.flatnonzero(heard[dip:peak] < threshold)
        if not len(under):
            continue
        kept.append(peak)
        begin = dip + int(under[-1]) + 1  # early by half a window where it strikes
        reached = np.flatnonzero(sharp[begin : begin + _WINDOW // 2] >= threshold)
        begins.append(begin + (int(reached[0]) if len(reached) else 0))
    return np.array(kept, np.intp), np.array(begins, np.intp)


def _forces(levels: Floats) -> list[float]:
    """0.3 for the softest to 1 for the loudest; closer together where all are within 12 dB."""
    softest, loudest = float(levels.min()), float(levels.max())
    span = max(loudest - softest, 12.0)
    return [0.65 + 0.7 * (float(each) - (softest + loudest) / 2) / span for each in levels]


def _ends(heard: Floats, peaks: NDArray[np.intp], begins: NDArray[np.intp], floor: float) -> list[int | None]:
    """When each sustained sound is over (ms), None for hits."""
    found: list[int | None] = []
    for peak, begin, limit in zip(peaks, begins, [*begins[1:], len(heard)], strict=True):
        own = heard[begin:limit]
        held = np.count_nonzero(own >= max(heard[peak] - _HELD_DB, floor + _HEARD_DB)) >= 1000 * HELD_S
        over = np.flatnonzero(own[peak - begin :] < max(heard[peak] - _OVER_DB, floor + _HEARD_DB))
        found.append((int(peak + over[0]) if len(over) else int(limit)) if held else None)
    return found
