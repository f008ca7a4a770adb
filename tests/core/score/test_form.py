"""Sections without gaps, bars that add up, phrases of four and eight that close."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from score_facts import film

from talkies.core.score import Asked, Hit, Key, Scene
from talkies.core.score.composed import Meter
from talkies.core.score.form import bars_of, movements, phrases_of
from talkies.core.times import TimeRange

METERS = [Meter(4, 4), Meter(3, 4), Meter(2, 4), Meter(6, 8)]


@given(st.sampled_from(METERS), st.integers(1, 400), st.integers(0, 50))
def test_bars_add_up_to_any_number_of_eighths(meter: Meter, eighths: int, first: int) -> None:
    start = Fraction(first, 2)
    bars = bars_of(start, start + Fraction(eighths, 2), meter)
    assert bars[0].start == start
    assert all(one.end == two.start for one, two in pairwise(bars))
    assert bars[-1].end == start + Fraction(eighths, 2)
    others = [bar.meter for bar in bars if bar.meter != meter]
    assert len(others) <= 2
    if eighths >= 8:
        assert all(other.beats > 1 and not other.is_compound for other in others), "nothing to stumble over"


@pytest.mark.parametrize(
    ("count", "sizes"), [(16, [4, 4, 4, 4]), (13, [4, 4, 5]), (14, [4, 4, 4, 2]), (3, [3]), (1, [1])]
)
def test_phrases_are_fours(count: int, sizes: list[int]) -> None:
    meter = Meter(4, 4)
    phrases = phrases_of(bars_of(Fraction(0), meter.beats * count, meter), meter, held=False, is_last=False)
    assert [len(phrase.bars) for phrase in phrases] == sizes
    assert phrases[-1].ending == "close"


def test_short_bars_go_in_eights_that_ask_and_answer() -> None:
    meter = Meter(2, 4)
    phrases = phrases_of(bars_of(Fraction(0), Fraction(64), meter), meter, held=False, is_last=False)
    assert [(len(phrase.bars), phrase.ending) for phrase in phrases] == [
        (8, "open"), (8, "close"), (8, "away"), (8, "close"),
    ]  # fmt: skip


def test_before_the_last_chord_is_its_dominant() -> None:
    meter = Meter(3, 4)
    phrases = phrases_of(bars_of(Fraction(0), Fraction(36), meter), meter, held=False, is_last=True)
    assert phrases[-1].ending == "open"


def test_sections_fill_the_film_whatever_the_scenes() -> None:
    """Overlapping, too short, beyond the end: nothing is left out, nothing is twice."""
    spans = [(1, 30), (20, 41), (41, 42), (60, 80), (82, 500)]
    scenes = [Scene(TimeRange(Fraction(start), Fraction(end)), "storm") for start, end in spans]
    hits = film(120)
    found = movements(hits, scenes, Asked())
    assert found[0].span.start == 0
    assert found[-1].span.end == hits[-1].time
    assert all(one.span.end == two.span.start for one, two in pairwise(found))
    assert all(each.span.duration >= 4 for each in found)


def test_a_long_scene_is_parted_on_hits_in_related_keys() -> None:
    hits = film(600)
    found = movements(hits, (), Asked(key=Key(2)))
    times = {hit.time for hit in hits}
    assert all(each.span.start in times for each in found)
    assert all(20 <= each.span.duration <= 80 for each in found)
    assert found[0].key == Key(2)
    related = {(2 + step) % 12 for step in (0, 2, 5, 7, 9)}
    assert {each.key.tonic for each in found} <= related


def test_a_film_of_one_hit_is_one_section() -> None:
    found = movements((Hit(Fraction(0)), Hit(Fraction(3))), (), Asked(mood="comic"))
    assert [(each.mood.name, each.span.duration) for each in found] == [("comic", 3)]
