"""Doors and lids that swing open quietly and shut with a bang."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from talkies.core.scenes.acting import Actor, Kind, irregular
from talkies.core.scenes.canvas import Canvas, Colour, shade
from talkies.core.scenes.plain import Event, exact_time
from talkies.core.scenes.stage import Slot, Stage

_SLAM = 0.28  # seconds from wide open to shut


@dataclass(frozen=True)
class Swing:
    """Opens from ``opening`` on for ``slow`` seconds to ``wide`` radians, slams at ``shut``."""

    opening: float
    slow: float
    wide: float
    shut: float

    def angle(self, t: float) -> float:
        if self.opening <= t <= self.opening + self.slow:
            u = (t - self.opening) / self.slow
            return self.wide * (1 - (1 - u) ** 2)  # pulled open with a jerk, which is what is heard
        if self.opening + self.slow < t < self.shut:
            u = min((self.shut - t) / _SLAM, 1.0)
            return self.wide * (1 - (1 - u) ** 2)
        return 0.0


@dataclass(frozen=True)
class Door:
    stage: Stage
    x: float
    width: float
    height: float
    colour: Colour
    side: float  # 1: hinges left
    swings: tuple[Swing, ...]
    events: tuple[Event, ...]

    def draw(self, canvas: Canvas, t: float) -> None:
        bottom, top = self.stage.horizon + 0.05, self.stage.horizon + 0.05 - self.height
        left, right = self.x - self.width / 2, self.x + self.width / 2
        canvas.box(left - 0.025, top - 0.025, right + 0.025, bottom, shade(self.colour, 0.55))
        canvas.box(left, top, right, bottom, (22, 20, 26))
        angle = max((swing.angle(t) for swing in self.swings), default=0.0)
        hinge = left if self.side > 0 else right
        reach = self.width * float(np.cos(angle))
        near = 1 + 0.28 * float(np.sin(angle))  # the free edge comes towards us
        free = hinge + self.side * reach * (1 + 0.1 * float(np.sin(angle)))
        middle = (top + bottom) / 2

        def at(u: float, v: float) -> list[float]:
            scale = 1 + (near - 1) * u
            return [hinge + (free - hinge) * u, middle + (v - 0.5) * (bottom - top) * scale]

        face = shade(self.colour, 1.0 - 0.35 * float(np.sin(angle)))
        canvas.polygon(np.array([at(0, 0), at(1, 0), at(1, 1), at(0, 1)]), face)
        for low, high in ((0.08, 0.44), (0.54, 0.92)):
            panel = np.array([at(0.15, low), at(0.85, low), at(0.85, high), at(0.15, high)])
            canvas.polygon(panel, shade(face, 0.85))
        knob = at(0.92, 0.52)
        canvas.circle(knob[0], knob[1], 0.014, (214, 180, 90))


def build(rng: np.random.Generator, stage: Stage, slot: Slot, duration: float) -> Actor:
    swings: list[Swing] = []
    events: list[Event] = []
    for opening in irregular(rng, float(rng.uniform(0.2, 1.5)), duration - 1.2, 2.0, 4.5):
        slow, stay = float(rng.uniform(0.5, 1.2)), float(rng.uniform(0.0, 1.0))
        shut, wide = opening + slow + stay + _SLAM, float(rng.uniform(0.6, 1.35))
        if shut > duration - 0.05 or (swings and opening < swings[-1].shut + 0.3):
            continue
        swings.append(Swing(opening, slow, wide, shut))
        if rng.random() < 0.5:
            events.append(Event(exact_time(opening), "door", "wood", 0.45, 0.0, ("door", "open")))
        events.append(Event(exact_time(shut), "door", "wood", 0.55 + 0.33 * wide, 0.0, ("door", "close")))
    height = float(rng.uniform(0.4, stage.horizon - 0.02))
    width = height * float(rng.uniform(0.4, 0.6))
    x = float(rng.uniform(slot.left + width * 0.8, slot.right - width * 0.8))
    colour = ((126, 82, 48), (72, 96, 80), (150, 60, 52), (206, 200, 188), (84, 96, 122))[rng.integers(5)]
    side = float(rng.choice([-1.0, 1.0]))
    return Door(stage, x, width, height, colour, side, tuple(swings), tuple(sorted(events)))


KIND = Kind(build, weight=0.8, indoor=True)
