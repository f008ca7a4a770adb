"""A section of a score in the words that models of music are asked with."""

from __future__ import annotations

from fractions import Fraction

import pytest

from talkies.core.score import Hit, Key, read_asked
from talkies.core.score.composer import sections_of
from talkies.core.score.in_words import CHARACTERS, in_words, key_in_words, players_in
from talkies.core.score.moods import MOODS

HITS = (Hit(Fraction(0), 1.0, "first"), Hit(Fraction(200, 11), 1.0, "last"))


def words(prompt: str) -> str:
    asked = read_asked(prompt)
    (section,) = sections_of(HITS, Fraction(20), asked)
    return in_words(section, prompt, asked, players_in(prompt))


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("", "moderate instrumental music for solo piano, "),
        ("lament in D minor, 66 bpm", "slow sad lament for solo piano, D minor, 66 bpm, lament"),
        ("waltz, salon", "fast waltz for a salon ensemble of violin, flute, clarinet, cello, piano and harmonium, "),
        ("battle in F# minor, orchestra", "fast fierce battle music for symphony orchestra, F sharp minor, "),
        ("solo cello, love theme in Eb major", "slow tender love theme for solo cello, E flat major, "),
        ("lament in D minor, 66 beats per minute", "slow sad lament for solo piano, D minor, 66 bpm, lament"),
        ("comic, theatre organ", "moderate playful comic music for solo theatre organ, "),
    ],
)
def test_sections_in_words(prompt: str, expected: str) -> None:
    assert words(prompt).startswith(expected) and "minute" not in words(prompt)


def test_who_plays_is_left_to_words_that_the_score_does_not_read() -> None:
    asked = words("slow lament for string quartet and piano, D minor, 66 bpm")
    assert asked == "slow sad lament, D minor, 66 bpm, slow lament for string quartet and piano"
    assert words("dusty waltz, solo violin").startswith("fast waltz for solo violin, ")
    assert words("surf guitars, 99 bpm").endswith("99 bpm, surf guitars") and "piano" not in words("surf guitars")
    assert players_in("slow") == ("piano",) and players_in("surf guitars") == ()


def test_every_mood_has_a_character_and_every_key_a_name() -> None:
    assert CHARACTERS.keys() == MOODS.keys()
    assert [key_in_words(Key(tonic, "minor")) for tonic in (1, 8)] == ["C sharp minor", "G sharp minor"]
    assert key_in_words(Key(1)) == "D flat major"
