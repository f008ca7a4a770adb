"""The mel scale of Slaney's Auditory Toolbox (1998): linear below 1 kHz, logarithmic above, and its triangular filters.

Our own few lines, so that sound is made where torchaudio is missing or was built for another torch; a test compares
them with torchaudio's.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from talkies.core.arrays import Floats

_LINEAR_HZ = 200 / 3  # Hz per mel below the knee
_KNEE_HZ = 1000.0
_KNEE_MEL = _KNEE_HZ / _LINEAR_HZ
_LOG_STEP = np.log(6.4) / 27  # natural logarithm of the frequency ratio of one mel above the knee


def mel_from_hz(hertz: Floats) -> Floats:
    above = _KNEE_MEL + np.log(np.maximum(hertz, _KNEE_HZ) / _KNEE_HZ) / _LOG_STEP
    return np.where(hertz < _KNEE_HZ, hertz / _LINEAR_HZ, above)


def hz_from_mel(mel: Floats) -> Floats:
    above = _KNEE_HZ * np.exp(_LOG_STEP * (np.maximum(mel, _KNEE_MEL) - _KNEE_MEL))
    return np.where(mel < _KNEE_MEL, mel * _LINEAR_HZ, above)


def triangles(bins: int, bands: int, sample_rate: int, low_hz: float = 0.0, high_hz: float | None = None) -> Tensor:
    """(bins, bands) float32: triangles of height 1, whose corners are evenly spaced in mel from ``low_hz`` to
    ``high_hz`` (None: half the sample rate), over ``bins`` frequencies from 0 to half the sample rate."""
    ends = mel_from_hz(np.array([low_hz, sample_rate / 2 if high_hz is None else high_hz]))
    corners = hz_from_mel(np.linspace(ends[0], ends[1], bands + 2))
    hertz = np.linspace(0, sample_rate / 2, bins)[:, None]
    rising = (hertz - corners[:-2]) / np.diff(corners)[:-1]
    falling = (corners[2:] - hertz) / np.diff(corners)[1:]
    return torch.from_numpy(np.maximum(0, np.minimum(rising, falling)).astype(np.float32))
