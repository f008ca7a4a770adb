"""What is seen between the lips: colours that were learned, in the light and the tones of the still."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from talkies.core.arrays import Floats, Floats32, Image
from talkies.core.portrait.learned import Learned

_CHEEKS = (205, 425, 50, 280)
_SEEN = 0.8  # of the learned picture's width: beyond lie the corners of that man's own lips
_LIGHTEST_DARK = 0.3  # of the cheek's light: what is blackest in a faded print
_DARK, _BRIGHT = 0.55, 0.95  # light between the lips against what was learned: pursed or at rest, and spread
_BLACK = 0.3  # of the cheek's light: what counts as dark in that man's mouth
_DETAIL = 1.0  # by how much is raised what averaging has levelled
_COLOUR = 0.8
_COLOURLESS, _COLOURFUL = 3.0, 8.0  # spread of hues (Lab) in a face that is sepia or grey, and in colour
_SHADOW = 0.55  # what the upper lip takes away below itself


@dataclass(frozen=True)
class Tones:
    """Of a still: the ``cheek``'s colour (3,) and that of the ``darkest`` place (3,), how much ``colour`` it has, 0
    (grey, sepia) to 1; its ``grain``, levels."""

    cheek: Floats
    darkest: Floats
    colour: float
    grain: float

    @classmethod
    def of(cls, image: Image, points: Floats, unit: float) -> Tones:
        """``points`` (468, 2) in pixels."""
        size = max(int(unit * 0.06), 2)
        patches = [_patch(image, points[point], size) for point in _CHEEKS]
        cheek = np.median(np.concatenate([each.reshape(-1, 3) for each in patches]), axis=0)
        low, high = points.min(axis=0).astype(int).clip(0), points.max(axis=0).astype(int)
        face = cv2.GaussianBlur(image[low[1] : high[1], low[0] : high[0]], (0, 0), 2)
        hues = cv2.cvtColor(face, cv2.COLOR_RGB2LAB)[..., 1:].astype(np.float64)
        spread = float(np.hypot(*hues.reshape(-1, 2).std(axis=0)))
        grey = cv2.cvtColor(cv2.GaussianBlur(image, (0, 0), 1), cv2.COLOR_RGB2GRAY)
        darkest = min(float(np.percentile(grey, 0.5)) / max(float(cheek.mean()), 1.0), _LIGHTEST_DARK) * cheek
        return cls(cheek.astype(np.float64), darkest, _colour(spread), _grain(patches))


def _colour(spread: float) -> float:
    return float(np.clip((spread - _COLOURLESS) / (_COLOURFUL - _COLOURLESS), 0, 1))


def _patch(image: Image, place: Floats, size: int) -> Image:
    x, y = place.astype(int)
    return image[max(y - size, 0) : y + size + 1, max(x - size, 0) : x + size + 1]


def _grain(patches: list[Image]) -> float:
    """Deviation of single pixels from those around them, levels."""
    rough = [each.astype(np.float64).mean(axis=2) for each in patches]
    return float(np.median([np.std(each - cv2.blur(each, (3, 3))) for each in rough]))


def inside(learned: Learned, opening: float, width: float, spread: float, tones: Tones) -> Floats32:
    """(24, 48, 3) levels between the lips; ``opening`` and ``width`` in distances of the eyes; ``spread`` -1 to 1: how
    much of the teeth the lips uncover."""
    shares = learned.colours(opening, width)
    shares = shares + _DETAIL * (shares - cv2.blur(shares, (9, 9)))
    grey = shares.mean(axis=2, keepdims=True)
    shares = grey + tones.colour * _COLOUR * (shares - grey)
    down = np.linspace(0, 1, shares.shape[0])[:, None, None]
    aside = np.abs(np.linspace(-1, 1, shares.shape[1]))[None, :, None]
    bright = _DARK + (_BRIGHT - _DARK) * min(max(0.35 + spread, 0.0), 1.0)
    light = bright * (1 - _SHADOW * (1 - down) ** 2) * (1 - 0.6 * aside**3)
    lit = np.clip((shares - _BLACK) / (1 - _BLACK), 0.0, 1.0) * light
    levels: Floats = tones.darkest + lit * (tones.cheek - tones.darkest)
    return levels.astype(np.float32)


def looked_up(texture: Floats32, across: Floats32, down: Floats32) -> Floats32:
    """The colours (H, W, 3) at ``across`` -1 to 1 and ``down`` 0 to 1, (H, W) each."""
    rows, columns = texture.shape[:2]
    x = ((_SEEN * across + 1) / 2 * (columns - 1)).astype(np.float32)
    y = (down * (rows - 1)).astype(np.float32)
    return np.asarray(cv2.remap(texture, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32)
