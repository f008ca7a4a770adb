"""Small machines: a switch that a finger throws and a lamp that obeys, a clock that ticks, a swung stick."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from talkies.core.scenes.acting import Actor, Kind, irregular, latest, smooth
from talkies.core.scenes.canvas import Canvas, Colour, shade
from talkies.core.scenes.plain import Event, exact_time
from talkies.core.scenes.stage import Slot, Stage

_THROW = 0.07  # seconds that a lever is on its way


@dataclass(frozen=True)
class Panel:
    """``levers``: times at which each lever arrives, one tuple per lever."""

    x: float
    y: float
    size: float
    colour: Colour
    lamp: Colour
    levers: tuple[tuple[float, ...], ...]
    hand: bool
    events: tuple[Event, ...]

    def draw(self, canvas: Canvas, t: float) -> None:
        count, size = len(self.levers), self.size
        half = count * size * 0.55
        canvas.box(self.x - half - 0.02, self.y - size, self.x + half + 0.02, self.y + size, shade(self.colour, 0.6))
        canvas.box(self.x - half, self.y - size + 0.02, self.x + half, self.y + size - 0.02, self.colour)
        for number, times in enumerate(self.levers):
            x = self.x - half + (number + 0.5) * size * 1.1
            done = latest(times, t) + 1
            lit = done % 2 == 1
            canvas.circle(x, self.y - size * 0.5, size * 0.2, self.lamp if lit else shade(self.lamp, 0.25))
            state = float(done % 2)
            coming = times[done] - t if done < len(times) else 9.0
            if coming < _THROW:
                state += (1 - 2 * state) * (1 - coming / _THROW) ** 2
            tip = self.y + size * (0.65 - 0.75 * state)
            canvas.box(x - size * 0.12, self.y - size * 0.1, x + size * 0.12, self.y + size * 0.75, (30, 30, 34))
            canvas.limb(np.array([[x, self.y + size * 0.3], [x, tip]]), (206, 206, 210), size * 0.16)
            if self.hand:
                near = min(coming, t - times[done - 1] if done else 9.0)
                away = smooth(near / 0.4 - 0.1) * size * 1.4
                finger = np.array([[x + size * 0.6 + away, tip + size * 1.3 + away], [x + away * 0.7, tip + away]])
                if near < 0.6:
                    canvas.limb(finger, (222, 176, 144), size * 0.26)


@dataclass(frozen=True)
class Clock:
    """The second hand jumps at every tick."""

    x: float
    y: float
    radius: float
    first: float
    period: float
    colour: Colour
    events: tuple[Event, ...]

    def draw(self, canvas: Canvas, t: float) -> None:
        x, y, radius = self.x, self.y, self.radius
        canvas.circle(x, y, radius * 1.1, shade(self.colour, 0.6))
        canvas.circle(x, y, radius, (238, 232, 216))
        for mark in range(12):
            a = mark * np.pi / 6
            line = np.array([[np.sin(a), -np.cos(a)]]) * [[radius * 0.82], [radius * 0.95]] + [x, y]
            canvas.path(line, (40, 36, 34), 0.006)
        ticks = (t - self.first) / self.period
        whole = np.floor(ticks)
        jump = smooth(min((ticks - whole) * self.period / 0.06, 1.0)) - 1
        for angle, length, width in (((whole + jump) * np.pi / 15, 0.85, 0.02), (1.1, 0.55, 0.04), (4.4, 0.75, 0.03)):
            end = [x + np.sin(angle) * radius * length, y - np.cos(angle) * radius * length]
            canvas.limb(np.array([[x, y], end]), (36, 32, 34), radius * width * 2)


@dataclass(frozen=True)
class Swinging:
    """A stick swung through the air: it hits nothing, but is heard as it passes fastest."""

    x: float
    y: float
    length: float
    times: tuple[float, ...]
    pace: float
    colour: Colour
    events: tuple[Event, ...]

    def draw(self, canvas: Canvas, t: float) -> None:
        side = -1.25
        angle = side
        for time in self.times:
            if t < time - self.pace:
                break
            angle = -side * float(np.sin(min((t - time) / self.pace, 1.0) * np.pi / 2))
            side = -side
        tip = [self.x + np.sin(angle) * self.length, self.y - np.cos(angle) * self.length]
        canvas.limb(np.array([[self.x, self.y], tip]), self.colour, 0.03)
        canvas.limb(np.array([[self.x - 0.02, self.y + 0.4], [self.x, self.y]]), (70, 80, 110), 0.09)
        canvas.circle(self.x, self.y, 0.045, (218, 172, 140))


def build_panel(rng: np.random.Generator, stage: Stage, slot: Slot, duration: float) -> Actor:
    times = irregular(rng, float(rng.uniform(0.5, 2.0)), duration - 0.05, 0.35, 2.2)
    owners = rng.integers(0, int(rng.integers(1, 4)), len(times))
    levers = tuple(
        tuple(time for time, owner in zip(times, owners, strict=True) if owner == n) for n in range(owners.max() + 1)
    )
    events = tuple(
        Event(exact_time(time), "click", "switch", float(rng.uniform(0.5, 0.8)), 0.0, ("click_switch",))
        for time in times
    )
    colour = ((96, 100, 106), (150, 140, 120), (60, 80, 70))[rng.integers(3)]
    lamp = ((255, 70, 60), (90, 255, 110), (255, 210, 80))[rng.integers(3)]
    size = float(rng.uniform(0.13, 0.24))
    return Panel(
        slot.centre, float(rng.uniform(0.4, 0.6)), size, colour, lamp, levers, bool(rng.random() < 0.5), events
    )


def build_clock(rng: np.random.Generator, stage: Stage, slot: Slot, duration: float) -> Actor:
    period, first = float(rng.choice([0.5, 1.0, 1.0])), float(rng.uniform(0.1, 1.0))
    times = np.arange(first, duration - 0.05, period)
    events = tuple(Event(exact_time(float(t)), "tick", "clock", 0.45, 0.0, ("clock_tick",)) for t in times)
    x, radius = float(rng.uniform(slot.left + 0.3, slot.right - 0.3)), float(rng.uniform(0.14, 0.28))
    colour: Colour = ((120, 80, 46), (60, 62, 70), (196, 160, 80))[rng.integers(3)]
    return Clock(x, float(rng.uniform(0.3, 0.45)), radius, first, period, colour, events)


def build_swinging(rng: np.random.Generator, stage: Stage, slot: Slot, duration: float) -> Actor:
    times = irregular(rng, float(rng.uniform(0.6, 2.0)), duration - 0.3, 0.8, 2.5)
    pace = float(rng.uniform(0.12, 0.22))
    begins = [max(time - pace * 0.5, 0.0) for time in times]
    force = float(rng.uniform(0.4, 0.7))
    events = tuple(Event(exact_time(t), "whoosh", "air", force, 0.0, ("whoosh",)) for t in begins)
    colour: Colour = ((150, 106, 62), (190, 194, 200), (60, 44, 40))[rng.integers(3)]
    length = float(rng.uniform(0.3, 0.5))
    return Swinging(slot.centre, float(rng.uniform(0.55, 0.65)), length, tuple(times), pace, colour, events)


KINDS = {
    "switch": Kind(build_panel, 0.7),
    "clock": Kind(build_clock, 0.35, indoor=True),
    "swing": Kind(build_swinging, 0.4),
}
