"""Naming sounds: described alike at any level, told apart when they differ, and figures of an engine that obeys."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np
import pytest

from talkies.core.conditioning.picture.visual import PictureFeatures
from talkies.core.conditioning.prompt.vocabulary import known_words, read_prompt
from talkies.core.corpus.effects import Recording
from talkies.core.engines.base import Brief, Prepared
from talkies.core.evaluation.engine_under_test import EngineUnderTest
from talkies.core.evaluation.figures.foley import Seen
from talkies.core.evaluation.figures.prompt import negative_figures, neutral
from talkies.core.evaluation.measures.prompt_classifier import CLASSES, NamedClass, Namer, describe, log_mel, strokes
from talkies.core.scenes import render_scene

RATE = 48_000
RAIN, DOG = (next(each for each in CLASSES if each.name == name) for name in ("rain", "dog"))


def tone(hertz: float, seed: int, decay_s: float = 0.1) -> np.ndarray:
    """Three strokes of a noisy tone in two seconds, somewhere."""
    rng = np.random.default_rng(seed)
    time = np.arange(2 * RATE) / RATE
    sound = 1e-4 * rng.normal(size=len(time))
    for start in np.sort(rng.uniform(0, 1.5, 3)):
        after = np.maximum(time - start, 0)
        sound += (time >= start) * np.exp(-after / decay_s) * np.sin(2 * np.pi * hertz * rng.uniform(0.9, 1.1) * after)
    return (0.3 * sound).astype(np.float32)


def test_bands_rise_with_pitch() -> None:
    loudest = [int(log_mel(tone(hertz, 0)).max(0).argmax()) for hertz in (200, 1000, 5000)]
    assert loudest == sorted(set(loudest))


def test_a_description_does_not_depend_on_the_level() -> None:
    sound = tone(800, 1)
    np.testing.assert_allclose(describe(sound), describe((sound * 0.1).astype(np.float32)), atol=0.02)


def test_strokes_are_the_loudest_places_apart_from_each_other() -> None:
    level = np.full(300, -60.0)
    level[[50, 55, 120, 250]] = [0.0, -1.0, -10.0, -30.0]
    assert strokes(level) == [50, 120]


def test_the_namer_finds_again_what_it_learned_and_repeats_itself() -> None:
    pitches = {"low": 200.0, "middle": 1200.0, "high": 6000.0}
    learned = [(name, tone(hertz, seed)) for name, hertz in pitches.items() for seed in range(8)]
    named = [name for name, _ in learned]
    described = [describe(sound) for _, sound in learned]
    heard = [tone(hertz, seed) for hertz in pitches.values() for seed in range(100, 104)]
    first = Namer(described, named, 40).name([*heard, np.zeros(RATE, np.float32)])
    assert first == [name for name in pitches for _ in range(4)] + [""]
    assert Namer(described, named, 40).name(heard) == first[:-1]


@pytest.mark.parametrize("named", CLASSES, ids=lambda named: named.name)
def test_classes_are_prompted_in_words_that_the_model_knows(named: NamedClass) -> None:
    assert read_prompt(" ".join(named.words)).words == named.words
    assert {tag for needed in named.tags for tag in needed} | named.without <= set(known_words())


def test_a_recording_belongs_to_a_class_by_its_words() -> None:
    rain = Recording("a.ogg", ("rain", "ambience"), True, "a", "train")
    storm = Recording("b.ogg", ("rain", "thunder", "ambience"), True, "b", "train")
    drop = Recording("c.ogg", ("rain",), False, "c", "train")
    assert [RAIN.holds(each) for each in (rain, storm, drop)] == [True, False, False]


def seen(seed: int, kind: str) -> Seen:
    return Seen(render_scene(seed, kind=kind, clean=True), PictureFeatures.nothing(Fraction(8)))


def test_pictures_never_show_the_class_that_is_asked_for() -> None:
    scenes = [seen(1, "rain"), seen(2, "surf"), seen(3, "car")]
    assert neutral(scenes, RAIN, 0, 4) == [scenes[1], scenes[2], scenes[1], scenes[2]]
    assert neutral(scenes, DOG, 1, 2) == [scenes[1], scenes[2]]


class Obedient:
    """An engine that makes a low tone unless "dog" is unwanted, then a high one."""

    sample_rate = RATE

    def prepare(self, brief: Brief) -> Prepared:
        low = "dog" not in brief.negative_prompt
        return Prepared(task="foley", duration=brief.duration, warnings=("low",) if low else ())

    def generate(self, prepared: Prepared, *, seed: int, **_: object) -> Iterator[np.ndarray]:
        yield tone(200.0 if prepared.warnings else 6000.0, seed)


def test_a_negative_prompt_that_works_and_one_that_matters_not() -> None:
    described = [describe(np.tile(tone(hertz, seed), 1)) for hertz in (200.0, 6000.0) for seed in range(8)]
    namer = Namer(described, ["dog"] * 8 + ["clock"] * 8, 40)
    under_test = EngineUnderTest(Obedient(), 1, 1.0)  # type: ignore[arg-type]
    figures = negative_figures(under_test, namer, [seen(1, "car"), seen(2, "car")])
    assert figures == {"sounds": 2, "still_named": 0.0, "still_named_when_another_is_unwanted": 1.0}
