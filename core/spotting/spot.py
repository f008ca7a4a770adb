"""A spot: one thing that sounds, when, how strongly, and what makes it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import count
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


class Ids:
    """Gives ids, none of them twice: ``V1-003.07``, the next free number of a shot."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken: set[str] = set()
        self._counts: Counter[str] = Counter()
        for name in taken:
            self.take(name)

    def __contains__(self, name: str) -> bool:
        return name in self._taken

    def take(self, name: str) -> str:
        """Notes an id that is in use; the same."""
        if name not in self._taken:
            self._taken.add(name)
            self._counts[name.rpartition(".")[0]] += 1
        return name

    def new(self, shot: str) -> str:
        """Another one for a shot."""
        names = (f"{shot}.{number:02}" for number in count(self._counts[shot] + 1))
        return self.take(next(name for name in names if name not in self))
