"""Word errors counted by hand, words as the recogniser writes them, cues whose fit is known."""

from __future__ import annotations

import csv
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from talkies.core.errors import MissingExtraError
from talkies.core.evaluation.measures.speech import (
    Recogniser,
    WordErrors,
    cue_fit,
    normalised,
    relative_rate_interval,
    voiced_ranges,
    word_errors,
)
from talkies.core.times import TimeRange

SR = 48_000


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "Not at this particular case, Tom, apologized Whittemore.",
            "not at this particular case tom apologized whittemore",
        ),
        ("Don’t — I won't; 'never'!", "don't i won't never"),
        ("Big-Face, Mr. Smith & Co.", "big face mister smith and co"),
        (
            "In 1908 he paid 21,300 for 7%.",
            "in one thousand nine hundred eight he paid twenty one thousand three hundred for seven percent",
        ),
        (
            "0 100 1000000 12345678901",
            "zero one hundred one million one two three four five six seven eight nine zero one",
        ),
        ("Straße, él", "straße él"),
        ("", ""),
        ("... !", ""),
    ],
)
def test_words_as_they_are_spoken(text: str, words: str) -> None:
    assert " ".join(normalised(text)) == words


@pytest.mark.parametrize(
    ("reference", "heard", "errors"),
    [
        ("the cat sat", "the cat sat", 0),
        ("the cat sat", "The cat, sat!", 0),
        ("the cat sat", "the bat sat", 1),
        ("the cat sat", "the cat", 1),
        ("the cat sat", "the cat sat down", 1),
        ("the cat sat", "", 3),
        ("the cat sat", "cat sat on the mat", 4),
        ("a b c d", "b c d a", 2),
    ],
)
def test_word_errors_counted_by_hand(reference: str, heard: str, errors: int) -> None:
    assert word_errors(reference, heard) == WordErrors(errors, len(reference.split()))


def test_rates_pool_words_not_sentences() -> None:
    pooled = WordErrors(1, 2) + WordErrors(0, 8)
    assert pooled.rate == pytest.approx(0.1)
    assert WordErrors().rate is None
    assert word_errors("yes", "no no no").rate == 3.0


def test_the_interval_holds_the_ratio() -> None:
    natural = [WordErrors(index % 3, 10) for index in range(40)]
    ours = [WordErrors(2 * (index % 3), 10) for index in range(40)]
    assert relative_rate_interval(ours, natural) == pytest.approx((2.0, 2.0))
    low, high = relative_rate_interval(ours[1:] + ours[:1], natural) or (0.0, 0.0)
    assert low < 2.0 < high
    assert relative_rate_interval([WordErrors(1, 3)], [WordErrors(0, 3)]) is None
    assert relative_rate_interval([], []) is None


def voice(seconds: float) -> np.ndarray:
    times = np.arange(round(seconds * SR)) / SR
    return np.asarray(0.1 * np.sin(2 * np.pi * 150 * np.outer((1, 2, 3, 4), times)).sum(0))


def track(*spans: tuple[float, float], length: float = 5.0) -> np.ndarray:
    sound = 1e-4 * np.random.default_rng(0).standard_normal(round(length * SR))
    for start, end in spans:
        sound[round(start * SR) : round(end * SR)] += voice(end - start)
    return sound


def test_voiced_ranges_bridge_short_pauses_only() -> None:
    found = voiced_ranges(track((0.5, 1.0), (1.1, 1.7), (2.5, 3.0)))
    assert np.array(found) == pytest.approx(np.array([[0.5, 1.7], [2.5, 3.0]]), abs=0.021)
    assert voiced_ranges(np.zeros(SR)) == []
    assert voiced_ranges(np.zeros(10)) == []


def test_cue_fit_knows_early_and_late() -> None:
    cue = TimeRange(Fraction(11), Fraction(12))
    exact = cue_fit(track((1.0, 2.0)), cue, origin=Fraction(10))
    assert exact.inside == pytest.approx(1.0, abs=0.001)
    assert exact.start_offset == pytest.approx(0.0, abs=0.021)
    assert exact.end_offset == pytest.approx(0.0, abs=0.021)
    late = cue_fit(track((1.5, 2.5)), cue, origin=Fraction(10))
    assert late.inside == pytest.approx(0.5, abs=0.01)
    assert late.start_offset == pytest.approx(0.5, abs=0.021)
    assert late.end_offset == pytest.approx(0.5, abs=0.021)
    assert cue_fit(np.zeros(5 * SR), cue, origin=Fraction(10)).inside is None


def test_nothing_is_heard_in_silence() -> None:
    recogniser = Recogniser()
    assert recogniser.heard(np.zeros(SR)) == ""
    assert recogniser.heard(np.zeros(0)) == ""


def test_a_missing_package_names_its_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pocketsphinx", None)
    with pytest.raises(MissingExtraError, match=r"pocketsphinx: is not installed; pip install 'talkies\[evaluation\]'"):
        Recogniser()


def test_natural_speech_is_mostly_understood_at_any_level(shared_dir: Path) -> None:
    from talkies.core.media.sound import read_sound

    folder = shared_dir / "data" / "speech"
    with (folder / "transcripts.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["file"]: row for row in csv.DictReader(file, delimiter="|", quoting=csv.QUOTE_NONE)}
    row = rows["kathleen/arctic_a0007_1592748422.opus"]
    sound = read_sound(folder / row["file"], SR)[0]
    recogniser = Recogniser()
    for gain in (0.05, 1.0):
        errors = recogniser.errors(row["text"], sound * gain)
        assert errors.words == 11
        assert errors.errors <= 1
