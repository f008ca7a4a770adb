"""Tools that strike: raised slowly, thrown down with growing speed, stopped dead by what they hit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from talkies.core.arrays import Points
from talkies.core.scenes.acting import Actor, Burst, Kind, burst, irregular, shadow, smooth
from talkies.core.scenes.canvas import Canvas, Colour, shade, turned
from talkies.core.scenes.plain import Event, exact_time
from talkies.core.scenes.stage import Slot, Stage

_FALL = 0.13  # seconds from the top to the blow
_RECOIL = 0.16


@dataclass(frozen=True)
class Blow:
    """``lift``: seconds of raising, which end ``hold`` seconds before the fall; ``reach``: how far it is raised."""

    time: float
    lift: float
    hold: float
    reach: float

    def raised(self, t: float) -> float:
        """How far up: the parabola of a fall before the blow, a small rebound after it, 0 otherwise."""
        before = self.time - t
        if before <= 0:
            u = -before / _RECOIL
            return self.reach * 0.14 * 4 * u * (1 - u) * (1 - u) if u < 1 else 0.0
        if before <= _FALL:
            return self.reach * (1 - (1 - before / _FALL) ** 2)
        return self.reach * smooth(1 - (before - _FALL - self.hold) / self.lift)


@dataclass(frozen=True)
class Hammering:
    """``tool``: hammer, axe, press or stick; the blow falls on ``target`` (material)."""

    stage: Stage
    tool: str
    target: str
    x: float
    size: float
    side: float
    colour: Colour
    blows: tuple[Blow, ...]
    events: tuple[Event, ...]
    sparks: tuple[Burst, ...]

    def raised(self, t: float) -> float:
        """The blow that is under way decides: the next one from the start of its lift, else the last one."""
        for blow in self.blows:
            if blow.time - _FALL - blow.hold - blow.lift <= t < blow.time + 1e-12:
                return blow.raised(t)
        past = [blow for blow in self.blows if blow.time <= t]
        return past[-1].raised(t) if past else 0.0

    def draw(self, canvas: Canvas, t: float) -> None:
        top = self._draw_target(canvas)
        if self.tool == "press":
            self._draw_press(canvas, top, self.raised(t) * 0.22 * self.size / 0.2)
        else:
            self._draw_swing(canvas, top, self.raised(t) * 1.15)
        for spark in self.sparks:
            spark.draw(canvas, t)

    def _draw_target(self, canvas: Canvas) -> float:
        ground, size, x = self.stage.ground, self.size, self.x
        shadow(canvas, self.stage, x, ground, size * 1.1)
        top = ground - size
        colours = {"wood": (146, 98, 56), "metal": (74, 80, 90), "stone": (128, 124, 118), "glass": (160, 210, 214)}
        colour = colours[self.target]
        if self.target == "metal":  # an anvil
            canvas.box(x - size * 0.35, top + size * 0.3, x + size * 0.35, ground, shade(colour, 0.8))
            horn = [[-0.95, 0.0], [0.7, 0.0], [0.7, 0.34], [-0.3, 0.38]]
            canvas.polygon(np.array(horn) * size + [x, top], colour)
        elif self.target == "wood":  # a stump
            canvas.box(x - size * 0.5, top, x + size * 0.5, ground, colour)
            canvas.ellipse(x, top + 0.004, size * 0.5, size * 0.09, shade(colour, 1.35))
            canvas.ring(x, top + 0.004, size * 0.28, size * 0.045, shade(colour, 1.05), 0.004)
        else:
            rock = np.array([[-0.6, 1.0], [-0.55, 0.3], [-0.3, 0.0], [0.35, 0.0], [0.6, 0.4], [0.65, 1.0]])
            canvas.polygon(rock * size + [x, top], colour)
            canvas.polygon(rock[2:5] * size + [x, top + 0.01], shade(colour, 1.15))
        return top

    def _draw_swing(self, canvas: Canvas, top: float, angle: float) -> None:
        length = self.size * 2.1
        head_high, head_wide = self.size * 0.42, self.size * 0.26
        pivot = np.array([self.x - self.side * length, top - head_high / 2])
        flip = np.array([self.side, 1.0])

        def at(points: list[list[float]]) -> Points:
            placed: Points = turned(np.array(points), -angle) * flip + pivot
            return placed

        handle = shade((150, 106, 62), 1.0)
        canvas.limb(at([[0, 0], [length, 0]]), handle, self.size * 0.12)
        if self.tool == "stick":
            canvas.limb(at([[length * 0.3, 0], [length * 1.05, head_high / 2 - self.size * 0.06]]), self.colour, 0.03)
        elif self.tool == "axe":
            blade = [[-0.5, -0.3], [0.5, -0.3], [1.0, 1.0], [-1.0, 1.0]]
            canvas.polygon(at([[length + px * head_wide, py * head_high / 2] for px, py in blade]), self.colour)
        else:
            sides = [[-1, -1], [1, -1], [1, 1], [-1, 1]]
            canvas.polygon(at([[length + px * head_wide / 2, py * head_high / 2] for px, py in sides]), self.colour)
        hand = at([[0, 0]])[0]
        elbow = hand + np.array([-self.side * self.size * 0.7, self.size * (0.5 - 0.3 * angle)])
        shoulder = hand + np.array([-self.side * self.size * 1.3, -self.size * 0.2])
        canvas.limb(np.stack([shoulder, elbow, hand]), shade((70, 84, 120), 1.0), self.size * 0.3)
        canvas.dot(hand, self.size * 0.14, (214, 168, 136))

    def _draw_press(self, canvas: Canvas, top: float, lift: float) -> None:
        half = self.size * 0.45
        canvas.box(self.x - half * 0.3, -0.5, self.x + half * 0.3, top - lift - self.size * 0.3, (150, 154, 160))
        canvas.box(self.x - half, top - lift - self.size * 0.42, self.x + half, top - lift, self.colour)
        canvas.box(self.x - half * 1.9, -0.5, self.x - half * 1.6, self.stage.ground, (84, 80, 78))
        canvas.box(self.x + half * 1.6, -0.5, self.x + half * 1.9, self.stage.ground, (84, 80, 78))


def build(rng: np.random.Generator, stage: Stage, slot: Slot, duration: float) -> Actor:
    tool = str(rng.choice(["hammer", "axe", "press", "stick"], p=[0.45, 0.2, 0.2, 0.15]))
    target = str(rng.choice(["wood", "metal", "stone"]))
    if tool == "axe":
        target = "wood"
    size = float(rng.uniform(0.13, 0.24))
    times = irregular(rng, float(rng.uniform(0.5, 2.0)), duration - 0.1, 0.45, 2.2)
    blows: list[Blow] = []
    for previous, time in zip([-1.0, *times], times, strict=False):
        free = time - previous - _FALL - 0.1
        lift = min(float(rng.uniform(0.2, 0.5)), free)
        hold = max(min(float(rng.uniform(0.0, 0.3)), free - lift), 0.0)
        blows.append(Blow(time, lift, hold, float(rng.uniform(0.45, 1.0))))
    tags = ("impact", target, "tool_machine") if (tool, target) == ("hammer", "metal") else ("impact", target)
    events = tuple(Event(exact_time(blow.time), "impact", target, blow.reach, 0.0, tags) for blow in blows)
    x, side = float(rng.uniform(slot.left + 0.35 * slot.width, slot.right - 0.3 * slot.width)), 1.0
    side = float(rng.choice([-1.0, 1.0]))
    dust = {"metal": (255, 214, 120), "wood": (196, 150, 96), "stone": (170, 166, 160)}[target]
    top = stage.ground - size
    sparks = tuple(
        burst(rng, blow.time, x, top, count=7, speed=0.9 * blow.reach, size=0.006, colour=dust, life=0.3)
        for blow in blows
        if rng.random() < 0.7
    )
    colour = shade((96, 100, 108), float(rng.uniform(0.6, 1.5)))
    return Hammering(stage, tool, target, x, size, side, colour, tuple(blows), events, sparks)


KIND = Kind(build, weight=1.2)
