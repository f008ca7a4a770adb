"""Lip alignment: where a line's phonemes lie in what a mouth seems to say, the likeliest path through the evidence.

    evidence   ▁▁▁▂▇▇▅▂▆▆▇▃▁▁▁▁      rest │ b │ ɪ │ n │ (rest) │ b │ l │ uː │ … │ rest
                                     free   log-normal durations, a rest allowed before each word

A semi-Markov model, solved exactly: every phoneme takes its turn, for a whole number of places of 20 ms.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from talkies.core.arrays import AnyFloats, Floats, Ints
from talkies.core.conditioning.speech.visemes import REST, visemes_of

PLACES_PER_SECOND = 50

_RATES = (0.6, 0.75, 0.9, 1.0, 1.15, 1.35, 1.6)  # how much slower than natural a line may be spoken
_RATE_SPREAD = 0.4
_DURATION_SPREAD = 0.4
_TRUST = 0.6  # of the evidence: neighbouring places are not independent
_PAUSE_COST = 4.0
_LONGEST_S = 0.8


@dataclass(frozen=True)
class Path:
    """``edges`` (P, 2): first place and end of every phoneme; ``score``: how well it fits, durations included, in nats.

    ``certainty``: how much the mouth says this line and nothing but this line, rather than what mouths usually say:
    nats per place of the line. About 2 where it does, below 0 for another line or a mouth at rest.
    """

    edges: Ints
    score: float
    certainty: float


def follow(evidence: AnyFloats, ids: Sequence[int], natural_s: Sequence[float], words: Collection[int]) -> Path | None:
    """The likeliest path of phonemes ``ids`` through ``evidence`` (T, 20), 50 places per second; None without room.

    ``natural_s``: seconds of each phoneme at a natural rate. ``words``: where in ``ids`` a rest may come before.
    """
    visemes = visemes_of(ids)
    if not len(ids) or len(evidence) < len(ids):
        return None
    total = np.concatenate([np.zeros((1, evidence.shape[1])), np.cumsum(_TRUST * evidence, 0, dtype=np.float64)])
    best: Path | None = None
    for rate in _RATES:
        edges, score = _path(total, visemes, np.asarray(natural_s) * rate, frozenset(words))
        score -= 0.5 * (np.log(rate) / _RATE_SPREAD) ** 2
        if best is None or score > best.score:
            best = Path(edges, score, _certainty(evidence, visemes, edges))
    return best


def _path(total: Floats, visemes: Ints, seconds: Floats, words: frozenset[int]) -> tuple[Ints, float]:
    """``total`` (T + 1, 20) sums of evidence; the best edges and their score."""
    rest = total[:, REST]
    longest = min(len(total) - 1, round(_LONGEST_S * PLACES_PER_SECOND))
    lengths = np.arange(1, longest + 1)
    reached = rest.copy()  # best score at which everything before this phoneme is over, by place
    took, rested = np.zeros((2, len(visemes), len(total)), np.int64)
    for number, viseme in enumerate(visemes):
        rested[number] = np.arange(len(total))
        if number in words and number:
            held = reached - rest
            since = _running_best(held)
            paused = held[since] + rest - _PAUSE_COST
            rested[number] = np.where(paused > reached, since, rested[number])
            reached = np.maximum(reached, paused)
        column = total[:, viseme]
        wanted = np.log(lengths / PLACES_PER_SECOND / seconds[number]) / _DURATION_SPREAD
        before = np.concatenate([np.full(longest, -np.inf), reached - column])
        # windows[t, d - 1]: the phoneme began d places before t
        windows = np.lib.stride_tricks.sliding_window_view(before[:-1], longest)[:, ::-1] - 0.5 * wanted**2
        took[number] = windows.argmax(1) + 1
        reached = windows.max(1) + column
    final = reached + rest[-1] - rest
    return _traced(int(final.argmax()), took, rested), float(final.max())


def _running_best(values: Floats) -> Ints:
    """Where the largest value so far stands, for each place."""
    places = np.arange(len(values))
    return np.maximum.accumulate(np.where(values >= np.maximum.accumulate(values), places, 0))


def _traced(end: int, took: Ints, rested: Ints) -> Ints:
    """(P, 2) edges from the end backwards."""
    edges = np.zeros((len(took), 2), np.int64)
    for number in range(len(took) - 1, -1, -1):
        start = end - took[number, end]
        edges[number] = start, end
        end = rested[number, start]
    return edges


def _certainty(evidence: AnyFloats, visemes: Ints, edges: Ints) -> float:
    """Evidence for the phonemes where they lie, and against rest where they do not, per place of the line."""
    said = np.full(len(evidence), REST)
    outside = np.ones(len(evidence), bool)
    for viseme, (start, end) in zip(visemes, edges, strict=True):
        said[start:end], outside[start:end] = viseme, False
    gained = evidence[np.arange(len(said)), said]
    return float((gained[~outside].sum() + np.minimum(gained[outside], 0).sum()) / max((~outside).sum(), 1))
