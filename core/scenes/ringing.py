"""Bells: a church bell that swings while it rings, a hand bell on a counter that a palm strikes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from talkies.core.scenes.acting import Actor, Kind, irregular, shadow, smooth
from talkies.core.scenes.canvas import Canvas, shade, turned
from talkies.core.scenes.plain import Event, exact_time
from talkies.core.scenes.stage import Slot, Stage
from talkies.core.scenes.weather import lasting, span

_BELL = np.array(
    [[-0.14, 0.0], [0.14, 0.0], [0.26, 0.3], [0.32, 0.62], [0.46, 0.82], [-0.46, 0.82], [-0.32, 0.62], [-0.26, 0.3]]
)
_BRASS = (196, 152, 70)


@dataclass(frozen=True)
class ChurchBell:
    begin: float
    end: float
    x: float
    y: float
    size: float
    pace: float
    events: tuple[Event, ...]

    def draw(self, canvas: Canvas, t: float) -> None:
        ringing = smooth((t - self.begin) / 0.3) * smooth((self.end - t) / 0.3)
        angle = 0.75 * ringing * float(np.sin(self.pace * (t - self.begin)))
        canvas.box(self.x - self.size * 0.8, self.y - 0.06, self.x + self.size * 0.8, self.y, (88, 64, 46))
        clapper = turned(np.array([[0.0, 0.1], [0.0, 0.95]]) * self.size, -angle * 0.5, self.x, self.y)
        canvas.limb(clapper, (60, 56, 54), self.size * 0.07)
        canvas.dot(clapper[1], self.size * 0.08, (60, 56, 54))
        canvas.polygon(turned(_BELL * self.size, angle, self.x, self.y), _BRASS)
        canvas.polygon(turned(_BELL * self.size * [0.35, 0.9], angle, self.x, self.y), shade(_BRASS, 1.25))


@dataclass(frozen=True)
class DeskBell:
    """A palm comes down on the button at every event."""

    stage: Stage
    x: float
    size: float
    times: tuple[float, ...]
    events: tuple[Event, ...]

    def draw(self, canvas: Canvas, t: float) -> None:
        ground, size = self.stage.ground, self.size
        lift = 1.0
        for time in self.times:
            ahead = time - t
            lift = min(lift, 1 - (1 - min(ahead / 0.25, 1)) ** 2 if ahead >= 0 else smooth((-ahead - 0.04) / 0.35))
        shadow(canvas, self.stage, self.x, ground, size)
        canvas.box(self.x - size * 0.75, ground - size * 0.12, self.x + size * 0.75, ground, (50, 44, 42))
        canvas.polygon(_BELL * [size * 1.4, size * 0.8] + [self.x, ground - size * 0.78], (206, 200, 190))
        pressed = size * 0.06 * (1 - lift)
        canvas.circle(self.x, ground - size * 0.84 + pressed, size * 0.1, (170, 130, 60))
        palm = ground - size * 0.94 - lift * size * 0.9
        skin = (222, 178, 146)
        canvas.limb(
            np.array([[self.x + size * 1.8, palm - size * 0.5], [self.x + size * 0.4, palm - size * 0.12]]),
            skin,
            size * 0.3,
        )
        canvas.ellipse(self.x + size * 0.1, palm - size * 0.06, size * 0.4, size * 0.13, skin)


def build_church(rng: np.random.Generator, stage: Stage, slot: Slot, duration: float) -> Actor:
    begin, end = span(rng, duration)
    event = lasting(begin, end, "bell", "metal", float(rng.uniform(0.7, 1.0)), ("bell", "church"))
    size = float(rng.uniform(0.35, 0.6))
    return ChurchBell(begin, end, slot.centre, float(rng.uniform(0.08, 0.2)), size, float(rng.uniform(3, 6)), (event,))


def build_desk(rng: np.random.Generator, stage: Stage, slot: Slot, duration: float) -> Actor:
    times = irregular(rng, float(rng.uniform(0.6, 2.0)), duration - 0.2, 0.8, 3.0)
    force = float(rng.uniform(0.6, 0.9))
    events = tuple(Event(exact_time(time), "bell", "metal", force, 0.0, ("bell", "doorbell")) for time in times)
    return DeskBell(stage, slot.centre, float(rng.uniform(0.15, 0.28)), tuple(times), events)


KINDS = {"church": Kind(build_church, 0.3), "deskbell": Kind(build_desk, 0.35, indoor=True)}
