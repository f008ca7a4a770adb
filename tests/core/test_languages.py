"""Languages are compared by all of their first part: Filipino is not Finnish."""

from __future__ import annotations

from fractions import Fraction

import pytest

from talkies.core.languages import main_language
from talkies.core.segment import Cue
from talkies.core.timeline.words.language_check import language_doubts
from talkies.core.times import TimeRange


@pytest.mark.parametrize(
    ("tag", "language"),
    [("en-US", "en"), ("EN", "en"), ("fil", "fil"), ("FIL_PH", "fil"), ("fi-FI", "fi"), ("zh-Hant-TW", "zh"), ("", "")],
)
def test_the_main_part_of_a_tag(tag: str, language: str) -> None:
    assert main_language(tag) == language


def test_only_lines_in_the_language_itself_contradict_it() -> None:
    """North Frisian (frr) has none of the small words of French."""
    german = [Cue(TimeRange(Fraction(0), Fraction(1)), "das ist nicht gut und ich bin hier")]
    assert language_doubts(german, "fr-FR") != ()
    assert language_doubts(german, "frr") == ()
