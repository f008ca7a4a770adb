"""Ducking: how much lower, when, and where the music is loud."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from talkies.core.media.ducking import SETTLED_S, Ducking, Line
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


def test_the_bands_of_speech_are_lower_still_and_all_is_as_it_was_where_nobody_speaks() -> None:
    """Tones; what one pole and resonances (110, 300, 800 and 2200 Hz, 1.25 of it wide) leave, as circuits."""
    times = np.arange(8 * RATE) / RATE
    ducking = Ducking((Line(TimeRange(Fraction(3), Fraction(5)), 12.0),))
    for hertz in (30, 60, 200, 500, 1000, 2000, 4000, 6000):
        tone = np.sin(2 * np.pi * hertz * times, dtype=np.float64)[None].astype(np.float32)
        whole = next(ducking.applied([tone], 0, RATE))
        assert np.array_equal(whole[:, : 27 * RATE // 10], tone[:, : 27 * RATE // 10])
        assert np.array_equal(whole[:, 57 * RATE // 10 + 1 :], tone[:, 57 * RATE // 10 + 1 :])
        inside = slice(round(3.5 * RATE), round(4.5 * RATE))
        lower = 10 * np.log10(np.square(whole[0, inside]).mean() / np.square(tone[0, inside]).mean())
        assert lower == pytest.approx(-12 - taken_db(hertz, 1), abs=1), hertz


def test_what_speech_is_made_of_is_18_db_lower_and_more_and_a_bass_is_12() -> None:
    inside = slice(round(3.5 * RATE), round(4.5 * RATE))
    ducking = Ducking((Line(TimeRange(Fraction(3), Fraction(5)), 12.0),))
    for hertz, least, most in (
        (30, 11.9, 13),
        *((hertz, 18.0, 28.0) for hertz in (90, 120, 160, *range(200, 4001, 200))),
    ):
        tone = np.sin(2 * np.pi * hertz * np.arange(6 * RATE) / RATE)[None].astype(np.float32)
        made = next(ducking.applied([tone], 0, RATE))[0, inside]
        assert least <= -10 * np.log10(2 * np.square(made).mean()) <= most, hertz


def test_who_asks_for_little_gets_little_of_it() -> None:
    """3 dB: a quarter of what 12 dB take out of the bands, and no more where the music is loud."""
    tone = np.sin(2 * np.pi * 1500 * np.arange(40 * RATE) / RATE)[None].astype(np.float32)
    loud = tone * np.where(np.arange(40 * RATE) < 30 * RATE, 0.2, 0.5).astype(np.float32)
    for music, start in ((tone, 3), (loud, 33)):
        meter = Meter(RATE)
        meter.add(music)
        ducking = Ducking.of((TimeRange(Fraction(start), Fraction(start + 2)),), 3.0, meter)
        inside = slice(round((start + 0.5) * RATE), round((start + 1.5) * RATE))
        made = next(ducking.applied([music], 0, RATE))[0, inside]
        lower = 10 * np.log10(np.square(made).mean() / np.square(music[0, inside]).mean())
        assert lower == pytest.approx(decibels(ducking, start + 1)[0] - taken_db(1500, 0.25), abs=0.5)
    assert decibels(ducking, 34)[0] < -6, "the loud music makes way by more"


def test_a_block_of_no_samples_changes_nothing() -> None:
    sound = np.random.default_rng(0).normal(size=(2, 6 * RATE)).astype(np.float32)
    ducking = Ducking((Line(TimeRange(Fraction(2), Fraction(4)), 12.0),))
    whole = next(ducking.applied([sound], 0, RATE))
    parts = [sound[:, : 3 * RATE], sound[:, :0], sound[:, 3 * RATE :]]
    assert np.array_equal(np.concatenate(list(ducking.applied(parts, 0, RATE)), 1), whole)


def taken_db(hertz: float, share: float) -> float:
    """By how much the bands are lower at a frequency: 10 dB above 800 Hz and four times 8 dB, so much of each."""
    high = 1j * hertz / 800 / (1 + 1j * hertz / 800)
    rings = [1 / (1 + 1j / 1.25 * (hertz / middle - middle / hertz)) for middle in (110, 300, 800, 2200)]
    parts = zip((high, *rings), (10, 8, 8, 8, 8), strict=True)
    left = [1 - (1 - 10 ** (-lower * share / 20)) * part for part, lower in parts]
    return float(-20 * np.log10(np.abs(np.prod(left))))


@pytest.mark.parametrize("hours", [0, 2])
@pytest.mark.parametrize("size", [479, 4800, 100_003])
def test_the_size_of_blocks_changes_no_sample(size: int, hours: int) -> None:
    """Two lines whose stretches join, one that is apart, one that begins before the music does."""
    starts = [(Fraction(1, 10), 1), (Fraction(5, 2), 3), (Fraction(81, 20), 5), (Fraction(9), 10)]
    late, count = 3600 * hours, 12 * RATE
    ducking = Ducking(tuple(Line(TimeRange(late + start, Fraction(late + end)), 12.0) for start, end in starts))
    noise = np.random.default_rng(1).standard_normal((2, count)).astype(np.float32)
    whole = next(ducking.applied([noise], late * RATE, RATE))
    parts = ducking.applied((noise[:, at : at + size] for at in range(0, count, size)), late * RATE, RATE)
    assert np.array_equal(whole, np.concatenate(list(parts), axis=1))
    assert not np.array_equal(whole, noise)


def test_a_clip_that_begins_within_a_line_sounds_as_the_whole_does() -> None:
    """A tenth of a second is enough for the bands to settle, to the 24 bits of a file."""
    ducking = Ducking((Line(TimeRange(Fraction(1), Fraction(5)), 12.0),))
    noise = np.random.default_rng(1).uniform(-0.5, 0.5, (2, 6 * RATE)).astype(np.float32)
    whole = next(ducking.applied([noise], 0, RATE))
    first = 3 * RATE + 17
    part = next(ducking.applied([noise[:, first:]], first, RATE))[:, round(SETTLED_S * RATE) :]
    assert np.abs(part - whole[:, first + round(SETTLED_S * RATE) :]).max() < 2**-24
