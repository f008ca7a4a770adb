"""Sounds that subtitles describe: in their own time, at what is seen, and beside or in the place of the rest."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np
import pytest
import torch

from talkies.core.arrays import Sound
from talkies.core.engines.base import Line
from talkies.core.engines.described import Described, described, with_described
from talkies.core.times import TimeRange

RATE = 48_000


def line(start: float, end: float, text: str) -> Line:
    return Line(TimeRange(Fraction(start), Fraction(end)), text)


def events(seconds: float, *onsets: float) -> torch.Tensor:
    """Decided events (T, 4) with full onsets at these times."""
    found = torch.zeros(round(seconds * 25), 4)
    for time in onsets:
        found[int(time * 25), 0] = 0.9
        found[int(time * 25), 3] = 1.0
    return found


def heard(*sounds: Line, onsets: tuple[float, ...] = (), rest: float = 0.0, seconds: int = 6) -> np.ndarray:
    """What sounds (N,), beside a rest that is the same number throughout."""
    found, _ = described(sounds, events(seconds, *onsets), seconds)

    def blocks() -> Iterator[Sound]:
        for start in range(0, seconds * RATE, 7001):
            yield np.full(min(7001, seconds * RATE - start), rest, np.float32)

    mixed = np.concatenate(list(with_described(blocks(), found, RATE, seed=3)))
    assert len(mixed) == seconds * RATE
    return mixed


def strokes(sound: Line, *onsets: float) -> list[float]:
    ((one,), _) = described((sound,), events(6, *onsets), 6)
    return [round(one.start + stroke.time, 2) for stroke in one.ruled.strokes or ()]


@pytest.mark.parametrize("text", ["door slams", "rain", "footsteps", "thunder"])
def test_a_sound_is_heard_inside_its_range_and_nowhere_else(text: str) -> None:
    mixed = heard(line(2, 4, text))
    assert not mixed[: 2 * RATE].any() and not mixed[4 * RATE :].any()
    assert np.abs(mixed[2 * RATE : 3 * RATE]).max() > 0.01


def test_where_nothing_is_seen_a_hit_falls_on_the_start() -> None:
    assert strokes(line(2, 4, "door slams")) == [2.0]
    mixed = np.abs(heard(line(2, 4, "door slams")))
    assert mixed[round(2 * RATE) : round(2.1 * RATE)].max() > 0.3 * mixed.max()


def test_where_something_is_seen_to_strike_it_strikes_there() -> None:
    assert strokes(line(2, 4, "door slams"), 1.0, 3.0, 5.0) == pytest.approx([3.0], abs=0.04)


def test_steps_go_on_at_their_pace() -> None:
    times = strokes(line(2, 4, "footsteps"))
    assert times[0] == 2.0 and len(times) == 4 and times[-1] < 4


def test_a_hit_that_began_before_the_cut_is_not_repeated_after_it() -> None:
    assert strokes(line(-1, 2, "door slams")) == []
    assert not heard(line(-1, 2, "door slams")).any()
    assert np.abs(heard(line(-1, 2, "rain"))[:RATE]).max() > 0.01


def test_what_strikes_takes_the_place_of_the_rest_and_what_goes_on_lies_under_it() -> None:
    assert np.array_equal(heard(line(2, 4, "door slams"), rest=0.5)[: 2 * RATE], np.full(2 * RATE, 0.5, np.float32))
    before, slam = heard(rest=0.5), heard(line(2, 4, "door slams"), rest=0.5)
    middle = slice(round(3.5 * RATE), round(3.8 * RATE))
    assert np.abs(slam[middle]).max() < 0.1 < np.abs(before[middle]).min()
    rain = heard(line(2, 4, "rain"), rest=0.5)
    assert rain[middle].mean() == pytest.approx(0.5, abs=0.1)


def test_beside_speech_nothing_gives_way() -> None:
    ((slam,), _) = described((line(2, 4, "door slams"),), events(6), 6, alone=False)
    assert not slam.replaces


def test_several_sounds_and_words_that_are_not_known() -> None:
    found, warnings = described((line(0, 1, "music"), line(1, 2, "rain"), line(2, 3, "rain")), events(6), 6)
    assert [each.start for each in found] == [1.0, 2.0]
    assert len(warnings) == 1 and "music" in warnings[0]


def test_a_seed_repeats_and_no_two_sounds_are_drawn_alike() -> None:
    one, two = line(1, 2, "rain"), line(3, 4, "rain")
    mixed = heard(one, two)
    assert np.array_equal(mixed, heard(one, two))
    assert not np.array_equal(mixed[RATE : 2 * RATE], mixed[3 * RATE : 4 * RATE])


def test_lengths_that_are_no_whole_samples() -> None:
    ((one,), _) = described((line(1 / 3, 2 / 3, "rain"),), events(6), 6)
    assert isinstance(one, Described)
    first, after = one.samples(RATE)
    assert (first, after) == (16_000, 32_000)
