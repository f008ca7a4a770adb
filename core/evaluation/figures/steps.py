"""Few steps: the same sounds, from the same noise, at 4, 8, 12 and 50 evaluations of the flow model.

Beside the distance of each result to that of 50 evaluations stands the distance of another seed at 50 evaluations:
two results that nobody would call one better than the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from talkies.core.arrays import Sound
from talkies.core.corpus.heldout import HELDOUT_SCENE_SEED
from talkies.core.engines.base import Brief, Prepared
from talkies.core.evaluation.engine_under_test import EngineUnderTest, OnProgress
from talkies.core.evaluation.figures.codec import read_speech
from talkies.core.evaluation.figures.dialogue import cue_like, prepare_line
from talkies.core.evaluation.figures.foley import see
from talkies.core.evaluation.material import Material
from talkies.core.evaluation.measures.baselines import Clip
from talkies.core.evaluation.measures.fidelity import log_spectral_distance, mean
from talkies.core.evaluation.measures.speech import Recogniser, WordErrors
from talkies.core.media.onsets import detect_onsets, pooled

STEPS = (4, 8, 12)
MANY = 50
_ANOTHER_SEED = 500_000


@dataclass(frozen=True)
class Tried:
    """One sound made with each number of steps, and once more with many steps from another seed."""

    by_steps: dict[int, Sound]
    another_seed: Sound

    def distances(self) -> dict[str, float]:
        """Log-spectral distance (dB) to the result of many steps."""
        goal = self.by_steps[MANY]
        near = {str(steps): log_spectral_distance(goal, self.by_steps[steps]) for steps in STEPS}
        return {**near, "another_seed": log_spectral_distance(goal, self.another_seed)}


def steps_figures(
    under_test: EngineUnderTest, material: Material, scenes: int, sentences: int, progress: OnProgress
) -> dict[str, Any]:
    """Per number of steps: onset F1 (±50 ms) on scenes, word error on sentences, distances (dB) to 50 steps."""
    chosen = material.english()[:sentences]
    whole = max(scenes + len(chosen), 1)
    clips: list[Clip] = []
    foley: list[Tried] = []
    for number in range(scenes):
        progress(number / whole, f"steps: scene {number + 1} of {scenes}")
        seen = see(HELDOUT_SCENE_SEED + number)
        clips.append(seen.clip)
        brief = Brief("foley", seen.scene.duration, seen.features)
        foley.append(_tried(under_test, under_test.engine.prepare(brief), number))
    dialogue: list[Tried] = []
    for number, sentence in enumerate(chosen):
        progress((scenes + number) / whole, f"steps: {sentence.path.name}")
        prepared = prepare_line(under_test.engine, sentence, *cue_like(read_speech(sentence.path)), sentence.speaker)
        dialogue.append(_tried(under_test, prepared, number))
    return {
        "scenes": scenes,
        "sentences": len(chosen),
        "foley_f1_50ms": {str(steps): _f1(clips, foley, steps) for steps in (*STEPS, MANY)},
        "foley_distance_to_50_db": _mean_distances(foley),
        "word_error": _word_errors([sentence.text for sentence in chosen], dialogue),
        "dialogue_distance_to_50_db": _mean_distances(dialogue),
    }


def _tried(under_test: EngineUnderTest, prepared: Prepared, number: int) -> Tried:
    def made(steps: int, offset: int) -> Sound:
        return replace(under_test, steps=steps).perform(prepared, offset)

    return Tried({steps: made(steps, number) for steps in (*STEPS, MANY)}, made(MANY, _ANOTHER_SEED + number))


def _f1(clips: Sequence[Clip], tried: Sequence[Tried], steps: int) -> float | None:
    counts = [clip.judge(detect_onsets(one.by_steps[steps])) for clip, one in zip(clips, tried, strict=True)]
    return pooled(counts).f1(50) if counts else None


def _word_errors(texts: Sequence[str], tried: Sequence[Tried]) -> dict[str, float | None] | None:
    if not texts:
        return None
    recogniser = Recogniser()

    def rate(steps: int) -> float | None:
        errors = [recogniser.errors(text, one.by_steps[steps]) for text, one in zip(texts, tried, strict=True)]
        return sum(errors, WordErrors()).rate

    return {str(steps): rate(steps) for steps in (*STEPS, MANY)}


def _mean_distances(tried: Sequence[Tried]) -> dict[str, float | None]:
    rows = [one.distances() for one in tried]
    return {name: mean([row[name] for row in rows]) for name in (rows[0] if rows else ())}
