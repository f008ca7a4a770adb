"""Stones and drops that fall into water: rings and spray from the moment of contact."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from talkies.core.scenes.acting import Actor, Burst, Kind, burst, irregular
from talkies.core.scenes.canvas import Canvas, Colour, shade
from talkies.core.scenes.plain import Event, exact_time
from talkies.core.scenes.stage import SURFACES, Slot, Stage


@dataclass(frozen=True)
class Plunge:
    start: float
    contact: float
    x: float
    y: float
    height: float
    gravity: float
    size: float
    spray: Burst

    def draw(self, canvas: Canvas, t: float, colour: Colour, water: Colour) -> None:
        if t < self.contact:
            fallen = max(t - self.start, 0.0)
            if t >= self.start:
                y = self.y - self.height + self.gravity / 2 * fallen**2
                canvas.ellipse(self.x, y, self.size, self.size * 1.2, colour)
            return
        age = t - self.contact
        for delay in (0.0, 0.16, 0.34):
            grown = age - delay
            if 0 < grown < 1.6:
                radius = self.size * 1.2 + 0.2 * grown
                ring = shade(water, 1.0 + 0.5 * (1 - grown / 1.6))
                canvas.ring(self.x, self.y, radius, radius * 0.3, ring, 0.007)
        self.spray.draw(canvas, t)


@dataclass(frozen=True)
class Splashing:
    plunges: tuple[Plunge, ...]
    colour: Colour
    water: Colour
    events: tuple[Event, ...]

    def draw(self, canvas: Canvas, t: float) -> None:
        for plunge in self.plunges:
            plunge.draw(canvas, t, self.colour, self.water)


def build(rng: np.random.Generator, stage: Stage, slot: Slot, duration: float) -> Actor:
    drip = bool(rng.random() < 0.35)
    gaps = (0.35, 1.8) if drip else (0.6, 3.0)
    gravity = float(rng.uniform(3.0, 6.5))
    spot = float(rng.uniform(slot.left + 0.2, slot.right - 0.2))
    plunges, events = [], []
    for start in irregular(rng, float(rng.uniform(0.1, 1.5)), duration - 0.7, *gaps):
        size = float(rng.uniform(0.008, 0.014) if drip else rng.uniform(0.025, 0.07))
        y = float(rng.uniform(stage.horizon + 0.12, 0.92))
        x = spot if drip else float(rng.uniform(slot.left + 0.15, slot.right - 0.15))
        y = stage.ground if drip else y
        height = y + size * 2
        contact = start + float(np.sqrt(2 * height / gravity))
        count, speed = (5, 0.3) if drip else (16, 0.55 + 8 * size)
        white = (214, 232, 240)
        spray = burst(
            rng, contact, x, y, count=count, speed=speed, size=size * 0.28 + 0.003, colour=white, life=0.55
        )  # fmt: skip
        plunges.append(Plunge(start, contact, x, y, height, gravity, size, spray))
        force = float(rng.uniform(0.4, 0.6)) if drip else 0.45 + 7.5 * size
        tags = ("water", "drip") if drip else ("water", "splash")
        if contact < duration:
            events.append(Event(exact_time(contact), "splash", "water", min(force, 1.0), 0.0, tags))
    colour = (190, 222, 236) if drip else ((96, 92, 88), (150, 60, 50), (60, 62, 70))[rng.integers(3)]
    return Splashing(tuple(plunges), colour, SURFACES["water"][0], tuple(sorted(events)))


KIND = Kind(build, weight=0.8, surfaces=("water",), indoor=False)
