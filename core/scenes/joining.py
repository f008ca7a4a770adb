"""Joins between shots: a hard cut, a dissolve, or a fade through black or white. None of them is heard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from talkies.core.arrays import Image
from talkies.core.scenes.canvas import Colour

_LONGEST_S = 2.0
_SHORTEST_SHOT_S = 2.4  # time enough for something to happen


@dataclass(frozen=True)
class Join:
    """A shot begins at ``start`` (s), in the middle of ``seconds`` of transition; ``through`` a colour, or directly."""

    start: float
    seconds: float = 0.0
    through: Colour | None = None


@dataclass(frozen=True)
class Shown:
    """What of which shots is seen at a moment: their numbers, the later one's share, and a colour's."""

    shots: tuple[int, ...]
    share: float = 0.0
    colour: Colour = (0, 0, 0)
    covered: float = 0.0

    def of(self, images: Sequence[Image]) -> Image:
        """The picture made of one picture of each of ``shots``."""
        image = images[0]
        if len(images) > 1:
            image = _blended(image, images[1], self.share)
        return _blended(image, np.full_like(image, self.colour), self.covered) if self.covered else image


def joined(joins: Sequence[Join], t: float) -> Shown:
    """What is seen at ``t`` (s) of shots that begin with ``joins``, the first at 0."""
    number = max(n for n, join in enumerate(joins) if n == 0 or join.start <= t + 1e-9)
    for later in (number, number + 1):
        if not 0 < later < len(joins):
            continue
        join = joins[later]
        share = 0.5 + (t - join.start) / join.seconds if join.seconds else -1.0
        if not 0 < share < 1:
            continue
        if join.through is None:
            return Shown((later - 1, later), share)
        return Shown((number,), colour=join.through, covered=1 - abs(2 * share - 1))
    return Shown((number,))


def draw_joins(rng: np.random.Generator, length: float) -> list[Join]:
    """Where further shots begin within ``length`` seconds, and how; none if there is no time for two."""
    joins: list[Join] = []
    start = float(rng.uniform(_SHORTEST_SHOT_S, 2 * _SHORTEST_SHOT_S))
    while start <= length - _SHORTEST_SHOT_S:
        how = str(rng.choice(["dissolve", "black", "white", "cut"], p=[0.6, 0.15, 0.05, 0.2]))
        span = 0.0 if how == "cut" else float(rng.uniform(0.2, 1)) ** 2 * _LONGEST_S + 0.2
        joins.append(Join(start, span, _THROUGH.get(how)))
        start += float(rng.uniform(_SHORTEST_SHOT_S, 2 * _SHORTEST_SHOT_S))
    return joins


_THROUGH: dict[str, Colour] = {"black": (0, 0, 0), "white": (255, 255, 255)}


def _blended(one: Image, other: Image, share: float) -> Image:
    return np.asarray(cv2.addWeighted(one, 1 - share, other, share, 0), np.uint8)
