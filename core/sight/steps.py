"""Footsteps: the moment a foot comes to rest in another place, from tracks of body points.

A foot on the ground stands still in a picture that stands still, whichever way the person walks; in between it travels.
Lengths are measured in legs of the person, so that neither distance nor picture size matters.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from talkies.core.arrays import Floats

POINTS = 33
HIPS, ANKLES, HEELS, TOES = (23, 24), (27, 28), (29, 30), (31, 32)
"""Left and right, in the order of the pose model."""

SEEN = 0.5
"""A point of less visibility is not used."""
_SHORTEST_S = 0.7  # who is seen for less is hardly anybody
_REST_S, _REST = 0.2, 0.15  # s, legs: a foot that then stays so near is at rest
_FAST = 1.5  # legs per second: a foot that comes down is not down yet
_AWAY = 0.25  # legs: farther from its place, a foot has left it
_STRIDE, _SWING_S = 0.3, 0.5  # legs that a step takes at least, s that it takes at most
_HARD = 5.0  # legs per second of the hardest step
_REFRACTORY_S = 0.3
_SWAPPED = 0.02  # picture heights that feet must travel more before they are taken for each other's


@dataclass(frozen=True)
class Track:
    """One person. ``times`` (N,) s; ``points`` (N, 33, 2) x, y in picture heights; ``seen`` (N, 33) 0 to 1;
    ``width`` of the picture in its heights."""

    times: Floats
    points: Floats
    seen: Floats
    width: float = 1.0


@dataclass(frozen=True)
class Step:
    """``time`` s; ``x``, ``y`` of the foot in picture heights; ``force`` and ``confidence`` 0 to 1."""

    time: float
    x: float
    y: float
    force: float
    confidence: float


def steps_of(track: Track) -> list[Step]:
    """The footsteps of one person, in order of time."""
    leg = leg_length(track)
    if leg <= 0 or len(track.times) < 3 or track.times[-1] - track.times[0] < _SHORTEST_S:
        return []
    feet, seen = unswapped(*feet_of(track))
    found = [step for side in (0, 1) for step in _Foot(track.times, feet[:, side], seen[:, side], leg).steps()]
    return _apart(sorted(found, key=lambda step: step.time))


def leg_length(track: Track) -> float:
    """Median distance of hip and ankle, picture heights; 0 where they are never seen."""
    lengths = np.linalg.norm(track.points[:, HIPS] - track.points[:, ANKLES], axis=2)
    good = np.minimum(track.seen[:, HIPS], track.seen[:, ANKLES]) >= SEEN
    return float(np.median(lengths[good])) if good.any() else 0.0


def feet_of(track: Track) -> tuple[Floats, Floats]:
    """Middle of ankle, heel and toe (N, 2 sides, 2), and how well the worst but one of them is seen (N, 2)."""
    parts = np.stack([track.points[:, side] for side in (ANKLES, HEELS, TOES)])
    seen = np.stack([track.seen[:, side] for side in (ANKLES, HEELS, TOES)])
    return parts.mean(axis=0), np.median(seen, axis=0)


def unswapped(feet: Floats, seen: Floats) -> tuple[Floats, Floats]:
    """The same feet, each on its own side throughout, so that both travel least: from behind left and right are taken
    for each other."""
    both = np.stack([feet, feet[:, ::-1]], axis=1)  # (N, as it is or crossed, 2 sides, 2)
    ways = np.linalg.norm(both[1:, :, None] - both[:-1, None], axis=4).sum(axis=3) + _SWAPPED * (1 - np.eye(2))
    cost, came_from = np.zeros(2), np.zeros((len(feet), 2), int)
    for now, way in enumerate(ways, 1):
        came_from[now] = (cost + way).argmin(axis=1)
        cost = (cost + way).min(axis=1)
    crossed = np.zeros(len(feet), bool)
    state = int(cost.argmin())
    for now in range(len(feet) - 1, -1, -1):
        crossed[now], state = state == 1, came_from[now, state]
    return np.where(crossed[:, None, None], both[:, 1], feet), np.where(crossed[:, None], seen[:, ::-1], seen)


class _Foot:
    """One foot: ``places`` (N, 2) at ``times`` (N,), ``seen`` (N,); single frames that leap are smoothed away."""

    def __init__(self, times: Floats, places: Floats, seen: Floats, leg: float) -> None:
        self._times, self._seen, self._leg = times, seen, leg
        self._places = places.copy()
        self._places[1:-1] = np.median([places[:-2], places[1:-1], places[2:]], axis=0)

    def steps(self) -> Iterator[Step]:
        """It rests, has left its place, and rests in another one."""
        place, rests = None, False
        for now in np.flatnonzero(self._seen >= SEEN).tolist():
            here = self._places[now]
            rests = rests and place is not None and self._legs(here - place) <= _AWAY
            if not rests and self._stays(now):
                swung, speed = self._swing(now)
                if min(swung, swung if place is None else self._legs(here - place)) > _STRIDE:
                    force = force_of(speed)
                    yield Step(self._landing(now), float(here[0]), float(here[1]), force, float(self._seen[now]))
                place, rests = self._places[now : self._until(now)].mean(axis=0), True

    def _legs(self, way: Floats) -> float:
        return float(np.linalg.norm(way, axis=-1).max() / self._leg)

    def _until(self, now: int) -> int:
        return int(np.searchsorted(self._times, self._times[now] + _REST_S + 1e-6, "right"))

    def _stays(self, now: int) -> bool:
        after = self._places[now + 1 : self._until(now)]
        return len(after) > 0 and self._legs(after - self._places[now]) < _REST

    def _landing(self, now: int) -> float:
        """When it no longer moves fast, from when it is near where it rests."""
        while now + 2 < self._until(now) and self._speeds(now, now + 2)[0] > _FAST:
            now += 1
        return float(self._times[now])

    def _speeds(self, first: int, end: int) -> Floats:
        """Legs per second, from each to the next."""
        ways: Floats = np.linalg.norm(np.diff(self._places[first:end], axis=0), axis=1)
        speeds: Floats = ways / np.diff(self._times[first:end]) / self._leg
        return speeds

    def _swing(self, now: int) -> tuple[float, float]:
        """How far it was from here just now, legs, and how fast it then was at most, legs per second."""
        first = int(np.searchsorted(self._times, self._times[now] - _SWING_S))
        before = self._places[first : now + 1]
        if len(before) < 2:
            return 0.0, 0.0
        return self._legs(before - before[-1]), float(self._speeds(first, now + 1).max())


def force_of(speed: float) -> float:
    """0 to 1 from the swing's fastest speed, legs per second."""
    return float(np.clip(0.35 + 0.65 * speed / _HARD, 0.35, 1.0))


def _apart(steps: list[Step]) -> list[Step]:
    """Of two at nearly the same time the surer one: one person does not land with both feet when walking."""
    kept: list[Step] = []
    for step in steps:
        if kept and step.time - kept[-1].time < _REFRACTORY_S:
            kept[-1] = max(kept[-1], step, key=lambda each: each.force * each.confidence)
        else:
            kept.append(step)
    return kept
