"""Where shots begin: which breaks are cuts, which mixtures dissolves, which dark stretches fades."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from talkies.core.arrays import Flags, Floats
from talkies.core.shots.measures import Measures

JoinKind = Literal["cut", "dissolve", "fade"]

_BREAK = 0.1  # distance over which a break may be a cut
_OVER_MOTION = 2.5  # times that of neighbours around it
_MIXED = 0.1  # of 0.5; a slow pan over a smooth picture comes to 0.09, dissolves begin at 0.12
_FLAT = 6.0  # grey levels of contrast: nothing is shown
_FADES = 3  # frames over which contrast falls or rises, at least
_LEADER_S = 1.5  # a flat stretch as long is a shot of its own
_SHORTEST = 4  # frames of a shot


@dataclass(frozen=True)
class Join:
    """A shot begins with frame ``first``, the middle of a dissolve or fade; ``span`` frames belong to both."""

    first: int
    kind: JoinKind
    span: int = 0


def joins_of(measures: Measures, rate: float) -> list[Join]:
    """The joins of a film at ``rate`` frames per second, in order; none at its first frame."""
    fades = list(_fades(np.array(measures.contrast), rate))
    taken = np.zeros(len(measures.breaks), bool)
    for join in fades:
        taken[max(join.first - join.span // 2 - 1, 0) : join.first + join.span // 2 + 2] = True
    cuts = [Join(first, "cut") for first in _cuts(measures) if not taken[first]]
    for cut in cuts:
        taken[max(cut.first - 1, 0) : cut.first + 2] = True
    found = [*fades, *cuts, *_dissolves(measures, taken)]
    return _apart(sorted(found, key=lambda join: join.first), len(measures.breaks))


def _cuts(measures: Measures) -> Iterator[int]:
    """Breaks far above the motion around them, and above the breaks beside them: a fast movement has several."""
    breaks, motion = np.array(measures.breaks), np.array(measures.motion)
    beside = np.concatenate([[0.0], breaks, [0.0]])
    beside = np.maximum(beside[:-2], beside[2:])
    yield from np.flatnonzero(breaks > _BREAK + _OVER_MOTION * np.maximum(motion, beside)).tolist()


def _dissolves(measures: Measures, taken: Flags) -> Iterator[Join]:
    """The best mixtures; none that reaches over another join: the two ends of a longer span also lie in both shots."""
    mixed, joined = np.array(measures.mixed), taken.copy()
    for place in np.argsort(-mixed, kind="stable"):
        if mixed[place] <= _MIXED:
            return
        span = measures.spans[place]
        around = slice(max(place - span, 0), place + span + 1)
        if not joined[around].any():
            joined[around] = True
            yield Join(int(place), "dissolve", 2 * span)


def _fades(contrast: Floats, rate: float) -> Iterator[Join]:
    """A flat stretch between two shots, reached or left by degrees."""
    for start, stop in _runs(contrast < _FLAT):
        is_leader, is_tail = start == 0, stop == len(contrast)
        if is_leader or is_tail:
            if (stop - start) / rate >= _LEADER_S and is_leader != is_tail:
                yield Join(stop if is_leader else start, "fade")
            continue
        out, into = _slope(contrast[:start][::-1]), _slope(contrast[stop:])
        if max(out, into) < _FADES and (stop - start) / rate < _LEADER_S:
            continue  # black frames between cuts: the breaks say so
        if (stop - start) / rate < _LEADER_S:
            yield Join((start + stop) // 2, "fade", stop - start + 2 * max(out, into))
            continue
        yield Join(start, "fade" if out >= _FADES else "cut", out)
        yield Join(stop, "fade" if into >= _FADES else "cut", into)


def _slope(contrast: Floats) -> int:
    """For how many frames contrast rises from a flat picture on."""
    rises = np.diff(contrast[:60]) > 0.3
    return int(np.argmin(rises)) if not rises.all() else len(rises)


def _runs(where: Flags) -> Iterator[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], where, [False]]).astype(np.int8)))
    yield from zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)


def _apart(joins: Sequence[Join], frames: int) -> list[Join]:
    """Without those too near to the last one, to the start or to the end."""
    kept: list[Join] = []
    for join in joins:
        if join.first - (kept[-1].first if kept else 0) >= _SHORTEST and frames - join.first >= _SHORTEST:
            kept.append(join)
    return kept
