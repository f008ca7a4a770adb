"""Flashes with a bang: guns, explosions, fireworks, lightning close by."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from talkies.core.arrays import Points
from talkies.core.scenes.acting import Actor, Burst, Kind, burst, irregular, latest
from talkies.core.scenes.canvas import Canvas, Colour
from talkies.core.scenes.plain import Event, exact_time
from talkies.core.scenes.stage import Slot, Stage


@dataclass(frozen=True)
class Gun:
    """A pistol or rifle seen from the side; it kicks up when it fires."""

    times: tuple[float, ...]
    x: float
    y: float
    size: float
    side: float
    rifle: bool
    smoke: tuple[Burst, ...]
    events: tuple[Event, ...]

    def draw(self, canvas: Canvas, t: float) -> None:
        last = latest(self.times, t)
        age = t - self.times[last] if last >= 0 else 9.0
        kick = 0.32 * float(np.exp(-age / 0.12)) * min(age / 0.015 + 0.3, 1.0)
        cosine, sine = np.cos(-kick), np.sin(-kick)
        turn = np.array([[cosine, sine], [-sine, cosine]])
        back = np.array([-0.25 * kick * self.size, 0.0])

        def at(points: list[list[float]]) -> Points:
            moved: Points = (np.array(points) * self.size @ turn + back) * [self.side, 1.0] + [self.x, self.y]
            return moved

        barrel = 1.9 if self.rifle else 0.9
        arm = at([[-1.6, 0.7], [-0.7, 0.55], [-0.08, 0.25]])
        canvas.limb(arm, (72, 78, 66), self.size * 0.34)
        canvas.polygon(at([[-0.25, -0.12], [barrel, -0.12], [barrel, 0.08], [-0.25, 0.14]]), (54, 56, 62))
        if self.rifle:
            canvas.polygon(at([[-1.1, 0.0], [0.5, -0.02], [0.5, 0.16], [-1.1, 0.42]]), (112, 74, 44))
        else:
            canvas.polygon(at([[-0.25, 0.0], [0.1, 0.1], [0.0, 0.6], [-0.3, 0.6]]), (84, 58, 40))
        canvas.dot(at([[-0.1, 0.25]])[0], self.size * 0.19, (206, 162, 130))
        if age < 0.09:
            grow = 1 - age / 0.11
            muzzle = at([[barrel + r * np.cos(a), -0.02 + r * np.sin(a)] for a, r in _star(last, grow)])
            canvas.polygon(muzzle, (255, 226, 140))
            canvas.dot(at([[barrel + 0.1, -0.02]])[0], self.size * 0.16 * grow, (255, 255, 236))
            canvas.glow(0.22 * grow, (255, 240, 200))
        for puff in self.smoke:
            puff.draw(canvas, t)


def _star(number: int, grow: float) -> list[tuple[float, float]]:
    """Angles and radii of a muzzle flash that points forwards."""
    angles = np.linspace(-np.pi, np.pi, 14, endpoint=False) + number
    reach = [0.75 * grow * (1.5 if np.cos(a) > 0.5 else 0.7) * (1.0 if n % 2 else 0.4) for n, a in enumerate(angles)]
    return list(zip(angles.tolist(), reach, strict=True))


@dataclass(frozen=True)
class Blast:
    """A fireball that grows fast and dies in smoke; with ``rise`` it is a rocket that climbs before it bursts."""

    time: float
    x: float
    y: float
    size: float
    rise: float
    sparks: Burst
    smoke: Burst

    def draw(self, canvas: Canvas, t: float) -> None:
        age = t - self.time
        if age < 0:
            if self.rise and -age < self.rise:
                up = 1 - (-age / self.rise) ** 2
                bottom = 1.05
                canvas.circle(self.x, bottom + (self.y - bottom) * up, 0.008, (255, 220, 150))
            return
        if self.rise == 0:
            self.smoke.draw(canvas, t)
            if age < 0.45:
                grown = self.size * float(1 - np.exp(-age / 0.05)) * (1 - age / 0.6)
                canvas.circle(self.x, self.y, grown, (226, 92, 34))
                canvas.circle(self.x, self.y - grown * 0.1, grown * 0.72, (252, 176, 60))
                canvas.circle(self.x, self.y - grown * 0.1, grown * 0.4, (255, 246, 206))
        self.sparks.draw(canvas, t)
        canvas.glow(0.55 * float(np.exp(-age / 0.06)), (255, 236, 200))


@dataclass(frozen=True)
class Blasts:
    blasts: tuple[Blast, ...]
    events: tuple[Event, ...]

    def draw(self, canvas: Canvas, t: float) -> None:
        for blast in self.blasts:
            blast.draw(canvas, t)


@dataclass(frozen=True)
class Lightning:
    bolts: tuple[tuple[float, Points], ...]
    events: tuple[Event, ...]

    def draw(self, canvas: Canvas, t: float) -> None:
        for time, line in self.bolts:
            age = t - time
            if 0 <= age < 0.5:
                again = 1.0 if age < 0.07 or 0.12 < age < 0.17 else float(np.exp(-age / 0.12))
                canvas.glow(0.6 * again, (226, 232, 255))
                if age < 0.22:
                    canvas.path(line, (255, 255, 255), 0.009)


def build_gun(rng: np.random.Generator, stage: Stage, slot: Slot, duration: float) -> Actor:
    times = irregular(rng, float(rng.uniform(0.4, 2.5)), duration - 0.1, 0.3, 2.5)
    size, rifle = float(rng.uniform(0.1, 0.2)), bool(rng.random() < 0.4)
    side, y = float(rng.choice([-1.0, 1.0])), float(rng.uniform(0.35, 0.6))
    x = slot.centre - side * slot.width * float(rng.uniform(0.0, 0.2))
    muzzle = x + side * size * (2.0 if rifle else 1.0)
    grey: Colour = (190, 190, 186)
    smoke = tuple(
        burst(rng, time, muzzle, y, count=6, speed=0.25, size=0.02, colour=grey, gravity=-0.3, life=0.6)
        for time in times
    )
    tags = ("weapon", "gunshot")
    events = tuple(Event(exact_time(t), "shot", "weapon", float(rng.uniform(0.8, 1.0)), 0.0, tags) for t in times)
    return Gun(tuple(times), x, y, size, side, rifle, smoke, events)


def build_blasts(rng: np.random.Generator, stage: Stage, slot: Slot, duration: float) -> Actor:
    rocket = bool(rng.random() < 0.4)
    times = irregular(rng, float(rng.uniform(0.6, 2.5)), duration - 0.2, 0.8, 4.0)[: rng.integers(1, 6)]
    blasts, events = [], []
    for time in times:
        x = float(rng.uniform(slot.left + 0.15, slot.right - 0.15))
        size = float(rng.uniform(0.1, 0.3))
        y = float(rng.uniform(0.12, 0.4)) if rocket else stage.ground - size * 0.4
        hue = ((255, 90, 80), (120, 220, 255), (255, 220, 90), (150, 255, 140))[rng.integers(4)]
        colour = hue if rocket else (255, 170, 60)
        sparks = burst(
            rng, time, x, y, count=36 if rocket else 18, speed=2.6 * size + 0.2, size=0.008, colour=colour,
            gravity=0.5 if rocket else 2.0, life=1.1 if rocket else 0.7, around=rocket,
        )  # fmt: skip
        smoke = burst(
            rng, time, x, y, count=12, speed=size * 1.4, size=size * 0.5, colour=(92, 88, 86), gravity=-0.2, life=1.6
        )
        blasts.append(Blast(time, x, y, size, float(rng.uniform(0.6, 1.2)) if rocket else 0.0, sparks, smoke))
        tags = ("explosion", "fireworks") if rocket else ("explosion",)
        events.append(Event(exact_time(time), "explosion", "fire", 0.7 + size, 0.0, tags))
    return Blasts(tuple(blasts), tuple(events))


def build_lightning(rng: np.random.Generator, stage: Stage, slot: Slot, duration: float) -> Actor:
    bolts, events = [], []
    for time in irregular(rng, float(rng.uniform(0.5, 3.0)), duration - 0.3, 1.5, 5.0):
        steps = 9
        x = rng.uniform(slot.left, slot.right) + np.cumsum(rng.normal(0, 0.05, steps))
        bolts.append((time, np.stack([x, np.linspace(-0.05, stage.horizon, steps)], 1)))
        force = float(rng.uniform(0.7, 1.0))
        events.append(Event(exact_time(time), "thunder", "sky", force, 0.0, ("thunder",)))
    return Lightning(tuple(bolts), tuple(events))


KINDS = {
    "gun": Kind(build_gun, 0.8),
    "blast": Kind(build_blasts, 0.7, indoor=False),
    "lightning": Kind(build_lightning, 0.4, indoor=False),
}
