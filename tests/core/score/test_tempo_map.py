"""Time to beats and back is exact."""

from __future__ import annotations

from fractions import Fraction
from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st

from talkies.core.score.tempo_map import TempoMap

STEPS = st.lists(st.tuples(st.fractions(Fraction(1, 30), 20), st.integers(1, 60)), min_size=1, max_size=12)


def made(steps: list[tuple[Fraction, int]]) -> TempoMap:
    times = accumulate((seconds for seconds, _ in steps), initial=Fraction(0))
    beats = accumulate((Fraction(eighths, 2) for _, eighths in steps), initial=Fraction(0))
    return TempoMap(tuple(zip(times, beats, strict=True)))


@given(STEPS, st.fractions(0, 500))
def test_there_and_back_is_the_same_place(steps: list[tuple[Fraction, int]], place: Fraction) -> None:
    tempo_map = made(steps)
    assert tempo_map.time_at(tempo_map.beat_at(place)) == place
    assert tempo_map.beat_at(tempo_map.time_at(place)) == place


@given(STEPS)
def test_knots_are_where_they_were_put(steps: list[tuple[Fraction, int]]) -> None:
    tempo_map = made(steps)
    assert [tempo_map.beat_at(time) for time, _ in tempo_map.knots] == [beat for _, beat in tempo_map.knots]
    assert sum(span.seconds for span in tempo_map.spans) == tempo_map.knots[-1][0]


def test_a_minute_at_ninety_then_one_at_sixty() -> None:
    tempo_map = TempoMap(((Fraction(0), Fraction(0)), (Fraction(60), Fraction(90)), (Fraction(120), Fraction(150))))
    assert tempo_map.time_at(Fraction(45)) == 30
    assert tempo_map.beat_at(Fraction(61)) == 91
    assert tempo_map.beat_at(Fraction(121)) == 151, "the last tempo goes on"
    assert [span.tempo for span in tempo_map.spans] == [90, 60]
    assert tempo_map.tempo_at(Fraction(90)) == 60


def test_the_median_is_by_time() -> None:
    """Three short fast spans weigh less than one long slow one."""
    fast = tuple((Fraction(time), Fraction(2 * time)) for time in range(4))
    tempo_map = TempoMap((*fast, (Fraction(30), Fraction(33))))
    assert tempo_map.median_tempo == 60
