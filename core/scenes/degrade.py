"""Damage of old film: grain, flicker, scratches, dust, gate weave, fading, slow transfers, interlacing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import cv2
import numpy as np
import numpy.typing as npt

from talkies.core.arrays import Floats, Image

_EXPOSURES = 3


@dataclass(frozen=True)
class Degradation:
    """What one reel suffers from; as it stands, nothing. Frame n of a seed always looks the same.

    ``grain``, ``flicker``: levels of 255; ``weave``: picture heights; ``tint``: weights of red, green, blue in a
    monochrome picture, or None for colour; ``film_rate``: frames per second at which the camera ran, 0 for all.
    ``shutter``: for how much of a frame's time it stayed open (motion blur), 0 for an instant. ``interlaced``: the odd
    lines show the picture half a frame later than the even ones.
    """

    seed: int = 0
    grain: float = 0.0
    flicker: float = 0.0
    weave: float = 0.0
    scratches: tuple[float, ...] = ()
    dust: float = 0.0
    tint: tuple[float, float, float] | None = None
    contrast: float = 1.0
    vignette: float = 0.0
    blur: float = 0.0
    film_rate: Fraction = Fraction(0)
    shutter: float = 0.0
    interlaced: bool = False
    tile: npt.NDArray[np.int16] | None = field(default=None, repr=False, compare=False)

    def shown_time(self, t: Fraction) -> Fraction:
        """The moment that a frame at ``t`` shows: a transfer from 16 or 18 frames per second repeats frames."""
        return t * self.film_rate // 1 / self.film_rate if self.film_rate else t

    def exposures(self, t: Fraction, rate: Fraction) -> tuple[Fraction, ...]:
        """The moments that :meth:`develop` makes the frame at ``t`` of."""
        shown = self.shown_time(t)
        if self.interlaced:
            return shown, shown + 1 / (2 * (self.film_rate or rate))
        if not self.shutter:
            return (shown,)
        opened = Fraction(self.shutter).limit_denominator(100) / (self.film_rate or rate)
        return tuple(shown + opened * n / _EXPOSURES for n in range(_EXPOSURES))

    def develop(self, exposures: Sequence[Image]) -> Image:
        """One picture (H, W, 3) of those taken at its moments: their mean, or a field of each."""
        if self.interlaced:
            woven = exposures[0].copy()
            woven[1::2] = exposures[1][1::2]
            return woven
        return exposures[0] if len(exposures) == 1 else np.asarray(np.mean(exposures, 0, np.float32), np.uint8)

    def apply(self, image: Image, number: int) -> Image:
        """Frame ``number`` as it comes off the reel."""
        rng = np.random.default_rng([self.seed, number, 3])
        if self.weave:
            image = _shifted(image, rng.normal(0, self.weave, 2) * image.shape[0])
        if self.blur:
            image = np.asarray(cv2.GaussianBlur(image, (0, 0), self.blur), np.uint8)
        if self.tint is not None:
            grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
            image = np.stack([np.minimum(grey * weight, 255).astype(np.uint8) for weight in self.tint], -1)
        for x in self.scratches:
            _scratch(image, x + rng.normal(0, 0.002), rng)
        if self.dust and rng.random() < self.dust:
            _speck(image, rng)
        gain = self.contrast * (1 + rng.normal(0, self.flicker) / 128)
        lift = 128 * (1 - self.contrast)
        if gain != 1 or lift:
            image = np.asarray(cv2.convertScaleAbs(image, alpha=gain, beta=lift), np.uint8)
        if self.vignette:
            image = _vignetted(image, self.vignette)
        if self.tile is not None:
            down, across = rng.integers(0, self.tile.shape[0] - image.shape[0] + 1), rng.integers(0, 64)
            grain = self.tile[down : down + image.shape[0], across : across + image.shape[1], None]
            image = np.clip(image + grain, 0, 255).astype(np.uint8)
        return image


def grain_tile(rng: np.random.Generator, level: float, size: tuple[int, int]) -> npt.NDArray[np.int16]:
    """Grain of ``level`` (of 255) for pictures of ``size`` (width, height), from which every frame cuts its piece."""
    width, height = size
    return rng.normal(0, level, (height + 64, width + 64)).astype(np.int16)


def draw_degradation(rng: np.random.Generator, size: tuple[int, int]) -> Degradation:
    """Four reels in ten are clean, four a little worn, two badly."""
    seed = int(rng.integers(1 << 31))
    wear = float(rng.choice([0.0, rng.uniform(0.1, 0.5), rng.uniform(0.5, 1.0)], p=[0.4, 0.4, 0.2]))
    picks = rng.random(10)
    shutter = 0.5 if picks[9] < 0.3 else 0.0  # the half turn of a film camera
    if wear == 0:
        return Degradation(seed, shutter=shutter)
    height = size[1]
    grain = wear * rng.uniform(2, 16)
    tile = grain_tile(rng, grain, size)
    mono = rng.choice([1.0, rng.uniform(0.75, 0.95)])  # neutral, or sepia and its opposite
    tints = [(1.0, 1.0, 1.0), (1.06, 0.98, float(mono) * 0.86), (0.92, 0.98, 1.06)]
    return Degradation(
        seed=seed,
        grain=grain,
        tile=tile,
        flicker=wear * rng.uniform(1, 14) if picks[0] < 0.6 else 0.0,
        weave=wear * rng.uniform(0.001, 0.006) if picks[1] < 0.5 else 0.0,
        scratches=tuple(rng.uniform(0, 1, rng.integers(1, 4)).tolist()) if picks[2] < 0.5 * wear else (),
        dust=wear * 0.7 if picks[3] < 0.6 else 0.0,
        tint=tints[rng.integers(3)] if picks[4] < 0.5 else None,
        contrast=rng.uniform(0.6, 1.15) if picks[5] < 0.5 else 1.0,
        vignette=rng.uniform(0.1, 0.5) if picks[6] < 0.3 else 0.0,
        blur=rng.uniform(0.4, 1.1) * height / 144 if picks[7] < 0.3 else 0.0,
        film_rate=Fraction(int(rng.choice([16, 18, 20]))) if picks[8] < 0.2 else Fraction(0),
        shutter=shutter,
    )


def draw_wear(rng: np.random.Generator, size: tuple[int, int]) -> Degradation:
    """A reel that suffers badly: from one kind of damage, or in a quarter of the draws from several at once."""
    seed, several = int(rng.integers(1 << 31)), bool(rng.random() < 0.25)
    kinds = int(rng.integers(2, 5)) if several else 1
    chosen = set(rng.choice(_WEARS, kinds, replace=False, p=_WEAR_ODDS).tolist())
    grain = float(rng.uniform(6, 18))
    return Degradation(
        seed,
        grain=grain if "grain" in chosen else 0.0,
        tile=grain_tile(rng, grain, size) if "grain" in chosen else None,
        flicker=float(rng.uniform(4, 14)) if "flicker" in chosen else 0.0,
        weave=float(rng.uniform(0.002, 0.006)) if "weave" in chosen else 0.0,
        scratches=tuple(rng.uniform(0, 1, rng.integers(1, 5)).tolist()) if "scratches" in chosen else (),
        dust=float(rng.uniform(0.2, 0.8)) if "dust" in chosen else 0.0,
        tint=(1.0, 1.0, 1.0) if rng.random() < 0.5 else None,
        contrast=float(rng.uniform(0.7, 1.0)),
        film_rate=Fraction(int(rng.choice([16, 18, 18, 20]))) if "rate" in chosen else Fraction(0),
        interlaced="fields" in chosen and "rate" not in chosen,
    )


_WEARS = ("scratches", "rate", "grain", "flicker", "weave", "dust", "fields")
_WEAR_ODDS = np.array([4, 4, 1, 1, 1, 1, 1]) / 13  # most of what the spotter still fell for


def _shifted(image: Image, pixels: Floats) -> Image:
    warp = np.array([[1, 0, pixels[0]], [0, 1, pixels[1]]])
    size = (image.shape[1], image.shape[0])
    return np.asarray(cv2.warpAffine(image, warp, size, borderMode=cv2.BORDER_REPLICATE), np.uint8)


def _scratch(image: Image, x: float, rng: np.random.Generator) -> None:
    column = int(x * image.shape[1])
    if 0 <= column < image.shape[1] and rng.random() < 0.85:
        level = int(rng.integers(150, 255))
        image[:, column] = image[:, column] // 3 + level * 2 // 3


def _speck(image: Image, rng: np.random.Generator) -> None:
    height, width = image.shape[:2]
    for _ in range(rng.integers(1, 5)):
        centre = (int(rng.integers(width)), int(rng.integers(height)))
        level = int(rng.choice([15, 235]))
        axes = (max(int(height * rng.uniform(0.004, 0.02)), 1), max(int(height * 0.006), 1))
        cv2.ellipse(image, centre, axes, float(rng.uniform(0, 180)), 0, 360, (level,) * 3, -1, cv2.LINE_AA)


def _vignetted(image: Image, depth: float) -> Image:
    down = np.linspace(-1, 1, image.shape[0], dtype=np.float32)[:, None] ** 2
    across = np.linspace(-1, 1, image.shape[1], dtype=np.float32)[None] ** 2
    return np.asarray(image * (1 - depth * (down + across) / 2)[..., None], np.uint8)
