"""Figures of an engine that obeys, by a judge that tells a low tone from a high one."""

from __future__ import annotations

from collections.abc import Collection
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from talkies.core.conditioning.picture.visual import PictureFeatures
from talkies.core.engines.base import Brief, Prepared
from talkies.core.evaluation.card.judged_tables import prompts_section
from talkies.core.evaluation.engine_under_test import EngineUnderTest
from talkies.core.evaluation.judges.effects import far, named_figures, negative_figures, take_figures
from talkies.core.evaluation.judges.shown import Asked, Shown
from talkies.core.evaluation.measures.prompt_classifier import CLASSES

RATE = 48_000
DOG, CLOCK = (next(each for each in CLASSES if each.name == name) for name in ("dog", "clock"))


def tone(hertz: float, seed: int = 0) -> np.ndarray:
    """Strokes of a tone in two seconds, at places of the seed's own."""
    time = np.arange(2 * RATE) / RATE
    starts = np.random.default_rng(seed).uniform(0, 1.5, 3)
    shape = sum((time >= start) * np.exp(-np.maximum(time - start, 0) / 0.1) for start in starts)
    return np.asarray(0.3 * shape * np.sin(2 * np.pi * hertz * time), np.float32)


class ByPitch:
    """Names a low tone "dog" and a high one "clock"."""

    accepted = {"dog": ["dog"], "clock": ["clock"]}  # noqa: RUF012

    def is_named(self, sound: np.ndarray, accepted: Collection[str]) -> bool:
        hertz = float(np.abs(np.fft.rfft(sound)).argmax()) * RATE / len(sound)
        return ("dog" if hertz < 1000 else "clock") in accepted


class Obedient:
    """Makes a low tone unless "dog" is unwanted, then a high one."""

    sample_rate = RATE

    def prepare(self, brief: Brief) -> Prepared:
        low = "dog" not in brief.negative_prompt
        return Prepared(task="foley", duration=brief.duration, warnings=("low",) if low else ())

    def generate(self, prepared: Prepared, *, seed: int, steps: int, guidance: float, on_step: Any) -> Any:
        yield tone(200.0 if prepared.warnings else 6000.0, seed)


def asked(wanted: Any, film: str, ours: list[float], natural: list[float]) -> Asked:
    sounds = (tuple(tone(hertz, seed) for seed, hertz in enumerate(side)) for side in (ours, natural))
    return Asked(wanted, film, *sounds)


def test_shares_named_are_counted_per_class_and_together() -> None:
    rows = [asked(DOG, "a", [200, 6000], [200, 200]), asked(CLOCK, "a", [200, 200], [6000, 200])]
    figures = named_figures(rows, ByPitch())  # type: ignore[arg-type]
    assert figures["classes"] == {
        "dog": {"natural": 1.0, "generated": 0.5},
        "clock": {"natural": 0.5, "generated": 0.0},
    }
    assert figures["sounds"] == 4
    assert figures["named"]["relative"] == pytest.approx(0.25 / 0.75)
    assert named_figures(rows, None) == {}


def test_takes_are_compared_where_most_are_named() -> None:
    rows = [asked(DOG, "a", [200, 200, 200], [200, 200, 200]), asked(CLOCK, "a", [200, 200], [6000, 6000])]
    figures = take_figures(rows, ByPitch())  # type: ignore[arg-type]
    assert figures["films"] == 1
    assert figures["relative"] == pytest.approx(1.0)


def test_a_negative_prompt_that_is_obeyed() -> None:
    film = Shown("a", PictureFeatures.nothing(Fraction(8)), ())
    figures = negative_figures(EngineUnderTest(Obedient(), 1, 1.0), ByPitch(), [film])  # type: ignore[arg-type]
    assert figures is not None
    assert figures["classes_heard"] == 1
    assert (figures["named_when_not_mentioned"], figures["named_when_unwanted"]) == (1.0, 0.0)
    assert figures["relative"] == 0.0


def test_the_card_has_a_row_for_each_figure() -> None:
    rows = [asked(DOG, "a", [200, 200], [200, 200])]
    judge: Any = ByPitch()
    stage = {**named_figures(rows, judge), "takes": take_figures(rows, judge), "distance": far(rows)}
    figures = {"scenes": stage, "bouncing_ball": stage, "footsteps": None, "negative": None, "absent": ["x: is absent"]}
    text = "\n".join(prompts_section(figures))
    assert "| named, YAMNet, on held-out scenes (2 sounds) | 1 | 1 | 1 × (1 to 1) |" in text
    assert "| dog | 1 | 1 | 1 | 1 |" in text
    assert "A judge was absent: x: is absent." in text
