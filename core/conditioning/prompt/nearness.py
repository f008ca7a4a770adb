"""What to say of a word for which no sound is known: words that are near in sense, else one that is misspelt.

"laughter" is not "lighter", though only two letters are: words that are known to mean something else are looked up
by their sense (``resources/vocabularies/senses.json``) before anything is taken for a slip of the fingers.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Collection
from dataclasses import dataclass
from importlib import resources

_SHORTEST = 4  # letters: below, every word is near some other
_LONG = 8  # letters, from which on two may be wrong
_LONGEST = 24


@dataclass(frozen=True)
class _Sense:
    """``near``: known words; ``said``: why there are none."""

    near: tuple[str, ...]
    said: str


@functools.cache
def _senses() -> dict[str, _Sense]:
    stored = json.loads((resources.files("talkies.resources.vocabularies") / "senses.json").read_text("utf-8"))
    return {
        word: _Sense(tuple(entry["near"].split()), entry["said"])
        for entry in stored.values()
        for row in entry["words"]
        for word in row.split()
    }


def about_unknown(word: str, known: Collection[str]) -> str:
    """One sentence about a word that is none of ``known``."""
    start = f"no sound is known for {word[:_LONGEST]!r}"
    sense = _senses().get(word)
    if sense is not None:
        return f"{start}; near in sense: {', '.join(sense.near)}" if sense.near else f"{start}: {sense.said}"
    meant = misspelt(word, known)
    return f"{start}; did you mean {', '.join(meant)}?" if meant else f"{start}, nor for any word like it"


def misspelt(word: str, known: Collection[str]) -> tuple[str, ...]:
    """The known words that differ by a letter too many, missing or swapped, in long words by any two; nearest first."""
    if not _SHORTEST <= len(word) <= _LONGEST:
        return ()
    distances = {each: edits(word, each) for each in known if abs(len(each) - len(word)) <= 2}
    allowed = 2 if len(word) >= _LONG else 1
    near = [each for each, count in distances.items() if count <= allowed and not _replaces_one(word, each)]
    return tuple(sorted(near, key=lambda each: (distances[each], each))[:3])


def _replaces_one(word: str, other: str) -> bool:
    """One letter stands for another in a short word: "coat" and "goat" are both words."""
    different = sum(a != b for a, b in zip(word, other, strict=False))
    return len(word) < _LONG and len(word) == len(other) and different == 1


def edits(one: str, other: str) -> int:
    """How many letters are to be put in, taken out, replaced or swapped with their neighbour (Damerau, restricted)."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        older, before, row = before, row, [i]
        for j, wanted in enumerate(other, start=1):
            best = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                best = min(best, older[j - 2] + 1)
            row.append(best)
    return row[-1]
