"""What a shot's stills say of its place: its colours and their layout, how bright it is, whether sky or plants show.

A few numbers that can be looked at, not a network: a histogram of colours, an 8 x 12 grid of brightness and the share
of pixels that are sky or leaves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from talkies.core.arrays import Floats32, FromOpenCV, Image
from talkies.core.conditioning.picture.visual import look, small_picture

_BINS = (12, 4, 6)  # of hue, saturation and value
_GRID = 96  # numbers of a look that are brightness, in rows from the top
_SKY_FROM, _LEAVES_FROM = 0.3, 0.2  # share of the upper half, of the picture
_SKY_SATURATION = 25, 150  # above: the walls of a studio
_EVEN = 4  # what differs less from what lies around it is no leaf
_DARK = 45.0  # mean brightness below which a place is a dark one, of 255


@dataclass(frozen=True)
class StillLook:
    """``colours``: histogram of hue, saturation and value, sum 1. ``layout`` (96,): brightness of 8 rows x 12 columns
    less its mean. ``brightness``: mean, 0 to 255. ``sky``, ``leaves``: shares of the upper half and of all."""

    colours: Floats32
    layout: Floats32
    brightness: float
    sky: float
    leaves: float

    @classmethod
    def of(cls, image: Image) -> StillLook:
        """Of an RGB picture of any size."""
        small = small_picture(image)
        hsv: FromOpenCV = cv2.cvtColor(small, cv2.COLOR_RGB2HSV)
        colours: FromOpenCV = cv2.calcHist([hsv], [0, 1, 2], None, _BINS, [0, 180, 0, 256, 0, 256])
        hue, saturation, value = cv2.split(hsv)
        upper = slice(0, small.shape[0] // 2)
        fine = cv2.absdiff(value, cv2.blur(value, (5, 5)))
        pale = (saturation > _SKY_SATURATION[0]) & (saturation < _SKY_SATURATION[1])
        sky = (hue > 90) & (hue < 130) & pale & (value > 120) & (fine < 12)
        leaves = (hue > 28) & (hue < 85) & (saturation > 60) & (value > 40) & (fine > _EVEN)
        return cls(
            (colours / max(float(colours.sum()), 1.0)).astype(np.float32).ravel(),
            look(small)[:_GRID],
            float(value.mean()),
            float(sky[upper].mean()),
            float(leaves.mean()),
        )

    @property
    def outdoors(self) -> bool:
        """Sky above, or much that grows. A grey sky and a night are not told from a room."""
        return self.sky >= _SKY_FROM or self.leaves >= _LEAVES_FROM


def likeness(one: StillLook, other: StillLook) -> float:
    """How much two stills look like one place, 0 to 1: the mean of what their colours share (histogram intersection)
    and how alike their light and dark lie (correlation, at least 0)."""
    shared = float(np.minimum(one.colours, other.colours).sum())
    spreads = float(np.linalg.norm(one.layout) * np.linalg.norm(other.layout))
    laid = float(one.layout @ other.layout) / spreads if spreads > 1e-6 else shared
    return (shared + max(laid, 0.0)) / 2


def most_alike(one: Sequence[StillLook], other: Sequence[StillLook]) -> float:
    """Of two shots: that of their two stills that are most alike."""
    return max((likeness(a, b) for a in one for b in other), default=0.0)


def is_outdoors(stills: Sequence[StillLook]) -> bool:
    """Whether most stills of a shot show it."""
    return 2 * sum(still.outdoors for still in stills) > len(stills)


def is_dark(stills: Sequence[StillLook]) -> bool:
    return float(np.mean([still.brightness for still in stills])) < _DARK if stills else False
