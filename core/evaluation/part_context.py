"""What a part of an evaluation has to work with: who is judged, on what, and how much of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from talkies.core.evaluation.engine_under_test import EngineChoice, EngineUnderTest, OnProgress
from talkies.core.evaluation.material import Material


@dataclass(frozen=True)
class Sizes:
    """How much is judged; the defaults take an hour and a half on two free cores."""

    codec_sentences: int = 30
    codec_effects: int = 30
    sentences: int = 40
    foreign_sentences: int = 4
    voices: int = 8
    lip_clips: int = 40
    scenes: int = 40
    films: int = 2
    talkers: int = 5
    prompts_per_class: int = 4
    negative_prompts: bool = True
    tuning_scenes: int = 12
    prompted: bool = True
    degraded_scenes: int = 8
    steps_scenes: int = 6
    steps_sentences: int = 8
    speed_s: int = 60
    judged_sentences: int = 55
    judged_seeds: int = 3
    judged_scenes: int = 4
    judged_takes: int = 3
    judged_voice_sentences: int = 10
    judged_people: int = 20
    judged_lip_clips: int = 12
    judged_films: int = 12
    judged_wears: int = 5
    judged_long_s: int = 60


QUICK = Sizes(
    codec_sentences=4,
    codec_effects=4,
    sentences=5,
    foreign_sentences=1,
    voices=3,
    lip_clips=3,
    scenes=5,
    films=1,
    talkers=1,
    prompts_per_class=1,
    negative_prompts=False,
    tuning_scenes=4,
    prompted=False,
    degraded_scenes=1,
    steps_scenes=1,
    steps_sentences=1,
    speed_s=10,
    judged_sentences=5,
    judged_seeds=1,
    judged_scenes=1,
    judged_takes=1,
    judged_voice_sentences=1,
    judged_people=2,
    judged_lip_clips=1,
    judged_films=2,
    judged_wears=1,
    judged_long_s=25,
)
"""For a first look: two minutes or so, and no more precise than that."""


@dataclass(frozen=True)
class PartContext:
    """What a part has to work with; ``out``: a folder for pictures that need more than the figures."""

    subject: EngineChoice
    under_test: EngineUnderTest
    material: Material
    sizes: Sizes
    progress: OnProgress
    out: Path | None
