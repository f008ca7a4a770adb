"""A dog that barks, a cock that crows, a bird that calls: the mouth springs open when the voice begins."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from talkies.core.arrays import Points
from talkies.core.scenes.acting import Actor, Kind, irregular, shadow
from talkies.core.scenes.canvas import Canvas, Colour, shade, turned
from talkies.core.scenes.plain import Event, exact_time
from talkies.core.scenes.stage import Slot, Stage


@dataclass(frozen=True)
class Animal:
    """``length``: seconds that the mouth stays open after each call begins."""

    stage: Stage
    species: str
    x: float
    size: float
    side: float
    colour: Colour
    calls: tuple[float, ...]
    length: float
    events: tuple[Event, ...]

    def open(self, t: float) -> float:
        """0 shut to 1 wide: opens within a frame and a half at the call, closes slowly."""
        return max((_mouth(t - call, self.length) for call in self.calls), default=0.0)

    def draw(self, canvas: Canvas, t: float) -> None:
        shadow(canvas, self.stage, self.x, self.stage.ground, self.size * 1.2)
        (self._dog if self.species == "dog" else self._bird)(canvas, t)

    def _at(self, points: list[list[float]], angle: float = 0.0, about: tuple[float, float] = (0.0, 0.0)) -> Points:
        moved = turned(np.array(points) - about, angle) + about
        result: Points = moved * [self.side, 1.0] * self.size + [self.x, self.stage.ground]
        return result

    def _dog(self, canvas: Canvas, t: float) -> None:
        mouth, colour = self.open(t), self.colour
        wag = 0.5 * float(np.sin(9 * t)) + 0.2
        canvas.limb(
            self._at([[-0.95, -0.85], [-1.25, -1.1 - 0.2 * wag], [-1.3, -1.4 - 0.2 * wag]]), colour, 0.1 * self.size
        )
        for leg, tone in ((-0.75, 0.75), (0.45, 0.75), (-0.9, 1.0), (0.6, 1.0)):
            canvas.limb(self._at([[leg, -0.6], [leg, -0.06]]), shade(colour, tone), 0.2 * self.size)
        canvas.limb(self._at([[-0.8, -0.75], [0.55, -0.8]]), colour, 0.5 * self.size)
        nod = -0.28 * mouth
        neck = (0.6, -1.0)
        canvas.limb(self._at([[0.5, -0.85], [0.8, -1.25]]), colour, 0.36 * self.size)
        head = self._at([[0.85, -1.35]], nod, neck)[0]
        jaw = self._at(
            [[0.92, -1.24], [1.45, -1.2 + 0.34 * mouth], [1.4, -1.12 + 0.34 * mouth], [0.95, -1.1]], nod, neck
        )
        canvas.polygon(
            self._at([[0.95, -1.3], [1.4, -1.24], [1.4, -1.2 + 0.3 * mouth], [1.0, -1.15]], nod, neck), (150, 50, 54)
        )
        canvas.polygon(jaw, shade(colour, 0.85))
        canvas.polygon(
            self._at([[0.8, -1.55], [1.2, -1.46], [1.5, -1.4], [1.48, -1.24], [0.9, -1.2]], nod, neck), colour
        )
        canvas.dot(head, 0.27 * self.size, colour)
        canvas.dot(self._at([[1.5, -1.37]], nod, neck)[0], 0.06 * self.size, (24, 22, 22))
        canvas.dot(self._at([[1.0, -1.44]], nod, neck)[0], 0.045 * self.size, (24, 22, 22))
        canvas.polygon(self._at([[0.62, -1.55], [0.85, -1.6], [0.74, -1.1]], nod, neck), shade(colour, 0.6))

    def _bird(self, canvas: Canvas, t: float) -> None:
        mouth, colour = self.open(t), self.colour
        rise = -0.15 * mouth
        about = (0.1, -0.7)
        for leg in (-0.1, 0.12):
            canvas.path(self._at([[leg, -0.5], [leg, 0.0], [leg + 0.14, 0.0]]), (214, 150, 50), 0.05 * self.size)
        canvas.polygon(self._at([[-0.4, -0.75], [-1.1, -1.35], [-0.95, -0.8], [-1.1, -0.6]]), shade(colour, 0.65))
        canvas.limb(self._at([[-0.3, -0.7], [0.2, -0.75]]), colour, 0.62 * self.size)
        canvas.limb(self._at([[0.25, -0.85], [0.45, -1.4]], rise, about), colour, 0.32 * self.size)
        canvas.dot(self._at([[0.48, -1.45]], rise, about)[0], 0.22 * self.size, colour)
        beak = (240, 180, 60)
        gape = 0.2 * mouth
        canvas.polygon(self._at([[0.62, -1.54], [1.0, -1.46 - gape], [0.64, -1.42]], rise, about), beak)
        canvas.polygon(self._at([[0.62, -1.44], [0.94, -1.4 + gape], [0.62, -1.34]], rise, about), shade(beak, 0.8))
        if self.species == "rooster":
            comb = [
                [0.3, -1.6],
                [0.36, -1.8],
                [0.44, -1.65],
                [0.52, -1.84],
                [0.58, -1.64],
                [0.68, -1.72],
                [0.64, -1.55],
            ]
            canvas.polygon(self._at(comb, rise, about), (206, 40, 40))
        canvas.dot(self._at([[0.55, -1.5]], rise, about)[0], 0.04 * self.size, (20, 20, 20))
        canvas.limb(self._at([[-0.45, -0.75], [0.05, -0.6]]), shade(colour, 0.8), 0.24 * self.size)


def _mouth(age: float, length: float) -> float:
    if age < 0 or age > length + 0.12:
        return 0.0
    return min(age / 0.06 + 0.25, 1.0, (length + 0.12 - age) / 0.12)


def build(rng: np.random.Generator, stage: Stage, slot: Slot, duration: float) -> Actor:
    species = str(rng.choice(["dog", "rooster", "bird"], p=[0.6, 0.25, 0.15]))
    gaps = {"dog": (0.4, 2.5), "rooster": (2.2, 5.0), "bird": (1.2, 4.0)}[species]
    length = {"dog": 0.2, "rooster": 1.3, "bird": 0.5}[species]
    tags = {"dog": ("dog", "bark"), "rooster": ("bird", "rooster"), "bird": ("bird",)}[species]
    calls = irregular(rng, float(rng.uniform(0.4, 2.5)), duration - 0.3, *gaps)
    force = float(rng.uniform(0.6, 0.95))
    events = tuple(Event(exact_time(call), "call", species, force, 0.0, tags) for call in calls)
    browns = ((136, 98, 62), (92, 70, 54), (214, 190, 150), (60, 58, 60))
    feathers = ((176, 84, 40), (226, 222, 210), (50, 54, 66))
    colour: Colour = browns[rng.integers(4)] if species == "dog" else feathers[rng.integers(3)]
    size = float(rng.uniform(0.16, 0.32))
    x, side = float(rng.uniform(slot.left + 0.3, slot.right - 0.3)), float(rng.choice([-1.0, 1.0]))
    return Animal(stage, species, x, size, side, colour, tuple(calls), length, events)


KIND = Kind(build, weight=0.8)
