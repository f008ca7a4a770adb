"""Voices of animals and people: a source of harmonics and breath, shaped by formants that move.

pitch (Hz) over time ─► harmonics, each as loud as tilt and formants say at its frequency ─► + breath, roughness
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from talkies.core.arrays import Floats
from talkies.core.media.wav.bwf import SAMPLE_RATE
from talkies.core.synthesis.signals import Rng, band, eased, line, lowpass, normal, unit, white

Course = tuple[tuple[float, float], ...]
"""How a value goes: (share of the length, value), straight in between."""

_CONTROL = 128  # samples between two states of the formants
_TOP_HZ = 14_000.0
_MOST = 70  # harmonics
_FAINT = 0.003  # of the loudest harmonic: not heard


@dataclass(frozen=True)
class Formant:
    """A resonance: ``hertz`` over time, ``width`` Hz, ``level``."""

    hertz: Course
    width: float
    level: float = 1.0


@dataclass(frozen=True)
class Call:
    """One utterance. ``pitch`` and ``level`` over time; ``tilt``: dB an octave that harmonics fall; ``breath``: share
    of noise; ``rough``: depth of irregular 30 to 90 Hz flutter, ``vibrato``: (Hz, semitones)."""

    seconds: float
    pitch: Course
    level: Course
    formants: tuple[Formant, ...]
    tilt: float = -6.0
    breath: float = 0.1
    rough: float = 0.0
    vibrato: tuple[float, float] = (0.0, 0.0)
    jitter: float = 0.01
    noise_band: tuple[float, float] = field(default=(300.0, 9000.0))


def still(*hertz_width_level: tuple[float, float, float]) -> tuple[Formant, ...]:
    """Formants that do not move."""
    return tuple(Formant(((0.0, hertz),), width, level) for hertz, width, level in hertz_width_level)


def voiced(call: Call, rng: Rng) -> Floats:
    """The utterance, peak 1."""
    pitch = pitch_of(call, rng)
    tone = _harmonics(call, pitch)
    flutter = 1 + call.rough * unit(band(white(rng, call.seconds), 30, 90))
    breath = _breath(call, rng)
    sound = (unit(tone) * np.maximum(flutter, 0) + call.breath * breath) * line(call.seconds, *call.level)
    sound = eased(sound, 0.003, 0.01)
    return normal(sound)


def pitch_of(call: Call, rng: Rng) -> Floats:
    """(N,) Hz with vibrato and jitter."""
    pitch = line(call.seconds, *call.pitch)
    rate, depth = call.vibrato
    time = np.arange(len(pitch)) / SAMPLE_RATE
    wobble = depth * np.sin(2 * np.pi * (rate * time + rng.random()))
    trembling = unit(lowpass(white(rng, call.seconds), 25)) * call.jitter * 12
    if call.rough:
        trembling = trembling + call.rough * 1.2 * unit(band(white(rng, call.seconds), 20, 80))
    return np.asarray(pitch * 2 ** ((wobble + trembling) / 12))


def _harmonics(call: Call, pitch: Floats) -> Floats:
    """Sum of harmonics with the formants' gains, no higher than 14 kHz.

    Each sine comes from the two before it: sin (k + 1) φ = 2 cos φ sin k φ - sin (k - 1) φ.
    """
    phase = 2 * np.pi * np.cumsum(pitch) / SAMPLE_RATE
    last, sine, twice = np.zeros(len(pitch)), np.sin(phase), 2 * np.cos(phase)
    total = np.zeros(len(pitch))
    for gains in _gains(call, pitch):
        total += _ramps(gains, len(pitch)) * sine
        last, sine = sine, twice * sine - last
    return total


def _gains(call: Call, pitch: Floats) -> Floats:
    """How loud each harmonic that matters is (H, K), every _CONTROL samples."""
    places = np.arange(0, len(pitch) + _CONTROL, _CONTROL)
    numbers = np.arange(1, int(min(_TOP_HZ / max(float(pitch.min()), 20.0), _MOST)) + 1)[:, None]
    hertz = numbers * pitch[np.minimum(places, len(pitch) - 1)]
    gains = gain_at(call.formants, hertz, places / len(pitch)) * numbers ** (call.tilt / 6.02) * (hertz < _TOP_HZ)
    heard = np.flatnonzero(gains.max(1) > _FAINT * gains.max())
    return np.asarray(gains[: heard[-1] + 1])


def _ramps(values: Floats, length: int) -> Floats:
    """(K,) values, _CONTROL samples apart, joined by straight lines (length,)."""
    steps = values[:-1, None] + np.diff(values)[:, None] * (np.arange(_CONTROL) / _CONTROL)
    return np.asarray(steps.ravel()[:length])


def gain_at(formants: tuple[Formant, ...], hertz: Floats, shares: Floats) -> Floats:
    """How much a vocal tract lets through at frequencies (..., K) and times (K,)."""
    gain = np.full(hertz.shape, 0.02)
    for formant in formants:
        middle = np.interp(shares, *np.asarray(formant.hertz).T)
        gain += formant.level / np.sqrt(1 + ((hertz - middle) / (0.5 * formant.width)) ** 2)
    return np.asarray(gain)


def _breath(call: Call, rng: Rng) -> Floats:
    """Noise through the formants where they are on average."""
    noise = unit(band(white(rng, call.seconds), *call.noise_band, 2))
    if not call.formants:
        return noise
    parts = [0.1 * noise]
    for formant in call.formants:
        middle = float(np.mean([hertz for _, hertz in formant.hertz]))
        half = max(formant.width, 0.12 * middle)
        parts.append(formant.level * unit(band(noise, max(middle - half, 60), middle + half, 2)))
    return unit(np.asarray(sum(parts)))


def whistled(seconds: float, pitch: Course, level: Course, rng: Rng, breath: float = 0.05) -> Floats:
    """A nearly pure tone with a little breath around it; peak 1."""
    call = Call(seconds, pitch, level, (), jitter=0.004)
    hertz = pitch_of(call, rng)
    tone = np.sin(2 * np.pi * np.cumsum(hertz) / SAMPLE_RATE)
    middle = float(hertz.mean())
    air = breath * unit(band(white(rng, seconds), 0.8 * middle, min(1.6 * middle, 16_000)))
    sound = eased((tone + air) * line(seconds, *level), 0.002, 0.005)
    return normal(sound)


def varied(call: Call, rng: Rng, pitch: float = 0.06, length: float = 0.12) -> Call:
    """The same voice another time: pitch, length and formants a little different."""
    ratio, longer = float(np.exp(rng.normal(0, pitch))), float(np.exp(rng.normal(0, length)))
    moved = tuple((at, hertz * ratio) for at, hertz in call.pitch)
    shift = float(np.exp(rng.normal(0, 0.03)))
    formants = tuple(replace(f, hertz=tuple((at, hertz * shift) for at, hertz in f.hertz)) for f in call.formants)
    return replace(call, seconds=call.seconds * longer, pitch=moved, formants=formants)
