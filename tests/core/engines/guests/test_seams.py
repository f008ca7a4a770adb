"""Seams: neither a step in level nor a blow that is heard twice, and the power of what goes on stays."""

from __future__ import annotations

import numpy as np
import pytest

from talkies.core.engines.guests.seams import joined, seam

RATE = 8_000


def level_db(sound: np.ndarray) -> float:
    return float(10 * np.log10(np.mean(np.asarray(sound, float) ** 2)))


def test_a_sum_that_is_apart_has_silence_between() -> None:
    one, other = np.full(10, 0.5, np.float32), np.full(5, 0.25, np.float32)
    sound = np.concatenate(list(joined([(2, one), (20, other)], 30, RATE)))
    assert np.array_equal(sound, np.concatenate([np.zeros(2), one, np.zeros(8), other, np.zeros(5)]))


@pytest.mark.parametrize("alike", [True, False])
def test_the_power_of_what_goes_on_stays_whether_or_not_it_is_the_same(alike: bool) -> None:
    old, other = np.random.default_rng(3).normal(0, 0.1, (2, RATE)).astype(np.float32)
    new = old if alike else other
    sound = seam(old, new, RATE)
    assert len(sound) == RATE
    for start in range(0, RATE, RATE // 20):  # 50 ms each
        assert abs(level_db(sound[start : start + RATE // 20]) + 20) < 1.5
    assert not alike or np.allclose(sound, old, atol=1e-6)


def test_windows_that_were_normalised_apart_leave_no_step() -> None:
    rng, second = np.random.default_rng(5), RATE
    parts = []
    for index, level in enumerate((0.05, 0.12, 0.04, 0.1)):  # up to 9.5 dB apart
        parts.append((index * 7 * second, rng.normal(0, level, 8 * second).astype(np.float32)))
    sound = np.concatenate(list(joined(parts, 29 * second, RATE)))
    for index in (1, 2, 3):
        middle = index * 7 * second + second // 2
        for shift in range(-second, second, second // 8):  # around the seam, half a second beside half a second
            at = middle + shift
            step = level_db(sound[at : at + second // 2]) - level_db(sound[at - second // 2 : at])
            assert abs(step) <= 1.5


@pytest.mark.parametrize("late_ms", [0, 20, 45])
@pytest.mark.parametrize("at", [0.2, 0.45, 0.5, 0.55, 0.8])
def test_a_blow_that_both_windows_have_is_heard_once(at: float, late_ms: int) -> None:
    """The second window has it a little later, as a model does that sees it anew."""
    ring = np.exp(-np.arange(RATE // 10) / (0.01 * RATE)).astype(np.float32)
    old, new = np.zeros((2, RATE), np.float32)
    first, second = round(at * RATE), round((at + late_ms / 1000) * RATE)
    old[first : first + len(ring)] += ring[: RATE - first]
    new[second : second + len(ring)] += ring[: RATE - second]
    sound = seam(old, new, RATE)
    begins = np.flatnonzero((sound[1:] > 0.5) & (sound[:-1] < 0.25)) + 1
    assert begins.tolist() in ([first], [second])
