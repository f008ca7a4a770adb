"""Sounds told apart without any classifier: band envelopes, how they die away, how they are modulated.

envelopes    (F, 64) band levels in dB under the loudest, 100 a second          what takes are compared by
colour       (64,)  their mean where something sounds, dB
decays       (4,)   how long four ranges of bands take to fall 20 dB after a stroke, octaves of time
modulation   (4, 6) share of the envelope's power at 0.5 … 32 Hz, octave by octave, in dB
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from talkies.core.arrays import Floats, Sound
from talkies.core.evaluation.measures.prompt_classifier import log_mel, strokes

FLOOR_DB = -60.0
"""Under the loudest band of the loudest frame; what is quieter counts as silent."""

MEASURES = ("colour", "decays", "modulation")

_RATE = 100  # frames a second
_RANGES = ((0, 16), (16, 32), (32, 48), (48, 64))
_FALL_DB = 20.0
_LONGEST_S = 2.0
_OCTAVES_HZ = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0)


def envelopes(sound: Sound) -> Floats:
    """(N,) at 48 kHz → (F, 64) dB under the loudest, not below the floor; the sound's level does not matter."""
    bands = log_mel(sound)
    return np.asarray(np.maximum(bands - bands.max(), FLOOR_DB))


def apart_db(one: Sound, other: Sound) -> float:
    """RMS difference of the envelopes of two sounds of one length, dB, where either is above the floor."""
    first, second = envelopes(one), envelopes(other)
    heard = (first > FLOOR_DB) | (second > FLOOR_DB)
    return float(np.sqrt(np.square(first - second)[heard].mean())) if heard.any() else 0.0


def spread_db(sounds: Sequence[Sound]) -> float:
    """Mean distance of all pairs, dB."""
    return float(np.mean([apart_db(one, other) for one, other in itertools.combinations(sounds, 2)]))


def colour(bands: Floats) -> Floats:
    """(F, 64) → (64,) dB: mean over the frames in which something sounds."""
    heard = bands.max(1) > FLOOR_DB / 2
    return np.asarray(bands[heard].mean(0))


def decays(bands: Floats) -> Floats:
    """(F, 64) → (4,) log2 of seconds: median over the strokes, at most 2 s."""
    ranged = [10 * np.log10(np.mean(10 ** (bands[:, low:high] / 10), axis=1)) for low, high in _RANGES]
    peaks = strokes(np.asarray(bands.max(1)))
    return np.array([np.median([_fall(level, peak) for peak in peaks]) for level in ranged])


def _fall(level: Floats, peak: int) -> float:
    """log2 of the seconds until a range has fallen 20 dB below its loudest within 50 ms of the peak."""
    near = level[max(peak - 5, 0) : peak + 6]
    start = max(peak - 5, 0) + int(near.argmax())
    after = level[start : start + round(_LONGEST_S * _RATE)]
    fallen = np.flatnonzero(after <= after[0] - _FALL_DB)
    frames = fallen[0] if len(fallen) else _LONGEST_S * _RATE
    return float(np.log2(max(float(frames), 1.0) / _RATE))


def modulation(bands: Floats) -> Floats:
    """(F, 64) → (24,): how the envelope's power is shared out over six octaves, in dB, of each range of bands."""
    spectra = []
    for low, high in _RANGES:
        level = bands[:, low:high].mean(1)
        power = np.square(np.abs(np.fft.rfft((level - level.mean()) * np.hanning(len(level)))))
        hertz = np.fft.rfftfreq(len(level), 1 / _RATE)
        edges = itertools.pairwise(_OCTAVES_HZ)
        octaves = np.array([power[(hertz >= first) & (hertz < last)].sum() for first, last in edges]) + 1e-3
        spectra.append(10 * np.log10(octaves / octaves.sum()))
    return np.concatenate(spectra)


def described(sound: Sound) -> dict[str, Floats]:
    """A sound by each of :data:`MEASURES`."""
    bands = envelopes(sound)
    return {"colour": colour(bands), "decays": decays(bands), "modulation": modulation(bands)}


def distance_figures(ours: Sequence[Sound], natural: Sequence[Sound]) -> dict[str, float | None]:
    """Mean distance of ours to recordings over the mean distance among these, by each measure and on average.

    None where there are fewer than two recordings, or these are all alike. Silence is left out.
    """
    said, meant = ([described(sound) for sound in sounds if np.any(sound)] for sounds in (ours, natural))
    ratios: dict[str, float | None] = {}
    for name in MEASURES:
        among = [_apart(one[name], other[name]) for one, other in itertools.combinations(meant, 2)]
        across = [_apart(one[name], other[name]) for one in said for other in meant]
        ratios[name] = float(np.mean(across) / np.mean(among)) if across and among and np.mean(among) > 0 else None
    there = [ratio for ratio in ratios.values() if ratio is not None]
    return {**ratios, "mean": sum(there) / len(there) if there else None}


def _apart(one: Floats, other: Floats) -> float:
    return float(np.sqrt(np.square(one - other).mean()))
