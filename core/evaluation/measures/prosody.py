"""Does the melody of speech move? How far the pitch ranges, in semitones."""

from __future__ import annotations

import numpy as np

from talkies.core.arrays import AnySound
from talkies.core.evaluation.measures.leak import voiced_frames

_FEWEST_FRAMES = 20  # 200 ms of voice
_NEAR = 12.0  # semitones from the middle; what is further is an octave error of the tracker


def pitch_hz(sound: AnySound) -> float | None:
    """Median pitch (Hz) of the clearly voiced frames of 48 kHz mono speech (N,); None without a voice."""
    pitch = voiced_frames(sound)
    return float(np.median(pitch)) if len(pitch) >= _FEWEST_FRAMES else None


def pitch_range(sound: AnySound) -> float | None:
    """Semitones between the 10th and the 90th percentile of the pitch: about 2 in a monotone, 6 to 10 in reading."""
    pitch = voiced_frames(sound)
    if len(pitch) < _FEWEST_FRAMES:
        return None
    semitones = 12 * np.log2(pitch / np.median(pitch))
    low, high = np.percentile(semitones[np.abs(semitones) < _NEAR], (10, 90))
    return float(high - low)
