"""Texts as recognisers write them become what was said; errors of hand-made texts are counted by hand."""

from __future__ import annotations

import numpy as np
import pytest

from talkies.core.evaluation.judges.words import Moonshine, ordinal, spelled
from talkies.core.evaluation.measures.speech import WordErrors, normalised, word_errors


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("On the 3rd of May", "on the third of may"),
        ("the 21st, the 12th and the 40th", "the twenty first the twelfth and the fortieth"),
        ("It cost $5.50.", "it cost five dollars and fifty cents"),
        ("$1", "one dollar"),
        ("at 10:30 and 9:05 and 8:00", "at ten thirty and nine oh five and eight"),
        ("in the 1980s", "in the nineteen eighties"),
        ("in 1905 and 1900", "in nineteen oh five and nineteen hundred"),
        ("3.14 percent", "three point one four percent"),
        ("1,250 men", "one thousand two hundred fifty men"),
        ("Don’t", "don't"),
    ],
)
def test_what_is_written_is_spelled_as_it_is_said(written: str, said: str) -> None:
    assert normalised(spelled(written)) == said.split()


@pytest.mark.parametrize(("number", "word"), [(1, "first"), (8, "eighth"), (20, "twentieth"), (100, "one hundredth")])
def test_ordinals(number: int, word: str) -> None:
    assert ordinal(number) == word


def test_errors_of_a_hand_made_text() -> None:
    # one substitution (a → the), one deletion (quite), one insertion (now)
    assert word_errors("it is a quite cold night", spelled("It is the cold night now")) == WordErrors(3, 6)


def test_numbers_in_figures_or_words_are_the_same() -> None:
    assert word_errors(spelled("the second of 20 men"), spelled("The 2nd of twenty men.")).errors == 0


def test_silence_says_nothing_to_the_recogniser() -> None:
    pytest.importorskip("moonshine_voice", reason="words are judged with the extra 'judges'")
    assert Moonshine().heard(np.zeros(48_000, np.float32)) == ""
