"""A plain bouncing ball, drawn here and nowhere else: four films of eight seconds whose bounces are known.

No scene of training looks like it: one disc on one background, no texture, no camera. The ball falls from a height,
bounces lower each time until it lies.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import cv2
import numpy as np

from talkies.core.arrays import Image
from talkies.core.scenes import Event, exact_time

RATE = Fraction(25)
SECONDS = Fraction(8)
WIDTH, HEIGHT = 320, 180
_SHIFT = 4  # fractional bits of OpenCV's coordinates
_RESTED_S = 0.25  # a shorter flight than this ends the bouncing

Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Ball:
    """A film: ``fall_s`` from the hand to the ground, ``keeps``: share of its speed that a bounce leaves; pixels."""

    first_s: float
    fall_s: float
    keeps: float
    height: float
    radius: float
    colour: Colour
    ground: Colour

    def bounces(self) -> list[float]:
        """When it hits the ground (s), until it hardly leaves it."""
        times, flight = [self.first_s + self.fall_s], 2 * self.fall_s * self.keeps
        while flight >= _RESTED_S:
            times.append(times[-1] + flight)
            flight *= self.keeps
        return [time for time in times if time < float(SECONDS) - 0.1]

    def events(self) -> tuple[Event, ...]:
        """The bounces; force goes with speed."""
        return tuple(
            Event(exact_time(time), "bouncing", "", self.keeps**number, 0.0, ())
            for number, time in enumerate(self.bounces())
        )

    def altitude(self, time: float) -> float:
        """Pixels above the ground, by free fall; held before, lying after."""
        if time < self.first_s:
            return self.height
        times = self.bounces()
        edges = [self.first_s - self.fall_s, *times]
        for number, (start, end) in enumerate(itertools.pairwise(edges)):
            if time <= end:
                share = 2 * (time - start) / (end - start) - 1
                return self.height * float(self.keeps ** (2 * number)) * (1 - share**2)
        return 0.0

    def frames(self) -> Iterator[Image]:
        """uint8 (180, 320, 3) RGB, 25 a second."""
        floor = HEIGHT - 24
        for number in range(int(SECONDS * RATE)):
            image = np.full((HEIGHT, WIDTH, 3), self.ground, np.uint8)
            image[floor:] = [channel * 2 // 3 for channel in self.ground]
            y = floor - self.radius - self.altitude(float(number / RATE))
            centre = (int(WIDTH / 2 * 2**_SHIFT), int(y * 2**_SHIFT))
            cv2.circle(image, centre, int(self.radius * 2**_SHIFT), self.colour, -1, cv2.LINE_AA, _SHIFT)
            yield image


BALLS = (
    Ball(0.3, 0.55, 0.86, 115, 13, (225, 70, 50), (200, 205, 210)),
    Ball(0.5, 0.60, 0.85, 112, 18, (240, 240, 235), (60, 70, 90)),
    Ball(0.4, 0.48, 0.88, 95, 10, (30, 60, 150), (230, 220, 190)),
    Ball(0.2, 0.65, 0.82, 105, 22, (250, 200, 40), (90, 130, 90)),
)
"""The films that every class is asked for on."""
