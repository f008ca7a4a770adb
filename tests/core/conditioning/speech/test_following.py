"""Paths through evidence that says where each phoneme is: the answer is known, as the evidence was made from it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from talkies.core.conditioning.speech.following import Path, follow
from talkies.core.conditioning.speech.phonemes import vocabulary
from talkies.core.conditioning.speech.visemes import REST, VISEMES, visemes_of

IDS = [vocabulary()[name] for name in ("b", "ˈɪ", "n", "f", "uː", "w", "ˈaɪ", "t")]
NATURAL = [0.08] * len(IDS)


def evidence_of(places: list[tuple[int, int]], length: int, strength: float = 3.0) -> np.ndarray:
    """(length, 20): for each phoneme from its first place to its end, rest elsewhere."""
    said = np.full(length, REST)
    for phoneme, (start, end) in zip(IDS, places, strict=True):
        said[start:end] = visemes_of([phoneme])[0]
    return np.where(np.arange(VISEMES) == said[:, None], strength, -strength / 2)


def found(evidence: np.ndarray, words: list[int]) -> Path:
    path = follow(evidence, IDS, NATURAL, words)
    assert path is not None
    return path


def laid(start: int, lengths: list[int], pause_before: int | None = None, pause: int = 0) -> list[tuple[int, int]]:
    places = []
    for number, length in enumerate(lengths):
        start += pause if number == pause_before else 0
        places.append((start, start + length))
        start += length
    return places


@given(start=st.integers(0, 60), lengths=st.lists(st.integers(2, 9), min_size=len(IDS), max_size=len(IDS)))
def test_clear_evidence_is_followed_exactly(start: int, lengths: list[int]) -> None:
    places = laid(start, lengths)
    path = found(evidence_of(places, 150), [0, 3, 5])
    assert [tuple(edge) for edge in path.edges] == places
    assert path.certainty > 2


def test_a_rest_is_found_before_a_word_and_only_there() -> None:
    places = laid(10, [4] * len(IDS), pause_before=3, pause=12)
    path = found(evidence_of(places, 100), [0, 3, 5])
    assert [tuple(edge) for edge in path.edges] == places
    path = found(evidence_of(places, 100), [0, 5])
    assert (path.edges[1:, 0] == path.edges[:-1, 1])[[0, 1, 2, 3]].all()


def test_where_nothing_is_seen_durations_decide() -> None:
    places = laid(20, [4] * len(IDS))
    evidence = evidence_of(places, 100)
    evidence[24:48] = 0  # all but the first and the last two phonemes
    path = found(evidence, [0])
    assert np.abs(path.edges - places).max() <= 1


def test_a_line_spoken_slowly_or_hurriedly_is_followed() -> None:
    for length in (2, 7):
        places = laid(5, [length] * len(IDS))
        path = found(evidence_of(places, 120), [0, 3, 5])
        assert [tuple(edge) for edge in path.edges] == places


def test_a_mouth_at_rest_or_saying_more_than_the_line_is_not_sure_of_it() -> None:
    resting = evidence_of([(0, 0)] * len(IDS), 100)
    assert found(resting, [0]).certainty < 0
    places = laid(10, [4] * len(IDS))
    talking = evidence_of(places, 300)
    talking[60:] = np.where(np.arange(VISEMES) == REST, -5.0, 0.0)
    assert found(talking, [0]).certainty < 0 < found(talking[:60], [0]).certainty


@pytest.mark.parametrize(("ids", "length"), [([], 100), (IDS, 7), (IDS, 0)])
def test_nothing_to_say_or_no_room_has_no_path(ids: list[int], length: int) -> None:
    assert follow(np.zeros((length, VISEMES)), ids, NATURAL[: len(ids)], [0]) is None


def test_as_many_places_as_phonemes_are_just_enough() -> None:
    path = found(np.zeros((len(IDS), VISEMES)), [0])
    assert [tuple(edge) for edge in path.edges] == [(number, number + 1) for number in range(len(IDS))]
