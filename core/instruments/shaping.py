"""What instruments share: chance that repeats, pitches that close a loop, formants, noises, loudness."""

from __future__ import annotations

import functools
import zlib
from collections.abc import Callable, Sequence

import numpy as np

from talkies.core.arrays import Floats, Sound
from talkies.core.instruments.additive import HIGHEST_HZ, Partials
from talkies.core.instruments.tone import LOUD, SOFT
from talkies.core.media.bwf import SAMPLE_RATE

Rng = np.random.Generator
Formant = tuple[float, float, float]
"""Middle in Hz, height in dB, half its width in octaves."""

Colour = Callable[[Floats], Floats]
"""Level in dB over frequencies in Hz."""
STOCK = 1 << 18
"""Samples of noise that are kept for each colour."""


def chance(*words: str | float) -> Rng:
    """Numbers that depend on nothing but these words."""
    return np.random.default_rng([zlib.crc32(repr(word).encode()) for word in words])


def looped(hertz: float, seconds: float) -> tuple[int, float]:
    """Samples of a loop of about ``seconds`` and the frequency next to ``hertz`` (0.01 cents) that closes in it."""
    cycles = max(round(hertz * seconds), 1)
    samples = round(cycles / hertz * SAMPLE_RATE)
    return samples, cycles * SAMPLE_RATE / samples


def closing(hertz: float, loop: int) -> float:
    """The nearest frequency of which whole cycles fit into a loop, at least one."""
    return max(round(hertz * loop / SAMPLE_RATE), 1) * SAMPLE_RATE / loop


def harmonics(hertz: float, highest: float = HIGHEST_HZ, most: int = 60) -> Floats:
    """Numbers of the harmonics below a frequency, at least the first."""
    return np.arange(1.0, max(min(int(highest / hertz), most), 1) + 1)


def formants(hertz: Floats, bumps: Sequence[Formant]) -> Floats:
    """dB at each frequency."""
    octaves = np.log2(hertz)
    total = np.zeros(len(hertz))
    for middle, height, width in bumps:
        total += height * np.exp(-0.5 * ((octaves - np.log2(middle)) / width) ** 2)
    return total


def above(hertz: Floats, corner: float, db_per_octave: float) -> Floats:
    """dB: level up to a corner, then falling, rounded at the corner."""
    return np.asarray(-db_per_octave * 0.5 * np.log2(1 + (hertz / corner) ** 2))


def below(hertz: Floats, corner: float, db_per_octave: float) -> Floats:
    """dB: rising up to a corner."""
    return np.asarray(-db_per_octave * 0.5 * np.log2(1 + (corner / hertz) ** 2))


def from_db(decibels: Floats) -> Floats:
    return np.asarray(10 ** (decibels / 20))


def panned(pan: Floats | float) -> Floats:
    """(2, ...) gains left and right at equal power; -1 left, 1 right."""
    angle = (np.clip(pan, -1, 1) + 1) * (np.pi / 4)
    return np.stack([np.cos(angle), np.sin(angle)])


def ear_weights(hertz: Floats) -> Floats:
    """How much of a partial's power counts for loudness: less in the bass, a little more above 1.5 kHz."""
    return np.asarray(hertz**2 / (hertz**2 + 130.0**2) * (1 + hertz**2 / (hertz**2 + 1500.0**2)))


def loudness(partials: Partials) -> Floats:
    """(2,) weighted RMS of soft and loud, mean of both sides."""
    powers = np.square(partials.layers) * np.square(partials.sides).mean(axis=0) / 2
    return np.asarray(np.sqrt((powers * ear_weights(partials.hertz)).sum(axis=1)))


def forces(shape: Callable[[float], Floats]) -> Floats:
    """(2, P) amplitudes of the soft and of the loud layer; ``shape`` gives dB (P,) for a force."""
    return from_db(np.stack([shape(SOFT), shape(LOUD)]))


def by_force(db: float, more: float) -> tuple[float, float]:
    """dB of a noise in both layers: ``db`` at middle force, ``more`` between none and full."""
    return db + more * (SOFT - 0.5), db + more * (LOUD - 0.5)


@functools.lru_cache(maxsize=48)
def coloured(name: str, colour: Colour) -> Sound:
    """(STOCK,) noise of RMS 1 whose spectrum has ``colour``; nothing below 30 Hz or above 18 kHz."""
    sound = shaped_noise(chance("noise", name), STOCK, colour)
    return np.asarray(sound / np.sqrt(np.mean(np.square(sound))), np.float32)


def shaped_noise(rng: Rng, count: int, colour: Colour) -> Floats:
    """(count,) noise that joins onto itself."""
    hertz = np.fft.rfftfreq(count, 1 / SAMPLE_RATE)
    few = np.geomspace(20, SAMPLE_RATE / 2, 2000)
    shape = from_db(np.interp(hertz, few, colour(few) + below(few, 40.0, 24.0))) * ((hertz > 20) & (hertz < 18_000))
    return np.fft.irfft(shape * (rng.standard_normal(len(hertz)) + 1j * rng.standard_normal(len(hertz))), count)


def burst(name: str, variant: int, colour: Colour, seconds: float, t60: float) -> Sound:
    """Noise that dies away by 60 dB in ``t60``, cut from :func:`coloured`; RMS 1 at its start, its end faded."""
    count = round(seconds * SAMPLE_RATE)
    start = (variant * 7919 * 13) % (STOCK - count)
    times = np.arange(count) / SAMPLE_RATE
    fall = np.exp(times * (-np.log(1000) / t60)) * np.minimum(1, (seconds - times) / (0.2 * seconds))
    return np.asarray(coloured(name, colour)[start : start + count] * fall, np.float32)
