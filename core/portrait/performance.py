"""A performance: one expression for each frame of the film, from the sound and its phonemes."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil

import numpy as np

from talkies.core.arrays import Floats
from talkies.core.conditioning.speech.timing import Spans
from talkies.core.portrait.hearing import RATE, Heard
from talkies.core.portrait.mouthing import by_phonemes, by_sound, is_spoken
from talkies.core.portrait.prosody import bearing
from talkies.core.portrait.rig import Expression


@dataclass(frozen=True)
class Performance:
    """``rows`` (N, 8): what Expression has, in its order, for each frame."""

    rows: Floats

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, frame: int) -> Expression:
        return Expression(*self.rows[frame].tolist())


def frames_of(duration: Fraction, rate: Fraction) -> int:
    """How many frames cover a sound wholly."""
    return max(ceil(duration * rate), 1)


def performance(heard: Heard, spans: Spans, rate: Fraction, seed: int = 0) -> Performance:
    """Each frame is as the sound is in its middle. Without ``spans`` the mouth moves by the sound alone."""
    mouth = by_phonemes(spans, heard) if is_spoken(spans) else by_sound(heard)
    rest = bearing(heard, seed)
    tracks = (mouth.opening, mouth.width, rest.lids, rest.brows, rest.yaw, rest.pitch, rest.roll, rest.rise)
    middles = (np.arange(frames_of(heard.duration, rate)) + 0.5) / float(rate)
    times = np.arange(len(heard)) / RATE
    return Performance(np.stack([np.interp(middles, times, track) for track in tracks], axis=1))
