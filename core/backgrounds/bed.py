"""A bed: the background of one place, stereo, at the level of a recorded room tone; a function of the timeline's time.

air ─┐
hum ─┼─► sum at the place's level ─► blocks, from any one on
words┘
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from talkies.core.arrays import Floats
from talkies.core.backgrounds.air import INDOORS, Air, place_of
from talkies.core.backgrounds.layers import GoingLayer, StrokeLayer
from talkies.core.backgrounds.noise import HOP, AirNoise, numbered_rng
from talkies.core.backgrounds.words import Wanted
from talkies.core.media.wav.bwf import SAMPLE_RATE

_PLACE, _AIR, _WORDS = 1, 2, 3  # what rows of random numbers are for
_UNDER_DB = -8.0  # the air where words say what is heard, relative to the bed
_STROKES_DB = 4.0  # the loudest 50 ms of what strikes now and then
_HUM_DB = -7.0
_HUM = (1.0, 0.5, 0.35, 0.2, 0.16, 0.1)  # the mains and its harmonics


@dataclass(frozen=True)
class Place:
    """``key``: what tells it from other places of its timeline. ``air``: indoors or outdoors. ``dark``: the picture.
    ``words``: what is heard there, besides what the picture says."""

    key: str
    air: Air = INDOORS
    dark: bool = False
    words: str = ""

    def seed(self, seed: int) -> int:
        """What its bed is drawn with."""
        return int.from_bytes(hashlib.sha256(f"{seed} {self.key}".encode("utf-8", "replace")).digest()[:4], "big")


class Bed:
    """The bed of a place as ``wanted``; the same ``seed`` gives the same samples."""

    def __init__(self, place: Place, wanted: Wanted, seed: int) -> None:
        own = place.seed(seed)
        air = wanted.air or place.air
        levels, self.rms_dbfs = place_of(air, numbered_rng(own, _PLACE), place.dark)
        self._noise = AirNoise(own, levels, np.asarray(air.alike), air.wander_db)
        going = [recipe for recipe in wanted.recipes if recipe.going is not None]
        self._going = [GoingLayer(each, own + number) for number, each in enumerate(going)]
        strikes = [recipe for recipe in wanted.recipes if recipe.stroke is not None]
        self._strikes = [StrokeLayer(each, own + number) for number, each in enumerate(strikes)]
        self._hum = _mains(wanted.hum_hz) if wanted.hum_hz else None
        self._shares = _shares(len(self._going), self._hum is not None)

    def blocks(self, first: int) -> Iterator[Floats]:
        """Block ``first`` (2, HOP), which begins at sample first · HOP of the timeline, and those after it."""
        level = 10 ** (self.rms_dbfs / 20)
        air, going, hum = self._shares
        for number, noise in enumerate(self._noise.blocks(first), first):
            block = air * noise
            for layer in self._going:
                block = block + going * layer.block(number)
            for strikes in self._strikes:
                block = block + 10 ** (_STROKES_DB / 20) * strikes.block(number)
            if self._hum is not None:
                block = block + hum * np.take(self._hum, number * HOP + np.arange(HOP), mode="wrap")
            yield level * block


def _shares(going: int, hum: bool) -> tuple[float, float, float]:
    """Amplitudes of the air, of each thing that goes on and of the hum; together RMS 1."""
    power_hum = 10 ** (_HUM_DB / 10) if hum else 0.0
    power_air = (10 ** (_UNDER_DB / 10) if going else 1.0) * (1 - power_hum)
    power_going = (1 - power_hum - power_air) / max(going, 1)
    return float(np.sqrt(power_air)), float(np.sqrt(power_going)), float(np.sqrt(power_hum))


def _mains(hertz: int) -> Floats:
    """One period at RMS 1: a whole number of samples at 50 and at 60 Hz."""
    turns = 2 * np.pi * np.arange(SAMPLE_RATE // hertz) * hertz / SAMPLE_RATE
    wave = sum(part * np.sin((n + 1) * turns + 1.7 * n) for n, part in enumerate(_HUM))
    return np.asarray(wave / np.sqrt(np.mean(np.square(wave))))
