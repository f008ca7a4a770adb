"""A spot: one thing that sounds, when, how strongly, and what makes it."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, get_args

from talkies.core.segment import SpotSource

SpotKind = Literal["hit", "sustained", "background"]
KINDS: tuple[SpotKind, ...] = get_args(SpotKind)
SOURCES: tuple[SpotSource, ...] = get_args(SpotSource)

EASY_FORCE = 0.7
"""Of a hit that nobody measured."""
MOST_SPOTS = 100_000


@dataclass(frozen=True)
class Spot:
    """One row of a spotting list.

    ``time`` and ``until``: seconds of the shot's media, so that a spot stays with its picture when the cut changes; a
    ``hit`` ends when it has rung out, its two times are equal. ``shot``: the id of its segment. ``force`` and
    ``confidence``: 0 to 1; ``x``, ``y``: where in the picture, 0 to 1 from its upper left, None unknown. ``words`` and
    ``avoid``: prompts. ``file``: the recording that ``source`` takes. ``locked``: nothing but its own row changes it.
    ``roll``: how often it was re-rolled: each time it sounds another way.
    """

    id: str
    shot: str
    time: Fraction
    until: Fraction
    kind: SpotKind = "hit"
    force: float = EASY_FORCE
    x: float | None = None
    y: float | None = None
    words: str = ""
    avoid: str = ""
    source: SpotSource = "auto"
    file: str = ""
    locked: bool = False
    confidence: float = 1.0
    roll: int = 0

    def seed(self, seed: int) -> int:
        """What its sound is drawn with: its own, whatever other spots there are."""
        drawn = hashlib.sha256(f"{seed} {self.id} {self.roll}".encode("utf-8", "replace")).digest()
        return int.from_bytes(drawn[:4], "big")


def new_id(shot: str, taken: Collection[str]) -> str:
    """``V1-003.07``: the next free number of a shot."""
    number = sum(name.startswith(f"{shot}.") for name in taken) + 1
    while (name := f"{shot}.{number:02}") in taken:
        number += 1
    return name
