"""Prompted effects by rules through the shipped engine: at the spotted onsets, in what is audible, as asked for."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from talkies.core.conditioning.picture.sync import SYNC_DIM
from talkies.core.conditioning.picture.visual import PictureFeatures, picture_features
from talkies.core.conditioning.prompt.palette import spotted_onsets
from talkies.core.engines.base import Brief, Line, load_engine
from talkies.core.engines.mini import MiniEngine
from talkies.core.engines.mini_prepared import MiniPrepared
from talkies.core.media.picture import Frame
from talkies.core.scenes import render_scene
from talkies.core.segment import Source
from talkies.core.times import TimeRange

pytestmark = pytest.mark.slow  # the shipped network

RATE, SECONDS = 48_000, Fraction(6)
Seen = PictureFeatures


@pytest.fixture(scope="module")
def engine() -> MiniEngine:
    engine = load_engine("mini")
    assert isinstance(engine, MiniEngine)
    return engine


@pytest.fixture(scope="module")
def hammering() -> PictureFeatures:
    scene = render_scene(31, SECONDS, kind="hammering", clean=True)
    frames = (Frame(number / scene.rate, image) for number, image in enumerate(scene.frames()))
    return picture_features(frames, SECONDS, mouth=False)


def asked(
    engine: MiniEngine, seen: PictureFeatures, prompt: str, source: Source = "auto", unwanted: str = ""
) -> MiniPrepared:
    return engine.prepare(Brief("foley", SECONDS, seen, prompt=prompt, negative_prompt=unwanted, source=source))


def sound_of(engine: MiniEngine, prepared: MiniPrepared, seed: int = 0) -> np.ndarray:
    return np.concatenate(list(engine.generate(prepared, seed=seed, steps=2, guidance=2.0, on_step=lambda share: None)))


def levels_db(sound: np.ndarray) -> np.ndarray:
    """(200 a second,)"""
    frames = sound[: len(sound) // 240 * 240].reshape(-1, 240)
    return np.asarray(10 * np.log10(np.square(frames).mean(1) + 1e-12))


def test_a_word_whose_source_is_rules_sounds_at_the_spotted_onsets(
    engine: MiniEngine, hammering: PictureFeatures
) -> None:
    prepared = asked(engine, hammering, "glass breaks")
    sync = prepared.conditions.sync
    assert prepared.source == "rules" and sync is not None
    onsets = [time for time, _ in spotted_onsets(sync[:, SYNC_DIM:])]
    sound = sound_of(engine, prepared)
    assert len(sound) == SECONDS * RATE and len(onsets) >= 3
    levels = levels_db(sound)
    for time in onsets:
        at = round(time * 200)
        assert levels[at : at + 4].max() > levels[max(at - 6, 0) : at - 1].max(initial=-120) + 10
    assert np.abs(sound[: round(onsets[0] * RATE) - 48]).max() < 1e-6, "silent before anything strikes"


def test_without_a_prompt_and_in_joint_takes_the_network_answers(
    engine: MiniEngine, hammering: PictureFeatures
) -> None:
    assert asked(engine, hammering, "").source == "network"
    joint = engine.prepare(Brief("joint", SECONDS, hammering, prompt="glass"))
    assert joint.source == "network"


def test_the_user_chooses_the_source(engine: MiniEngine, hammering: Seen) -> None:
    assert asked(engine, hammering, "thunder", "network").source == "network"
    assert asked(engine, hammering, "thunder", "rules").source == "rules"
    (said,) = asked(engine, hammering, "", "rules").warnings
    assert "rules need a prompt" in said
    (said,) = asked(engine, hammering, "laughter", "network").warnings
    assert "laughter" in said


def test_what_goes_on_fills_the_stem_and_strokes_sound_beside_it(
    engine: MiniEngine, hammering: PictureFeatures
) -> None:
    going = levels_db(sound_of(engine, asked(engine, hammering, "rain", "rules")))
    assert going.min() > going.max() - 40
    both = asked(engine, hammering, "dog barking in the rain", "rules")
    assert both.ruled is not None and both.ruled.recipe.stroke is not None and both.ruled.recipe.going is not None


def test_unwanted_words_choose_another_recipe(engine: MiniEngine, hammering: Seen) -> None:
    prepared = asked(engine, hammering, "horse", "rules", unwanted="footsteps")
    assert prepared.ruled is not None and "footsteps" not in prepared.ruled.recipe.laid


def test_nothing_spotted_so_strokes_come_at_a_pace_of_their_own(engine: MiniEngine) -> None:
    drifting = PictureFeatures.nothing(SECONDS)
    features = PictureFeatures(np.full_like(drifting.sync, 1e-4), drifting.picture, drifting.lips)
    prepared = asked(engine, features, "clock ticking", "rules")
    assert prepared.ruled is not None and prepared.ruled.strokes is None
    levels = levels_db(sound_of(engine, prepared))
    beats = np.flatnonzero((levels[1:] > -50) & (levels[:-1] < levels[1:] - 12))
    assert 6 <= len(np.unique(beats // 40)) <= 20, "about two a second"


def test_a_described_sound_colours_its_own_time_alone(engine: MiniEngine, hammering: PictureFeatures) -> None:
    """From 2 to 4 s doors slam; before and after everything is as it was without the subtitle."""
    cue = Line(TimeRange(Fraction(2), Fraction(4)), "door slams")
    plain = Brief("foley", SECONDS, hammering, prompt="knock on wood")
    without, coloured = (sound_of(engine, engine.prepare(brief)) for brief in (plain, replace(plain, sounds=(cue,))))
    outside = np.r_[0 : 2 * RATE, 4 * RATE : 6 * RATE]
    assert np.array_equal(without[outside], coloured[outside])
    assert not np.allclose(without[2 * RATE : 4 * RATE], coloured[2 * RATE : 4 * RATE], atol=1e-3)


def test_a_described_sound_is_heard_where_nothing_moves(engine: MiniEngine) -> None:
    cue = Line(TimeRange(Fraction(2), Fraction(4)), "door slams")
    prepared = engine.prepare(Brief("foley", SECONDS, PictureFeatures.nothing(SECONDS), sounds=(cue,)))
    sound = np.abs(sound_of(engine, prepared))
    assert not prepared.silent
    assert sound[2 * RATE : round(2.1 * RATE)].max() > 0.01 and not sound[: 2 * RATE].any()
