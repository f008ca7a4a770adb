"""What editors type, and which of the shipped palette's sounds they get."""

from __future__ import annotations

import numpy as np
import pytest

from talkies.core.conditioning.prompt.naming import left_out, named_sounds
from talkies.core.conditioning.prompt.palette import PaletteNames
from talkies.core.conditioning.prompt.vocabulary import read_prompt
from talkies.core.model.weights import load_metadata, shipped_weights

NAMES = PaletteNames.from_json(load_metadata(shipped_weights("mini.safetensors"))["palette"])


def found(prompt: str, unwanted: str = "") -> tuple[set[str], set[str]]:
    """Strokes and textures that twenty seeds find, "" where there is none."""
    strokes, textures = set(), set()
    for seed in range(20):
        rng = np.random.default_rng(seed)
        words, avoided = read_prompt(prompt).words, read_prompt(unwanted).words
        stroke, texture = named_sounds(NAMES.strokes, NAMES.textures, words, avoided, rng)
        strokes.add("" if stroke is None else " ".join(NAMES.strokes[stroke]))
        textures.add("" if texture is None else " ".join(NAMES.textures[texture]))
    return strokes, textures


@pytest.mark.parametrize(
    ("prompt", "stroke", "texture"),
    [
        ("footsteps on gravel", "footsteps gravel", ""),
        ("barefoot on tiles", "footsteps barefoot", ""),
        ("horse galloping", "", "footsteps horse"),
        ("church bells", "", "bell church"),
        ("doorbell", "bell doorbell", ""),
        ("car door slam", "door close machine vehicle engine", ""),
        ("car horn", "machine vehicle engine horn_alarm", ""),
        ("car on gravel", "", "machine vehicle engine ambience"),
        ("thunder", "thunder", ""),
        ("thunderstorm", "", "rain thunder ambience"),
        ("birds", "bird", ""),
        ("forest ambience", "", "bird ambience"),
        ("ocean waves on a beach", "", "sea waves water ambience"),
        ("rain on a window", "", "rain ambience"),
        ("wind howling", "", "wind ambience"),
        ("campfire", "", "fire ambience"),
        ("knocking on wood", "impact door knock", ""),
        ("creaky floor", "impact wood creak", ""),
        ("wooden door closing", "door close", ""),
        ("stone", "impact stone", ""),
        ("metal", "impact metal", ""),
        ("glass breaking", "break glass", ""),
        ("dog barks in the rain", "dog bark", "rain ambience"),
        ("train passing", "", ""),
        ("applause", "", ""),
    ],
)
def test_a_prompt_names_the_sound_that_was_meant(prompt: str, stroke: str, texture: str) -> None:
    assert found(prompt) == ({stroke}, {texture})


def test_several_sounds_may_be_meant_but_not_others() -> None:
    steps, _ = found("footsteps")
    assert len(steps) > 3
    assert all(step.startswith("footsteps") for step in steps)
    assert not {"footsteps water", "footsteps snow", "footsteps ice"} & steps, "who means these says so"
    doors, _ = found("metal door")
    assert doors <= {"door open", "door close"}


def test_unwanted_words_drive_a_sound_away_unless_there_is_no_other() -> None:
    assert found("glass break", "impact")[0] == {"break glass"}
    assert found("rooster", "bird")[0] == {"bird rooster"}
    assert not any("wood" in stroke for stroke in found("impact", "wood")[0])


@pytest.mark.parametrize(
    ("prompt", "left"), [("footsteps, door closes", ("footsteps",)), ("dog barks in the rain", ()), ("wood", ())]
)
def test_what_is_not_laid_on_what_strikes_is_known(prompt: str, left: tuple[str, ...]) -> None:
    words = read_prompt(prompt).words
    stroke, texture = named_sounds(NAMES.strokes, NAMES.textures, words, (), np.random.default_rng(0))
    chosen = [names[n] for names, n in ((NAMES.strokes, stroke), (NAMES.textures, texture)) if n is not None]
    assert left_out(NAMES.strokes, words, chosen) == left
