"""What a take says of itself in one flat mapping, and what is believed of such a mapping from anywhere."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from talkies.core.segment import Cue, Levels, Segment, Stem, Take
from talkies.core.times import TimeRange

SECOND = TimeRange(Fraction(0), Fraction(1))
PLAIN = Take("V1-001", "DX", "DX_a_t01", Path("DX_a_t01.wav"), SECOND, 48_000)
SAID = {
    "seed": 7,
    "voice": "low",
    "speaker": "ANNA",
    "channels": 2,
    "gain_db": -5.5,
    "loudness_lufs": -23.0,
    "true_peak_dbtp": None,
}


def test_facts_are_fields_and_the_rest_is_provenance() -> None:
    take = PLAIN.with_facts(SAID)
    assert (take.voice, take.speaker, take.channels, take.metadata) == ("low", "ANNA", 2, {"seed": 7})
    assert take.levels == Levels(gain_db=-5.5, loudness_lufs=-23.0)
    assert take.facts == SAID
    assert PLAIN.with_facts(take.facts) == take


@pytest.mark.parametrize(
    ("name", "nonsense"),
    [("channels", "many"), ("channels", -1), ("speaker", {"a": 1}), ("voice", 3), ("channels", None)],
)
def test_nonsense_is_not_believed(name: str, nonsense: Any) -> None:
    take = PLAIN.with_facts({name: nonsense})
    assert (take.channels, take.speaker, take.voice, take.metadata) == (1, "", "", {})


@pytest.mark.parametrize("nonsense", ["loud", True, float("nan"), [1]])
def test_levels_that_are_no_numbers_are_unknown(nonsense: Any) -> None:
    take = PLAIN.with_facts({"true_peak_dbtp": nonsense, "limited_db": nonsense, "gain_db": -1})
    assert take.levels == Levels(gain_db=-1.0)


def test_a_take_that_nobody_measured_says_nothing_of_levels() -> None:
    assert PLAIN.facts == {"voice": "", "speaker": "", "channels": 1}


def test_raising_leaves_silence_silent() -> None:
    assert Levels(1.0, -20.0, -3.0, 0.5).raised(2.5) == Levels(3.5, -17.5, -0.5, 0.5)
    assert Levels(1.0).raised(2.5) == Levels(3.5)


def test_only_dialogue_is_gated() -> None:
    segment = Segment("V1-001", "shot", "V1", SECOND, SECOND, Fraction(25))
    cue = Cue(TimeRange(Fraction(1, 2), Fraction(3, 4)), "Hello")
    assert Stem(segment, "dialogue", "DX", SECOND, (cue,)).gate == (cue.range,)
    assert Stem(segment, "dialogue", "DX", SECOND).gate == ()
    assert Stem(segment, "joint", "MIX", SECOND, (cue,)).gate is None
