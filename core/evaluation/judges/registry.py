"""The parts that independent judges make, by name: who computes it, the sizes it goes by, about how long it takes."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from talkies.core.evaluation.given import Given, Sizes

    Figures = Callable[[Given], dict[str, Any] | None]
    Judged = tuple[Figures, tuple[str, ...], Callable[[Sizes], float]]


def _part(module: str, function: str) -> Figures:
    """The part, imported when it is made: judges take seconds to load."""

    def figures(given: Given) -> dict[str, Any] | None:
        made = cast("Figures", getattr(importlib.import_module(f"{__package__}.{module}"), function))
        return made(given)

    return figures


_SPEECH = ("judged_sentences", "judged_seeds")
_EFFECTS = ("judged_scenes", "judged_takes")

JUDGED: dict[str, Judged] = {
    "judged_codec": (
        _part("codec_part", "codec_part"),
        ("judged_sentences", *_EFFECTS),
        lambda n: 20 + 4 * n.judged_sentences + 20 * n.judged_scenes * n.judged_takes,
    ),
    "judged_dialogue": (
        _part("dialogue_part", "dialogue_part"),
        _SPEECH,
        lambda n: 20 + (2 + 2 * n.judged_seeds) * n.judged_sentences,
    ),
    "judged_joint": (
        _part("dialogue_part", "joint_part"),
        _SPEECH,
        lambda n: 20 + (2 + 2 * n.judged_seeds) * n.judged_sentences,
    ),
    "judged_prompts": (
        _part("effects", "effects_part"),
        (*_EFFECTS, "negative_prompts"),
        lambda n: 20 + 65 * n.judged_scenes * n.judged_takes + 120 * n.negative_prompts,
    ),
}
"""In the order of the report."""
