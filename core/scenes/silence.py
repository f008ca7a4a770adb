"""What moves without a sound: clouds, floating shapes, lights. A model that fires on mere motion is caught here."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from talkies.core.arrays import Floats, Ints
from talkies.core.scenes.acting import Actor, Kind
from talkies.core.scenes.canvas import Canvas, Colour
from talkies.core.scenes.plain import Event
from talkies.core.scenes.stage import Slot, Stage


@dataclass(frozen=True)
class Floating:
    """Shapes that glide and breathe along smooth curves and never hit anything."""

    sides: Ints  # (N,) 0: round
    centre: Floats  # (N, 2)
    reach: Floats  # (N, 2)
    pace: Floats  # (N, 3) radians per second of x, y and turning
    phase: Floats  # (N, 2)
    size: Floats  # (N,)
    colours: tuple[Colour, ...]
    events: tuple[Event, ...] = ()

    def draw(self, canvas: Canvas, t: float) -> None:
        for n, colour in enumerate(self.colours):
            x, y = self.centre[n] + self.reach[n] * np.sin(self.pace[n, :2] * t + self.phase[n])
            size = float(self.size[n])
            if self.sides[n] == 0:
                canvas.ellipse(float(x), float(y), size * 1.4, size, colour, float(np.degrees(self.pace[n, 2] * t)))
            else:
                angles = self.pace[n, 2] * t + np.arange(self.sides[n]) * 2 * np.pi / self.sides[n]
                canvas.polygon(np.stack([x + np.cos(angles) * size, y + np.sin(angles) * size], 1), colour)


@dataclass(frozen=True)
class Drifting:
    """Soft clouds or balloons that cross the picture at constant speed, wrapping round beyond its edges."""

    aspect: float
    puffs: Floats  # (N, 4) x, y, radius, speed
    colour: Colour
    events: tuple[Event, ...] = ()

    def draw(self, canvas: Canvas, t: float) -> None:
        span = self.aspect + 1.0
        for x, y, radius, speed in self.puffs:
            at = (x + speed * t) % span - 0.5
            for dx, dy, scale in ((-0.9, 0.2, 0.7), (0.0, 0.0, 1.0), (0.9, 0.15, 0.75)):
                canvas.ellipse(at + dx * radius, y + dy * radius, radius * scale, radius * scale * 0.6, self.colour)


@dataclass(frozen=True)
class Lights:
    """The light of the whole picture swells and fades smoothly."""

    pace: float
    depth: float
    colour: Colour
    events: tuple[Event, ...] = ()

    def draw(self, canvas: Canvas, t: float) -> None:
        canvas.glow(self.depth * (0.5 + 0.5 * float(np.sin(self.pace * t))), self.colour)


def build_floating(rng: np.random.Generator, stage: Stage, slot: Slot, duration: float) -> Actor:
    count = int(rng.integers(1, 5))
    low, high = np.array([slot.left, 0.1]), np.array([slot.right, 0.6])
    colours = tuple((int(r), int(g), int(b)) for r, g, b in rng.integers(30, 250, (count, 3)))
    return Floating(
        sides=rng.choice([0, 0, 3, 4, 6], count),
        centre=rng.uniform(low, high, (count, 2)),
        reach=rng.uniform(0.03, 0.35, (count, 2)),
        pace=rng.uniform(0.2, 2.4, (count, 3)),
        phase=rng.uniform(0, 6.28, (count, 2)),
        size=rng.uniform(0.03, 0.14, count),
        colours=colours,
    )


def build_drifting(rng: np.random.Generator, stage: Stage, slot: Slot, duration: float) -> Actor:
    count = int(rng.integers(1, 6))
    low, high = [0, 0.05, 0.03, 0.02], [stage.aspect + 1, stage.horizon * 0.7, 0.12, 0.25]
    puffs = rng.uniform(low, high, (count, 4))
    puffs[:, 3] *= rng.choice([-1.0, 1.0])
    grey = int(rng.integers(150, 250))
    return Drifting(stage.aspect, puffs, (grey, grey, min(grey + 6, 255)))


def build_lights(rng: np.random.Generator, stage: Stage, slot: Slot, duration: float) -> Actor:
    colours: tuple[Colour, ...] = ((255, 255, 255), (0, 0, 0), (255, 180, 90))
    return Lights(float(rng.uniform(0.5, 3.0)), float(rng.uniform(0.1, 0.45)), colours[rng.integers(3)])


KINDS = {
    "floating": Kind(build_floating, 1.0),
    "drifting": Kind(build_drifting, 1.0),
    "lights": Kind(build_lights, 0.4),
}
