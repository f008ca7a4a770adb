"""Actors of the scenes, and the small tools of staging: schedules, eased motion, particles, shadows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from talkies.core.arrays import Floats
from talkies.core.scenes.canvas import Canvas, Colour, shade
from talkies.core.scenes.plain import Event
from talkies.core.scenes.stage import Slot, Stage


class Actor(Protocol):
    """Something on the stage. All chance is settled when it is built: drawing depends on time (seconds) only."""

    @property
    def events(self) -> tuple[Event, ...]: ...

    def draw(self, canvas: Canvas, t: float) -> None: ...


Builder = Callable[[np.random.Generator, Stage, Slot, float], Actor]
"""Random source, stage, room on the stage, duration in seconds."""


@dataclass(frozen=True)
class Kind:
    """A kind of scene; ``surfaces`` it can be played on (empty: any), ``indoor``: yes, no or either (None)."""

    build: Builder
    weight: float
    surfaces: tuple[str, ...] = ()
    indoor: bool | None = None
    share: bool = True
    """Whether another actor may stand beside it."""


def irregular(rng: np.random.Generator, start: float, end: float, low: float, high: float) -> list[float]:
    """Times between ``start`` and ``end`` with gaps drawn evenly from [low, high) on a logarithmic scale."""
    times, t = [], start
    while t < end:
        times.append(t)
        t += float(np.exp(rng.uniform(np.log(low), np.log(high))))
    return times


def smooth(u: float) -> float:
    """0 to 1 with a soft start and end."""
    u = min(max(u, 0.0), 1.0)
    return u * u * (3 - 2 * u)


def latest(times: Sequence[float], t: float) -> int:
    """Index of the last time that has come, -1 before the first."""
    return int(np.searchsorted(times, t, side="right")) - 1


def shadow(canvas: Canvas, stage: Stage, x: float, y: float, radius: float) -> None:
    """A soft dark patch on the ground, drawn by darkening what is there."""
    centre = canvas.place(np.array([[x, y]]))[0] / 16
    wide, high = radius * canvas.unit, radius * canvas.unit * 0.28
    left, right = int(centre[0] - wide), int(centre[0] + wide) + 1
    top, bottom = int(centre[1] - high), int(centre[1] + high) + 1
    left, top, right, bottom = max(left, 0), max(top, 0), min(right, canvas.width), min(bottom, canvas.height)
    if left < right and top < bottom and wide > 0.5 and high > 0.2:
        area = canvas.image[top:bottom, left:right]
        across = (np.arange(left, right) - centre[0]) / wide
        down = (np.arange(top, bottom) - centre[1]) / high
        dark = 1 - 0.45 * np.clip(1.2 - (across[None] ** 2 + down[:, None] ** 2), 0, 1)
        area[:] = (area * dark[..., None]).astype(np.uint8)


@dataclass(frozen=True)
class Burst:
    """Particles thrown from (x, y) at ``time``: dust, splinters, sparks, drops."""

    time: float
    x: float
    y: float
    velocity: Floats = field(repr=False)  # (N, 2) picture heights per second
    size: Floats = field(repr=False)  # (N,) picture heights
    colour: Colour = (200, 200, 200)
    gravity: float = 3.0
    life: float = 0.6
    floor: float = 9.0
    spin: Floats | None = None
    """(N,) radians per second: shards, which stay where they fall; None: round and gone after ``life``."""

    def draw(self, canvas: Canvas, t: float) -> None:
        age = t - self.time
        if age < 0 or (self.spin is None and age > self.life):
            return
        fall_speed = self.velocity[:, 1]
        landing = fall_speed**2 + 2 * self.gravity * np.maximum(self.floor - self.y, 0)
        flight = (-fall_speed + np.sqrt(np.maximum(landing, 0))) / self.gravity if self.gravity > 0 else np.inf
        flown = np.minimum(age, flight)
        x = self.x + self.velocity[:, 0] * flown
        y = self.y + fall_speed * flown + self.gravity / 2 * flown**2
        if self.spin is None:
            fade = 1 - age / self.life
            for px, py, size in zip(x, y, self.size, strict=True):
                canvas.circle(float(px), float(py), float(size * fade), self.colour)
            return
        angles = self.spin * flown
        for number, (px, py, size, angle) in enumerate(zip(x, y, self.size, angles, strict=True)):
            corners = np.array([angle, angle + 1.9, angle + 3.6])
            triangle = np.stack([px + np.cos(corners) * size, py + np.sin(corners) * size], 1)
            canvas.polygon(triangle, shade(self.colour, 0.8 + 0.3 * (number % 3) / 2))


def burst(
    rng: np.random.Generator,
    time: float,
    x: float,
    y: float,
    *,
    count: int = 12,
    speed: float = 0.6,
    size: float = 0.008,
    colour: Colour = (200, 200, 200),
    gravity: float = 3.0,
    life: float = 0.6,
    floor: float = 9.0,
    shards: bool = False,
    around: bool = False,
) -> Burst:
    """Particles in random directions, upwards unless ``around``."""
    angle = rng.uniform(0, 2 * np.pi, count) if around else rng.uniform(-np.pi * 0.95, -np.pi * 0.05, count)
    pace = speed * rng.uniform(0.25, 1.0, count)
    velocity = np.stack([np.cos(angle) * pace, np.sin(angle) * pace], 1)
    sizes = size * rng.uniform(0.5, 1.3, count)
    spin = rng.normal(0, 9, count) if shards else None
    return Burst(time, x, y, velocity, sizes, colour, gravity, life, floor, spin)
