"""Prosody: what else moves while somebody speaks: brows and nods with the melody, blinks, breath, a head that sways.

F0 peaks ─► brows rise, the head nods     pauses ─► blinks, breath     sway: 1/f, under three degrees
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter1d
from scipy.signal import find_peaks

from talkies.core.arrays import Flags, Floats
from talkies.core.portrait.hearing import RATE, Heard

_ACCENT = 0.2  # octaves by which a peak of the melody stands out
_APART_S = 0.7
_BLINK_S = (0.07, 0.03, 0.11)  # closing, closed, opening
_BLINK_EVERY_S = (2.2, 5.2)
_PAUSE_S = 0.25
_SWAY_HZ = (0.07, 0.13, 0.23, 0.41, 0.73)
_SWAY = np.radians((1.6, 1.1, 0.9))
"""Of yaw, pitch and roll: the sum of all waves stays below."""
_NOD = np.radians(1.3)
_BREATH = 0.012


@dataclass(frozen=True)
class Bearing:
    """(T,) each, at :data:`RATE`, as Expression has them."""

    lids: Floats
    brows: Floats
    yaw: Floats
    pitch: Floats
    roll: Floats
    rise: Floats


def bearing(heard: Heard, seed: int) -> Bearing:
    """The same sound and seed give the same."""
    count, rng = len(heard), np.random.default_rng(seed)
    spoken = gaussian_filter1d(heard.level, 8) > 0.25
    accents = _accents(heard)
    emphasis = _bumps(count, accents, 0.1)
    yaw, pitch, roll = (_sway(count, reach, rng) for reach in _SWAY)
    alive = 0.55 + 0.45 * gaussian_filter1d(spoken.astype(np.float64), 60)
    return Bearing(
        lids=_blinks(count, spoken, rng),
        brows=np.clip(_bumps(count, accents, 0.13), 0, 1),
        yaw=yaw * alive,
        pitch=pitch * alive + _NOD * emphasis,
        roll=roll * alive,
        rise=_BREATH * gaussian_filter1d((~spoken).astype(np.float64), 30),
    )


def _accents(heard: Heard) -> list[tuple[int, float]]:
    """When the melody peaks, and how much, 0 to 1."""
    weight = gaussian_filter1d(heard.voiced, 4) + 1e-6
    melody = gaussian_filter1d(heard.pitch * heard.voiced, 4) / weight * (weight > 0.3)
    peaks, facts = find_peaks(melody, prominence=_ACCENT, distance=round(_APART_S * RATE))
    return [(int(at), min(float(much) / 0.5, 1.0)) for at, much in zip(peaks, facts["prominences"], strict=True)]


def _bumps(count: int, accents: list[tuple[int, float]], width_s: float) -> Floats:
    track = np.zeros(count)
    for at, much in accents:
        track[at] = max(track[at], 0.4 + 0.6 * much)
    spread = width_s * RATE
    bumps: Floats = gaussian_filter1d(track, spread) * spread * np.sqrt(2 * np.pi)
    return bumps


def _sway(count: int, reach: float, rng: np.random.Generator) -> Floats:
    """1/f: each wave's amplitude falls with its frequency."""
    time = np.arange(count) / RATE
    amplitudes = 1 / np.array(_SWAY_HZ) ** 0.8
    phases = rng.uniform(0, 2 * np.pi, len(_SWAY_HZ))
    waves = [a * np.sin(2 * np.pi * f * time + p) for a, f, p in zip(amplitudes, _SWAY_HZ, phases, strict=True)]
    swayed: Floats = reach * np.sum(waves, axis=0) / amplitudes.sum() * np.clip(time / 1.0, 0, 1)
    return swayed


def _blinks(count: int, spoken: Flags, rng: np.random.Generator) -> Floats:
    """One every few seconds, where a pause begins if one does about then."""
    begins = np.flatnonzero(spoken[:-1] & ~spoken[1:]) + 1 if count > 1 else np.zeros(0, int)
    pauses = [at for at in begins.tolist() if not spoken[at : at + round(_PAUSE_S * RATE)].any()]
    track, now = np.zeros(count), -round(rng.uniform(0, _BLINK_EVERY_S[0]) * RATE)
    while True:
        wanted = now + round(rng.uniform(*_BLINK_EVERY_S) * RATE)
        near = [at for at in pauses if abs(at - wanted) < RATE and at - now > 1.5 * RATE]
        now = min(near, key=lambda at: abs(at - wanted)) if near else wanted
        if now + RATE // 3 >= count:
            return track
        shape = _blink()
        track[now : now + len(shape)] = np.maximum(track[now : now + len(shape)], shape)


def _blink() -> Floats:
    closing, closed, opening = (round(each * RATE) for each in _BLINK_S)
    down, up = np.linspace(0, 1, closing + 1)[1:], np.linspace(1, 0, opening + 1)[1:]
    return np.concatenate((down, np.ones(closed), up * up * (3 - 2 * up)))
