"""Prompts: words, plurals and synonyms of the vocabulary; unknown words named with near ones."""

import json
from importlib import resources

import pytest

from talkies.core.conditioning.prompt.nearness import edits
from talkies.core.conditioning.prompt.vocabulary import PROMPT_TOKENS, known_words, read_prompt, word_ids


def test_vocabulary_words_are_found_in_free_text() -> None:
    prompt = read_prompt("footsteps on gravel")
    assert prompt.words == ("footsteps", "gravel")
    assert prompt.warnings == ()


def test_ids_are_places_in_the_vocabulary_counted_from_one() -> None:
    assert word_ids([known_words()[0], known_words()[4]]) == (1, 5)


@pytest.mark.parametrize(("text", "word"), [("thunderclap", "thunder"), ("barking dogs", "dog"), ("Doors", "door")])
def test_synonyms_and_inflections(text: str, word: str) -> None:
    assert word in read_prompt(text).words


def test_an_unknown_word_is_named_with_its_nearest() -> None:
    (warning,) = read_prompt("footsteqs").warnings
    assert "'footsteqs'" in warning and "footsteps" in warning


@pytest.mark.parametrize(
    ("word", "near", "far"),
    [
        ("music", "music is not made here", "munch"),
        ("sneeze", "voices come from subtitles", "freeze"),
        ("heartbeat", "near in sense: impact", "did you mean"),
        ("stadium", "near in sense: crowd, ambience", "did you mean"),
        ("coat", "cloth_rustle", "goat"),
        ("zebra", "nor for any word like it", "did you mean"),
    ],
)
def test_near_words_are_near_in_sense(word: str, near: str, far: str) -> None:
    (warning,) = read_prompt(word).warnings
    assert repr(word) in warning and near in warning and far not in warning


@pytest.mark.parametrize(
    ("word", "meant"), [("rian", "rain"), ("thundr", "thunder"), ("winnd", "wind"), ("footstpes", "footsteps")]
)
def test_a_slip_of_the_fingers_is_understood(word: str, meant: str) -> None:
    (warning,) = read_prompt(word).warnings
    assert f"did you mean {meant}" in warning


@pytest.mark.parametrize(
    ("one", "other", "count"), [("rain", "rain", 0), ("rian", "rain", 1), ("laughter", "lighter", 2), ("", "abc", 3)]
)
def test_edits_are_counted_as_damerau_counts_them(one: str, other: str, count: int) -> None:
    assert edits(one, other) == edits(other, one) == count


def test_all_of_a_senses_near_words_are_known() -> None:
    file = resources.files("talkies.resources.vocabularies") / "senses.json"
    for sense in json.loads(file.read_text("utf-8")).values():
        assert set(sense["near"].split()) <= set(known_words())
        assert bool(sense["near"]) != bool(sense["said"])
        assert not [word for row in sense["words"] for word in row.split() if read_prompt(word).words]


def test_a_prompt_of_a_thousand_unknown_words_is_told_in_a_few_sentences() -> None:
    assert len(read_prompt(" ".join(f"zz{number}" for number in range(100_000))).warnings) == 6


def test_no_more_words_than_the_model_hears() -> None:
    prompt = read_prompt("rain wind thunder dog door glass")
    assert len(prompt.ids) == PROMPT_TOKENS
    assert "only the first" in prompt.warnings[-1]


def test_words_that_only_rules_know_never_reach_the_network() -> None:
    """The embedding of the shipped weights has a row for each of 83 words, in this order."""
    assert word_ids(["aircraft", "writing_scratch"]) == (1, 83)
    prompt = read_prompt("telephone in a crowd")
    assert prompt.words == ("telephone", "crowd") and not prompt.warnings
    assert prompt.learned == ("bell",) and prompt.ids == word_ids(["bell"]) and prompt.unlearned == ("crowd",)


def test_an_empty_prompt_is_no_prompt() -> None:
    assert read_prompt("").ids == ()


@pytest.mark.parametrize("text", ["\U0001f4a5 !!", "very loud"])
def test_a_prompt_without_a_sound_is_mentioned(text: str) -> None:
    (warning,) = read_prompt(text).warnings
    assert "names no sound" in warning
    assert not read_prompt("  ").warnings


PLAIN_PHRASES = {
    "heels on wooden floor": "footsteps floor",
    "someone walking through snow": "footsteps snow",
    "running barefoot on sand": "footsteps barefoot sand",
    "wet footsteps": "water footsteps",
    "horse galloping": "horse footsteps",
    "a dog barks in the distance": "dog bark",
    "cat meowing": "cat",
    "birds chirping at dawn": "bird",
    "a rooster crows": "rooster",
    "cow mooing": "farm_animal",
    "crickets at night": "insects_night",
    "lion roaring": "wild_animal",
    "door slams": "door close",
    "knock at the door": "knock door",
    "creaking door": "creak door",
    "car door closing": "vehicle door close",
    "window breaks": "glass break",
    "glass shattering": "glass break",
    "wine glasses clinking": "glass impact",
    "dishes clattering": "ceramic impact",
    "hammer on metal": "impact metal",
    "sword fight": "weapon body",
    "punch": "body",
    "wood chopping": "chop wood",
    "tree falls": "wood impact",
    "stone dropping on concrete": "stone impact concrete",
    "rockslide": "stone break",
    "digging with a shovel": "dig",
    "machine gun fire": "weapon gunshot burst",
    "distant explosion": "explosion",
    "reloading a rifle": "click_switch weapon gunshot",
    "thunder and lightning": "thunder",
    "light drizzle": "rain",
    "howling wind": "wind",
    "ocean waves": "sea waves",
    "pouring water": "water",
    "water dripping": "water drip",
    "splash into a puddle": "splash water",
    "boiling kettle": "sizzle_steam",
    "campfire crackling": "fire",
    "match being struck": "fire impact",
    "car engine starting": "vehicle engine",
    "truck passing": "vehicle",
    "helicopter overhead": "helicopter",
    "airplane flyby": "aircraft",
    "train passing": "train",
    "police siren": "horn_alarm siren",
    "car horn honking": "vehicle horn_alarm",
    "church bells ringing": "church bell",
    "phone ringing": "telephone",
    "clock ticking": "clock_tick",
    "keyboard typing": "click_switch",
    "camera shutter": "click_switch",
    "cloth rustling": "cloth_rustle",
    "leaves rustling": "leaves",
    "pen writing": "writing_scratch",
    "chewing": "eating",
    "coins dropping": "coin impact",
    "sword swing": "weapon whoosh",
    "sawing wood": "tool_machine wood",
    "electric hum": "machine",
    "steam hiss": "sizzle_steam",
    "balloon pop": "pop_squeak",
    "chain rattling": "metal bones",
    "sliding door": "scrape door",
}


@pytest.mark.parametrize(("text", "words"), PLAIN_PHRASES.items())
def test_plain_phrases_find_their_words_and_nothing_unknown(text: str, words: str) -> None:
    prompt = read_prompt(text)
    assert prompt.words == tuple(words.split()) and not prompt.warnings


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("DOORWood", "door wood"),
        ("FEETHmn_Gravel_Run_01.wav", "footsteps"),
        ("WATRSplsh", "water"),
        ("AMBForst", "ambience"),
        ("GUNPis", "gunshot"),
    ],
)
def test_names_of_the_universal_category_system(name: str, words: str) -> None:
    assert read_prompt(name).words[: len(words.split())] == tuple(words.split())


def test_capitals_alone_are_no_category() -> None:
    assert read_prompt("RAIN").words == ("rain",)
    assert read_prompt("XYZWood").words == ()
