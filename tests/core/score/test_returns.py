"""Nothing comes back note for note more often than a listener bears."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from score_facts import apart, film, returns

from talkies.core.score import compose, read_asked


@pytest.mark.parametrize("mood", ["hurry", "religioso", "waltz"])
def test_eight_bars_return_three_times_at_most_in_ten_minutes(mood: str) -> None:
    score = compose(film(600, 2), Fraction(600), read_asked(f"{mood}, piano"), 2)
    assert len(returns(score)) > 100 and max(returns(score)) <= 3


def test_what_does_return_is_counted() -> None:
    """The first eight bars written out once more in place of the next eight."""
    score = compose(film(60, 2), Fraction(60), read_asked("neutral, piano"), 2)
    bars = score.sections[0].bars[:16]
    assert len({bar.meter for bar in bars}) == 1
    first = [note for note in score.notes if note.start < bars[8].start]
    later = [replace(note, start=note.start + bars[8].start) for note in first]
    rest = [note for note in score.notes if note.start >= bars[15].end]
    again = replace(score, notes=tuple(sorted((*first, *later, *rest), key=lambda note: note.start)))
    assert (max(returns(score)), max(returns(again))) == (1, 2)
    assert apart([0, 3, 8, 15, 16], 8) == 3
