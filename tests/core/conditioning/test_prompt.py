"""Prompts: words, plurals and synonyms of the vocabulary; unknown words named with near ones."""

import pytest

from talkies.core.conditioning.prompt import PROMPT_TOKENS, known_words, read_prompt, word_ids


def test_vocabulary_words_are_found_in_free_text():
    prompt = read_prompt("footsteps on gravel")
    assert prompt.words == ("footsteps", "gravel")
    assert prompt.warnings == ()


def test_ids_are_places_in_the_vocabulary_counted_from_one():
    assert word_ids([known_words()[0], known_words()[4]]) == (1, 5)


@pytest.mark.parametrize(("text", "word"), [("thunderclap", "thunder"), ("barking dogs", "dog"), ("Doors", "door")])
def test_synonyms_and_inflections(text, word):
    assert word in read_prompt(text).words


def test_an_unknown_word_is_named_with_its_nearest():
    (warning,) = read_prompt("footsteqs").warnings
    assert "'footsteqs'" in warning and "footsteps" in warning


def test_no_more_words_than_the_model_hears():
    prompt = read_prompt("rain wind thunder dog door glass")
    assert len(prompt.ids) == PROMPT_TOKENS
    assert "only the first" in prompt.warnings[-1]


def test_an_empty_prompt_is_no_prompt():
    assert read_prompt("").ids == ()


@pytest.mark.parametrize("text", ["\U0001f4a5 !!", "very loud"])
def test_a_prompt_without_a_sound_is_mentioned(text: str) -> None:
    (warning,) = read_prompt(text).warnings
    assert "names no sound" in warning
    assert not read_prompt("  ").warnings
