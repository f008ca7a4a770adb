"""Tempo from hits: against every possible grid on small cases, on real cut lists, and beside cuts at random."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import pytest

from talkies.core.score.hits import Hit, hits_of, merged
from talkies.core.score.tempo import Fit, Limits, fit_tempo
from talkies.core.score.tempo_map import TempoMap
from talkies.core.segment import Timeline
from talkies.core.timeline import read_timeline

LONGEST_CUT_LISTS = (
    "speed_effects.edl", "timecode_mismatch.edl", "fcpx_project.fcpxml", "premiere_example.xml",
    "kdenlive_mixes_markers.kdenlive",
)  # fmt: skip
ROUNDED = 1e-9


def grid(hits: Sequence[Hit], fit: Fit) -> TempoMap:
    knots, beat = [(Fraction(0), Fraction(0))], Fraction(0)
    for index, eighths in zip(fit.met[1:], fit.eighths, strict=True):
        beat += Fraction(eighths, 2)
        knots.append((hits[index].time, beat))
    return TempoMap(tuple(knots))


def on_grid(times: Sequence[Fraction], tempo_map: TempoMap, rate: Fraction) -> int:
    """How many lie within a frame of an eighth."""
    found = 0
    for time in times:
        eighth = Fraction(round(tempo_map.beat_at(time) * 2), 2)
        found += abs(tempo_map.time_at(eighth) - time) <= 1 / rate
    return found


def fitted(timeline: Timeline) -> tuple[list[Fraction], TempoMap]:
    """All cuts of a timeline, the last chord where they end, and the grid made for them."""
    hits = hits_of(timeline)
    return [hit.time for hit in hits], grid(hits, fit_tempo(hits, Limits(56, 132, stretch=0.08)))


@pytest.mark.slow
def test_nine_in_ten_cuts_of_real_films_lie_on_eighths(shared_dir: Path) -> None:
    """Beside each list as many cuts at random, which its grid was not made for: about what chance gives."""
    met = wanted = by_chance = 0
    for name in LONGEST_CUT_LISTS:
        timeline = read_timeline(shared_dir / "data/timelines/otio_adapters" / name)
        cuts, tempo_map = fitted(timeline)
        draw = random.Random(name)
        frames = int(cuts[-1] * timeline.rate)
        others = [draw.randint(1, frames) / timeline.rate for _ in cuts]
        wanted += len(cuts)
        met += on_grid(cuts, tempo_map, timeline.rate)
        by_chance += on_grid(others, tempo_map, timeline.rate)
        spans = [float(span.tempo) for span in tempo_map.spans]
        assert all(56 - ROUNDED <= tempo <= 132 + ROUNDED for tempo in spans), name
        assert max(spans) / min(spans) <= 1.08 / 0.92 + ROUNDED, f"{name}: all within 8 % of one tempo"
    assert met / wanted >= 0.9
    assert by_chance / wanted < 0.5


def changes_seen(timeline: Timeline) -> int:
    """How often the uppermost clip changes, looked at frame by frame."""
    tracks = list(dict.fromkeys(segment.track for segment in timeline.segments))
    rows = sorted(timeline.segments, key=lambda segment: -tracks.index(segment.track))
    seen = []
    for frame in range(int(timeline.duration * timeline.rate)):
        middle = (frame + 0.5) / float(timeline.rate)
        seen.append(next((each.id for each in rows if each.record.start <= middle < each.record.end), ""))
    return sum(before != after for before, after in itertools.pairwise(seen))


@pytest.mark.slow
def test_the_longest_lists_are_those_named(shared_dir: Path) -> None:
    """The next in the folder have fewer cuts; fcpx_event, _example and _library hold the same cut as fcpx_project."""
    folder = shared_dir / "data/timelines/otio_adapters"
    short_ones = LONGEST_CUT_LISTS[1:]  # the first has over 500, which takes long to count so
    least = min(changes_seen(read_timeline(folder / name)) for name in short_ones)
    others = ("screening_example.edl", "nested_example.otio", "dissolve_test_4.edl", "simple.aaf")
    assert all(changes_seen(read_timeline(folder / name)) < least for name in others)


def every_grid(times: Sequence[float], tempo: float, stretch: float) -> int:
    """The most hits that any choice of eighths meets within the stretch: all choices are tried."""
    inner = range(1, len(times) - 1)
    for size in range(len(inner), -1, -1):
        for chosen in itertools.combinations(inner, size):
            marks = [times[0], *(times[place] for place in chosen), times[-1]]
            gaps = [(after - before) * tempo / 30 for before, after in itertools.pairwise(marks)]
            if all(any(abs(count / gap - 1) <= stretch for count in (int(gap), int(gap) + 1) if count) for gap in gaps):
                return size + 2
    return 0


@pytest.mark.parametrize("seed", range(12))
def test_no_grid_meets_more_hits_where_only_hits_count(seed: int) -> None:
    draw = random.Random(seed)
    times = sorted(Fraction(frame, 24) for frame in draw.sample(range(10, 400), 6))
    hits = merged([Hit(Fraction(0), 1.0, "first"), *(Hit(time, 0.9) for time in times), Hit(Fraction(18), 1.0, "last")])
    fit = fit_tempo(hits, Limits(90, 110, liked=100.0))
    best = every_grid([float(hit.time) for hit in hits], 100.0, 0.08)
    assert best
    assert len(fit.met) >= best - 1, "smoothness may cost one hit, never more"


def test_cuts_on_a_click_are_all_met_at_its_tempo() -> None:
    """At 100 a minute an eighth is 0.3 s."""
    times = [Fraction(3, 10) * eighths for eighths in (0, 7, 12, 15, 24, 31, 40)]
    hits = [Hit(time) for time in times]
    fit = fit_tempo(hits, Limits(80, 120, liked=100.0))
    assert fit.met == tuple(range(7))
    assert fit.eighths == (7, 5, 3, 9, 7, 9)


def test_the_click_is_found_without_being_asked_for() -> None:
    times = [Fraction(30, 87) * eighths for eighths in (0, 5, 9, 16, 18, 25, 31, 36, 45)]
    fit = fit_tempo([Hit(time) for time in times], Limits(70, 110))
    assert fit.met == tuple(range(9))
    assert fit.tempo == pytest.approx(87, rel=0.03)


def test_the_lighter_hit_is_let_go() -> None:
    """The second and third are 0.2 s apart, which is no eighth at 60."""
    near = [Hit(Fraction(4), 0.2), Hit(Fraction(21, 5), 0.9)]
    hits = [Hit(Fraction(0), 1.0, "first"), *near, Hit(Fraction(9), 1.0, "last")]
    assert fit_tempo(hits, Limits(58, 62, liked=60.0)).met == (0, 2, 3)


def test_a_film_without_hits_has_its_tempo() -> None:
    fit = fit_tempo([Hit(Fraction(0)), Hit(Fraction(60))], Limits(76, 100, liked=80.0))
    assert fit.eighths == (160,)
