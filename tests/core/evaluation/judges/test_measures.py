"""Ranks, envelopes, and the plain ball: what is known beforehand."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from talkies.core.evaluation.judges.bouncing import BALLS, HEIGHT, Ball
from talkies.core.evaluation.judges.effects import never_named
from talkies.core.evaluation.judges.envelopes import apart_db, decays, distance_figures, envelopes, modulation
from talkies.core.evaluation.judges.likeness import rank_of_own

RATE = 48_000


def test_the_rank_of_the_own_sample() -> None:
    offered = [np.array(vector, np.float32) for vector in ((1, 0), (0, 1), (0.8, 0.6), (1, 0))]
    said = np.array((1, 0), np.float32)
    assert [rank_of_own(said, own, offered) for own in range(4)] == [2, 4, 3, 2]  # who is as near comes first


def burst(decay_s: float, seed: int = 0, rate_hz: float = 1.0) -> np.ndarray:
    """Noise struck so often a second, which falls by 8.7 dB every ``decay_s``."""
    time = np.arange(4 * RATE) / RATE
    shape = np.exp(-(time % (1 / rate_hz)) / decay_s)
    return (0.3 * shape * np.random.default_rng(seed).normal(size=len(time))).astype(np.float32)


def test_a_sound_is_no_distance_from_itself_at_any_level() -> None:
    sound = burst(0.1)
    assert apart_db(sound, sound) == 0.0
    assert apart_db(sound, (0.25 * sound).astype(np.float32)) == pytest.approx(0.0, abs=0.05)
    assert apart_db(sound, burst(0.4)) > 5.0


@pytest.mark.parametrize("decay_s", [0.05, 0.1, 0.2])
def test_decay_times_are_those_of_an_exponential(decay_s: float) -> None:
    fall = decay_s * np.log(10)  # seconds for 20 dB
    np.testing.assert_allclose(decays(envelopes(burst(decay_s)))[1:], np.log2(fall), atol=0.35)


def test_modulation_finds_the_rate_of_strokes() -> None:
    octaves = modulation(envelopes(burst(0.02, rate_hz=6.0))).reshape(4, 6)
    assert (octaves.argmax(1) == 3).all()  # 4 to 8 Hz


def test_distance_relative_to_recordings() -> None:
    recordings = [burst(0.1, seed) for seed in range(4)]
    same = distance_figures([burst(0.1, seed) for seed in range(4, 8)], recordings)
    other = distance_figures([burst(0.6, seed, 3.0) for seed in range(4, 8)], recordings)
    assert same["mean"] == pytest.approx(1.0, abs=0.3)
    assert other["mean"] is not None
    assert other["mean"] > 2.0
    assert distance_figures([], recordings)["mean"] is None


def test_classes_that_only_recordings_are_named_in() -> None:
    rates = {"rain": (0.8, 0.0), "dog": (0.5, 0.0), "sea": (0.9, 0.1)}
    by_class: dict[str, dict[str, float | None]] = {
        name: {"natural": natural, "generated": ours} for name, (natural, ours) in rates.items()
    }
    assert never_named(by_class) == ["rain"]


@pytest.mark.parametrize("ball", BALLS)
def test_a_ball_touches_the_ground_at_its_bounces_and_nowhere_else(ball: Ball) -> None:
    bounces = ball.bounces()
    assert len(bounces) >= 8
    assert all(ball.altitude(time) == pytest.approx(0.0, abs=1e-6) for time in bounces)
    middles = [(one + other) / 2 for one, other in itertools.pairwise(bounces)]
    heights = [ball.altitude(time) for time in middles]
    assert heights == sorted(heights, reverse=True)
    assert min(heights) > 1.0
    # free fall: from the apex, height goes with the square of half the flight
    flights = np.diff(bounces)
    np.testing.assert_allclose(np.array(heights) / flights**2, ball.height / (4 * ball.fall_s**2), rtol=1e-9)
    assert ball.height + 2 * ball.radius + 24 < HEIGHT


def test_the_ball_is_drawn_where_it_is() -> None:
    ball = BALLS[1]  # white on dark
    frames = list(ball.frames())
    number = round(float(ball.bounces()[0]) * 25)
    rows = np.flatnonzero(np.any(np.min(frames[number], axis=2) > 200, axis=1))
    assert abs(int(rows.max()) - (HEIGHT - 24 - ball.altitude(number / 25))) <= 1.5
    assert rows.max() - rows.min() == pytest.approx(2 * ball.radius, abs=2)
