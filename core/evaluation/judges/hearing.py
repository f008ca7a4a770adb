"""How every judge is given a sound: 16 kHz, and one level, so that nothing but the sound itself is judged."""

from __future__ import annotations

import numpy as np

from talkies.core.arrays import Floats32, Sound
from talkies.core.media.wav.bwf import SAMPLE_RATE

JUDGES_RATE = 16_000
"""Samples per second that all judges want."""

PEAK = 0.5
"""Largest sample of what DistillMOS, DNSMOS and YAMNet hear."""


def at_16k(sound: Sound) -> Floats32:
    """(N,) at 48 kHz → (ceil(N / 3),) at 16 kHz."""
    from scipy.signal import resample_poly

    small = resample_poly(np.asarray(sound, np.float64).ravel(), 1, SAMPLE_RATE // JUDGES_RATE, window=("kaiser", 9.0))
    return np.asarray(small, np.float32)


def at_peak(samples: Floats32, peak: float = PEAK) -> Floats32:
    """The same with its largest sample at ``peak``; silence stays silent."""
    loudest = float(np.abs(samples).max(initial=0.0))
    return samples * np.float32(peak / loudest) if loudest > 0 else samples
