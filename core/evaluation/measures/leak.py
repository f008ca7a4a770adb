"""What should not be heard: speech in foley, effects in dialogue, anything where nothing happens.

None of these numbers means much alone: each is reported beside the same number of natural recordings.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from talkies.core.arrays import AnySound, Flags, Floats
from talkies.core.media.wav.bwf import SAMPLE_RATE

SILENCE_DB = -120.0
"""What digital silence is reported as."""

_PITCH_RATE = 8_000
_FRAME, _STEP = 320, 80  # 40 ms, 10 ms at the pitch rate
_LAGS = (20, 114)  # 400 … 70 Hz
_CLARITY = 0.7
_AS_HIGH = 0.9  # peaks of the correlation that reach this share of the highest count as well
_SYLLABLE_FRAMES = 8  # a voice lasts 80 ms or more


def level_db(sound: AnySound) -> float:
    """RMS in dB re full scale, -120 for silence or nothing."""
    power = float(np.square(np.asarray(sound, np.float64)).mean()) if len(sound) else 0.0
    return max(10 * float(np.log10(power + 1e-30)), SILENCE_DB)


def voice_share(sound: AnySound) -> float:
    """Share (0 … 1) of the energy of 48 kHz mono ``sound`` that lies in voiced syllables.

    A frame is voiced when its autocorrelation peaks above 0.7 between 70 and 400 Hz and half of its energy lies in
    the voice's 150–4000 Hz; a syllable is 80 ms of them whose pitch moves, but by less than 12 % per 10 ms: a bell
    holds its pitch, a rattle has none.
    """
    views, pitch, clear = _frames(sound)
    if not len(views):
        return 0.0
    energy = np.square(views).sum(1)
    voiced = clear & (_band_share(views) > 0.5)
    spoken = np.zeros(len(energy), bool)
    for first, last in _runs(voiced):
        steps = np.abs(np.diff(np.log(pitch[first:last])))
        if last - first >= _SYLLABLE_FRAMES and np.mean(steps < 0.12) > 0.7 and np.ptp(pitch[first:last]) > 2.0:
            spoken[first:last] = True
    return float(energy[spoken].sum() / energy.sum())


def voiced_frames(sound: AnySound) -> Floats:
    """Pitch (Hz) of the voiced 40 ms frames, every 10 ms, of 48 kHz mono ``sound`` (N,); empty without a voice."""
    _, pitch, clear = _frames(sound)
    return np.asarray(pitch[clear])


def _frames(sound: AnySound) -> tuple[Floats, Floats, Flags]:
    """Frames (F, 320), the pitch (Hz) of each, and whether it is loud and clear enough; no frames for silence."""
    from scipy.signal import resample_poly

    small = resample_poly(np.asarray(sound, np.float64), _PITCH_RATE, SAMPLE_RATE)
    if len(small) < 4 * _FRAME or not np.any(small):
        return np.zeros((0, _FRAME)), np.zeros(0), np.zeros(0, bool)
    views = np.lib.stride_tricks.sliding_window_view(small, _FRAME)[::_STEP]
    energy = np.square(views).sum(1)
    pitch, clarity = _pitch(views)
    return views, pitch, (energy > energy.max() * 1e-4) & (clarity > _CLARITY)


def _pitch(views: Floats) -> tuple[Floats, Floats]:
    """Pitch (Hz, interpolated) and clarity (0 … 1) of frames (F, 320), by autocorrelation."""
    window = np.hanning(_FRAME)
    spectrum = np.fft.rfft((views - views.mean(1, keepdims=True)) * window, 2 * _FRAME)
    correlation = np.fft.irfft(np.abs(spectrum) ** 2)[:, :_FRAME]
    own = np.fft.irfft(np.abs(np.fft.rfft(window, 2 * _FRAME)) ** 2)[:_FRAME]
    correlation = correlation / np.maximum(correlation[:, :1], 1e-12) / (own / own[0])
    inner = correlation[:, _LAGS[0] - 1 : _LAGS[1] + 1]
    middle = inner[:, 1:-1]
    high = (middle >= inner[:, :-2]) & (middle >= inner[:, 2:]) & (middle >= _AS_HIGH * middle.max(1, keepdims=True))
    best = np.where(high.any(1), high.argmax(1), middle.argmax(1)) + 1  # the first: two periods are as alike as one
    rows = np.arange(len(inner))
    left, top, right = inner[rows, best - 1], inner[rows, best], inner[rows, best + 1]
    bend = np.minimum(left - 2 * top + right, -1e-9)
    lag = best + _LAGS[0] - 1 + np.clip(0.5 * (left - right) / bend, -0.5, 0.5)
    return _PITCH_RATE / lag, np.clip(top, 0.0, 1.0)


def _band_share(views: Floats) -> Floats:
    power = np.abs(np.fft.rfft(views * np.hanning(_FRAME))) ** 2
    first = round(150 / _PITCH_RATE * _FRAME)
    return np.asarray(power[:, first:].sum(1) / np.maximum(power.sum(1), 1e-12))


def _runs(flags: Flags) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(np.int8), [0]])))
    return [(int(start), int(end)) for start, end in zip(edges[::2], edges[1::2], strict=True)]


def pause_level_db(sound: AnySound, spoken: Sequence[tuple[float, float]], margin: float = 0.15) -> float | None:
    """Level outside the ``spoken`` ranges (s, widened by ``margin``) relative to the level inside, in dB.

    None without pauses or without speech. In clean dialogue this is the recording's noise, some -40 dB or less.
    """
    outside = outside_ranges(spoken, len(sound) / SAMPLE_RATE, margin, margin)
    pauses, said = cut_out(sound, outside), cut_out(sound, spoken)
    if not len(pauses) or not len(said) or level_db(said) <= SILENCE_DB:
        return None
    return level_db(pauses) - level_db(said)


def silent_stretch_level_db(sound: AnySound, events: Sequence[tuple[float, float]], tail: float = 1.0) -> float | None:
    """Level (dB re full scale) where nothing happens: 100 ms before each event until ``tail`` s after it are left out.

    ``events``: (start, end) in s, a one-shot has no length. None when something happens all the time.
    """
    quiet = cut_out(sound, outside_ranges(events, len(sound) / SAMPLE_RATE, 0.1, tail))
    return level_db(quiet) if len(quiet) >= SAMPLE_RATE // 10 else None


def outside_ranges(
    ranges: Sequence[tuple[float, float]], duration: float, before: float, after: float
) -> list[tuple[float, float]]:
    """What of [0, duration) (s) no range covers, each widened by ``before`` and ``after``."""
    free, position = [], 0.0
    for start, end in sorted(ranges):
        if start - before > position:
            free.append((position, min(start - before, duration)))
        position = max(position, end + after)
    if position < duration:
        free.append((position, duration))
    return free


def cut_out(sound: AnySound, ranges: Sequence[tuple[float, float]]) -> AnySound:
    """The ranges (s) of the sound, one after the other."""
    pieces = [sound[max(round(start * SAMPLE_RATE), 0) : max(round(end * SAMPLE_RATE), 0)] for start, end in ranges]
    return np.concatenate(pieces) if pieces else sound[:0]
