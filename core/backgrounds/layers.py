"""Layers: what words add to the air of a place, in slots of time that fade into each other.

    slot n ─► fades while slot n + 1 comes ─► ...

Each slot is drawn from the seed and its number alone, so that any stretch can be heard without what came before it;
what goes on is one object throughout.
"""

from __future__ import annotations

import itertools
from functools import lru_cache

import numpy as np

from talkies.core.arrays import Floats, Floats32
from talkies.core.backgrounds.noise import HOP, numbered_rng
from talkies.core.media.wav.bwf import SAMPLE_RATE
from talkies.core.synthesis import BLOCK, Recipe, Stroke, perform
from talkies.core.synthesis.repertoire import GoingSound

SLOT = 48 * HOP
"""Samples of a slot, 16.4 s."""
_FADE = 6 * HOP  # 2 s, in which the next one comes
_RING = 18 * HOP  # 6 s in which the last strokes of a slot die away
_ALIKE = 0.5  # correlation of left and right of what goes on
_STEADIER = 0.5  # a far sound's changes of level are so much of a near one's
_LEVEL_S = 1.0
_APART_S, _PACES = 4.0, 5.0  # mean distance of strokes: the longer of the two
_FORCES = (0.3, 0.8)
_OBJECT, _FLOW, _STROKES = 11, 12, 13


class GoingLayer:
    """What goes on, stereo (2, n), RMS 1 in each channel in every slot."""

    def __init__(self, recipe: Recipe, seed: int) -> None:
        assert recipe.going is not None
        self._sound, self._seed = recipe.going, seed

    def block(self, number: int) -> Floats:
        """(2, HOP)"""
        slot, inside = divmod(number * HOP, SLOT)
        here = slice(inside, inside + HOP)
        sound = _flow(self._sound.name, self._seed, slot)[:, here].astype(np.float64)
        if inside >= _FADE:
            return sound
        turn = np.pi / 2 * (inside + np.arange(HOP) + 0.5) / _FADE
        before = _flow(self._sound.name, self._seed, slot - 1)[:, inside + SLOT : inside + SLOT + HOP]
        return np.asarray(np.sin(turn) * sound + np.cos(turn) * before)


class StrokeLayer:
    """What strikes now and then, far away: stereo (2, n), a loudest stroke's 50 ms at RMS 1."""

    def __init__(self, recipe: Recipe, seed: int) -> None:
        assert recipe.stroke is not None
        self._recipe, self._seed = recipe, seed

    def block(self, number: int) -> Floats:
        """(2, HOP)"""
        slot, inside = divmod(number * HOP, SLOT)
        sound = _struck(self._recipe, self._seed, slot)[:, inside : inside + HOP].astype(np.float64)
        if inside < _RING:
            sound += _struck(self._recipe, self._seed, slot - 1)[:, inside + SLOT : inside + SLOT + HOP]
        return sound


@lru_cache(maxsize=6)
def _flow(name: str, seed: int, slot: int) -> Floats32:
    """(2, SLOT + _FADE) of one slot."""
    from talkies.core.synthesis.repertoire import GOING

    middle, side = (_flowing(GOING[name], seed, slot, part) for part in (0, 1))
    share = np.sqrt((1 + _ALIKE) / 2), np.sqrt((1 - _ALIKE) / 2)
    both = np.stack([share[0] * middle + share[1] * side, share[0] * middle - share[1] * side])
    return np.asarray(both / np.sqrt(np.mean(np.square(both))), np.float32)


def _flowing(sound: GoingSound, seed: int, slot: int, part: int) -> Floats:
    """(SLOT + _FADE,) of the object that the seed draws; what is chance in it is drawn anew for each slot and part."""
    rng = numbered_rng(seed, _OBJECT)
    flow = sound.draw(rng)
    next(flow)  # draws the object
    rng.bit_generator.state = numbered_rng(seed, _FLOW, slot, part).bit_generator.state
    count = SLOT + _FADE
    blocks = list(itertools.islice(flow, 2 - -count // BLOCK))[2:]
    return _steadied(np.concatenate(blocks)[:count])


def _steadied(sound: Floats) -> Floats:
    """The same with smaller changes of level, RMS 1."""
    from scipy.ndimage import uniform_filter1d

    power = uniform_filter1d(np.square(sound), round(_LEVEL_S * SAMPLE_RATE), mode="nearest")
    whole = max(float(power.mean()), 1e-18)
    steady = sound * (np.maximum(power, whole * 1e-3) / whole) ** (-(1 - _STEADIER) / 2)
    return np.asarray(steady / max(float(np.sqrt(np.mean(np.square(steady)))), 1e-9))


@lru_cache(maxsize=6)
def _struck(recipe: Recipe, seed: int, slot: int) -> Floats32:
    """(2, SLOT + _RING) of one slot: strokes at random, each from its own side."""
    assert recipe.stroke is not None
    from talkies.core.synthesis.performing import STROKE_RMS

    rng = numbered_rng(seed, _STROKES, slot)
    seconds, apart = SLOT / SAMPLE_RATE, max(_APART_S, _PACES * recipe.stroke.pace_s)
    times = np.sort(rng.uniform(0, seconds, int(rng.poisson(seconds / apart))))
    strokes = [Stroke(float(time), float(rng.uniform(*_FORCES))) for time in times]
    total = np.zeros((2, SLOT + _RING), np.float32)
    for number, group in enumerate((strokes[::2], strokes[1::2])):
        if not group:
            continue
        angle = np.pi / 4 * (1 + rng.uniform(0.2, 0.8) * (1 if number else -1))
        sound = np.concatenate(list(perform(recipe, group, total.shape[1] / SAMPLE_RATE, seed + slot % 997)))
        total += np.outer([np.cos(angle), np.sin(angle)], sound[: total.shape[1]]).astype(np.float32)
    return np.asarray(total * (np.sqrt(2) / STROKE_RMS), np.float32)
