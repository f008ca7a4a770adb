"""What moves beside the mouth: how often, how long, how far."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from talkies.core.arrays import Floats
from talkies.core.portrait.hearing import RATE, Heard
from talkies.core.portrait.performance import frames_of, performance
from talkies.core.portrait.prosody import bearing

MINUTES = 10


def speech(seconds: int) -> Heard:
    """Phrases of three seconds with pauses of one, a melody that peaks once a phrase."""
    time = np.arange(seconds * RATE + 1) / RATE
    level = np.where(time % 4 < 3, 0.9, 0.0)
    pitch = np.where(level > 0, 0.4 * np.exp(-(((time % 4 - 1.5) / 0.2) ** 2)), 0.0)
    nothing = np.zeros(len(time))
    return Heard(level, pitch, (level > 0).astype(float), nothing, nothing, Fraction(seconds))


@pytest.fixture(scope="module", params=[0, 1, 2])
def seed(request: pytest.FixtureRequest) -> int:
    return int(request.param)


def runs(track: Floats) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff((track > 0.02).astype(int), prepend=0, append=0))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def test_blinks_are_as_often_and_as_long_as_people_blink(seed: int) -> None:
    blinks = runs(bearing(speech(60 * MINUTES), seed).lids)
    assert 10 <= len(blinks) / MINUTES <= 25
    assert all(100 <= 1000 * (end - start) / RATE <= 250 for start, end in blinks)


def test_blinks_prefer_pauses(seed: int) -> None:
    blinks = runs(bearing(speech(60 * MINUTES), seed).lids)
    in_pause = [2.8 < start / RATE % 4 < 3.4 for start, _ in blinks]
    assert np.mean(in_pause) > 0.3  # by chance 0.15


def test_the_head_sways_but_never_far(seed: int) -> None:
    moved = bearing(speech(60), seed)
    for track in (moved.yaw, moved.pitch, moved.roll):
        assert 0.2 < np.degrees(np.abs(track)).max() <= 3.0
    assert np.abs(np.diff(np.degrees(moved.roll))).max() * RATE < 6  # degrees per second


def test_sway_has_more_of_slow_waves_than_of_fast_ones(seed: int) -> None:
    track = bearing(speech(600), seed).roll
    power = np.abs(np.fft.rfft(track - track.mean())) ** 2
    hertz = np.fft.rfftfreq(len(track), 1 / RATE)
    bands = [power[(hertz >= low) & (hertz < 2 * low)].sum() for low in (0.06, 0.12, 0.4)]
    assert bands[0] > bands[1] > bands[2]


def test_brows_rise_with_the_melody(seed: int) -> None:
    brows = bearing(speech(40), seed).brows
    assert [brows[round((4 * phrase + 1.5) * RATE)] > 0.5 for phrase in range(1, 9)] == [True] * 8
    assert max(brows[round((4 * phrase + 3.5) * RATE)] for phrase in range(1, 9)) < 0.1


def test_the_same_seed_is_the_same_and_another_is_not() -> None:
    one, same, other = (bearing(speech(20), each) for each in (1, 1, 2))
    assert np.array_equal(one.lids, same.lids) and np.array_equal(one.yaw, same.yaw)
    assert not np.array_equal(one.lids, other.lids)


@pytest.mark.parametrize(
    ("duration", "rate", "frames"),
    [
        (Fraction(4), Fraction(25), 100),
        (Fraction(4) + Fraction(1, 48_000), Fraction(25), 101),
        (Fraction(10), Fraction(24_000, 1001), 240),
        (Fraction(1, 48_000), Fraction(25), 1),
    ],
)
def test_frames_cover_the_sound(duration: Fraction, rate: Fraction, frames: int) -> None:
    assert frames_of(duration, rate) == frames


def test_one_expression_for_each_frame() -> None:
    acted = performance(speech(4), [], Fraction(24_000, 1001))
    assert len(acted) == 96
    assert acted[0].opening == pytest.approx(acted.rows[0, 0])
    with pytest.raises(IndexError):
        acted[96]
