"""Panning: one channel on two loudspeakers, by a law for the middle and a width of the stage.

    place   -1 left edge of the picture ........ 0 ........ 1 right edge
    gains   (1, 0)                 (law, law)                (0, 1)        at width 1

Constant power (-3 dB in the middle) keeps the loudness of what moves in a room, linear (-6 dB) that of the sum in mono;
-4.5 dB lies between.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from talkies.core.arrays import AnyFloats, Floats, Floats32, Samples, Sound

PanLaw = Literal["3dB", "4.5dB", "6dB"]
PAN_LAWS: tuple[PanLaw, ...] = get_args(PanLaw)
"""How much lower each side is in the middle than what sounds from one side alone."""

WIDTH = 0.5
"""Of the stage, where nobody asks for another: 1 is from loudspeaker to loudspeaker."""


@dataclass(frozen=True)
class Panning:
    """``width`` 0 to 1: how far from the middle the edges of the picture are heard; 0 is one channel."""

    law: PanLaw = "3dB"
    width: float = WIDTH

    @property
    def channels(self) -> int:
        return 2 if self.width > 0 else 1

    def gains(self, places: AnyFloats) -> Floats32:
        """(C, n) for (n,) places -1 to 1; ones for one channel."""
        if self.channels == 1:
            return np.ones((1, len(places)), np.float32)
        return pan_gains(np.clip(places, -1, 1) * self.width, self.law)

    def placed(self, sound: Sound, place: float) -> Samples:
        """(C, N) of (N,) at one place."""
        return self.gains(np.array([place])) * sound

    def following(self, blocks: Iterable[Sound], place_at: Callable[[int, int], Floats]) -> Iterator[Samples]:
        """Blocks (C, n) of blocks (n,); ``place_at``: the (n,) places of n samples from a sample on."""
        position = 0
        for block in blocks:
            yield self.gains(place_at(position, len(block))) * block
            position += len(block)


def pan_gains(places: AnyFloats, law: PanLaw) -> Floats32:
    """(2, n) gains, left and right, for (n,) places from -1, left, to 1, right."""
    angle = (np.asarray(places, np.float64) + 1) * (np.pi / 4)
    power = np.stack([np.cos(angle), np.sin(angle)]).clip(0)
    linear = np.stack([1 - np.asarray(places), 1 + np.asarray(places)]) / 2
    gains = {"3dB": power, "4.5dB": np.sqrt(power * linear), "6dB": linear}[law]
    return gains.astype(np.float32)
