"""Windows: they cover everything, none is too long, and no line is cut."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talkies.core.engines.guests.windows import between_lines, cells_of, overlapping
from talkies.core.times import TimeRange


@given(st.integers(1, 4_000_000), st.integers(8_000, 640_000), st.sampled_from([8_000, 22_050, 48_000]))
def test_windows_cover_all_of_a_sound_and_share_a_second(count: int, longest: int, rate: int) -> None:
    if longest < rate:
        longest = rate  # a manifest's window is a second or more
    windows = overlapping(count, longest, rate)
    assert windows[0].start == 0 and windows[-1].stop == count
    assert all(window.count <= longest for window in windows)
    for one, other in pairwise(windows):
        assert one.stop - other.start == min(rate, longest // 4)
        assert other.start * 25 % rate <= 25 / 2 or rate - other.start * 25 % rate <= 25 / 2  # a sample off its cell


def test_a_sound_that_fits_is_one_window() -> None:
    assert [(each.start, each.stop) for each in overlapping(80_000, 80_000, 8_000)] == [(0, 80_000)]
    assert [(each.start, each.stop) for each in overlapping(80_000, None, 8_000)] == [(0, 80_000)]


@pytest.mark.parametrize("longest", [4, 6, 9])
def test_no_line_is_said_in_two_pieces(longest: int) -> None:
    lines = [TimeRange(Fraction(start), Fraction(end)) for start, end in ((1, 3), (2, 4), (5, 6), (9, 12), (13, 15))]
    windows = between_lines(lines, 1_600, longest * 100, 100)
    for line in lines:
        assert any(window.start <= line.start * 100 and line.end * 100 <= window.stop for window in windows)
    assert all(one.stop <= other.start for one, other in pairwise(windows))
    assert all(window.count <= longest * 100 for window in windows)


@pytest.mark.parametrize("gap", [Fraction(0), Fraction(2, 25), Fraction(2, 5)])
def test_lines_with_the_gaps_of_subtitles_are_parted_in_them(gap: Fraction) -> None:
    lines = [TimeRange(Fraction(1, 2), Fraction(5)), TimeRange(5 + gap, Fraction(19, 2))]
    one, other = between_lines(lines, 12_000, 8_000, 1_000)
    middle = 5_000 + 500 * gap
    assert (one.start, other.stop) == (250, 9_750)
    assert 5_000 <= one.stop <= middle <= other.start <= 5_000 + 1_000 * gap


def test_a_line_that_just_fits_is_one_window_and_breathes_less() -> None:
    line = TimeRange(Fraction(2), Fraction(49, 5))
    assert [(each.start, each.stop) for each in between_lines([line], 20_000, 8_000, 1_000)] == [(1_900, 9_900)]
    [whole] = between_lines([TimeRange(Fraction(1), Fraction(10))], 20_000, 8_000, 1_000)
    assert (whole.start, whole.stop) == (1_000, 10_000)  # longer than a window, which is said elsewhere


def test_a_window_that_begins_on_a_cell_has_that_cell_first() -> None:
    for cell in range(1, 2_000):  # as floats, 57 / 25 · 25 is less than 57, and 7 / 25 · 25 more than 7
        assert cells_of(TimeRange(Fraction(cell, 25), Fraction(cell + 7, 25))) == slice(cell, cell + 7)
    assert cells_of(TimeRange(Fraction(1, 10), Fraction(21, 100))) == slice(2, 6)


@pytest.mark.parametrize("rate", [Fraction(1), Fraction(4, 3), Fraction(2), Fraction(5, 2)])
def test_pictures_that_stand_longer_than_a_window_are_no_obstacle(rate: Fraction) -> None:
    windows = overlapping(50_000, 8_000, 8_000, 1 / rate)
    assert windows[0].start == 0 and windows[-1].stop == 50_000
    assert all(0 < window.count <= 8_000 for window in windows)
    assert all(one.start < other.start < one.stop for one, other in pairwise(windows))


@pytest.mark.parametrize("longest_s", [1.0, 1.3, 2.0, 3.0, 4.0, 10.0])
@pytest.mark.parametrize("grid", [Fraction(1, 24), Fraction(1, 2), Fraction(60, 56), Fraction(12, 5)])
def test_no_two_windows_begin_on_the_same_step_of_a_grid(longest_s: float, grid: Fraction) -> None:
    """A bar or a beat may be nearly as long as a window."""
    rate = 1000
    longest = int(longest_s * rate)
    for count in range(longest + 1, 6 * longest, 37):
        windows = overlapping(count, longest, rate, grid)
        assert (windows[0].start, windows[-1].stop) == (0, count)
        assert max(each.count for each in windows) <= longest
        assert all(one.start < other.start < one.stop for one, other in pairwise(windows))
        assert min(each.count for each in windows) > min(rate, longest // 4)
