"""People who sign and wave while they speak: hands swing and stop short, and nothing is struck."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from talkies.core.arrays import Floats, Points
from talkies.core.scenes.acting import Actor, Kind, latest, smooth
from talkies.core.scenes.canvas import Canvas, shade
from talkies.core.scenes.plain import Event
from talkies.core.scenes.stage import Slot, Stage
from talkies.core.scenes.talking import Talker, build_talker

# in halves of the head's height, from the middle of the face, y down; the right one of two
_SHOULDER, _ARM, _FOREARM = np.array([1.35, 1.65]), 1.75, 1.65
_HANGING = np.array([1.75, 4.75])
_SIGNING = ((-0.9, 0.1), (1.7, 3.3))  # where hands speak, least and most: from the face to the belt


@dataclass(frozen=True)
class Hand:
    """``begins``: when each move begins (s), the first at 0; ``takes``: how long it lasts (s); ``places`` (N + 1, 2):
    from where to where; ``shakes`` (N, 3): reach across and down and cycles a second while it is held there."""

    begins: tuple[float, ...]
    takes: tuple[float, ...]
    places: Points
    shakes: Floats

    def place(self, t: float) -> Points:
        """Where it is, (2,)."""
        now = latest(self.begins, t)
        if now < 0:
            return np.asarray(self.places[0])
        done = (t - self.begins[now]) / self.takes[now]
        # 1.15: it stops with speed left, as a blow does
        reached = self.places[now] + (self.places[now + 1] - self.places[now]) * smooth(done / 1.15) / smooth(1 / 1.15)
        if done < 1:
            return np.asarray(reached)
        held = t - self.begins[now] - self.takes[now]
        return np.asarray(self.places[now + 1] + self.shakes[now, :2] * np.sin(2 * np.pi * self.shakes[now, 2] * held))


@dataclass(frozen=True)
class Gesturing:
    """``hands``: the right and the left one, both as seen on the right."""

    events: ClassVar[tuple[Event, ...]] = ()

    talker: Talker
    hands: tuple[Hand, Hand]

    def draw(self, canvas: Canvas, t: float) -> None:
        self.talker.draw(canvas, t)
        for side, hand in zip((1.0, -1.0), self.hands, strict=True):
            self._arm(canvas, np.array([side, 1.0]), hand.place(t))

    def _arm(self, canvas: Canvas, side: Points, hand: Points) -> None:
        """Two links; the elbow outwards and down."""
        along = hand - _SHOULDER
        distance = float(np.clip(np.hypot(*along), 0.2, 0.999 * (_ARM + _FOREARM)))
        straight = along / max(float(np.hypot(*along)), 1e-6)
        reach = (distance**2 + _ARM**2 - _FOREARM**2) / (2 * distance)
        bend = float(np.sqrt(max(_ARM**2 - reach**2, 0.0)))
        elbow = _SHOULDER + straight * reach + np.array([straight[1], -straight[0]]) * bend
        wrist, size = _SHOULDER + straight * distance, self.talker.size
        joints = np.stack([_SHOULDER, elbow, wrist]) * side * size + [self.talker.x, self.talker.y]
        canvas.limb(joints, shade(self.talker.face.coat, 0.9), 0.55 * size)
        canvas.dot(joints[2], 0.36 * size, self.talker.face.skin)


def build(rng: np.random.Generator, stage: Stage, slot: Slot, duration: float) -> Actor:
    talker = build_talker(rng, slot, duration, sizes=(0.06, 0.2), lowest=0.4)
    right = _hand(rng, duration)
    way = rng.random()
    left = right if way < 0.4 else _hand(rng, duration) if way < 0.7 else _still()
    return Gesturing(talker, (right, left))


def _still() -> Hand:
    return Hand((0.0,), (0.5,), np.stack([_HANGING, _HANGING]), np.zeros((1, 3)))


def _hand(rng: np.random.Generator, duration: float) -> Hand:
    """Now and then it hangs down; otherwise it goes from one place to the next."""
    begins, takes, places, t = [0.0], [0.3], [_HANGING, _HANGING], float(rng.uniform(0.2, 1.5))
    while t < duration:
        begins.append(t)
        takes.append(float(np.exp(rng.uniform(np.log(0.12), np.log(0.6)))))
        hanging = rng.random() < 0.15
        places.append(_HANGING if hanging else rng.uniform(*_SIGNING))
        t += takes[-1] + float(np.exp(rng.uniform(np.log(0.04), np.log(1.5 if hanging else 0.8))))
    count = len(begins)
    shakes = rng.uniform([-0.4, -0.4, 1.5], [0.4, 0.4, 5.0], (count, 3)) * (rng.random((count, 1)) < 0.3)
    return Hand(tuple(begins), tuple(takes), np.stack(places), shakes)


KIND = Kind(build, 1.0, share=False)
