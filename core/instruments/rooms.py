"""Rooms: where an ensemble sits. Early reflections for each seat, one late reverberation for all; 1.2 s at most.

The direct sound is left in its place: distance is heard in how much of the room comes with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from talkies.core.arrays import Floats, Samples
from talkies.core.instruments.shaping import Colour, chance, shaped_noise
from talkies.core.media.bwf import SAMPLE_RATE

CHUNK = 65_536
"""Samples that a room takes at once."""
_LONGEST_S = 1.2
_BANDS = ((120.0, 1.05), (480.0, 1.05), (1700.0, 0.9), (5000.0, 0.55))
"""Middle in Hz and share of the T60."""
_TAPS = 7


@dataclass(frozen=True)
class Room:
    """``t60`` in s, at most 1.1; ``late_db`` of the reverberation for a seat of depth 1; ``early_db`` of all early
    reflections together; ``size_s``: how late these come at most."""

    name: str
    t60: float
    late_db: float
    early_db: float
    size_s: float


SALON = Room("salon", 0.7, -8.5, -9.0, 0.026)
THEATRE = Room("theatre", 1.05, -6.5, -8.0, 0.042)
DRY = Room("dry", 0.2, -120.0, -120.0, 0.01)
ROOMS = {room.name: room for room in (SALON, THEATRE, DRY)}


@dataclass(frozen=True)
class Seat:
    """``pan`` -1 (left) to 1; ``depth`` 0 (near) to 1 (at the back)."""

    pan: float
    depth: float


def reflections(room: Room, seat: Seat) -> tuple[tuple[int, float, float], ...]:
    """(delay in samples, gain left, gain right) of the early reflections at one seat."""
    if room.early_db < -100:
        return ()
    rng = chance("walls", room.name, seat.pan, seat.depth)
    delays = np.sort(rng.uniform(0.006, room.size_s, _TAPS))
    strengths = np.exp(-delays / room.size_s) * rng.uniform(0.6, 1.0, _TAPS) * rng.choice((-1, 1), _TAPS)
    strengths *= 10 ** ((room.early_db + 3 * (seat.depth - 0.5)) / 20) / np.sqrt(np.square(strengths).sum())
    sides = np.clip(0.5 * (1 + rng.uniform(-0.9, 0.9, _TAPS)), 0, 1)
    return tuple(
        (round(float(delay) * SAMPLE_RATE), float(gain * np.sqrt(2 * (1 - side))), float(gain * np.sqrt(2 * side)))
        for delay, gain, side in zip(delays, strengths, sides, strict=True)
    )


def _octaves_around(middle: float) -> Colour:
    return lambda hz: -4.0 * np.square(np.log2(hz / middle))


def response(room: Room) -> Floats:
    """(2, M) the late part for each side, energy 1 each; treble dies first."""
    rng = chance("late", room.name)
    count = round(min(_LONGEST_S, 1.15 * room.t60) * SAMPLE_RATE)
    times = np.arange(count) / SAMPLE_RATE
    total = np.zeros((2, count))
    for middle, share in _BANDS:
        noise = np.stack([shaped_noise(rng, count, _octaves_around(middle)) for _ in range(2)])
        total += noise * np.exp(-times * (np.log(1000) / (room.t60 * share)))
    first = 0.4 * room.size_s
    total *= np.clip((times - first) / (0.6 * room.size_s), 0, 1) * np.clip((times[-1] - times) / 0.1, 0, 1)
    return np.asarray(total / np.sqrt(np.square(total).sum(axis=1, keepdims=True)))


def heard_in(room: Room, chunks: Iterator[tuple[Samples, Samples]]) -> Iterator[Samples]:
    """(direct, sent) of (2, CHUNK) each → both together; what rings on after the last chunk is cut off."""
    from scipy.fft import irfft, next_fast_len, rfft

    if room.late_db < -100:
        yield from (direct for direct, _ in chunks)
        return
    walls = response(room) * 10 ** (room.late_db / 20)
    size = next_fast_len(CHUNK + walls.shape[1] - 1, real=True)
    spectrum = rfft(walls.astype(np.float32), size, axis=1)
    ringing = np.zeros((2, size), np.float32)
    for direct, sent in chunks:
        if sent.any():
            ringing += irfft(rfft(sent, size, axis=1) * spectrum, size, axis=1)
        yield direct + ringing[:, :CHUNK]
        ringing = np.concatenate([ringing[:, CHUNK:], np.zeros((2, CHUNK), np.float32)], axis=1)
