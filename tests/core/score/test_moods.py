"""Moods are told apart by measures of the music alone, and are what their names say."""

from __future__ import annotations

import math
import statistics
from fractions import Fraction

import pytest
from score_facts import film, measures

from talkies.core.score import Asked, compose
from talkies.core.score.moods import MOODS

SEEDS = (1, 2, 3)
Row = dict[str, float]


@pytest.fixture(scope="module")
def measured() -> dict[str, list[Row]]:
    """Three pieces of each mood, each over another film."""
    return {
        mood: [measures(compose(film(60, seed), Fraction(60), Asked(mood=mood), seed)) for seed in SEEDS]
        for mood in MOODS
    }


@pytest.mark.slow
def test_a_piece_is_nearest_to_the_others_of_its_mood(measured: dict[str, list[Row]]) -> None:
    """Each piece is left out and found again among fifteen moods; chance would find one in fifteen."""
    names = list(next(iter(measured.values()))[0])
    every = [row for rows in measured.values() for row in rows]
    scale = {name: statistics.pstdev(row[name] for row in every) for name in names}

    def distance(row: Row, others: list[Row]) -> float:
        centre = {name: statistics.fmean(other[name] for other in others) for name in names}
        return math.dist([row[name] / scale[name] for name in names], [centre[name] / scale[name] for name in names])

    found = 0
    for mood, rows in measured.items():
        for row in rows:
            ways = {other: distance(row, [each for each in its if each is not row]) for other, its in measured.items()}
            found += min(ways, key=ways.__getitem__) == mood
    assert found / len(every) >= 0.9


@pytest.mark.slow
@pytest.mark.parametrize(
    ("measure", "more", "less"),
    [
        ("tempo", "hurry", "agitato"),
        ("tempo", "agitato", "love theme"),
        ("tempo", "gallop", "religioso"),
        ("tune", "hurry", "lamento"),
        ("density", "storm", "pastorale"),
        ("minor", "lamento", "love theme"),
        ("minor", "battle", "maestoso"),
        ("register", "pastorale", "misterioso"),
        ("register", "comic", "grotesque"),
        ("brightness", "comic", "storm"),
        ("loudness", "battle", "misterioso"),
        ("loudness", "maestoso", "religioso"),
    ],
)
def test_moods_are_what_their_names_say(measured: dict[str, list[Row]], measure: str, more: str, less: str) -> None:
    assert min(row[measure] for row in measured[more]) > max(row[measure] for row in measured[less])
