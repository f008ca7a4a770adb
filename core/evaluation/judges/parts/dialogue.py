"""Dialogue by independent judges: every held-out English sentence in several seeds, beside all recordings of it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from talkies.core.arrays import Sound
from talkies.core.corpus.heldout import HELDOUT_SCENE_SEED
from talkies.core.engines.base import Brief, Line
from talkies.core.evaluation.engine_under_test import EngineUnderTest, OnProgress
from talkies.core.evaluation.figures.codec import read_speech
from talkies.core.evaluation.figures.dialogue import cue_like, perform_line, prepare_spoken
from talkies.core.evaluation.judges.recordings import english_recordings
from talkies.core.evaluation.judges.speech import ears, speech_figures
from talkies.core.evaluation.material import Sentence
from talkies.core.times import TimeRange

if TYPE_CHECKING:
    from talkies.core.conditioning.picture.visual import PictureFeatures
    from talkies.core.evaluation.part_context import PartContext

Said = Callable[[EngineUnderTest, Sentence, TimeRange, Fraction, int], Sound]
"""A sentence in its cue, with a pause around, in so many seconds, with an offset of the seed."""

_SEED_STEP = 1000


def dialogue_part(given: PartContext) -> dict[str, Any] | None:
    """Task ``dialogue``; None without English sentences."""
    return _figures(given, perform_line)


def joint_part(given: PartContext) -> dict[str, Any] | None:
    """Task ``joint`` on a picture in which nothing sounds: what words lose when effects could be heard, too."""
    return _figures(given, _jointly)


def _figures(given: PartContext, said: Said) -> dict[str, Any] | None:
    sentences, recordings = english_recordings(given.material, given.sizes.judged_sentences)
    if not sentences:
        return None
    judges, ours = ears(), []
    seeds = given.sizes.judged_seeds
    wanted = [(number, seed) for number in range(len(sentences)) for seed in range(seeds)]
    for done, (number, seed) in enumerate(wanted):
        sentence = sentences[number]
        given.progress(done / len(wanted), f"judged speech: {sentence.path.name}, take {seed + 1}")
        cue, duration = cue_like(read_speech(sentence.path))
        sound = said(given.under_test, sentence, cue, duration, number + _SEED_STEP * seed)
        ours.append(judges.verdict(sentence.text, sound))
    natural = [judges.of_recording(each.text, each.path) for each in recordings]
    return {**speech_figures(ours, natural), "absent": list(judges.absent)}


def _jointly(under_test: EngineUnderTest, sentence: Sentence, cue: TimeRange, duration: Fraction, number: int) -> Sound:
    lines = (Line(cue, sentence.text, sentence.speaker, sentence.language),)
    brief = Brief("joint", duration, _still_life(duration), lines, sentence.speaker)
    with under_test.clock("prepare"):
        prepared = prepare_spoken(under_test.engine, brief)
    return under_test.perform(prepared, number)


@functools.lru_cache(maxsize=2)
def _still_life(duration: Fraction) -> PictureFeatures:
    """Of a rendered scene in which nothing happens that would be heard."""
    from talkies.core.conditioning.picture.visual import picture_features
    from talkies.core.media.picture import Frame
    from talkies.core.scenes import render_scene

    scene = render_scene(HELDOUT_SCENE_SEED + 700, duration, kind="silent", clean=True)
    frames = (Frame(number / scene.rate, image) for number, image in enumerate(scene.frames()))
    return picture_features(frames, duration)


def codec_speech(
    given: PartContext, roundtrip: Callable[[Sound], Sound], progress: OnProgress
) -> dict[str, Any] | None:
    """The recordings through the codec beside themselves; None without English sentences."""
    _, recordings = english_recordings(given.material, given.sizes.judged_sentences)
    if not recordings:
        return None
    judges, coded = ears(), []
    for number, each in enumerate(recordings):
        progress(number / len(recordings), f"judged codec: {each.path.name}")
        coded.append(judges.verdict(each.text, roundtrip(read_speech(each.path))))
    natural = [judges.of_recording(each.text, each.path) for each in recordings]
    return speech_figures(coded, natural)
