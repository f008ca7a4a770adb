"""From hits to tempo by dynamic programming: how many eighths lie between two hits, and which hits must be let go.

    cost of a path = hits let go, by weight + (stretch of each span)² + (stretch − the one before)²

Every span between neighbouring hits holds a whole number of eighths and is stretched by at most ``stretch`` against one
tempo of the stretch of film, which is searched for within its limits. Pinned hits (first, last, where a section begins)
are never let go; where two of them are too near for the limits, the nearest number of eighths is taken.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from talkies.core.score.hits import Hit

EIGHTH = Fraction(1, 2)  # beats
SLOWEST, FASTEST = 56.0, 132.0  # quarters per minute
_MOST_LET_GO = 4  # neighbouring hits between two that are met
_LETTING_GO = 3.0
_STRETCH_COST, _CHANGE_COST, _ODD_COST, _BOUND_COST = 0.12, 0.10, 0.03, 30.0
_MOOD_COST = 0.02  # per hit, at the edge of the range
_TEMPO_STEP = 0.025
_CLASSES = 9  # of stretch, for the cost of change


@dataclass(frozen=True)
class Fit:
    """``eighths[i]`` lie between hits ``met[i]`` and ``met[i + 1]``, which are indices."""

    tempo: float
    met: tuple[int, ...]
    eighths: tuple[int, ...]
    cost: float


@dataclass(frozen=True)
class Limits:
    """Quarters per minute, the tempo that is liked best, and the greatest stretch of a span against it."""

    slowest: float = SLOWEST
    fastest: float = FASTEST
    liked: float | None = None
    stretch: float = 0.08

    @property
    def centre(self) -> float:
        return self.liked or math.sqrt(self.slowest * self.fastest)

    def tempos(self) -> list[float]:
        """Those to be tried; a liked tempo is asked for and the only one."""
        if self.liked is not None:
            return [self.liked]
        steps = max(math.ceil(math.log(self.fastest / self.slowest) / _TEMPO_STEP), 1)
        return [self.slowest * (self.fastest / self.slowest) ** (step / steps) for step in range(steps + 1)]


def fit_tempo(hits: Sequence[Hit], limits: Limits | None = None, pinned: frozenset[int] = frozenset()) -> Fit:
    """The best grid for hits in order. ``pinned``: indices that are met in any case; the first and last always are."""
    assert len(hits) > 1, "a stretch has a beginning and an end"
    limits = limits or Limits()
    fixed = pinned | {0, len(hits) - 1}
    rough = sorted((_fit(hits, tempo, limits, fixed, classes=1) for tempo in limits.tempos()), key=lambda fit: fit.cost)
    return min((_fit(hits, fit.tempo, limits, fixed, _CLASSES) for fit in rough[:3]), key=lambda fit: fit.cost)


@dataclass(frozen=True)
class _Step:
    """One way to get from a hit to the next that is met."""

    goal: int
    eighths: int
    stretch: float
    cost: float


@dataclass(frozen=True)
class _State:
    cost: float
    stretch: float
    before: tuple[int, int] | None = None  # hit, class of stretch
    eighths: int = 0


def _fit(hits: Sequence[Hit], tempo: float, limits: Limits, fixed: frozenset[int], classes: int) -> Fit:
    times = [float(hit.time) for hit in hits]
    best: list[dict[int, _State]] = [{} for _ in hits]
    best[0][classes // 2] = _State(0.0, 0.0)
    for index in range(len(hits) - 1):
        for step in _steps(hits, times, index, tempo, limits, fixed):
            place = _class(step.stretch, limits.stretch, classes)
            for known, state in best[index].items():
                change = (step.stretch - state.stretch) / limits.stretch if index and classes > 1 else 0.0
                cost = state.cost + step.cost + _CHANGE_COST * min(change * change, 4.0)
                old = best[step.goal].get(place)
                if old is None or cost < old.cost:
                    best[step.goal][place] = _State(cost, step.stretch, (index, known), step.eighths)
    return _traced(best, tempo, _taste(tempo, limits) * len(hits))


def _steps(
    hits: Sequence[Hit], times: Sequence[float], index: int, tempo: float, limits: Limits, fixed: frozenset[int]
) -> Iterator[_Step]:
    let_go = 0.0
    for goal in range(index + 1, min(index + 2 + _MOST_LET_GO, len(hits))):
        seconds = times[goal] - times[index]
        wanted = seconds * tempo / 30
        for eighths in sorted({max(math.floor(wanted), 1), max(math.ceil(wanted), 1)}):
            stretch = eighths / wanted - 1
            allowed = abs(stretch) <= limits.stretch and SLOWEST <= 30 * eighths / seconds <= FASTEST
            if allowed or goal in fixed:
                beyond = 0.0 if allowed else _BOUND_COST * (1 + abs(stretch))
                parity = _ODD_COST if eighths % 2 else 0.0
                cost = let_go + beyond + parity + _STRETCH_COST * (stretch / limits.stretch) ** 2
                yield _Step(goal, eighths, stretch, cost)
        if goal in fixed:
            return
        let_go += _LETTING_GO * max(hits[goal].weight, 0.05)
    goal = index + 2 + _MOST_LET_GO
    ahead = next((hit for hit in range(goal, len(hits)) if hit in fixed), None)
    if ahead is not None:  # so that there is a way through hits that no tempo meets
        wanted = (times[ahead] - times[index]) * tempo / 30
        eighths = max(round(wanted), 1)
        lost = _LETTING_GO * sum(max(hits[each].weight, 0.05) for each in range(index + 1, ahead))
        yield _Step(ahead, eighths, eighths / wanted - 1, lost + _BOUND_COST)


def _class(stretch: float, most: float, classes: int) -> int:
    share = (min(max(stretch / most, -1.0), 1.0) + 1) / 2
    return min(int(share * classes), classes - 1)


def _taste(tempo: float, limits: Limits) -> float:
    """How far a tempo is from the middle of what is asked for."""
    width = math.log(limits.fastest / limits.slowest) / 2
    return _MOOD_COST * (math.log(tempo / limits.centre) / width) ** 2 if width else 0.0


def _traced(best: Sequence[dict[int, _State]], tempo: float, taste: float) -> Fit:
    place, state = min(best[-1].items(), key=lambda item: item[1].cost)
    cost, met, eighths = state.cost + taste, [len(best) - 1], []
    while state.before is not None:
        eighths.append(state.eighths)
        index, place = state.before
        met.append(index)
        state = best[index][place]
    return Fit(tempo, tuple(reversed(met)), tuple(reversed(eighths)), cost)
