"""Machines that run: a car whose engine shakes it and whose horn blinks its lamps, a helicopter, a chainsaw."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from talkies.core.scenes.acting import Actor, Kind, irregular, shadow, smooth
from talkies.core.scenes.canvas import Canvas, Colour, shade
from talkies.core.scenes.plain import Event, exact_time
from talkies.core.scenes.stage import Slot, Stage
from talkies.core.scenes.weather import lasting, span


@dataclass(frozen=True)
class Car:
    """Shakes while the engine runs; ``drive``: picture heights per second while it runs."""

    stage: Stage
    begin: float
    end: float
    x: float
    drive: float
    size: float
    colour: Colour
    horns: tuple[float, ...]
    events: tuple[Event, ...]

    def draw(self, canvas: Canvas, t: float) -> None:
        running = self.begin <= t < self.end
        ran = float(np.clip(t - self.begin, 0, self.end - self.begin))
        x, size, ground = self.x + self.drive * ran, self.size, self.stage.ground
        shake = size * 0.02 * float(np.sin(61 * t) + 0.6 * np.sin(97 * t)) if running else 0.0
        shadow(canvas, self.stage, x, ground, size * 1.1)
        y = ground - size * 0.22 + shake
        cabin = np.array([[-0.5, -0.25], [-0.32, -0.58], [0.25, -0.58], [0.48, -0.25]]) * size + [x, y]
        canvas.polygon(cabin, shade(self.colour, 0.85))
        canvas.polygon((cabin - [x, y]) * [0.8, 0.86] + [x, y - size * 0.02], (176, 206, 220))
        body = np.array([[-1.0, -0.25], [0.9, -0.27], [1.0, -0.12], [1.0, 0.08], [-1.0, 0.08]]) * size + [x, y]
        canvas.polygon(body, self.colour)
        honking = any(0 <= t - horn < 0.45 for horn in self.horns)
        lamp = (255, 250, 190) if honking else (150, 140, 110)
        canvas.circle(x + size * 0.95, y - size * 0.12, size * (0.13 if honking else 0.07), lamp)
        for wheel in (-0.58, 0.58):
            cx, cy = x + wheel * size, ground - size * 0.17
            canvas.circle(cx, cy, size * 0.2, (28, 28, 30))
            canvas.circle(cx, cy, size * 0.1, (170, 172, 176))
            turn = self.drive * ran / (size * 0.2)
            spoke = np.array([np.cos(turn), np.sin(turn)]) * size * 0.17
            hub = np.array([cx, cy])
            canvas.path(np.stack([hub - spoke, hub + spoke]), (110, 112, 116), size * 0.04)
        if running:
            for n in range(3):
                age = (1.7 * t + n / 3) % 1.0
                canvas.circle(
                    x - size * (1.05 + 0.5 * age), y - size * 0.1 * age, size * 0.09 * age + 0.004, (150, 150, 150)
                )


@dataclass(frozen=True)
class Helicopter:
    x: float
    y: float
    size: float
    reach: float
    colour: Colour
    events: tuple[Event, ...]

    def draw(self, canvas: Canvas, t: float) -> None:
        x = self.x + self.reach * float(np.sin(0.5 * t))
        y = self.y + 0.03 * float(np.sin(1.1 * t)) + 0.003 * float(np.sin(70 * t))
        size = self.size
        tail = np.array([[0.2, -0.05], [1.5, -0.2], [1.5, -0.1], [0.2, 0.2]]) * size + [x, y]
        canvas.polygon(tail, shade(self.colour, 0.8))
        canvas.ellipse(x, y, size * 0.55, size * 0.36, self.colour)
        canvas.ellipse(x - size * 0.25, y - size * 0.03, size * 0.24, size * 0.2, (186, 214, 226))
        canvas.path(np.array([[x - size * 0.5, y + size * 0.5], [x + size * 0.5, y + size * 0.5]]), (50, 50, 54), 0.008)
        wide = size * 1.5 * abs(float(np.cos(29 * t)))
        rotor = np.array([[x - wide, y - size * 0.48], [x + wide, y - size * 0.48]])
        canvas.path(rotor, (40, 40, 44), 0.01)
        spin = 53 * t
        blade = np.array([np.cos(spin), np.sin(spin)]) * size * 0.24
        hub = np.array([x + size * 1.5, y - size * 0.18])
        canvas.path(np.stack([hub - blade, hub + blade]), (40, 40, 44), 0.008)


@dataclass(frozen=True)
class Chainsaw:
    """Shakes and eats into a log, chips flying, while it runs."""

    stage: Stage
    begin: float
    end: float
    x: float
    size: float
    colour: Colour
    events: tuple[Event, ...]

    def draw(self, canvas: Canvas, t: float) -> None:
        running, ground, size = self.begin <= t < self.end, self.stage.ground, self.size
        canvas.limb(
            np.array([[self.x - size, ground - size * 0.3], [self.x + size * 1.6, ground - size * 0.3]]),
            (132, 94, 58),
            size * 0.55,
        )
        canvas.ellipse(self.x + size * 1.75, ground - size * 0.3, size * 0.12, size * 0.28, (206, 168, 116))
        jitter = size * 0.03 * np.array([np.sin(73 * t), np.sin(91 * t + 1)]) if running else np.zeros(2)
        depth = size * 0.4 * smooth((t - self.begin) / max(self.end - self.begin, 0.1))
        base = np.array([self.x + size * 0.3, ground - size * 0.95 + depth]) + jitter
        bar = np.array([[0.0, 0.0], [-0.08, 1.0], [0.08, 1.1], [0.2, 0.05]]) * size * [1, 0.8] + base
        canvas.polygon(bar, (176, 180, 186))
        motor = np.array([[-0.3, -0.45], [0.5, -0.5], [0.5, 0.1], [-0.25, 0.1]]) * size + base
        canvas.polygon(motor, self.colour)
        if running:
            for n in range(8):
                age = (2.3 * t + n / 8) % 1.0
                px = base[0] - size * (0.2 + (0.6 + 0.1 * n) * age)
                canvas.circle(float(px), float(base[1] + size * (0.7 - 0.4 * age + age * age)), 0.007, (226, 196, 140))


def build_car(rng: np.random.Generator, stage: Stage, slot: Slot, duration: float) -> Actor:
    begin, end = span(rng, duration)
    size = float(rng.uniform(0.2, 0.34))
    drives = rng.random() < 0.4
    x = slot.left + slot.width * (0.2 if drives else float(rng.uniform(0.35, 0.65)))
    drive = 0.6 * slot.width / (end - begin) if drives else 0.0
    tags = ("machine", "vehicle", "engine", "ambience")
    events = [lasting(begin, end, "engine", "vehicle", float(rng.uniform(0.6, 0.9)), tags)]
    horns = irregular(rng, begin + 0.6, end - 0.5, 0.9, 4.0) if rng.random() < 0.4 else []
    horn_tags = ("horn_alarm", "machine", "vehicle", "engine")
    events += [Event(exact_time(horn), "horn", "vehicle", 0.8, 0.0, horn_tags) for horn in horns]
    colour = ((176, 44, 40), (44, 84, 150), (210, 180, 60), (90, 96, 100), (60, 120, 84))[rng.integers(5)]
    return Car(stage, begin, end, x, drive, size, colour, tuple(horns), tuple(sorted(events)))


def build_helicopter(rng: np.random.Generator, stage: Stage, slot: Slot, duration: float) -> Actor:
    tags = ("helicopter", "machine", "aircraft")
    event = lasting(0.0, duration, "helicopter", "air", float(rng.uniform(0.6, 1.0)), tags)
    size = float(rng.uniform(0.1, 0.2))
    colour = ((90, 104, 80), (200, 60, 50), (60, 84, 130))[rng.integers(3)]
    reach = 0.25 * slot.width * float(rng.uniform(0, 1))
    return Helicopter(slot.centre, float(rng.uniform(0.22, 0.4)), size, reach, colour, (event,))


def build_chainsaw(rng: np.random.Generator, stage: Stage, slot: Slot, duration: float) -> Actor:
    begin, end = span(rng, duration)
    event = lasting(begin, end, "chainsaw", "machine", float(rng.uniform(0.7, 1.0)), ("chainsaw", "machine"))
    size = float(rng.uniform(0.17, 0.26))
    colour = ((226, 96, 30), (200, 40, 36), (230, 190, 50))[rng.integers(3)]
    return Chainsaw(stage, begin, end, slot.centre, size, colour, (event,))


KINDS = {
    "car": Kind(build_car, 0.5, surfaces=("concrete", "dirt", "gravel", "snow", "sand"), indoor=False),
    "helicopter": Kind(build_helicopter, 0.3, indoor=False),
    "chainsaw": Kind(build_chainsaw, 0.3, surfaces=("grass", "dirt", "gravel"), indoor=False),
}
