"""Sounds that subtitles describe ("[door slams]"), each in its own time and nowhere else, made by rules.

A sound that strikes takes the place of what the picture alone would have made there: at what is spotted within its
time, else once at its start, or at its own pace where it comes quickly (footsteps). What goes on lies under the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from torch import Tensor

from talkies.core.arrays import Floats32, Sound
from talkies.core.conditioning.prompt.palette import spotted_onsets
from talkies.core.conditioning.prompt.vocabulary import read_prompt
from talkies.core.engines.base import Line
from talkies.core.engines.ruled import Ruled
from talkies.core.synthesis import Recipe, Span, Stroke, recipe_for

_FORCE = 0.7  # of a stroke that nobody sees
_QUICK_S = 1.0  # a pace at which one stroke is not all of a sound
_FADE_S, _END_S = 0.01, 0.15  # of what gives way, and of the sound at its end
_SEEDS = 7919  # so that no two sounds of a take are drawn alike


@dataclass(frozen=True)
class Described:
    """One such sound: ``ruled`` as long as its time, which begins at ``start`` seconds of the whole sound."""

    start: float
    ruled: Ruled
    replaces: bool

    def samples(self, rate: int) -> tuple[int, int]:
        """First sample and the one after the last."""
        first = round(self.start * rate)
        return first, first + round(self.ruled.seconds * rate)

    def heard(self, count: int, rate: int, inside: slice) -> Floats32:
        """How much of its ``count`` samples is heard ``inside``: all, but for the very end."""
        return _ramps(count, 0, round(_END_S * rate), inside)

    def gives_way(self, count: int, rate: int, inside: slice) -> Floats32:
        """How much of the rest is heard meanwhile."""
        fade = round(_FADE_S * rate)
        if not self.replaces:
            return np.ones(inside.stop - inside.start, np.float32)
        return 1 - _ramps(count, fade, fade, inside)


def described(
    sounds: Sequence[Line], events: Tensor, seconds: float, alone: bool = True
) -> tuple[tuple[Described, ...], tuple[str, ...]]:
    """The sounds of a take of ``seconds``, at the decided ``events`` (T, 4), and sentences about words for
    which there is none. ``alone``: the take has nothing but effects, so that they may give way."""
    if not sounds:
        return (), ()
    onsets = [Stroke(time, force) for time, force in spotted_onsets(events)]
    found: list[Described] = []
    warnings: list[str] = []
    for line in sounds:
        words = read_prompt(line.text)
        warnings += words.warnings
        recipe = recipe_for(words.words) if words.words else None
        start, end = max(float(line.range.start), 0.0), min(float(line.range.end), seconds)
        if recipe is None or end <= start:
            continue
        strokes = _strokes(recipe, float(line.range.start), start, end, onsets)
        ruled = Ruled(recipe, end - start, strokes, (Span(0.0, end - start),))
        found.append(Described(start, ruled, alone and bool(strokes)))
    return tuple(found), tuple(dict.fromkeys(warnings))


def _strokes(recipe: Recipe, begun: float, start: float, end: float, onsets: Sequence[Stroke]) -> tuple[Stroke, ...]:
    """What strikes from ``start`` to ``end``, counted from there; nothing where the sound has ``begun`` before the take
    and nothing is seen."""
    if recipe.stroke is None:
        return ()
    if seen := [Stroke(each.time - start, each.force) for each in onsets if start <= each.time < end]:
        return tuple(seen)
    if recipe.stroke.pace_s < _QUICK_S:
        return tuple(Stroke(float(time), _FORCE) for time in np.arange(0, end - start, recipe.stroke.pace_s))
    return (Stroke(0.0, _FORCE),) if begun >= 0 else ()


def with_described(blocks: Iterator[Sound], sounds: Sequence[Described], rate: int, seed: int) -> Iterator[Sound]:
    """Blocks of sound (n,) with the described sounds in their places."""
    streams = [_Stream(each.ruled.sound(seed + _SEEDS * number)) for number, each in enumerate(sounds, start=1)]
    position = 0
    for block in blocks:
        mixed = np.array(block, np.float32)
        for each, stream in zip(sounds, streams, strict=True):
            first, after = each.samples(rate)
            start, stop = max(first, position), min(after, position + len(mixed))
            if start < stop:
                part, inside = slice(start - position, stop - position), slice(start - first, stop - first)
                mixed[part] *= each.gives_way(after - first, rate, inside)
                mixed[part] += stream.take(stop - start) * each.heard(after - first, rate, inside)
        position += len(mixed)
        yield mixed


class _Stream:
    """Blocks taken in pieces of any length, with silence after their end."""

    def __init__(self, blocks: Iterator[Sound]) -> None:
        self._blocks, self._left = blocks, np.zeros(0, np.float32)

    def take(self, count: int) -> Sound:
        while len(self._left) < count:
            block = next(self._blocks, np.zeros(count, np.float32))
            self._left = np.concatenate([self._left, block])
        taken, self._left = self._left[:count], self._left[count:]
        return taken


def _ramps(count: int, head: int, tail: int, inside: slice) -> Floats32:
    """Of ``count`` ones that rise from 0 over ``head`` and fall to 0 over ``tail`` samples, each at most half of all,
    those ``inside``."""
    place = np.arange(inside.start, inside.stop).astype(np.float32)
    rise = (place + 1) / max(min(head, count // 2), 1)
    fall = (count - place) / max(min(tail, count // 2), 1)
    return np.minimum(np.minimum(rise, fall), 1).astype(np.float32)
