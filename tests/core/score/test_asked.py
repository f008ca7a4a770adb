"""Words of a prompt: mood, tempo, key, players."""

from __future__ import annotations

import pytest

from talkies.core.errors import ArgumentError
from talkies.core.score import Asked, Key, read_asked
from talkies.core.score.asked import mood_in


@pytest.mark.parametrize(
    ("words", "mood"),
    [
        ("misterioso, solo piano, slow", "misterioso"),
        ("a chase over the roofs", "hurry"),
        ("Love theme", "love theme"),
        ("something sad", "lamento"),
        ("FUNERAL MARCH", "lamento"),
        ("storm at sea, then calm", "storm"),
        ("church", "religioso"),
        ("hurry", "hurry"),
        ("lovely beige walls", ""),
        ("", ""),
    ],
)
def test_moods_are_read(words: str, mood: str) -> None:
    assert mood_in(words) == mood


def test_a_prompt_says_several_things() -> None:
    asked = read_asked("misterioso in F# minor, salon, lento")
    assert (asked.mood, asked.ensemble, asked.solo) == ("misterioso", "salon", "")
    assert asked.key == Key(6, "minor")
    assert asked.tempo_range == (56, 64)


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("pastorale in B-flat major", Key(10, "major")),
        ("lamento in D", Key(2, "minor")),
        ("gallop in Eb major", Key(3, "major")),
        ("a minor", Key(9, "minor")),
        ("love in the afternoon", None),
        ("a comic scene", None),
    ],
)
def test_keys_are_read(words: str, key: Key | None) -> None:
    assert read_asked(words).key == key


@pytest.mark.parametrize(
    ("words", "players"),
    [
        ("solo piano", ("piano",)),
        ("solo cello, sad", ("cello",)),
        ("flute solo", ("flute",)),
        ("organ", ("theatre_organ",)),
        ("harmonium, prayer", ("harmonium",)),
    ],
)
def test_players_are_read(words: str, players: tuple[str, ...]) -> None:
    assert read_asked(words).players == players


def test_beats_a_minute_are_read() -> None:
    assert read_asked("hurry, 126 bpm").tempo == 126.0


def test_words_leave_alone_what_they_do_not_name() -> None:
    asked = Asked(mood="storm", ensemble="orchestra", tempo=120.0)
    assert read_asked("in C minor", asked) == Asked("storm", 120.0, None, "orchestra", "", Key(0, "minor"), "minor")


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        ({"mood": "happy-go-lucky"}, "take one of neutral, agitato"),
        ({"tempo": 200.0}, "give 56 to 132"),
        ({"ensemble": "band"}, "take one of piano, organ, salon, orchestra"),
        ({"solo": "kazoo"}, "take one of piano"),
        ({"solo": "cymbal"}, "plays no solo"),
        ({"stretch": 0.5}, "give up to 0.2"),
    ],
)
def test_what_is_not_known_is_refused(problem: dict[str, object], words: str) -> None:
    with pytest.raises(ArgumentError, match=words):
        Asked(**problem)  # type: ignore[arg-type]
