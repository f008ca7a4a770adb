"""Footsteps as spots; the networks themselves only where they were pulled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from talkies.core.media.picture import Frame
from talkies.core.segment import Segment
from talkies.core.sight.files import what_is_missing
from talkies.core.sight.seen import seen_spots, spots_of_tracks
from talkies.core.sight.steps import Track
from talkies.core.times import TimeRange

SHOT = Segment(
    "V1-003", "clip", "V1", TimeRange(Fraction(10), Fraction(14)), TimeRange(Fraction(2), Fraction(6)), Fraction(25)
)


def stepping(width: float = 16 / 9) -> Track:
    """One foot that lands at 1 s, in a picture so wide."""
    times = np.arange(0, 3, 0.04)
    points = np.zeros((len(times), 33, 2))
    points[:, 23:25, 1], points[:, 27:33, 1] = 0.5, 0.8
    points[:, (27, 29, 31), 0] = (0.8 * np.clip((times - 0.6) / 0.4, 0, 1))[:, None]
    return Track(times, points, np.ones((len(times), 33)), width)


def test_a_step_becomes_a_hit_in_media_time_at_the_foot() -> None:
    (spot,) = spots_of_tracks(SHOT, [stepping()])
    assert float(spot.time) == pytest.approx(3.0, abs=0.04)
    assert (spot.kind, spot.words, spot.shot, spot.until) == ("hit", "footsteps", "V1-003", spot.time)
    assert (spot.x, spot.y) == (pytest.approx(0.45), pytest.approx(0.8))


def test_the_ground_is_said_only_when_asked() -> None:
    (spot,) = spots_of_tracks(SHOT, [stepping()], "wood")
    assert spot.words == "footsteps wood"


def test_media_time_goes_through_a_retime() -> None:
    slow = replace(SHOT, source=TimeRange(Fraction(2), Fraction(4)), speed=Fraction(1, 2))
    (spot,) = spots_of_tracks(slow, [stepping(1.0)])
    assert float(spot.time) == pytest.approx(2.5, abs=0.04)


@pytest.mark.skipif(bool(what_is_missing()), reason="the networks of sight are not installed here")
def test_nobody_in_an_empty_room_steps() -> None:
    def room() -> Iterator[Frame]:
        noise = np.random.default_rng(1)
        for number in range(10):
            yield Frame(Fraction(number, 10), noise.integers(90, 110, (432, 768, 3), np.uint8))

    assert seen_spots(SHOT, room()) == []
