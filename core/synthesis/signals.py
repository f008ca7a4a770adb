"""Signals: the building blocks of all recipes. Sounds are float64 (N,) at 48 kHz, times in seconds."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from talkies.core.arrays import Floats, Floats32
from talkies.core.media.wav.bwf import SAMPLE_RATE

Rng = np.random.Generator

FORCE_RANGE_DB = 24.0
"""How much fainter a stroke of force 0 is than one of force 1, as the network learned it."""


@dataclass(frozen=True)
class Hit:
    """One stroke: its force, 0 to 1, and what is chance in it."""

    force: float
    rng: Rng

    @property
    def velocity(self) -> float:
        """Relative to a stroke of force 1: amplitude goes with it."""
        return float(10 ** (FORCE_RANGE_DB * (self.force - 1) / 20))


Strike = Callable[[Hit], Floats]
"""How one object sounds when it is struck: from its onset until it has died away."""
Striking = Callable[[Rng], Strike]
"""Draws an object."""
Going = Iterator[Floats]
"""Blocks of BLOCK samples without end."""
Sounding = Callable[[Rng], Going]
"""Draws what goes on."""


def count(seconds: float) -> int:
    """Samples of a length, at least one."""
    return max(round(seconds * SAMPLE_RATE), 1)


def axis(seconds: float) -> Floats:
    """Times of the samples of a sound."""
    return np.arange(count(seconds)) / SAMPLE_RATE


def normal(sound: Floats) -> Floats:
    """The same with its largest sample at 1."""
    return np.asarray(sound / max(float(np.abs(sound).max(initial=0.0)), 1e-9))


def white(rng: Rng, seconds: float) -> Floats:
    """Gaussian noise, RMS 1."""
    return rng.standard_normal(count(seconds))


def between(rng: Rng, low: float, high: float) -> float:
    """A value between two of one sign, evenly in its logarithm."""
    return float(low * (high / low) ** rng.random())


def line(seconds: float, *points: tuple[float, float]) -> Floats:
    """A curve through (share of the length, value), straight between them."""
    shares, values = zip(*points, strict=True)
    return np.asarray(np.interp(np.linspace(0, 1, count(seconds)), shares, values))


def dying(seconds: float, t60: float) -> Floats:
    """1, falling by 60 dB in ``t60``."""
    return np.asarray(np.exp(-axis(seconds) * (np.log(1000) / t60)))


def eased(sound: Floats, attack_s: float = 0.0005, release_s: float = 0.01) -> Floats:
    """The same with both ends faded."""
    rise, fall = min(count(attack_s), len(sound)), min(count(release_s), len(sound))
    eased = sound.copy()
    eased[:rise] *= np.sin(np.linspace(0, np.pi / 2, rise, endpoint=False)) ** 2
    eased[len(sound) - fall :] *= np.cos(np.linspace(0, np.pi / 2, fall)) ** 2
    return eased


def mixed(*parts: tuple[float, Floats]) -> Floats:
    """Sounds from their starts (s ≥ 0) on, added up."""
    starts = [round(start * SAMPLE_RATE) for start, _ in parts]
    total = np.zeros(max(start + len(sound) for start, (_, sound) in zip(starts, parts, strict=True)))
    for start, (_, sound) in zip(starts, parts, strict=True):
        total[start : start + len(sound)] += sound
    return total


def unit(sound: Floats) -> Floats:
    """The same at RMS 1; silence stays silent."""
    rms = float(np.sqrt(np.mean(np.square(sound))))
    return sound / rms if rms > 0 else sound


def overdriven(sound: Floats, drive: float) -> Floats:
    """Bent as loud air and small microphones bend it, at most 1."""
    peak = float(np.abs(sound).max(initial=1e-12))
    return np.asarray(np.tanh(sound * (drive / peak)))


# Filters


@functools.lru_cache(maxsize=8192)
def sections(kind: str, low: float, high: float, order: int = 2) -> Floats:
    """Second-order sections of a Butterworth filter; ``kind`` is bandpass, lowpass (high counts) or highpass (low)."""
    from scipy.signal import butter

    top = 0.49 * SAMPLE_RATE
    edges = {"bandpass": [low, min(high, top)], "lowpass": min(high, top), "highpass": min(low, top)}[kind]
    return np.asarray(butter(order, edges, kind, fs=SAMPLE_RATE, output="sos"))


def _rounded(hertz: float) -> float:
    """To the nearest of 18 steps an octave, so that designed filters are found again."""
    return float(2 ** (round(18 * np.log2(hertz)) / 18)) if hertz > 0 else 0.0


def filtered(sound: Floats, kind: str, low: float, high: float, order: int = 2) -> Floats:
    """See :func:`sections`."""
    from scipy.signal import sosfilt

    return np.asarray(sosfilt(sections(kind, _rounded(low), _rounded(high), order), sound))


def band(sound: Floats, low: float, high: float, order: int = 1) -> Floats:
    """What lies between two frequencies (Hz); 6 dB per octave and order on each side."""
    return filtered(sound, "bandpass", low, high, order)


def lowpass(sound: Floats, hertz: float, order: int = 2) -> Floats:
    return filtered(sound, "lowpass", 0.0, hertz, order)


def highpass(sound: Floats, hertz: float, order: int = 2) -> Floats:
    return filtered(sound, "highpass", hertz, 0.0, order)


def moving_noise(rng: Rng, seconds: float, centre_hz: Floats, octaves: float) -> Floats:
    """Noise whose middle moves: ``centre_hz`` (N,), ``octaves`` wide on each side, RMS about 1 throughout."""
    noise = white(rng, seconds)
    middles = 125.0 * 2 ** np.arange(0, 7.5, 0.5)
    where = np.log2(centre_hz)
    weights = np.stack([np.exp(-0.5 * ((where - np.log2(middle)) / octaves) ** 2) for middle in middles])
    weights /= np.sqrt(np.square(weights).sum(0))
    total = np.zeros(len(noise))
    for middle, weight in zip(middles, weights, strict=True):
        if weight.max() > _FAINT:
            total += weight * unit(band(noise, middle / 2**0.25, middle * 2**0.25))
    return total


_FAINT = 0.02


def click(rng: Rng, milliseconds: float, low: float, high: float) -> Floats:
    """A burst of noise that dies away by 60 dB in three times its length; RMS 1 at its start."""
    steps = round(6 * np.log2(low)), round(6 * np.log2(min(high, 20_000.0)))
    stock = _noise_of(steps[0], max(steps[1], steps[0] + 2))
    length = min(count(4 * milliseconds / 1000), len(stock) // 2)
    start = int(rng.integers(len(stock) - length))
    fall = np.exp(np.arange(length) * (-np.log(1000) / (3 * milliseconds / 1000 * SAMPLE_RATE)))
    return np.asarray(stock[start : start + length] * (fall * rng.choice((-1.0, 1.0))))


@functools.lru_cache(maxsize=256)
def _noise_of(low: int, high: int) -> Floats32:
    """A second of noise between two sixths of octaves over 1 Hz, from which bursts are cut at random: filters cost more
    than the bursts themselves."""
    noise = np.random.default_rng([low, high]).standard_normal(SAMPLE_RATE)
    return unit(band(noise, 2 ** (low / 6), 2 ** (high / 6))).astype(np.float32)
