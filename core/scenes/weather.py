"""What goes on for a while: rain, wind in the trees, surf, fire."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from talkies.core.arrays import Floats
from talkies.core.scenes.acting import Actor, Kind, smooth
from talkies.core.scenes.canvas import Canvas, Colour, shade
from talkies.core.scenes.plain import Event, exact_time
from talkies.core.scenes.stage import Slot, Stage


def span(rng: np.random.Generator, duration: float) -> tuple[float, float]:
    """When something sustained begins and ends: half of the time it lasts as long as the shot."""
    if rng.random() < 0.5:
        return 0.0, duration
    begin = float(rng.uniform(0.1, 0.45)) * duration
    return begin, duration if rng.random() < 0.4 else begin + float(rng.uniform(0.5, 1.0)) * (duration - begin)


def lasting(begin: float, end: float, kind: str, material: str, force: float, tags: tuple[str, ...]) -> Event:
    return Event(exact_time(begin), kind, material, force, end - begin, tags)


@dataclass(frozen=True)
class Rain:
    begin: float
    end: float
    drops: Floats  # (N, 4) x, y, speed, length
    slant: float
    span: float
    events: tuple[Event, ...]

    def draw(self, canvas: Canvas, t: float) -> None:
        if not self.begin <= t < self.end:
            return
        canvas.glow(0.12, (120, 128, 140))
        y = (self.drops[:, 1] + self.drops[:, 2] * t) % 1.2 - 0.1
        x = (self.drops[:, 0] + self.slant * y) % self.span - 0.1
        heads = np.stack([x, y], 1)
        tails = heads - np.stack([self.slant * self.drops[:, 3], self.drops[:, 3]], 1)
        canvas.strokes(heads, tails, (196, 206, 220), 0.004)


@dataclass(frozen=True)
class Wind:
    """Trees and grass that bend in gusts."""

    begin: float
    end: float
    roots: Floats  # (N, 3) x, y, height
    phase: Floats
    colour: Colour
    events: tuple[Event, ...]

    def draw(self, canvas: Canvas, t: float) -> None:
        blow = smooth((t - self.begin) / 0.4) * smooth((self.end - t) / 0.4)
        for (x, y, tall), phase in zip(self.roots, self.phase, strict=True):
            gust = np.sin(1.7 * t + phase * 0.3) + 0.5 * np.sin(5.3 * t + phase) + 0.3 * np.sin(11 * t + 2 * phase)
            lean = float((0.35 + 0.22 * gust) * blow * tall * 0.7)
            stem = np.array([[x, y], [x + lean * 0.35, y - tall * 0.55], [x + lean, y - tall * 0.95]])
            canvas.limb(stem, (92, 70, 50), tall * 0.06)
            for n in range(7):
                a = n * 0.9 + phase
                flutter = 0.015 * blow * np.sin(17 * t + 3 * n + phase)
                middle = (
                    x + lean * 1.05 + np.cos(a) * tall * 0.2 + flutter,
                    y - tall + np.sin(a) * tall * 0.14 + flutter,
                )
                canvas.circle(float(middle[0]), float(middle[1]), tall * 0.2, shade(self.colour, 0.8 + 0.06 * n))


@dataclass(frozen=True)
class Surf:
    """Waves that roll towards us and break."""

    top: float
    aspect: float
    phase: Floats
    pace: float
    colour: Colour
    events: tuple[Event, ...]

    def draw(self, canvas: Canvas, t: float) -> None:
        x = np.linspace(-0.3, self.aspect + 0.3, 40)
        canvas.box(-0.4, self.top, self.aspect + 0.4, 1.4, self.colour)
        for n in range(6):
            roll = (n / 6 + self.pace * t) % 1.0
            y0 = self.top + (1.2 - self.top) * roll**1.7
            swell = 0.05 * roll * (np.sin(4 * x + self.phase[n] + 1.5 * t) + 0.5 * np.sin(9 * x - 2.2 * t))
            line = np.stack([x, y0 + swell], 1)
            body = np.vstack([line, line[::-1] + np.array([0.0, 0.03 + 0.1 * roll])])
            canvas.polygon(body, shade(self.colour, 0.85 + 0.3 * (n % 2)))
            canvas.path(line, (226, 236, 240), 0.004 + 0.02 * roll**2)


@dataclass(frozen=True)
class Fire:
    begin: float
    end: float
    x: float
    y: float
    size: float
    flames: Floats  # (N, 4) offset, height, pace, phase
    events: tuple[Event, ...]

    def draw(self, canvas: Canvas, t: float) -> None:
        for angle in (-0.35, 0.3, 0.0):
            along = np.array([np.cos(angle), np.sin(angle)]) * self.size * 0.9
            log = np.stack([-along, along]) + np.array([self.x, self.y])
            canvas.limb(log, (84, 58, 40), self.size * 0.22)
        alive = smooth((t - self.begin) / 0.25) * smooth((self.end - t) / 0.25)
        if alive <= 0:
            return
        for scale, colour in ((1.0, (222, 84, 26)), (0.66, (250, 158, 44)), (0.34, (255, 232, 140))):
            for offset, height, pace, phase in self.flames:
                lick = 0.7 + 0.3 * np.sin(pace * t + phase) + 0.15 * np.sin(2.7 * pace * t)
                tall = self.size * height * lick * scale * alive * 1.6
                sway = self.size * 0.22 * np.sin(pace * 0.6 * t + phase) * scale
                x, wide = self.x + offset * self.size * 0.7, self.size * 0.34 * scale
                shape = [
                    [x - wide, self.y],
                    [x - wide * 0.6 + sway * 0.4, self.y - tall * 0.5],
                    [x + sway, self.y - tall],
                ]
                shape += [[x + wide * 0.6 + sway * 0.4, self.y - tall * 0.5], [x + wide, self.y]]
                canvas.polygon(np.array(shape), colour)
        canvas.glow(0.05 * alive * (1 + float(np.sin(13 * t) * np.sin(7.3 * t))), (255, 140, 50))


def build_rain(rng: np.random.Generator, stage: Stage, slot: Slot, duration: float) -> Actor:
    begin, end = span(rng, duration)
    count = int(rng.integers(30, 130))
    drops = rng.uniform([0, 0, 1.6, 0.03], [stage.aspect + 0.3, 1.2, 2.8, 0.08], (count, 4))
    event = lasting(begin, end, "rain", "water", 0.5 + count / 300, ("rain", "ambience"))
    return Rain(begin, end, drops, float(rng.uniform(-0.3, 0.3)), stage.aspect + 0.3, (event,))


def build_wind(rng: np.random.Generator, stage: Stage, slot: Slot, duration: float) -> Actor:
    begin, end = span(rng, duration)
    count = int(rng.integers(2, 6))
    low, high = [slot.left, stage.horizon + 0.02, 0.25], [slot.right, stage.ground, 0.55]
    roots = rng.uniform(low, high, (count, 3))
    roots = roots[np.argsort(roots[:, 1])]
    event = lasting(begin, end, "wind", "air", float(rng.uniform(0.6, 1.0)), ("wind", "ambience"))
    colour = ((66, 108, 58), (150, 120, 50), (88, 120, 70))[rng.integers(3)]
    return Wind(begin, end, roots, rng.uniform(0, 6.28, count), colour, (event,))


def build_surf(rng: np.random.Generator, stage: Stage, slot: Slot, duration: float) -> Actor:
    event = lasting(0.0, duration, "surf", "water", float(rng.uniform(0.6, 1.0)), ("sea", "waves", "water", "ambience"))
    colour = ((38, 86, 116), (56, 110, 120), (60, 74, 96))[rng.integers(3)]
    pace = float(rng.uniform(0.08, 0.2))
    return Surf(stage.horizon, stage.aspect, rng.uniform(0, 6.28, 6), pace, colour, (event,))


def build_fire(rng: np.random.Generator, stage: Stage, slot: Slot, duration: float) -> Actor:
    begin, end = span(rng, duration)
    size = float(rng.uniform(0.1, 0.24))
    flames = rng.uniform([-0.8, 0.6, 6, 0], [0.8, 1.5, 15, 6.28], (5, 4))
    event = lasting(begin, end, "fire", "fire", 0.5 + 2 * size, ("fire", "ambience"))
    x = float(rng.uniform(slot.left + 0.3, slot.right - 0.3))
    return Fire(begin, end, x, stage.ground, size, flames, (event,))


KINDS = {
    "rain": Kind(build_rain, 0.5, indoor=False),
    "wind": Kind(build_wind, 0.4, surfaces=("grass", "dirt", "snow", "sand"), indoor=False),
    "surf": Kind(build_surf, 0.4, surfaces=("water",), indoor=False, share=False),
    "fire": Kind(build_fire, 0.5),
}
