"""Spots by rules: one stroke by itself, or what goes on for as long as it does."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from talkies.core.arrays import Sound
from talkies.core.engines.ruled import Ruled
from talkies.core.library.casting import force_gain
from talkies.core.media.wav.bwf import SAMPLE_RATE
from talkies.core.sources.chosen import Chosen
from talkies.core.synthesis import Recipe, Span
from talkies.core.synthesis.single import single_stroke

_BRIEF_S = 0.6  # of what only goes on, where a hit is wanted
_BRIEF_FADE_S = 0.45


def hit(chosen: Chosen, seed: int, blow_seed: int) -> Sound:
    """One hit from its onset until it has died away; ``seed``: the take's."""
    assert chosen.recipe is not None, "rules have a recipe"
    if chosen.recipe.stroke is not None:
        return single_stroke(chosen.recipe.stroke, chosen.spot.force, chosen.object_seed(seed), blow_seed)
    return _brief(chosen.recipe, chosen.spot.force, blow_seed)


def going(chosen: Chosen, samples: int, blow_seed: int) -> Iterator[Sound]:
    """Blocks of what goes on, together ``samples``; what only strikes does so at its own pace."""
    assert chosen.recipe is not None, "rules have a recipe"
    seconds, gain = samples / SAMPLE_RATE, _gain(chosen.spot.force)
    strokes = () if chosen.recipe.going is not None else None
    ruled = Ruled(chosen.recipe, seconds, strokes, (Span(0.0, seconds),))
    return (block * gain for block in ruled.sound(blow_seed))


def _brief(recipe: Recipe, force: float, seed: int) -> Sound:
    span = (Span(-1.0, _BRIEF_S + 1.0),)
    sound = np.concatenate(list(Ruled(recipe, _BRIEF_S, (), span).sound(seed))) * _gain(force)
    fade = round(_BRIEF_FADE_S * SAMPLE_RATE)
    sound[-fade:] *= np.linspace(1, 0, fade, dtype=np.float32) ** 2
    return np.asarray(sound, np.float32)


def _gain(force: float) -> np.float32:
    return np.float32(force_gain(force))
