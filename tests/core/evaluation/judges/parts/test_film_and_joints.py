"""Joints that were made to jump are found, smooth ones are not; wear is light and repeatable."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from talkies.core.evaluation.judges.parts.film import LightWear, shared
from talkies.core.evaluation.judges.parts.joints import joint_figures
from talkies.core.evaluation.judges.parts.lips import median_interval
from talkies.core.evaluation.judges.voices import pitch_off
from talkies.core.media.onsets import OnsetCounts
from talkies.core.media.picture import Frame

RATE = 48_000


def noise(seconds: int = 35) -> np.ndarray:
    return (0.1 * np.random.default_rng(0).normal(size=seconds * RATE)).astype(np.float32)


def test_even_noise_has_joints_without_jumps() -> None:
    assert joint_figures(noise()) == {"joints": 3, "jumps": 0, "not_finite": 0}


def test_a_click_a_step_of_level_and_a_missing_number_are_found() -> None:
    sound = noise()
    sound[10 * RATE] = 0.95
    sound[20 * RATE : 25 * RATE] *= 0.1
    sound[5] = np.nan
    assert joint_figures(sound) == {"joints": 3, "jumps": 2, "not_finite": 1}


def test_wear_is_light_and_repeatable() -> None:
    image = np.full((90, 160, 3), 120, np.uint8)
    frames = [Frame(Fraction(number, 25), image) for number in range(4)]
    first, again = ([frame.image for frame in LightWear(1).worn(frames)] for _ in range(2))
    assert all(np.array_equal(one, other) for one, other in zip(first, again, strict=True))
    assert not np.array_equal(first[0], first[1])
    changed = np.abs(np.stack(first).astype(float) - 120)
    assert 2 < changed.mean() < 8


def test_copies_share_what_lies_within_a_tenth_of_a_second() -> None:
    counts = OnsetCounts.of([1.05, 2.0, 3.5], [1.0, 2.0])
    assert shared([counts]) == pytest.approx(2 * 2 / 5)
    assert shared([OnsetCounts.of([], [])]) is None


def test_a_median_without_spread_has_no_interval() -> None:
    assert median_interval([0.02, -0.02, 0.02]) == pytest.approx([20.0, 20.0])
    assert median_interval([]) is None


def test_an_octave_is_twelve_semitones() -> None:
    time = np.arange(RATE) / RATE
    k = np.arange(1, 8)[:, None]
    low, high = ((0.1 * np.sin(2 * np.pi * hertz * k * time) / k).sum(0).astype(np.float32) for hertz in (110.0, 220.0))
    assert pitch_off(low, high) == pytest.approx(12.0, abs=0.2)
