"""Ducking: how much lower, when, and where the music is loud."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from talkies.core.media.ducking import Ducking, Line
from talkies.core.media.loudness import Meter
from talkies.core.times import TimeRange

RATE = 48_000


def decibels(ducking: Ducking, *seconds: float) -> list[float]:
    return [-float(ducking.lower_db(round(second * RATE), 1, RATE)[0][0]) for second in seconds]


def test_it_is_down_before_a_line_and_back_after_it() -> None:
    ducking = Ducking((Line(TimeRange(Fraction(2), Fraction(4)), 12.0),))
    assert decibels(ducking, 1.69, 1.85, 2, 3, 4, 4.35, 4.71) == pytest.approx([0, -6, -12, -12, -12, -6, 0], abs=0.01)


def test_lines_without_room_between_them_are_one_as_low_as_the_lower() -> None:
    lines = Line(TimeRange(Fraction(2), Fraction(3)), 10.0), Line(TimeRange(Fraction(7, 2), Fraction(5)), 14.0)
    assert decibels(Ducking(lines), 2.5, 3.25, 4) == pytest.approx([-14] * 3, abs=0.01)
    apart = Line(TimeRange(Fraction(8), Fraction(9)), 10.0)
    assert decibels(Ducking((*lines, apart)), 6.5, 8.5) == pytest.approx([0, -10], abs=0.01)


def test_where_the_music_is_loud_it_makes_way_by_that_much_more() -> None:
    """A tone that is 6 dB louder from 20 s on; its mean, by power, is 2.46 dB below the louder half."""
    meter, times = Meter(RATE), np.arange(40 * RATE) / RATE
    meter.add((np.sin(2 * np.pi * 1000 * times) * np.where(times < 20, 0.05, 0.1))[None].astype(np.float32))
    soft, loud = (TimeRange(Fraction(start), Fraction(start + 4)) for start in (5, 30))
    mean_below = 10 * np.log10(2 / (1 + 10**-0.6))
    assert decibels(Ducking.of((soft, loud), 12.0, meter), 7, 32) == pytest.approx([-12, -12 - mean_below], abs=0.05)
    assert decibels(Ducking.of((soft, loud), 0.0, meter), 7, 32) == [0, 0]


def test_what_is_high_is_lower_still_and_all_is_as_it_was_where_nobody_speaks() -> None:
    """Tones of 60 Hz and 6 kHz, 7.5 times the pole's frequency; any blocks give the same samples."""
    high = -12 + 20 * np.log10(abs((1 + 10**-0.5 * 7.5j) / (1 + 7.5j)))
    times = np.arange(8 * RATE) / RATE
    ducking = Ducking((Line(TimeRange(Fraction(3), Fraction(5)), 12.0),))
    for hertz, expected in ((60, -12), (6000, high)):
        tone = np.sin(2 * np.pi * hertz * times, dtype=np.float64)[None].astype(np.float32)
        whole = next(ducking.applied([tone], 0, RATE))
        parts = np.concatenate(list(ducking.applied(np.split(tone, [1000, 170_001], axis=1), 0, RATE)), axis=1)
        assert np.array_equal(whole, parts)
        assert np.array_equal(whole[:, : 27 * RATE // 10], tone[:, : 27 * RATE // 10])
        assert np.array_equal(whole[:, 57 * RATE // 10 + 1 :], tone[:, 57 * RATE // 10 + 1 :])
        inside = slice(round(3.5 * RATE), round(4.5 * RATE))
        lower = 10 * np.log10(np.square(whole[0, inside]).mean() / np.square(tone[0, inside]).mean())
        assert lower == pytest.approx(expected, abs=1)
