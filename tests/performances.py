"""Performances whose truth is known: voices, mouths and hands made from rules, in a room with noise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.signal import butter, lfilter, sosfilt

from talkies.core.arrays import Floats

RATE = 48000


@dataclass(frozen=True)
class Performed:
    """What was performed: when each attack begins (s), how loud (dB), how long, 0 for hits (s), and its sound."""

    times: Floats
    levels_db: Floats
    lengths: Floats
    sound: Floats


def hum(rng: np.random.Generator, length: float) -> Floats:
    """A vowel: a pulse train through formants, that swells over 20 to 70 ms, with breath from 60 ms earlier."""
    attack, release = rng.uniform(0.02, 0.07), rng.uniform(0.04, 0.12)
    count = int((length + release) * RATE)
    time = np.arange(count) / RATE
    pitch = (
        rng.uniform(90, 260) * (1 + 0.02 * np.sin(2 * np.pi * 5 * time)) * 2 ** (rng.uniform(-0.2, 0.2) * time / length)
    )
    pulses = np.diff(np.floor(np.cumsum(pitch) / RATE), prepend=0.0)
    voice = pulses
    for centre, width in ((rng.uniform(300, 700), 90), (rng.uniform(900, 2000), 130), (2600, 200)):
        radius = np.exp(-np.pi * width / RATE)
        voice = lfilter([1 - radius], [1, -2 * radius * np.cos(2 * np.pi * centre / RATE), radius**2], voice)
    swell = np.minimum(time / attack, 1) * np.clip((length + release - time) / release, 0, 1)
    voiced = voice / np.abs(voice).max() * swell
    lead = int(0.06 * RATE)
    breath = rng.standard_normal(lead + count) * 0.01 * np.concatenate([np.linspace(0, 1, lead), swell])
    breath[lead:] += voiced
    return np.asarray(breath)


def plosive(rng: np.random.Generator, _: float) -> Floats:
    """A "t" or a "k": a burst of noise of some milliseconds around 3 or 1.8 kHz."""
    centre = rng.choice([1800.0, 3500.0])
    noise = rng.standard_normal(int(0.09 * RATE)) * np.exp(
        -np.arange(int(0.09 * RATE)) / RATE / rng.uniform(0.006, 0.02)
    )
    return _peak(sosfilt(butter(2, [centre * 0.6, centre * 1.6], "band", fs=RATE, output="sos"), noise))


def hiss(rng: np.random.Generator, length: float) -> Floats:
    """A "sh": noise from 2 to 8 kHz that rises over 15 to 40 ms."""
    attack, release = rng.uniform(0.015, 0.04), 0.05
    time = np.arange(int((length + release) * RATE)) / RATE
    shape = np.minimum(time / attack, 1) * np.clip((length + release - time) / release, 0, 1)
    noise = sosfilt(butter(2, [2000, 8000], "band", fs=RATE, output="sos"), rng.standard_normal(len(time)))
    return _peak(noise * shape)


def clap(rng: np.random.Generator, _: float) -> Floats:
    """Noise around 1.2 kHz with a room's tail: 60 dB in 0.25 to 0.6 s, 15 dB below the clap."""
    time = np.arange(int(0.5 * RATE)) / RATE
    tail = 10 ** (-3 * time / rng.uniform(0.25, 0.6)) * 0.18
    noise = rng.standard_normal(len(time)) * (np.exp(-time / 0.008) + tail)
    return _peak(sosfilt(butter(1, [700, 3000], "band", fs=RATE, output="sos"), noise))


SOUNDS: dict[str, tuple[Callable[[np.random.Generator, float], Floats], float]] = {
    "hum": (hum, 0.06),
    "plosive": (plosive, 0.0),
    "hiss": (hiss, 0.0),
    "clap": (clap, 0.0),
}
"""By name: what makes it, and how long before its attack it begins (s)."""


def perform(seed: int, kinds: tuple[str, ...], count: int = 20, noise_db: float = -55.0) -> Performed:
    """``count`` sounds 0.25 to 0.9 s apart over 18 dB of level, one in four of the voiced ones held; a room's noise."""
    rng = np.random.default_rng(seed)
    times, levels, lengths = [], [], []
    pieces: list[tuple[int, Floats]] = []
    now = 0.5
    for _ in range(count):
        kind = str(rng.choice(kinds))
        make, lead = SOUNDS[kind]
        held = kind in ("hum", "hiss") and rng.random() < 0.25
        length = float(rng.uniform(0.45, 1.2) if held else rng.uniform(0.06, 0.14))
        level = float(rng.uniform(-24, -6))
        pieces.append((round((now - lead) * RATE), make(rng, length) * 10 ** (level / 20)))
        times.append(now)
        levels.append(level)
        lengths.append(length if held else 0.0)
        now += (length if held else 0.0) + float(rng.uniform(0.3, 0.9))
    sound = mix(pieces, now + 0.5)
    hum_50 = 0.3 * np.sin(2 * np.pi * 50 * np.arange(len(sound)) / RATE)
    room = lfilter([1], [1, -0.9], rng.standard_normal(len(sound)))
    sound += 10 ** (noise_db / 20) * (room / room.std() + hum_50)
    return Performed(np.array(times), np.array(levels), np.array(lengths), sound)


def mix(pieces: list[tuple[int, Floats]], length: float) -> Floats:
    """Pieces at their first samples, in ``length`` seconds."""
    sound = np.zeros(int(length * RATE))
    for first, piece in pieces:
        part = piece[: max(len(sound) - first, 0)]
        sound[first : first + len(part)] += part
    return sound


def _peak(sound: Floats) -> Floats:
    return np.asarray(sound / np.abs(sound).max())
