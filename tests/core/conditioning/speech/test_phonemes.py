"""Phonemes: what espeak says, punctuation as pauses, other languages through near sounds."""

import pytest

from talkies.core.conditioning.speech.phonemes import PAUSE, espeak_name, speak, vocabulary
from talkies.core.errors import ArgumentError

NAMES = {number: name for name, number in vocabulary().items()}


def test_english_words_have_the_sounds_a_dictionary_gives() -> None:
    assert [NAMES[number] for number in speak("cheese", "en-US").ids] == ["tʃ", "ˈiː", "z"]


def test_punctuation_parts_phrases_by_one_pause() -> None:
    ids = speak("Stop! Go, now.").ids
    assert ids.count(PAUSE) == 2
    assert ids[0] != PAUSE and ids[-1] != PAUSE


@pytest.mark.parametrize("text", ["", "...", "♪", "[ ]"])
def test_nothing_to_say_gives_nothing(text: str) -> None:
    assert speak(text).ids == ()


def test_british_and_american_differ() -> None:
    assert speak("bath", "en-GB").ids != speak("bath", "en-US").ids


@pytest.mark.parametrize("language", ["de", "nl-BE", "fr", "es", "ru", "it-IT", "pl"])
def test_every_language_is_spoken_with_known_sounds(language: str) -> None:
    ids = speak("Mama, papa, taxi.", language).ids
    assert len(ids) > 8
    assert set(ids) <= set(NAMES) | {PAUSE}


def test_sounds_that_had_to_be_replaced_are_named() -> None:
    assert "ʁ" in speak("rue", "fr").replaced
    assert speak("street", "en-US").replaced == ()


def test_regions_fall_back_to_their_language() -> None:
    assert espeak_name("de-AT") == "de"


def test_an_unknown_language_is_refused_in_a_sentence() -> None:
    with pytest.raises(ArgumentError, match="language 'qq'"):
        speak("hello", "qq")
