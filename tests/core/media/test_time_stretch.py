"""Speech made faster: exact length, the same pitch, no clicks."""

from __future__ import annotations

import numpy as np
import pytest

from talkies.core.arrays import Floats32
from talkies.core.media.time_stretch import hurried

RATE = 16_000


def voice(seconds: float, pitch: float = 140.0) -> Floats32:
    """Ten harmonics whose pitch wavers, as a voice's does."""
    time = np.arange(round(seconds * RATE)) / RATE
    phase = 2 * np.pi * pitch * (time + 0.02 * np.sin(2 * np.pi * 1.5 * time) / pitch * 10)
    made = np.sum(np.sin(np.outer(np.arange(1, 11), phase)) / np.arange(1, 11)[:, None], axis=0)
    return np.asarray(0.2 * made, np.float32)


@pytest.mark.parametrize("pace", [0.8, 1.05, 1.15, 1.5, 2.0])
def test_length_and_pitch(pace: float) -> None:
    sound = np.sin(2 * np.pi * 440 * np.arange(RATE * 2) / RATE).astype(np.float32)
    made = hurried(sound, pace, RATE)
    assert len(made) == round(len(sound) / pace)
    middle = made[len(made) // 4 : len(made) * 3 // 4]
    spectrum = np.abs(np.fft.rfft(middle * np.hanning(len(middle))))
    assert np.argmax(spectrum) * RATE / len(middle) == pytest.approx(440, abs=3)
    assert 0.9 < np.abs(middle).max() < 1.1


@pytest.mark.parametrize("pace", [1.1, 1.6])
def test_a_voice_has_no_clicks(pace: float) -> None:
    sound = voice(2.0)
    made = hurried(sound, pace, RATE)
    inner = slice(RATE // 10, len(made) - RATE // 10)
    assert np.abs(np.diff(made))[inner].max() < 1.3 * np.abs(np.diff(sound)).max()
    levels = np.sqrt(np.mean(made[inner][: len(made[inner]) // 400 * 400].reshape(-1, 400) ** 2, axis=1))
    assert levels.min() > 0.5 * levels.max()


def test_at_its_own_pace_it_is_what_it_was_and_events_keep_their_place() -> None:
    sound = voice(1.0)
    assert hurried(sound, 1.0, RATE) is sound
    sound = np.concatenate([np.zeros(RATE, np.float32), voice(1.0)])
    onset = int(np.flatnonzero(np.abs(hurried(sound, 1.25, RATE)) > 0.05)[0]) / RATE
    assert onset == pytest.approx(1 / 1.25, abs=0.03)
    assert len(hurried(voice(0.02), 1.5, RATE)) > 0
