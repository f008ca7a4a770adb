"""What earlier takes of a spotting list have settled: their levels, and the recordings that were cast.

So that a spot can be edited and nothing else changes: levels are measured when a list is first performed, and kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from talkies.core.segment import Stem, Take
from talkies.core.spotting.made_of import SPOTS
from talkies.core.spotting.spot import Spot
from talkies.core.takes.levels import GAINS

_MOST_DB = 120.0


@dataclass(frozen=True)
class SettledTakes:
    """``takes``: of the same segments, the newest last."""

    takes: tuple[Take, ...] = ()

    def gains(self, stem: Stem, seed: int, loudness: str) -> tuple[float, ...]:
        """Those of the last take of this sound, rather of the same seed; nothing where none was made of a list for this
        loudness."""
        alike = [
            take
            for take in self.takes
            if (take.segment_id, take.stem) == (stem.segment.id, stem.name)
            and take.metadata.get("loudness") == loudness
            and _gains(take)
        ]
        same = [take for take in alike if take.metadata.get("seed") == seed]
        return _gains((same or alike)[-1]) if alike else ()

    def common_gains(self, new: Iterable[Take], loudness: str) -> tuple[float, ...] | None:
        """What the run that made them gave to all of its takes; None where ``new`` ones have no levels of a list."""
        made = {(take.segment_id, take.stem) for take in new if take.metadata.get(GAINS)}
        for take in self.takes:
            if (take.segment_id, take.stem) in made and take.metadata.get("loudness") == loudness and _gains(take):
                return _gains(take)[1:]
        return None

    def picks(self, spots: Iterable[Spot]) -> dict[str, str]:
        """Names of the recordings that spots had as they are, by their ids; nothing of those that were rolled again."""
        rolls = {spot.id: spot.roll for spot in spots}
        return {name: pick for name, (pick, roll) in self._picks().items() if roll == rolls.get(name)}

    def left(self, spots: Iterable[Spot]) -> dict[str, str]:
        """Those that spots had before they were rolled again, and are not to have once more."""
        rolls = {spot.id: spot.roll for spot in spots}
        return {name: pick for name, (pick, roll) in self._picks().items() if roll != rolls.get(name)}

    def _picks(self) -> dict[str, tuple[str, int]]:
        """The last recording that each spot had, and its roll then."""
        found = {}
        for take in self.takes:
            for name, row in _rows(take).items():
                if isinstance(row, Mapping) and isinstance(row.get("pick"), str):
                    found[name] = row["pick"], row.get("roll", 0)
        return found

    def are_events(self, stem: Stem) -> bool:
        """Whether this sound lies there as clips of events."""
        there = [take for take in self.takes if (take.segment_id, take.stem) == (stem.segment.id, stem.name)]
        return bool(there) and all(take.metadata.get("spot") for take in there)


def _gains(take: Take) -> tuple[float, ...]:
    stated = take.metadata.get(GAINS)
    if not isinstance(stated, Sequence) or isinstance(stated, str) or not stated:
        return ()
    if not all(isinstance(gain, int | float) and abs(gain) < _MOST_DB for gain in stated):
        return ()
    return tuple(float(gain) for gain in stated)


def _rows(take: Take) -> Mapping[str, Any]:
    rows = take.metadata.get(SPOTS)
    return rows if isinstance(rows, Mapping) else {}
