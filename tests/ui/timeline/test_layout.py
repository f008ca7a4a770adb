"""Time and pixels: round trips, what is visible against looking at every clip, marks, snapping."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from talkies.core.segment import Cue, Timeline
from talkies.core.times import TimeRange
from talkies.ui.timeline.hands.snapping import next_edge, previous_edge, snapped
from talkies.ui.timeline.layout import Scale, Spans, joined, visible, zoom_limits
from talkies.ui.timeline.rows import Row, Rows, word_rows
from talkies.ui.timeline.ticks import ticks

seconds = st.fractions(min_value=0, max_value=40_000, max_denominator=1001)
scales = st.builds(
    Scale, st.fractions(min_value=Fraction(1, 50), max_value=1200, max_denominator=1000), st.integers(0, 10_000_000)
)
ranges = st.lists(
    st.tuples(st.integers(0, 4000), st.integers(1, 400)).map(
        lambda pair: TimeRange(Fraction(pair[0], 25), Fraction(sum(pair), 25))
    ),
    max_size=60,
).map(sorted)


@given(scales, seconds)
def test_pixel_and_time_agree_to_half_a_pixel(scale: Scale, position: Fraction) -> None:
    assert abs(scale.time(scale.x(position)) - position) * scale.pixels_per_second <= Fraction(1, 2)


@given(scales, st.fractions(min_value=Fraction(1, 50), max_value=1200, max_denominator=1000), st.integers(0, 2000))
def test_zoom_keeps_the_time_under_the_pointer(scale: Scale, pace: Fraction, x: int) -> None:
    zoomed = scale.zoomed(pace, x)
    if zoomed.offset:  # else the beginning of the timeline is in the way
        assert abs(zoomed.x(scale.time(x)) - x) <= 1


@example([TimeRange(Fraction(9), Fraction(25))], Scale(Fraction(431, 50), 0), 100, 1)  # ends at 215.5, in floats less
@given(ranges, scales, st.integers(100, 2000), st.integers(1, 9))
def test_what_is_visible_is_found_without_looking_at_all(
    spans: list[TimeRange], scale: Scale, width: int, narrow: int
) -> None:
    scale = scale.scrolled(scale.offset % 3000)
    seen = visible(Spans(spans), scale, 0, width, narrow)
    columns = {index: (scale.x(span.start), scale.x(span.end)) for index, span in enumerate(spans)}
    inside = {index for index, (left, right) in columns.items() if right > 0 and left < width}
    expected = {index for index in inside if columns[index][1] - columns[index][0] >= narrow}
    assert expected <= set(seen.wide.tolist())
    assert [columns[index] for index in seen.wide.tolist()] == list(
        zip(seen.lefts.tolist(), seen.rights.tolist(), strict=True)
    )
    covered = {column for left, right in seen.blocks.tolist() for column in range(left, right)}
    for index in inside - expected:
        left, right = columns[index]
        assert set(range(left, max(right, left + 1))) <= covered


def test_narrow_neighbours_become_one_block() -> None:
    lefts, rights = np.array([0, 2, 4, 9, 9, 20]), np.array([2, 4, 4, 9, 11, 22])
    assert joined(lefts, rights).tolist() == [[0, 5], [9, 11], [20, 22]]


@given(ranges, st.fractions(min_value=0, max_value=180, max_denominator=50))
def test_the_latest_of_those_under_a_point(spans: list[TimeRange], position: Fraction) -> None:
    under = [index for index, span in enumerate(spans) if span.start <= position < span.end]
    assert Spans(spans).at(position) == (under[-1] if under else None)


def test_the_whole_timeline_fits() -> None:
    least, most = zoom_limits(Fraction(20_000), Fraction(25), 1000)
    assert 960 < least * 20_000 < 1000 and most == 48 * 25
    assert zoom_limits(Fraction(1, 25), Fraction(25), 1000) == (most, most)


def test_rows_by_height() -> None:
    row = Row("words", "ST", "", (), Spans([]))
    rows = Rows([row, row])
    assert [rows.at(y) for y in (-1, 0, 29, 30, 33, 62, 63)] == [None, 0, 0, None, 1, 1, None]
    assert list(rows.between(31, 34)) == [0, 1] and list(rows.between(40, 45)) == [1]


def test_words_spoken_at_once_lie_on_lanes_of_their_own_up_to_a_limit() -> None:
    cues = [Cue(TimeRange(Fraction(number), Fraction(number + 2)), str(number)) for number in range(6)]
    rows = word_rows(cues)
    assert [[cue.text for cue in row.items] for row in rows] == [["0", "2", "4"], ["1", "3", "5"]]
    assert [row.name for row in rows] == ["ST", "ST2"]
    heap = word_rows([Cue(TimeRange(Fraction(0), Fraction(9)), str(number)) for number in range(3000)])
    assert len(heap) == 8 and sum(len(row.items) for row in heap) == 3000


def film(rate: Fraction, *, start: Fraction = Fraction(0), drop: bool = False) -> Timeline:
    return Timeline(Path("x"), "x", rate, start, Fraction(7200), (), drop_frame=drop)


@pytest.mark.parametrize(
    ("timeline", "at", "labels"),
    [
        (film(Fraction(25)), Fraction(0), ["00:00:00:00", "00:00:05:00", "00:00:10:00"]),
        (film(Fraction(25), start=Fraction(3600)), Fraction(5), ["01:00:05:00", "01:00:10:00"]),
        (film(Fraction(24000, 1001), start=Fraction(18018, 5)), Fraction(0), ["01:00:00:00", "01:00:05:00"]),
        (film(Fraction(30000, 1001), drop=True), Fraction(59), ["00:01:00;02", "00:01:05;00", "00:01:10;00"]),
        (film(Fraction(30000, 1001), drop=True), Fraction(599), ["00:10:00;00", "00:10:05;00"]),
    ],
)
def test_marks_are_whole_timecodes(timeline: Timeline, at: Fraction, labels: list[str]) -> None:
    scale = Scale(Fraction(30))
    shown = [tick for tick in ticks(timeline, scale.scrolled(scale.x(at)), 500) if tick.label and tick.x >= -2]
    assert [tick.label for tick in shown][: len(labels)] == labels
    for tick in shown:  # each mark lies where its label says
        position = scale.scrolled(scale.x(at)).time(tick.x)
        assert abs(scale.x(position) - scale.x(at) - tick.x) <= 1


def test_close_up_every_frame_has_its_mark() -> None:
    shown = list(ticks(film(Fraction(25)), Scale(Fraction(1200)), 480))
    xs = [tick.x for tick in shown if 0 <= tick.x < 480]
    assert xs == list(range(0, 480, 48))
    assert [tick.label for tick in shown if 0 <= tick.x < 480 and tick.label][:2] == ["00:00:00:00", "00:00:00:05"]


def test_snapping_prefers_what_is_near_and_falls_back_to_frames() -> None:
    scale, rate = Scale(Fraction(100)), Fraction(25)
    edges = (Fraction(1), Fraction(2))
    assert snapped(Fraction(105, 100), scale, rate, edges) == 1
    assert snapped(Fraction(120, 100), scale, rate, edges) == Fraction(30, 25)
    assert snapped(Fraction(1213, 1000), scale, rate, edges) == Fraction(30, 25)
    assert snapped(Fraction(148, 100), scale, rate, edges, [Fraction(3, 2)]) == Fraction(3, 2)
    assert snapped(Fraction(7), scale, rate, ()) == 7


def test_stepping_from_cut_to_cut() -> None:
    edges = (Fraction(0), Fraction(1), Fraction(3))
    assert (next_edge(edges, Fraction(1)), next_edge(edges, Fraction(3))) == (3, None)
    assert (previous_edge(edges, Fraction(1)), previous_edge(edges, Fraction(0))) == (0, None)
