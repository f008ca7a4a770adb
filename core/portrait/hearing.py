"""What a face has to know of a sound: level, pitch and bands, a hundred times a second, read block by block."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
from scipy.ndimage import gaussian_filter1d, median_filter

from talkies.core.arrays import AnyFloats, Floats, Samples
from talkies.core.media.sound import sound_blocks

RATE = 100
"""Of everything that is heard, per second."""
_SAMPLE_RATE = 16_000
_HOP, _FRAME, _FFT = 160, 640, 1024
_BANDS_HZ = (150, 700, 1500, 3500, 7500)
_PITCH_HZ = (70.0, 500.0)
_VOICED, _NEARLY = 0.5, 0.9
_RANGE_DB = 32.0  # below the loudest a mouth makes nothing of a sound
_FAINT_DB = -60.0


@dataclass(frozen=True)
class Heard:
    """All (T,) at :data:`RATE`. ``level`` 0 (nothing) to 1 (as loud as it gets); ``pitch`` in octaves against the
    sound's own, 0 where there is none; ``voiced``; ``bright`` -1 (dark, as u) to 1 (as i); ``hiss`` 0 to 1.
    ``duration`` in seconds, exact."""

    level: Floats
    pitch: Floats
    voiced: Floats
    bright: Floats
    hiss: Floats
    duration: Fraction

    def __len__(self) -> int:
        return len(self.level)


def hear(path: Path, duration: Fraction) -> Heard:
    """The sound of a file that lasts so long. Raises MediaError."""
    parts = [_measured(frames) for frames in _frames(sound_blocks(path, _SAMPLE_RATE))]
    rows = np.concatenate(parts) if parts else np.zeros((0, 6))
    count = int(duration * RATE) + 1
    rows = np.pad(rows[:count], ((0, max(count - len(rows), 0)), (0, 0)))
    return _normalised(rows, duration)


def _frames(blocks: Iterable[Samples]) -> Iterator[Floats]:
    """(F, FRAME) windows around each hundredth of a second."""
    waiting = np.zeros(_FRAME // 2)
    for block in blocks:
        waiting = np.concatenate((waiting, block[0].astype(np.float64)))
        count = (len(waiting) - _FRAME) // _HOP + 1
        if count > 0:
            yield waiting[np.arange(count)[:, None] * _HOP + np.arange(_FRAME)]
            waiting = waiting[count * _HOP :]
    waiting = np.concatenate((waiting, np.zeros(_FRAME)))
    count = (len(waiting) - _FRAME) // _HOP + 1
    yield waiting[np.arange(count)[:, None] * _HOP + np.arange(_FRAME)]


def _measured(frames: Floats) -> Floats:
    """(F, 6): power of the middle half, four bands, pitch in Hz (0: none)."""
    middle = frames[:, _FRAME // 4 : -_FRAME // 4]
    spectrum = np.asarray(np.abs(np.fft.rfft(frames * np.hanning(_FRAME), _FFT, axis=1)) ** 2, np.float64)
    hertz = np.fft.rfftfreq(_FFT, 1 / _SAMPLE_RATE)
    edges = np.searchsorted(hertz, _BANDS_HZ)
    bands = np.stack([spectrum[:, a:b].sum(axis=1) for a, b in pairwise(edges)], axis=1)
    return np.column_stack(((middle**2).mean(axis=1), bands, _pitch(spectrum, hertz)))


def _pitch(spectrum: AnyFloats, hertz: AnyFloats) -> Floats:
    """(F,) Hz, 0 where nothing is periodic, by the autocorrelation below 1.5 kHz."""
    low = np.where(hertz < 1500, spectrum, 0)
    correlation = np.fft.irfft(low, axis=1)
    window = np.fft.irfft(np.abs(np.fft.rfft(np.hanning(_FRAME), _FFT)) ** 2)
    first, last = (int(_SAMPLE_RATE / each) for each in _PITCH_HZ[::-1])
    even = correlation[:, first:last] / (window[first:last] / window[0]) / (correlation[:, :1] + 1e-12)
    is_peak = (even[:, 1:-1] > even[:, :-2]) & (even[:, 1:-1] >= even[:, 2:])
    peaks = np.where(is_peak, even[:, 1:-1], 0)
    highest = peaks.max(axis=1)
    lag = (peaks >= _NEARLY * highest[:, None]).argmax(axis=1) + first + 1  # of octaves the shortest period
    return np.where(highest > _VOICED, _SAMPLE_RATE / lag, 0.0)


def _normalised(rows: Floats, duration: Fraction) -> Heard:
    power = 10 * np.log10(rows[:, 0] + 1e-12)
    loud = float(np.percentile(power, 98)) if len(power) else 0.0
    level = np.clip((power - loud + _RANGE_DB) / _RANGE_DB, 0, 1) * float(loud > _FAINT_DB)
    bands = np.log(rows[:, 1:5] + 1e-9)
    voiced = ((rows[:, 5] > 0) & (level > 0.2)).astype(np.float64)
    hertz = median_filter(rows[:, 5], 5) if len(rows) else rows[:, 5]
    own = float(np.median(hertz[voiced > 0])) if voiced.any() else 0.0
    pitch = np.where((voiced > 0) & (hertz > 0), np.log2(np.maximum(hertz, 1) / max(own, 1)), 0.0).clip(-0.8, 0.8)
    tilt = bands[:, 2] - bands[:, 0]
    usual = float(np.median(tilt[voiced > 0])) if voiced.any() else 0.0
    bright = np.tanh((tilt - usual) / 2.0) * voiced
    hiss = 1 / (1 + np.exp(-(bands[:, 3] - np.logaddexp(bands[:, 0], bands[:, 1]))))
    return Heard(gaussian_filter1d(level, 1.5), pitch, voiced, gaussian_filter1d(bright, 4), hiss, duration)
