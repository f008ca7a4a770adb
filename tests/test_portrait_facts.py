"""The facts about portraits, on landmarks that are made up."""

from __future__ import annotations

import numpy as np
import pytest
from portrait_facts import blinks, closed_share, follows, held, likeness, loudness, openings, openness, told_apart

RATE = 25.0


def face(opened: np.ndarray, eyes: np.ndarray | None = None) -> np.ndarray:
    """Landmarks of a face whose eyes' outer corners are 100 pixels apart, its lips ``opened`` by so many distances."""
    points = np.zeros((len(opened), 478, 3))
    points[:, 263, 0] = 100
    points[:, 14, 1] = 100 * opened
    points[:, 362, 0], points[:, 133, 0] = 70, 30
    for top, bottom in ((159, 145), (386, 374)):
        points[:, bottom, 1] = points[:, top, 1] + 10 * (1 if eyes is None else eyes)
    return points


def test_openness_is_in_distances_of_the_eyes() -> None:
    assert openness(face(np.array([0.0, 0.1, 0.3]))) == pytest.approx([0.0, 0.1, 0.3])


@pytest.mark.parametrize("late", [-2, 0, 3])
def test_how_late_a_mouth_follows(late: int) -> None:
    loud = np.random.default_rng(0).normal(0, 1, 300).cumsum()
    score, lag = follows(np.roll(loud, late)[10:-10], loud[10:-10], RATE)
    assert score > 0.99
    assert lag == pytest.approx(late * 40, abs=8)


def test_what_has_nothing_to_do_with_it() -> None:
    rng = np.random.default_rng(0)
    assert follows(rng.normal(0, 1, 1000), rng.normal(0, 1, 1000), RATE)[0] < 0.15


def test_loudness_is_of_each_frames_middle() -> None:
    sound = np.concatenate([np.zeros(16_000), 0.5 * np.ones(16_000)])
    levels = loudness(sound, 16_000, RATE, 50)
    assert levels[10] == pytest.approx(levels.max() - 40) and levels[40] == levels.max()


def test_lips_that_meet_and_lips_that_do_not() -> None:
    opened = np.ones(100)
    opened[20] = 0.1
    assert closed_share(opened, [(0.8, 0.86), (2.0, 2.1)], RATE) == (1, 2)


def test_vowels_that_overlap_are_not_told_apart() -> None:
    assert told_apart([("a", 0.5), ("a", 0.6), ("i", 0.1), ("i", 0.2), ("i", 0.52)]) == (4, 5)


def test_blinks_and_their_length() -> None:
    eyes = np.ones(200)
    eyes[50:53], eyes[120:124], eyes[180] = 0.1, (0.7, 0.2, 0.2, 0.7), 0.7
    assert [(each.start, each.length) for each in blinks(face(np.zeros(200), eyes), RATE)] == [(2.0, 0.12), (4.8, 0.16)]


def test_a_note_that_is_held_and_eight_openings() -> None:
    opened = np.zeros(100)
    opened[10:60] = 1.0
    least, closes = held(opened, 0.4, 2.4, RATE)
    assert (least, round(closes)) == (1.0, 20)
    assert openings(np.abs(np.sin(np.linspace(0, 8 * np.pi, 300)))) == 8


def test_likeness() -> None:
    picture = np.random.default_rng(0).uniform(0, 255, (64, 64))
    assert likeness(picture, picture) == pytest.approx(1)
    assert likeness(picture, 255 - picture) < 0
    assert 0.5 < likeness(picture, picture + 20 * (picture > 128)) < 1
