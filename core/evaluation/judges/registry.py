"""The parts that independent judges make, by name: who computes it, the sizes it goes by, about how long it takes."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from talkies.core.evaluation.part_context import PartContext, Sizes

    Figures = Callable[[PartContext], dict[str, Any] | None]
    Judged = tuple[Figures, tuple[str, ...], Callable[[Sizes], float]]


def _part(module: str, function: str) -> Figures:
    """The part, imported when it is made: judges take seconds to load."""

    def figures(given: PartContext) -> dict[str, Any] | None:
        made = cast("Figures", getattr(importlib.import_module(f"{__package__}.{module}"), function))
        return made(given)

    return figures


_SPEECH = ("judged_sentences", "judged_seeds")
_EFFECTS = ("judged_scenes", "judged_takes")

JUDGED: dict[str, Judged] = {
    "judged_codec": (
        _part("parts.codec", "codec_part"),
        ("judged_sentences", *_EFFECTS),
        lambda n: 20 + 4 * n.judged_sentences + 20 * n.judged_scenes * n.judged_takes,
    ),
    "judged_dialogue": (
        _part("parts.dialogue", "dialogue_part"),
        _SPEECH,
        lambda n: 20 + (2 + 2 * n.judged_seeds) * n.judged_sentences,
    ),
    "judged_joint": (
        _part("parts.dialogue", "joint_part"),
        _SPEECH,
        lambda n: 20 + (2 + 2 * n.judged_seeds) * n.judged_sentences,
    ),
    "judged_prompts": (
        _part("effects", "effects_part"),
        (*_EFFECTS, "negative_prompts"),
        lambda n: 20 + 65 * n.judged_scenes * n.judged_takes + 120 * n.negative_prompts,
    ),
    "judged_sources": (
        _part("parts.sources", "sources_part"),
        ("judged_takes",),
        lambda n: 20 + 130 * n.judged_takes,
    ),
    "judged_library": (_part("parts.library", "library_part"), ("judged_takes",), lambda n: 200 + 20 * n.judged_takes),
    "judged_voices": (
        _part("voices", "voices_part"),
        ("judged_voice_sentences",),
        lambda n: 30 + 15 * n.judged_voice_sentences,
    ),
    "judged_people": (_part("voices", "people_part"), ("judged_people",), lambda n: 20 + 8 * n.judged_people),
    "judged_lips": (_part("parts.lips", "lips_part"), ("judged_lip_clips",), lambda n: 5 + 8 * n.judged_lip_clips),
    "judged_film": (
        _part("parts.film", "film_part"),
        ("judged_films", "judged_wears"),
        lambda n: 6 * n.judged_films * (1 + n.judged_wears),
    ),
    "judged_joints": (_part("parts.joints", "joints_part"), ("judged_long_s",), lambda n: n.judged_long_s / 2),
}
"""In the order of the report."""
