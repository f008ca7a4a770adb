"""Lines that are placed: with their cues, and on the mouth that says them, word by word."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from talkies.core.arrays import Floats32
from talkies.core.engines.adapters.lines import MOST_STRETCHED, Placing, near

RATE = 16_000
WORDS_S = (0.3, 0.2, 0.4)
"""How long each word of the synthetic reader lasts at pace 1: three tones, one after the other."""
HERTZ = (300.0, 900.0, 2700.0)
LEAD_S = 0.1
"""Of silence before them."""


def read(line: Any, pace: float, number: int) -> Floats32:
    tones = [
        0.5 * np.sin(2 * np.pi * hertz * np.arange(round(seconds / pace * RATE)) / RATE)
        for seconds, hertz in zip(WORDS_S, HERTZ, strict=True)
    ]
    return np.concatenate([np.zeros(round(LEAD_S * RATE)), *tones]).astype(np.float32)


def words(line: Any, pace: float, number: int) -> list[float]:
    return [LEAD_S + sum(WORDS_S[:word]) / pace for word in range(3)]


def said(word_starts: list[float], end: float, **more: Any) -> dict[str, Any]:
    """A line in a cue of 0.5 to 3 s that a mouth says."""
    mouth = {"mouth_start_s": word_starts[0], "mouth_end_s": end, "word_starts_s": word_starts}
    return {"start_s": 0.5, "end_s": 3.0, "text": "one two three", **mouth, **more}


def placed(line: dict[str, Any], placing: Placing = Placing(RATE, read, words)) -> tuple[Floats32, list[str]]:  # noqa: B008
    notes: list[str] = []
    sound = placing.placed(
        {"samples": 4 * RATE, "lines": [line]},
        lambda event, **content: notes.append(content["message"]) if event == "note" else None,
    )
    return sound, notes


def begins(sound: Floats32, hertz: float) -> float:
    """When a tone is first heard (s)."""
    hop = RATE // 200
    time = np.arange(len(sound)) / RATE
    tone = (sound * np.exp(-2j * np.pi * hertz * time)).reshape(-1, hop).mean(1)
    return float(np.flatnonzero(np.abs(tone) > 0.12)[0]) * hop / RATE


def test_a_line_begins_and_ends_with_the_mouth_and_its_words_come_when_it_says_them() -> None:
    wanted = [1.0, 1.32, 1.51]
    sound, notes = placed(said(wanted, 1.92))
    heard = np.flatnonzero(np.abs(sound) > 0.01) / RATE
    assert heard[0] == pytest.approx(1.0, abs=0.015)
    assert heard[-1] == pytest.approx(1.92, abs=0.015)
    assert [begins(sound, hertz) for hertz in HERTZ] == pytest.approx(wanted, abs=0.02)
    assert notes == []


def test_words_are_stretched_by_15_percent_and_no_more_and_that_is_said() -> None:
    sound, (note,) = placed(said([1.0, 1.45, 1.6], 1.9))
    second = begins(sound, HERTZ[1])
    assert 1.0 + MOST_STRETCHED * 0.3 - 0.02 < second < 1.0 + MOST_STRETCHED * 0.3 + 0.02
    assert note == (
        "'one two three' would have to be stretched by more than 15% to be on the lips; a word is up to 0.10 s off"
    )


def test_a_mouth_that_speaks_much_faster_is_followed_by_the_pace_of_the_reader() -> None:
    sound, (note,) = placed(said([1.0, 1.2, 1.333], 1.6))
    assert np.flatnonzero(np.abs(sound) > 0.01)[-1] / RATE == pytest.approx(1.6, abs=0.015)
    assert note == "'one two three' is read 1.52 times as fast as it would be"


def test_words_that_are_parted_otherwise_are_led_from_the_first_to_the_last() -> None:
    sound, notes = placed(said([1.0, 1.4], 2.0))
    heard = np.flatnonzero(np.abs(sound) > 0.01) / RATE
    assert (heard[0], heard[-1]) == pytest.approx((1.0, 2.0), abs=0.015)
    assert [begins(sound, hertz) for hertz in HERTZ] == pytest.approx([1.0, 1.333, 1.556], abs=0.02)
    assert notes == []


@pytest.mark.parametrize("start", [2.0, 2.4, 2.9])
def test_nothing_is_heard_after_the_cue_however_late_the_mouth_is(start: float) -> None:
    sound, notes = placed(said([start, start + 0.01, start + 0.02], 3.0))
    assert np.abs(sound[3 * RATE :]).max() == 0
    assert np.abs(sound).max() > 0.1
    assert notes == [] or all("one two three" in note for note in notes)


def test_a_line_that_no_mouth_says_is_placed_as_if_nobody_knew_of_mouths() -> None:
    line = {"start_s": 0.5, "end_s": 3.0, "text": "one two three"}
    sound, notes = placed(line)
    assert np.array_equal(sound, placed(line, Placing(RATE, read))[0])
    assert np.flatnonzero(np.abs(sound) > 0.01)[0] / RATE == pytest.approx(0.51, abs=0.011)
    assert notes == []


rising = st.lists(st.floats(1, 1e4), min_size=2, max_size=20).map(lambda steps: [0.0, *np.cumsum(steps).tolist()])


@given(rising, rising)
def test_no_stretch_is_longer_or_shorter_than_it_may_be(taken: list[float], wanted: list[float]) -> None:
    count = min(len(taken), len(wanted))
    given = near(taken[:count], wanted[:count])
    for (a, b), (c, d) in zip(pairwise(taken[:count]), pairwise(given), strict=True):
        assert 1 / MOST_STRETCHED - 1e-6 <= (d - c) / (b - a) <= MOST_STRETCHED + 1e-6
    assert near(taken, taken) == pytest.approx(taken)
