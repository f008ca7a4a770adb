"""Shifts: pitch, formants and melody move by what was asked, and nothing moves in time."""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np
import pytest
from scipy.signal import lfilter

from talkies.core.conditioning.speech.voice import measure
from talkies.core.corpus.recordings import SPEECH_RMS, speech_level
from talkies.core.training.preparing.voice_shifts import Shift, put_together, random_shift, take_apart

needs_world = pytest.mark.skipif(find_spec("pyworld") is None, reason="pyworld is not installed (talkies[train])")
RATE = 48_000
FORMANT_HZ = 1500.0


def vowel(first_hz: float = 170, then_hz: float = 170) -> np.ndarray:
    """2 s of pulses, their pitch changing at 1 s, through one resonance; silent before 0.5 s and after 1.5 s."""
    times = np.arange(2 * RATE) / RATE
    phase = np.cumsum(np.where(times < 1, first_hz, then_hz) / RATE)
    pulses = np.diff(np.floor(phase), prepend=0.0)
    radius, angle = np.exp(-np.pi * 120 / RATE), 2 * np.pi * FORMANT_HZ / RATE
    sound = lfilter([1], [1, -2 * radius * np.cos(angle), radius**2], pulses)
    sound = sound / np.abs(sound).max() * ((times > 0.5) & (times < 1.5))
    return np.asarray(0.3 * sound + np.random.default_rng(0).normal(0, 1e-4, len(sound)), np.float32)


def formant_hz(sound: np.ndarray) -> float:
    """Where the spectrum between 800 and 3000 Hz has its centre, 0.6 to 1.4 s."""
    power = np.abs(np.fft.rfft(sound[round(0.6 * RATE) : round(1.4 * RATE)])) ** 2
    frequencies = np.fft.rfftfreq(round(1.4 * RATE) - round(0.6 * RATE), 1 / RATE)
    near = (frequencies > 800) & (frequencies < 3000)
    return float((frequencies[near] * power[near]).sum() / power[near].sum())


@needs_world
@pytest.mark.parametrize("factor", [0.55, 1.6])
def test_the_pitch_moves_by_its_factor(factor: float) -> None:
    sound = vowel()
    moved = put_together(take_apart(sound), Shift(pitch=factor))
    assert 2 ** (measure(moved)[60] - measure(sound)[60]) == pytest.approx(factor, rel=0.04)


@needs_world
@pytest.mark.parametrize("factor", [0.85, 1.18])
def test_formants_move_by_their_factor_and_the_pitch_stays(factor: float) -> None:
    sound = vowel()
    moved = put_together(take_apart(sound), Shift(formants=factor))
    assert formant_hz(moved) / formant_hz(sound) == pytest.approx(factor, rel=0.06)
    assert measure(moved)[60] == pytest.approx(measure(sound)[60], abs=0.05)


@needs_world
def test_melody_stretches_the_pitch_about_its_middle() -> None:
    parts = take_apart(vowel(150, 200))
    moved = take_apart(put_together(parts, Shift(melody=1.5))).pitch
    interval = np.log2(np.median(moved[220:280]) / np.median(moved[120:180]))
    assert interval == pytest.approx(1.5 * np.log2(200 / 150), abs=0.05)


@needs_world
def test_nothing_moves_in_time_and_the_level_is_that_of_the_corpus() -> None:
    sound = vowel()
    moved = put_together(take_apart(sound), Shift(0.6, 0.86))
    assert moved.shape == sound.shape and moved.dtype == np.float32
    heard = np.flatnonzero(np.abs(moved) > 0.1 * np.abs(moved).max()) / RATE
    assert heard[0] == pytest.approx(0.5, abs=0.03)
    assert heard[-1] == pytest.approx(1.5, abs=0.03)
    assert speech_level(moved) == pytest.approx(SPEECH_RMS, rel=0.05)


@needs_world
def test_silence_stays_silence() -> None:
    assert np.abs(put_together(take_apart(np.zeros(RATE, np.float32)), Shift(0.6))).max() < 1e-3


def test_random_shifts_cover_the_space_and_keep_pitch_and_throat_together() -> None:
    rng = np.random.default_rng(0)
    shifts = [random_shift(rng) for _ in range(500)]
    pitch, formants = (np.array([getattr(s, name) for s in shifts]) for name in ("pitch", "formants"))
    assert 0.55 <= pitch.min() < 0.6 and 1.5 < pitch.max() <= 1.6
    assert formants.min() >= 0.82 and formants.max() <= 1.2
    assert np.corrcoef(np.log(pitch), formants)[0, 1] > 0.6
