"""Footsteps: the moment a foot that swung comes to rest, from tracks of body points.

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

SEEN = 0.7
"""A point of less visibility is not used."""
_LONGEST_GAP_S = 0.35
_SWING = 0.9  # legs per second: slower feet shift their weight
_STRIDE = 0.1  # legs that a foot travels at least in a swing
_REST = 0.5  # of a swing's fastest speed: below it the foot has come down
_HARD = 5.0  # legs per second of the hardest step
_REFRACTORY_S = 0.2


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
    if leg <= 0 or len(track.times) < 3:
        return []
    feet, seen = unswapped(*feet_of(track))
    found = [step for side in (0, 1) for step in _of_foot(track.times, feet[:, side], seen[:, side], leg)]
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
    """The same feet, each on its own side throughout: from behind left and right are taken for each other."""
    feet, seen = feet.copy(), seen.copy()
    for now in range(1, len(feet)):
        straight = np.linalg.norm(feet[now] - feet[now - 1], axis=1).sum()
        crossed = np.linalg.norm(feet[now, ::-1] - feet[now - 1], axis=1).sum()
        if crossed < 0.6 * straight:
            feet[now], seen[now] = feet[now, ::-1].copy(), seen[now, ::-1].copy()
    return feet, seen


def _of_foot(times: Floats, foot: Floats, seen: Floats, leg: float) -> Iterator[Step]:
    """Steps of one foot (N, 2): swings that end at rest while the foot is seen."""
    good = np.flatnonzero(seen >= SEEN)
    for run in np.split(good, np.flatnonzero(np.diff(times[good]) > _LONGEST_GAP_S) + 1):
        if len(run) >= 3:
            yield from _of_run(times[run], foot[run], leg, seen[run])


def _of_run(times: Floats, foot: Floats, leg: float, seen: Floats) -> Iterator[Step]:
    speed = np.linalg.norm(np.diff(foot, axis=0), axis=1) / np.diff(times) / leg
    moving = speed >= _SWING
    edges = np.flatnonzero(np.diff(np.r_[0, moving, 0]))
    for first, end in edges.reshape(-1, 2):
        peak = float(speed[first:end].max())
        rests = end < len(speed) and speed[end] < max(_REST * peak, 0.6 * _SWING)
        if not rests or np.linalg.norm(foot[end] - foot[first]) < _STRIDE * leg:
            continue
        time = _landing(times, speed, int(end))
        x, y = foot[min(end + 1, len(foot) - 1)]
        yield Step(time, float(x), float(y), force_of(peak), float(seen[first : end + 1].mean()))


def _landing(times: Floats, speed: Floats, end: int) -> float:
    """When the foot came to rest: in the interval ``end`` of little speed, as late as it still moved in it."""
    still_moving = min(float(speed[end] / max(speed[end - 1], 1e-6)), 1.0)
    return float(times[end] + still_moving * (times[end + 1] - times[end]))


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
