"""Footsteps from tracks of body points that the test makes: the times at which feet land are known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from talkies.core.sight.steps import ANKLES, HEELS, HIPS, TOES, Track, leg_length, steps_of

RATE = 25.0
LEG = 0.3


def walking(landings: tuple[float, ...], duration: float, rate: float = RATE, stride: float = 0.25) -> Track:
    """Somebody who walks to the right; feet land in turns at ``landings``, each after a swing of 0.4 s."""
    times = np.arange(0, duration, 1 / rate)
    feet = np.stack([_foot(times, landings[side::2], 0.1 + side * stride / 2, stride) for side in (0, 1)], axis=1)
    points = np.zeros((len(times), 33, 2))
    for part in (ANKLES, HEELS, TOES):
        points[:, part, 0], points[:, part, 1] = feet, 0.9
    points[:, HIPS, 0], points[:, HIPS, 1] = feet, 0.9 - LEG
    return Track(times, points, np.ones((len(times), 33)))


def _foot(times: NDArray[Any], landings: tuple[float, ...], start: float, stride: float) -> NDArray[Any]:
    return start + sum((stride * np.clip((times - landing + 0.4) / 0.4, 0, 1) for landing in landings), 0 * times)


@pytest.mark.parametrize("rate", [10.0, 12.5, 25.0])
def test_a_step_is_where_a_foot_lands(rate: float) -> None:
    landings = (1.0, 1.6, 2.2, 2.8)
    found = steps_of(walking(landings, 4.0, rate))
    assert [step.time for step in found] == pytest.approx(landings, abs=1 / rate)
    assert all(0 < step.force <= 1 and step.y == pytest.approx(0.9) for step in found)


def test_legs_are_measured_from_hip_to_ankle() -> None:
    assert leg_length(walking((1.0,), 2.0)) == pytest.approx(LEG)


def test_who_stands_makes_no_step_though_the_points_shake() -> None:
    track = walking((), 4.0)
    shaken = track.points + np.random.default_rng(1).normal(0, 0.002, track.points.shape)
    assert steps_of(Track(track.times, shaken, track.seen)) == []


def test_hands_that_move_are_no_feet() -> None:
    track = walking((), 4.0)
    track.points[:, 15:23, 0] = 0.5 + 0.2 * np.sin(9 * track.times)[:, None]
    assert steps_of(track) == []


def test_feet_that_are_not_seen_make_no_steps() -> None:
    track = walking((1.0, 1.6, 2.2), 4.0)
    track.seen[:, 27:] = 0.1
    assert steps_of(track) == []


def test_left_taken_for_right_is_no_step() -> None:
    track = walking((), 4.0)
    points = track.points.copy()
    for part in (ANKLES, HEELS, TOES):
        points[30:60, part] = track.points[30:60, part[::-1]]
    assert steps_of(Track(track.times, points, track.seen)) == []


def test_a_foot_that_comes_back_to_its_place_makes_no_step() -> None:
    track = walking((), 4.0)
    for part in (ANKLES, HEELS, TOES):
        track.points[25:35, part[0], 1] -= 0.5 * LEG * np.sin(np.linspace(0, np.pi, 10))
    assert steps_of(track) == []


def test_who_is_seen_for_a_moment_makes_no_step() -> None:
    assert steps_of(walking((0.45,), 0.68)) == []
    assert len(steps_of(walking((0.45,), 1.0))) == 1


def test_one_frame_that_leaps_is_no_step() -> None:
    track = walking((1.0, 1.6), 4.0)
    track.points[70, 27:, 0] += LEG
    assert [step.time for step in steps_of(track)] == pytest.approx((1.0, 1.6), abs=1 / RATE)


def test_a_faster_foot_lands_harder() -> None:
    slow, fast = (steps_of(walking((1.0,), 2.0, stride=stride))[0].force for stride in (0.15, 0.4))
    assert slow < fast
