"""Curves, against the same figures worked out on paper."""

from __future__ import annotations

from fractions import Fraction

import pytest

from talkies.core.curves import Curve
from talkies.core.times import TimeRange


def through(*knots: tuple[float, float]) -> Curve:
    curve = Curve.through((Fraction(time), Fraction(media)) for time, media in knots)
    assert curve is not None
    return curve


RAMP = through((0, 10), (2, 12), (6, 14))


@pytest.mark.parametrize(("time", "media"), [(0, 10), (1, 11), (2, 12), (4, 13), (6, 14), (-1, 9), (8, 15)])
def test_media_at_a_time(time: int, media: int) -> None:
    assert RAMP.at(Fraction(time)) == media


def test_pieces_and_the_whole() -> None:
    assert [(piece.time, piece.media, piece.speed) for piece in RAMP.pieces()] == [
        (TimeRange(Fraction(0), Fraction(2)), TimeRange(Fraction(10), Fraction(12)), 1),
        (TimeRange(Fraction(2), Fraction(6)), TimeRange(Fraction(12), Fraction(14)), Fraction(1, 2)),
    ]
    assert (RAMP.media, RAMP.speed) == (TimeRange(Fraction(10), Fraction(14)), Fraction(2, 3))


def test_a_part_begins_and_ends_between_knots() -> None:
    assert RAMP.part(TimeRange(Fraction(1), Fraction(4))).knots == ((1, 11), (2, 12), (4, 13))
    assert RAMP.part(TimeRange(Fraction(3), Fraction(9))).knots == ((3, Fraction(25, 2)), (6, 14), (9, Fraction(31, 2)))


@pytest.mark.parametrize(
    ("span", "kept"),
    [
        ((1, 3), RAMP.knots),
        ((0, 2), RAMP.knots[:2]),
        ((2, 6), RAMP.knots[1:]),
        ((3, 4), RAMP.knots[1:]),
        ((-5, -4), RAMP.knots[:2]),
        ((8, 9), RAMP.knots[1:]),
    ],
)
def test_what_is_around_a_span(span: tuple[int, int], kept: object) -> None:
    near = RAMP.around(TimeRange(Fraction(span[0]), Fraction(span[1])))
    assert near.knots == kept
    for time in (span[0], Fraction(sum(span), 2), span[1]):
        assert near.at(Fraction(time)) == RAMP.at(Fraction(time))


def test_what_is_around_a_span_ends_at_no_jump() -> None:
    """100 s of media, held at 5 from 20 to 30 s; ten seconds on, what is held is still held."""
    held = through((0, 0), (100, 100)).held(TimeRange(Fraction(20), Fraction(30)), Fraction(5))
    before, after = (held.around(TimeRange(Fraction(start), Fraction(end))) for start, end in ((10, 20), (30, 40)))
    assert [before.at(Fraction(time)) for time in (12, 20, 25)] == [12, 5, 5]
    assert [after.at(Fraction(time)) for time in (30, 31, 40)] == [30, 31, 40]


def test_pace_and_reverse() -> None:
    assert RAMP.paced(Fraction(2)).knots == ((0, 10), (1, 12), (3, 14))
    assert RAMP.moved(Fraction(-6)).paced(Fraction(-1)).knots == ((0, 14), (4, 12), (6, 10))


def test_knots_on_a_line_are_one_speed_and_a_hold_is_none() -> None:
    assert through((0, 0), (1, 2), (3, 6)).knots == ((0, 0), (3, 6))
    assert [piece.speed for piece in through((0, 0), (1, 1), (2, 1), (3, 0)).pieces()] == [1, 0, -1]


def test_a_jump_takes_no_time_that_anybody_sees() -> None:
    jump = through((0, 0), (1, 1), (1, 9), (2, 10))
    assert jump.at(Fraction(1) - Fraction(1, 100)) == Fraction(99, 100)
    assert jump.at(Fraction(1) + Fraction(1, 100)) == pytest.approx(9.01, abs=1e-4)


def test_less_than_two_knots_are_no_curve() -> None:
    assert Curve.through([]) is None
    assert Curve.through([(Fraction(1), Fraction(2)), (Fraction(1), Fraction(2))]) is None


@pytest.mark.parametrize(
    ("span", "held", "others"),
    [
        ((1, 3), {1: 7, 2: 7, 2.99: 7}, {-1: 9, 0: 10, 0.5: 10.5, 3: 12.5, 4: 13, 8: 15}),
        ((-9, 1), {-5: 7, 0: 7}, {1: 11, 2: 12, 4: 13}),
        ((5, 9), {5: 7, 8: 7}, {0: 10, 2: 12, 4: 13, 9: 15.5, 11: 16.5}),
        ((1, 99), {1: 7, 50: 7}, {-1: 9, 0: 10}),
    ],
)
def test_a_picture_that_is_held(span: tuple[int, int], held: dict[float, float], others: dict[float, float]) -> None:
    curve = RAMP.held(TimeRange(Fraction(span[0]), Fraction(span[1])), Fraction(7))
    assert {time: curve.at(Fraction(time)) for time in (*held, *others)} == {**held, **others}
    times = [time for time, _ in curve.knots]
    assert times == sorted(set(times))


def test_what_is_held_once_may_be_held_again() -> None:
    """One right after the other, and one over both."""
    once = RAMP.held(TimeRange(Fraction(1), Fraction(2)), Fraction(7))
    twice = once.held(TimeRange(Fraction(2), Fraction(3)), Fraction(8))
    assert [twice.at(Fraction(time)) for time in (0, 1, 1.5, 2, 2.5, 3)] == [10, 7, 7, 8, 8, 12.5]
    over = twice.held(TimeRange(Fraction(1), Fraction(3)), Fraction(9))
    assert [over.at(Fraction(time)) for time in (0, 1, 2, 2.5, 3)] == [10, 9, 9, 9, 12.5]


def test_what_is_held_from_a_jump_on_jumps_there() -> None:
    """To what the curve shows there itself, after something else was held."""
    once = through((0, 0), (10, 10)).held(TimeRange(Fraction(2), Fraction(4)), Fraction(0))
    twice = once.held(TimeRange(Fraction(4), Fraction(6)), Fraction(4))
    assert [twice.at(Fraction(time)) for time in (1, 2, 3, 3.99, 4, 5, 6)] == [1, 0, 0, 0, 4, 4, 6]


def test_what_is_held_from_itself_on_has_no_jump() -> None:
    held = through((0, 0), (10, 10)).held(TimeRange(Fraction(4), Fraction(6)), Fraction(4))
    assert [knot for knot in held.knots if knot[0] <= 4] == [(0, 0), (4, 4)]
