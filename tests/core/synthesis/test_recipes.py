"""Recipes: every word has one, combinations count, what is unwanted is not chosen; every sound is sound."""

import json
from importlib import resources

import numpy as np
import pytest

from talkies.core.conditioning.prompt.vocabulary import known_words, read_prompt
from talkies.core.synthesis import Stroke, perform, recipe_for
from talkies.core.synthesis.recipes import Recipe
from talkies.core.synthesis.repertoire import GOING, STROKES


@pytest.mark.parametrize("word", known_words())
def test_every_word_of_the_vocabulary_has_a_recipe(word: str) -> None:
    assert recipe_for((word,)) is not None


def test_every_name_is_made_of_known_words() -> None:
    named = {word for name in (*STROKES, *GOING) for word in name.split()}
    assert named <= set(known_words())


def test_every_word_has_a_source() -> None:
    file = resources.files("talkies.resources.vocabularies") / "sources.json"
    sources = json.loads(file.read_text(encoding="utf-8"))
    assert set(sources) == set(known_words()) and set(sources.values()) <= {"rules", "network"}


def found(prompt: str, unwanted: str = "") -> Recipe:
    recipe = recipe_for(read_prompt(prompt).words, read_prompt(unwanted).words)
    assert recipe is not None
    return recipe


@pytest.mark.parametrize(
    ("prompt", "stroke", "going"),
    [
        ("knocking on wood", "knock wood", ""),
        ("metal door", "door metal", ""),
        ("footsteps on gravel", "footsteps gravel", ""),
        ("footsteps on wood", "footsteps wood", ""),
        ("barefoot in the sand", "footsteps barefoot sand", ""),
        ("glass breaking", "break glass", ""),
        ("church bell", "church bell", ""),
        ("dog barking", "dog bark", ""),
        ("dog barks in the rain", "dog bark", "rain"),
        ("horse galloping", "footsteps horse", ""),
        ("car door closes", "vehicle door close", ""),
        ("phone ringing", "telephone", ""),
        ("thunderstorm", "thunder", "rain"),
        ("river", "", "water"),
        ("splash into a puddle", "water splash", ""),
        ("ocean waves", "", "sea waves"),
        ("police siren", "", "horn_alarm siren"),
        ("ambience", "", "ambience"),
        ("campfire", "", "fire"),
        ("audience clapping", "", "crowd applause"),
    ],
)
def test_prompts_find_their_stroke_and_what_goes_on(prompt: str, stroke: str, going: str) -> None:
    recipe = found(prompt)
    assert (recipe.laid, recipe.going.name if recipe.going else "") == (stroke, going)


def test_a_recipe_with_an_unwanted_word_is_not_chosen() -> None:
    assert found("door", "creak").laid == "door"
    assert "footsteps" not in found("horse", "footsteps").laid
    assert found("dog and rain", "rain").going is not None, "wanted outweighs unwanted"
    assert recipe_for((), ()) is None


def test_a_second_stroke_is_told() -> None:
    recipe = found("footsteps, door closes")
    assert recipe.laid == "door close" and recipe.left_out == ("footsteps",)


DRAWN: list[tuple[object, str]] = [(sound.draw, name) for name, sound in STROKES.items()]
DRAWN += [(sound.draw, name) for name, sound in GOING.items()]
REPRESENTATIVE = sorted({draw: name for draw, name in DRAWN if "barefoot " not in name}.values())


@pytest.mark.parametrize("name", REPRESENTATIVE)
def test_every_sound_is_finite_audible_and_without_dc(name: str) -> None:
    recipe = Recipe(tuple(name.split()), STROKES.get(name), None if name in STROKES else GOING[name])
    sound = np.concatenate(list(perform(recipe, [Stroke(0.1, 0.8)], 0.5, 3)))
    assert np.isfinite(sound).all()
    assert 0.02 < np.abs(sound).max() < 4
    assert abs(float(sound.mean())) < 1e-3
