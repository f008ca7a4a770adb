"""Time arithmetic against counting by hand: rates, samples without gaps, timecode with and without dropped labels."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talkies.core.times import (
    TimeRange,
    exact_rate,
    exact_seconds,
    frame_ceil,
    frame_floor,
    latent_count,
    round_half_up,
    timecode,
    to_frame,
    to_sample,
)

RATES = [Fraction(n, d) for n, d in [(24000, 1001), (30000, 1001), (60000, 1001), (48000, 1001), (120000, 1001)]]
RATES += [Fraction(rate) for rate in (16, 18, 20, 24, 25, 30, 48, 50, 60, 120)] + [Fraction(25, 2)]
seconds = st.fractions(min_value=-1000, max_value=100_000, max_denominator=120_000)


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("digits", [2, 3, 6, 12])
def test_decimal_rates_stand_for_exact_ones(rate: Fraction, digits: int) -> None:
    assert exact_rate(round(float(rate), digits)) == rate
    assert exact_rate(rate) is rate


def test_rates_that_are_no_one_s_convention_stay_what_they_are() -> None:
    assert exact_rate(15.984) == Fraction(15.984).limit_denominator(1001)
    assert exact_rate(14.9) == Fraction(149, 10)
    assert exact_rate(16.67) == Fraction(1667, 100)
    assert exact_rate(1) == 1


@pytest.mark.parametrize("rate", RATES)
@given(frame=st.integers(-(10**7), 10**7))
def test_frames_survive_seconds(rate: Fraction, frame: int) -> None:
    assert to_frame(exact_seconds(float(frame), float(rate)), rate) == frame
    assert exact_seconds(float(frame), float(rate)) * rate == frame


@given(seconds, seconds, seconds)
def test_neighbours_share_their_edge(one: Fraction, two: Fraction, three: Fraction) -> None:
    first, middle, last = sorted((one, two, three))
    start, count = TimeRange(first, middle).samples(48000)
    following, rest = TimeRange(middle, last).samples(48000)
    assert start + count == following
    assert TimeRange(first, last).samples(48000) == (start, count + rest)


@given(seconds, st.sampled_from([8000, 16000, 44100, 48000]))
def test_a_sample_is_the_nearest(position: Fraction, sample_rate: int) -> None:
    distance = position * sample_rate - to_sample(position, sample_rate)
    assert Fraction(-1, 2) <= distance < Fraction(1, 2)


@pytest.mark.parametrize(
    ("value", "expected"), [("1/2", 1), ("-1/2", 0), ("3/2", 2), ("5/2", 3), ("-3/2", -1), ("0", 0)]
)
def test_halves_go_upwards(value: str, expected: int) -> None:
    assert round_half_up(Fraction(value)) == expected


@given(st.fractions(min_value=0, max_value=10**4))
def test_latents_cover_a_duration(duration: Fraction) -> None:
    count = latent_count(duration)
    assert (count - 1) / Fraction(25) < duration <= count / Fraction(25)


@given(seconds, seconds, seconds, seconds)
def test_overlap_is_what_both_cover(a: Fraction, b: Fraction, c: Fraction, d: Fraction) -> None:
    one, other = TimeRange(*sorted((a, b))), TimeRange(*sorted((c, d)))
    shared = one.overlap(other)
    assert shared == other.overlap(one)
    assert (shared is None) == (min(one.end, other.end) <= max(one.start, other.start))
    assert one.shifted(c).duration == one.duration


def counted(frames: int, nominal: int, drop: int) -> str:
    """Labels by counting, as the standard words it: skip the first labels of each minute but every tenth."""
    label = 0
    for _ in range(frames):
        label += 1
        if label % (60 * nominal) == 0 and label // (60 * nominal) % 10:
            label += drop
    whole, rest = divmod(label, nominal)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}{';' if drop else ':'}{rest:02}"


@pytest.mark.parametrize(("rate", "drop"), [(RATES[1], 2), (RATES[2], 4), (RATES[1], 0), (Fraction(18), 0)])
def test_timecode_is_what_counting_gives(rate: Fraction, drop: int) -> None:
    nominal = round_half_up(rate)
    minute = nominal * 60
    for frame in [
        0,
        1,
        nominal,
        minute - 1,
        minute,
        minute + 1,
        2 * minute - drop,
        9 * minute,
        10 * minute,
        11 * minute,
    ]:
        assert timecode(frame / rate, rate, bool(drop)) == counted(frame, nominal, drop), frame


@pytest.mark.parametrize(
    ("frame", "expected"),
    [
        (1799, "00:00:59;29"),
        (1800, "00:01:00;02"),
        (17981, "00:09:59;29"),
        (17982, "00:10:00;00"),
        (107892, "01:00:00;00"),
        (2589407, "23:59:59;29"),
        (2589408, "00:00:00;00"),
    ],
)
def test_drop_frame_labels_of_the_standard(frame: int, expected: str) -> None:
    assert timecode(frame / RATES[1], RATES[1], drop_frame=True) == expected


def test_negative_and_late_timecode() -> None:
    assert timecode(Fraction(-1, 25), Fraction(25)) == "-00:00:00:01"
    assert timecode(Fraction(90000), Fraction(16)) == "01:00:00:00"
    assert timecode(Fraction(3600 * 24) / RATES[0], RATES[0]) == "01:00:00:00"


@given(seconds, st.sampled_from(RATES))
def test_every_position_lies_between_two_frames(position: Fraction, rate: Fraction) -> None:
    below, above = frame_floor(position, rate), frame_ceil(position, rate)
    assert below <= position <= above
    assert (below * rate).denominator == (above * rate).denominator == 1
    assert above - below == (0 if below == position else 1 / rate)
