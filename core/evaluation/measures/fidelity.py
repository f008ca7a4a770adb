"""How much of a recording survives the codec: log-spectral distance, STOI, PESQ."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from talkies.core.arrays import AnySound, Floats
from talkies.core.evaluation.extras import need
from talkies.core.media.wav.bwf import SAMPLE_RATE

_WINDOW, _HOP = 2048, 512
_FLOOR_DB = -80.0  # spectral level (a full-scale sine is 0 dB) below which a difference is not heard
_PESQ_RATE = 16_000
_SHORTEST_S = 0.5  # STOI needs 30 frames (0.38 s), PESQ a quarter of a second


def log_spectral_distance(reference: AnySound, other: AnySound, highest_hz: float = 20_000.0) -> float:
    """Mean over frames of the root mean square (over frequency) of the level difference, in dB; 48 kHz mono (N,).

    Frames of 43 ms every 11 ms, frequencies up to ``highest_hz``. Levels are taken no lower than -80 dB (re a
    full-scale sine) and frames silent in both count as equal only if they are there: none is left out.
    """
    length = min(len(reference), len(other))
    apart = _levels(reference[:length], highest_hz) - _levels(other[:length], highest_hz)
    return float(np.sqrt(np.square(apart).mean(1)).mean())


def _levels(sound: AnySound, highest_hz: float) -> Floats:
    """(frames, bins) in dB, floored."""
    window = np.hanning(_WINDOW + 1)[:-1]
    padded = np.pad(np.asarray(sound, np.float64), _WINDOW // 2)
    views = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::_HOP]
    bins = int(highest_hz / SAMPLE_RATE * _WINDOW) + 1
    spectrum = np.abs(np.fft.rfft(views * (window * 2 / window.sum())))[:, :bins]
    return np.asarray(20 * np.log10(np.maximum(spectrum, 10 ** (_FLOOR_DB / 20))))


def stoi(reference: AnySound, other: AnySound) -> float | None:
    """Short-time objective intelligibility, 0 … 1, of 48 kHz mono sounds; None when there is too little to judge."""
    length = min(len(reference), len(other))
    if length < _SHORTEST_S * SAMPLE_RATE or not np.any(reference[:length]):
        return None
    from scipy.signal import resample_poly

    pystoi = need("pystoi")
    small = [resample_poly(np.asarray(sound[:length], np.float64), 5, 24) for sound in (reference, other)]
    return float(pystoi.stoi(small[0], small[1], 10_000))


def pesq(reference: AnySound, other: AnySound) -> float | None:
    """PESQ wide-band (ITU-T P.862.2), 1.0 … 4.64, of 48 kHz mono sounds; None when nobody speaks."""
    length = min(len(reference), len(other))
    if length < _SHORTEST_S * SAMPLE_RATE or not np.any(reference[:length]) or not np.any(other[:length]):
        return None
    from scipy.signal import resample_poly

    package = need("pesq")
    ratio = SAMPLE_RATE // _PESQ_RATE
    small = [resample_poly(np.asarray(sound[:length], np.float64), 1, ratio) for sound in (reference, other)]
    peak = max(float(np.abs(sound).max()) for sound in small)
    scaled = [np.asarray(sound / peak * 0.9, np.float32) for sound in small]
    score = package.pesq(_PESQ_RATE, scaled[0], scaled[1], "wb", on_error=package.PesqError.RETURN_VALUES)
    return float(score) if score > 0 else None


def mean(values: Iterable[float | None]) -> float | None:
    """Mean of those that are there."""
    there = [value for value in values if value is not None]
    return float(np.mean(there)) if there else None
