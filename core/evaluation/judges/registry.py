"""The parts that independent judges make, by name: who computes it, the sizes it goes by, about how long it takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from talkies.core.evaluation.judges.codec_part import codec_part
from talkies.core.evaluation.judges.dialogue_part import dialogue_part, joint_part
from talkies.core.evaluation.judges.effects import effects_part

if TYPE_CHECKING:
    from talkies.core.evaluation.parts import Given, Sizes

Judged = tuple[Callable[["Given"], dict[str, Any] | None], tuple[str, ...], Callable[["Sizes"], float]]

_SPEECH = ("judged_sentences", "judged_seeds")
_EFFECTS = ("judged_scenes", "judged_takes")

JUDGED: dict[str, Judged] = {
    "judged_codec": (
        codec_part,
        ("judged_sentences", *_EFFECTS),
        lambda n: 20 + 4 * n.judged_sentences + 20 * n.judged_scenes * n.judged_takes,
    ),
    "judged_dialogue": (dialogue_part, _SPEECH, lambda n: 20 + (2 + 2 * n.judged_seeds) * n.judged_sentences),
    "judged_joint": (joint_part, _SPEECH, lambda n: 20 + (2 + 2 * n.judged_seeds) * n.judged_sentences),
    "judged_prompts": (
        effects_part,
        (*_EFFECTS, "negative_prompts"),
        lambda n: 20 + 65 * n.judged_scenes * n.judged_takes + 120 * n.negative_prompts,
    ),
}
