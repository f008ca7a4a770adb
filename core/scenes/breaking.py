"""Things that fall and go to pieces where they land."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from talkies.core.arrays import Points
from talkies.core.scenes.acting import Actor, Burst, Kind, burst, irregular, shadow
from talkies.core.scenes.canvas import Canvas, Colour, shade, turned
from talkies.core.scenes.plain import Event, exact_time
from talkies.core.scenes.stage import Slot, Stage

_RIGHT_HALVES: dict[str, list[list[float]]] = {  # outlines of about unit height about the middle, top to bottom
    "bottle": [[0.08, -0.5], [0.08, -0.2], [0.2, -0.05], [0.2, 0.5]],
    "vase": [[0.14, -0.5], [0.1, -0.3], [0.32, 0.05], [0.2, 0.5]],
    "plate": [[0.7, -0.06], [0.45, 0.08]],
    "glass": [[0.22, -0.5], [0.04, 0.0], [0.04, 0.4], [0.2, 0.5]],
    "crate": [[0.5, -0.45], [0.5, 0.45]],
    "block": [[0.5, -0.3], [0.45, 0.35]],
}


def _outline(shape: str) -> Points:
    right = np.array(_RIGHT_HALVES[shape])
    return np.vstack([right, right[::-1] * [-1.0, 1.0]])


MATERIALS: dict[str, tuple[tuple[str, ...], tuple[Colour, ...]]] = {
    "glass": (("bottle", "glass", "vase"), ((116, 190, 150), (150, 206, 220), (188, 222, 226))),
    "ceramic": (("plate", "vase"), ((232, 228, 218), (70, 110, 176), (190, 92, 66))),
    "wood": (("crate",), ((166, 118, 70), (136, 96, 58))),
    "stone": (("block",), ((150, 84, 66), (126, 122, 116))),
}
"""Outlines and colours by what breaks."""


@dataclass(frozen=True)
class Fall:
    """Something released at ``start`` that lands, and breaks, at ``contact``."""

    start: float
    contact: float
    x: float
    height: float
    gravity: float
    spin: float
    pieces: Burst


@dataclass(frozen=True)
class Breaking:
    stage: Stage
    outline: Points
    size: float
    colour: Colour
    falls: tuple[Fall, ...]
    events: tuple[Event, ...]
    shelves: bool

    def draw(self, canvas: Canvas, t: float) -> None:
        half = self.outline[:, 1].max() * self.size
        for fall in self.falls:
            rest = self.stage.ground - half
            if self.shelves:
                top = rest - fall.height + half
                canvas.box(fall.x - 0.16, top, fall.x - self.size * 0.1, top + 0.02, (96, 70, 48))
            if t >= fall.contact:
                fall.pieces.draw(canvas, t)
                continue
            fallen = max(t - fall.start, 0.0)
            y = rest - fall.height + fall.gravity / 2 * fallen**2
            if y > -self.size:
                shadow(canvas, self.stage, fall.x, self.stage.ground, self.size * 0.5)
            points = turned(self.outline * self.size, fall.spin * fallen, fall.x, y)
            canvas.polygon(points, self.colour)
            gleam = turned(self.outline * self.size * [0.3, 0.7], fall.spin * fallen, fall.x - self.size * 0.05, y)
            canvas.polygon(gleam, shade(self.colour, 1.2))


def build(rng: np.random.Generator, stage: Stage, slot: Slot, duration: float) -> Actor:
    material = str(rng.choice(list(MATERIALS), p=[0.4, 0.3, 0.15, 0.15]))
    shapes, colours = MATERIALS[material]
    outline = _outline(str(rng.choice(shapes)))
    size, gravity = float(rng.uniform(0.12, 0.26)), float(rng.uniform(2.5, 6.0))
    colour = colours[rng.integers(len(colours))]
    half = float(outline[:, 1].max()) * size
    shelves = bool(rng.random() < 0.5)
    starts = irregular(rng, float(rng.uniform(0.2, 2.0)), duration - 0.8, 1.2, 4.5)[: rng.integers(1, 5)]
    lanes = slot.left + slot.width * (rng.permutation(len(starts)) + 0.5) / len(starts)
    falls, events = [], []
    for start, lane in zip(starts, lanes, strict=True):
        full = stage.ground + half
        height = float(rng.uniform(0.35, 0.75)) * stage.ground if shelves else full
        contact = start + float(np.sqrt(2 * height / gravity))
        x = float(lane + rng.uniform(-0.1, 0.1) * slot.width / len(starts))
        speed = gravity * (contact - start)
        pieces = burst(
            rng, contact, x, stage.ground - half * 0.5, count=int(rng.integers(12, 26)), speed=0.35 * speed,
            size=size * 0.16, colour=colour, gravity=gravity, floor=stage.ground + 0.02, shards=True,
        )  # fmt: skip
        # a whole number of half turns, so that it lands flat on the line it was dropped to
        spin = float(rng.integers(-1, 2)) * np.pi / (contact - start)
        falls.append(Fall(start, contact, x, height, gravity, spin, pieces))
        force = float(np.clip(speed / 3.0, 0.5, 1.0))
        events.append(Event(exact_time(contact), "break", material, force, 0.0, ("break", material)))
    return Breaking(stage, outline, size, colour, tuple(falls), tuple(events), shelves)


KIND = Kind(build, weight=0.9)
