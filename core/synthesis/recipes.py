"""Recipes: which rules sound for which words of a prompt. At most one stroke and one thing that goes on.

Names are sets of vocabulary words, as those of the palette; the name that fits a prompt best is chosen
(core/conditioning/prompt/naming.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from talkies.core.conditioning.prompt.naming import Words, left_out, named_sounds
from talkies.core.synthesis.repertoire import GOING, STROKES, GoingSound, StrokeSound

__all__ = ["GoingSound", "Recipe", "StrokeSound", "recipe_for"]

Sound = TypeVar("Sound")


@dataclass(frozen=True)
class Recipe:
    """``words``: those of the prompt that it answers; ``left_out``: those that name another stroke than is laid."""

    words: Words
    stroke: StrokeSound | None = None
    going: GoingSound | None = None
    left_out: Words = ()

    @property
    def laid(self) -> str:
        """The name of what strikes."""
        return "" if self.stroke is None else self.stroke.name


def recipe_for(words: Words, unwanted: Words = ()) -> Recipe | None:
    """The rules for the words of a prompt; None where they name nothing that rules can sound, or only what is
    unwanted."""
    strokes, going = _kept(STROKES, words, unwanted), _kept(GOING, words, unwanted)
    names = [tuple(name.split()) for name in strokes], [tuple(name.split()) for name in going]
    stroke, flow = _exactly(names, words) or named_sounds(*names, words, unwanted, np.random.default_rng(0), nearly=1.0)
    if stroke is None and flow is None:
        return None
    chosen = ([] if stroke is None else [names[0][stroke]]) + ([] if flow is None else [names[1][flow]])
    return Recipe(
        tuple(word for word in words if any(word in name for name in chosen)),
        None if stroke is None else strokes[" ".join(names[0][stroke])],
        None if flow is None else going[" ".join(names[1][flow])],
        left_out(names[0], words, chosen) if stroke is not None else (),
    )


def _exactly(names: tuple[list[Words], list[Words]], words: Words) -> tuple[None, int] | None:
    """What goes on and is called exactly this, if no stroke is: "water" alone is a stream, not a splash."""
    strokes, going = ([set(name) for name in each] for each in names)
    return (None, going.index(set(words))) if set(words) in going and set(words) not in strokes else None


def _kept(sounds: Mapping[str, Sound], words: Words, unwanted: Words) -> dict[str, Sound]:
    """Those whose names hold no unwanted word that is not also wanted."""
    avoided = set(unwanted) - set(words)
    return {name: sound for name, sound in sounds.items() if not avoided & set(name.split())}
