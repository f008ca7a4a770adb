"""Balls that fall and bounce under gravity: contact times in closed form, each bounce weaker than the last."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from talkies.core.scenes.acting import Actor, Kind, irregular, shadow
from talkies.core.scenes.canvas import Canvas, Colour, shade, turned
from talkies.core.scenes.plain import Event, exact_time
from talkies.core.scenes.stage import Slot, Stage

MATERIALS: dict[str, tuple[tuple[str, ...], tuple[float, float], tuple[Colour, ...]]] = {
    "wood": (("impact", "wood"), (0.45, 0.65), ((168, 116, 66), (122, 78, 44), (204, 160, 104))),
    "metal": (("impact", "metal"), (0.4, 0.7), ((172, 178, 188), (126, 132, 142), (196, 164, 90))),
    "stone": (("impact", "stone"), (0.25, 0.45), ((120, 116, 110), (90, 88, 88), (150, 138, 120))),
    "glass": (("impact", "glass"), (0.5, 0.7), ((150, 214, 216), (120, 190, 150), (190, 170, 220))),
    "rubber": (("impact",), (0.65, 0.85), ((206, 52, 46), (48, 98, 190), (230, 190, 50), (60, 160, 84))),
}
"""Tags, range of restitution, colours."""

_SLOWEST = 0.22  # picture heights per second: a ball that lands slower than this lies


@dataclass(frozen=True)
class Ball:
    """One throw: released at ``start`` from ``height`` above its resting place, at rest vertically."""

    start: float
    x: float
    drift: float  # picture heights per second
    height: float
    gravity: float
    restitution: float
    radius: float

    @property
    def first_contact(self) -> float:
        return self.start + float(np.sqrt(2 * self.height / self.gravity))

    @property
    def first_speed(self) -> float:
        return float(np.sqrt(2 * self.gravity * self.height))

    def contacts(self) -> list[tuple[float, float]]:
        """(time, speed) of every landing until the ball lies: t_1 = sqrt(2h/g), then 2 v_n / g, v_n+1 = e v_n."""
        time, speed, landings = self.first_contact, self.first_speed, []
        while speed > _SLOWEST:
            landings.append((time, speed))
            speed *= self.restitution
            time += 2 * speed / self.gravity
        return landings

    def position(self, t: float) -> tuple[float, float]:
        """x, and height above the resting place."""
        landings = self.contacts()
        rest = landings[-1][0]
        x = self.x + self.drift * (t - self.start)
        if t < self.first_contact:
            fallen = max(t - self.start, 0.0)
            return (x, self.height - self.gravity / 2 * fallen**2) if t > self.start else (self.x, self.height)
        if t >= rest:
            slide = 0.4 * (1 - np.exp(-(t - rest) / 0.4))
            return self.x + self.drift * (rest + float(slide) - self.start), 0.0
        time, speed = [landing for landing in landings if landing[0] <= t][-1]
        flown = t - time
        return x, max(speed * self.restitution * flown - self.gravity / 2 * flown**2, 0.0)


@dataclass(frozen=True)
class Bouncing:
    """Throws of like balls; ``hung`` balls are seen waiting before they fall."""

    stage: Stage
    balls: tuple[Ball, ...]
    material: str
    colour: Colour
    events: tuple[Event, ...]
    pattern: int

    def draw(self, canvas: Canvas, t: float) -> None:
        for ball in self.balls:
            x, height = ball.position(t)
            y = self.stage.ground - ball.radius - height
            if y > -ball.radius:
                shadow(canvas, self.stage, x, self.stage.ground, ball.radius * (1.25 - 0.5 * min(height, 1.0)))
            self._draw_ball(canvas, ball, x, y, (x - ball.x) / ball.radius)

    def _draw_ball(self, canvas: Canvas, ball: Ball, x: float, y: float, roll: float) -> None:
        radius = ball.radius
        canvas.circle(x, y, radius, shade(self.colour, 0.72))
        canvas.circle(x - radius * 0.12, y - radius * 0.14, radius * 0.84, self.colour)
        if self.pattern:
            band = turned(np.array([[-0.95, -0.1], [0.95, -0.1], [0.95, 0.12], [-0.95, 0.12]]) * radius, roll, x, y)
            canvas.polygon(band, shade(self.colour, 0.6 if self.pattern == 1 else 1.35))
        canvas.circle(x - radius * 0.35, y - radius * 0.4, radius * 0.22, shade(self.colour, 1.5))


def build(rng: np.random.Generator, stage: Stage, slot: Slot, duration: float) -> Actor:
    material = str(rng.choice(list(MATERIALS)))
    tags, restitution, colours = MATERIALS[material]
    radius = float(rng.uniform(0.035, 0.1))
    gravity = float(rng.uniform(2.2, 7.0))
    bounce = float(rng.uniform(*restitution))
    balls = []
    for start in irregular(rng, float(rng.uniform(0.1, 1.5)), duration - 0.5, 0.9, 3.5)[: rng.integers(1, 6)]:
        from_above = rng.random() < 0.6
        room = stage.ground - radius
        height = room + radius * 2 if from_above else float(rng.uniform(0.3, 0.95)) * room
        x = float(rng.uniform(slot.left + 0.1, slot.right - 0.1))
        drift = float(rng.uniform(-0.16, 0.16) * slot.width) if rng.random() < 0.7 else 0.0
        drift *= 1.0 if slot.left < x + drift * 2.0 < slot.right else -1.0
        balls.append(Ball(start, x, drift, height, gravity, bounce, radius))
    fastest = max(ball.first_speed for ball in balls)
    events = [
        Event(exact_time(time), "impact", material, float((speed / fastest) ** 0.8), 0.0, tags)
        for ball in balls
        for time, speed in ball.contacts()
        if -0.05 < ball.position(time)[0] < stage.aspect + 0.05
    ]
    colour = colours[rng.integers(len(colours))]
    return Bouncing(stage, tuple(balls), material, colour, tuple(sorted(events)), int(rng.integers(3)))


KIND = Kind(build, weight=1.3)
