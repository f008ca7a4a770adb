"""Performing a recorded hit: cut out with its ring-out, levelled by force, its pitch varied, its transient in place.

The pitch is varied by reading the recording as if it had another sample rate, one at which its pre-roll is a whole
number of samples too: so the transient stays on a sample.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np

from talkies.core.arrays import Floats32, Samples
from talkies.core.library.casting import FORCE_DB
from talkies.core.library.reading import stretch
from talkies.core.library.recording import Pick
from talkies.core.media.sound import resampled
from talkies.core.media.wav.bwf import SAMPLE_RATE
from talkies.core.synthesis.performing import STROKE_RMS

PRE_ROLL_SAMPLES = 480
"""The transient of a performed hit is the sample of this number, counted from 0."""

_PEAK = 0.98
_CENTS, _MOST_CENTS, _HARDER_CENTS = 18.0, 45.0, 30.0  # chance, at most, from force 0 to 1
_CHANCE_DB = 0.7
_FADE_IN = 456  # samples of the pre-roll
_FADE_OUT_S = 0.03
_BESIDE_NEXT = 96  # samples kept clear of the next hit


def hit_sound(pick: Pick, force: float, seed: int, stereo: bool = False) -> Samples:
    """A hit (C, N) at 48 kHz: C = 1, or 2 if ``stereo``; its transient is sample PRE_ROLL_SAMPLES.

    Its loudest 50 ms have the level that rules give to a stroke of this ``force`` (0 to 1), within 2 dB by chance, and
    less where its peak would clip; a seed repeats bit for bit. Raises MediaError when the file is gone or damaged.
    """
    assert pick.hit is not None, "a pick of what goes on has no hit"
    hit = pick.recording.measures.hits[pick.hit]
    rng = np.random.default_rng([seed & 0xFFFFFFFF, 71])
    read = _pre_roll(rng, force)
    count = max(hit.end - _BESIDE_NEXT - hit.sample, _BESIDE_NEXT)
    source = _stretch(pick.recording.path, hit.sample - 2 * read, count + 2 * read, stereo)
    moved = np.concatenate(list(resampled([source], read * SAMPLE_RATE // PRE_ROLL_SAMPLES, SAMPLE_RATE)), axis=1)
    sound = moved[:, PRE_ROLL_SAMPLES:]  # the first of two pre-rolls was for the filter
    decibels = -FORCE_DB * (1 - min(max(force, 0.0), 1.0)) + float(np.clip(rng.normal(0, _CHANCE_DB), -2, 2))
    gain = STROKE_RMS / max(hit.rms, 1e-6) * 10 ** (decibels / 20)
    gain = min(gain, _PEAK / max(float(np.abs(sound).max(initial=0.0)), 1e-6))
    return np.asarray(sound * np.float32(gain) * _fades(sound.shape[1]), np.float32)


def _pre_roll(rng: np.random.Generator, force: float) -> int:
    """How many samples of the recording are the pre-roll: more of them sound higher."""
    cents = rng.normal(0, _CENTS) + _HARDER_CENTS * (force - 0.7)
    return round(PRE_ROLL_SAMPLES * 2 ** (float(np.clip(cents, -_MOST_CENTS, _MOST_CENTS)) / 1200))


def _fades(length: int) -> Floats32:
    gains = np.ones(length, np.float32)
    gains[:_FADE_IN] = 0.5 - 0.5 * np.cos(np.pi * np.arange(_FADE_IN) / _FADE_IN)
    fade = min(round(_FADE_OUT_S * SAMPLE_RATE), max(length - PRE_ROLL_SAMPLES, 0) // 2)
    gains[length - fade :] *= (0.5 + 0.5 * np.cos(np.pi * (np.arange(fade) + 1) / max(fade, 1))).astype(np.float32)
    return gains


def _stretch(path: Path, first: int, count: int, stereo: bool) -> Samples:
    return _known(path, path.stat().st_mtime_ns if path.is_file() else 0, first, count, stereo)


@lru_cache(maxsize=16)
def _known(path: Path, changed_ns: int, first: int, count: int, stereo: bool) -> Samples:
    sound = stretch(path, first, count, stereo)
    sound.flags.writeable = False
    return sound
