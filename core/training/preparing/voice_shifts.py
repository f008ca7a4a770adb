"""A recording in another voice: pitch, melody, formants and colour changed, every moment left where it was.

WORLD (Morise, Yokomori, Ozawa 2016; package ``pyworld``, MIT) takes speech apart into pitch, spectral envelope and
noisiness, 200 times a second, and puts it together again. Durations stay, so the phonemes' times stay valid. Pitch
and noisiness are read at 24 kHz, which is quicker; above 12 kHz speech is taken as noise.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.signal import resample_poly

from talkies.core.arrays import Floats, Sound
from talkies.core.corpus.recordings import level_speech
from talkies.core.errors import MissingExtraError
from talkies.core.media.wav.bwf import SAMPLE_RATE

LOWEST_HZ, HIGHEST_HZ = 60.0, 500.0
"""Where a reader's pitch is looked for."""
_HALF_RATE = SAMPLE_RATE // 2
_BEND_HZ = 8000.0  # formants move in proportion up to here; above, the band is squeezed or drawn out to fit
_TILT_HZ = (200.0, 12_000.0)  # the colour changes between these


@dataclass(frozen=True)
class Shift:
    """How a voice becomes another: ``pitch`` and ``formants`` are factors, ``melody`` stretches the pitch's ups and
    downs about its middle, ``tilt_db`` brightens (> 0) or darkens every octave by so many dB."""

    pitch: float = 1.0
    formants: float = 1.0
    melody: float = 1.0
    tilt_db: float = 0.0


@dataclass(frozen=True)
class TakenApart:
    """Speech as WORLD hears it, F frames of 5 ms and B bins from 0 to 24 kHz: ``pitch`` (F,) in Hz, 0 where
    unvoiced; ``envelope`` (F, B), power; ``noisiness`` (F, B), 0 to 1."""

    pitch: Floats
    envelope: Floats
    noisiness: Floats
    samples: int


def take_apart(sound: Sound) -> TakenApart:
    """Speech (N,) at 48 kHz → its parts. Raises MissingExtraError without pyworld."""
    tools = world()
    sound = sound.astype(np.float64)
    half = resample_poly(sound, 1, 2)
    rough, times = tools.dio(half, _HALF_RATE, f0_floor=LOWEST_HZ, f0_ceil=HIGHEST_HZ)
    pitch = tools.stonemask(half, rough, times, _HALF_RATE)
    envelope = tools.cheaptrick(sound, pitch, times, SAMPLE_RATE)
    noisiness = np.ones_like(envelope)
    heard = tools.d4c(half, pitch, times, _HALF_RATE)
    noisiness[:, : heard.shape[1]] = heard
    return TakenApart(pitch, envelope, noisiness, len(sound))


def put_together(parts: TakenApart, shift: Shift) -> Sound:
    """The speech in the shifted voice, (N,) float32 at 48 kHz, as loud as recordings for training are."""
    envelope = _moved(parts.envelope, shift.formants) * _tilt(parts.envelope.shape[1], shift.tilt_db)
    noisiness = _moved(parts.noisiness, shift.formants)
    sound = world().synthesize(_melody(parts.pitch, shift), envelope, noisiness, SAMPLE_RATE)[: parts.samples]
    return level_speech(np.pad(sound, (0, parts.samples - len(sound))).astype(np.float32))


def random_shift(rng: np.random.Generator) -> Shift:
    """Somewhere in the space of voices: deep to high, long to short throats (which go together), flat to lively."""
    pitch = 2 ** rng.uniform(np.log2(0.55), np.log2(1.6))
    throat = 1 + 0.22 * np.log2(pitch) + rng.normal(0, 0.05)  # men's formants lie about 15 % under women's
    melody, tilt_db = float(rng.uniform(0.8, 1.4)), float(rng.normal(0, 1.0))
    return Shift(float(pitch), float(np.clip(throat, 0.82, 1.2)), melody, float(np.clip(tilt_db, -2, 2)))


def world() -> Any:
    """pyworld, whose import warns of how it asks for its own version."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import pyworld
    except ImportError as error:
        raise MissingExtraError("pyworld", "is not installed", "pip install 'talkies[train]'") from error
    return pyworld


def _melody(pitch: Floats, shift: Shift) -> Floats:
    voiced = pitch > 0
    if not voiced.any():
        return pitch
    middle = np.median(pitch[voiced])
    moved = middle * shift.pitch * (np.maximum(pitch, 1) / middle) ** shift.melody
    return np.asarray(np.where(voiced, np.clip(moved, 45, 700), 0.0))


def _moved(rows: Floats, factor: float) -> Floats:
    """(F, B) with every formant at ``factor`` times its frequency, 24 kHz staying where it is."""
    bins = rows.shape[1]
    target = np.linspace(0, SAMPLE_RATE / 2, bins)
    source = np.interp(target, [0, _BEND_HZ, SAMPLE_RATE / 2], [0, _BEND_HZ / factor, SAMPLE_RATE / 2])
    place = source / (SAMPLE_RATE / 2) * (bins - 1)
    left = np.minimum(place.astype(int), bins - 2)
    share = place - left
    return np.ascontiguousarray(rows[:, left] * (1 - share) + rows[:, left + 1] * share)


def _tilt(bins: int, db_per_octave: float) -> Floats:
    """(B,) power factors, 1 at 1 kHz."""
    frequencies = np.clip(np.linspace(0, SAMPLE_RATE / 2, bins), *_TILT_HZ)
    return np.asarray(10 ** (db_per_octave * np.log2(frequencies / 1000) / 10))
