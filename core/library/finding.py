"""Finding recordings by words: those of the effects vocabulary, and words as names and descriptions have them.

A word counts the more, the fewer recordings have it; what sounds (door) counts more than what it is made of (wood). A
word that begins or ends a longer one is found in it, as in German ``Tür`` in ``Holztür``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from talkies.core.conditioning.prompt.vocabulary import says_nothing, words_in
from talkies.core.library.index import Library
from talkies.core.library.names import KNOWN, fold, tokens
from talkies.core.library.recording import Recording

LEAST_SCORE = 0.25
"""Below it a recording is about something else."""

_STUFF = frozenset((
    "body", "bones", "carpet", "ceramic", "concrete", "dirt", "floor", "glass", "grass", "gravel", "ice", "leaves",
    "metal", "plastic", "sand", "snow", "soft_ground", "stone", "water", "wood",
))  # fmt: skip
_STUFF_COUNTS = 0.6
_AS_WRITTEN = 0.1  # what a known word counts more where it stands itself, and not a word for it
_BEGINS, _INSIDE = 0.8, 0.6  # of a word's weight
_SHORTEST_PART = 3


@dataclass(frozen=True)
class Found:
    """``score``: 0 to 1, how much of the words a recording has, and where."""

    recording: Recording
    score: float


def find(library: Library, words: str, avoid: str = "", most: int = 50) -> list[Found]:
    """The recordings that fit best, best first."""
    scores = scored(library, words, avoid)
    best = sorted(scores, key=lambda key: (-scores[key], key))[:most]
    recordings = library.recordings(best)
    return [Found(recordings[key], scores[key]) for key in best if key in recordings]


def scored(library: Library, words: str, avoid: str = "") -> dict[int, float]:
    """Scores of every recording that fits, by its key; none of those that have a word to avoid."""
    asked = _asked(library, words)
    whole = sum(counts for counts, _ in asked)
    scores: dict[int, float] = {}
    for counts, uses in asked:
        for key, weight in uses.items():
            scores[key] = scores.get(key, 0.0) + counts * weight / whole
    for _, uses in _asked(library, avoid):
        for key in uses:
            scores.pop(key, None)
    return {key: min(score, 1.0) for key, score in scores.items() if score >= LEAST_SCORE}


def _asked(library: Library, words: str) -> list[tuple[float, dict[int, float]]]:
    """For each thing that is asked for: how much it counts, and the recordings that have it with their weights."""
    split = tokens(words)
    known = dict.fromkeys((*words_in(words), *words_in(" ".join(split))))
    total = library.count() + 1
    asked = []
    for word in known:
        uses = _uses(library, KNOWN + word)
        asked.append((_counts(uses, total) * (_STUFF_COUNTS if word in _STUFF else 1.0), uses))
    for token in dict.fromkeys(split):
        if says_nothing(token.casefold()):
            continue
        uses = _like(library, fold(token))
        is_known = bool(words_in(token)) or any(token.casefold() in word.split("_") for word in known)
        asked.append((_counts(uses, total) * (_AS_WRITTEN if is_known else 1.0), uses))
    return asked


def _counts(uses: dict[int, float], total: int) -> float:
    return 1.0 + math.log(total / (len(uses) + 1))


def _uses(library: Library, term: str) -> dict[int, float]:
    key = library.terms().get(term)
    return library.uses(key) if key is not None else {}


def _like(library: Library, asked: str) -> dict[int, float]:
    """Recordings with a word, or with one that begins or ends with it."""
    best: dict[int, float] = {}
    for term, key in library.terms().items():
        share = _likeness(asked, term)
        if share:
            for recording, weight in library.uses(key).items():
                best[recording] = max(best.get(recording, 0.0), weight * share)
    return best


def _likeness(asked: str, term: str) -> float:
    if asked == term:
        return 1.0
    if term.startswith(KNOWN) or len(asked) < _SHORTEST_PART:
        return 0.0
    if len(asked) > _SHORTEST_PART and term.startswith(asked):
        return _BEGINS
    if term.endswith(asked):
        return _INSIDE
    return _BEGINS if len(term) > _SHORTEST_PART and asked.startswith(term) and len(asked) - len(term) < 3 else 0.0
