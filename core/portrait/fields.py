"""Fields of movement: how every place of the face moves when its points do, smooth, one above the mouth and one below.

The two differ at the lips alone, which part there. Both die away towards the edge of the face's box, times 1.3.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from scipy.interpolate import RBFInterpolator

from talkies.core.arrays import Flags, Floats, Floats32
from talkies.core.portrait.axes import FaceAxes

AROUND = 1.3
"""How much larger than the face's box the part is in which anything changes."""
_FULL = 1.04  # within so much of the box nothing has died away
_CELLS = 150  # of the grid, across the longer side
_ANCHORS = 12  # a side
_ROUNDS = 6


@dataclass(frozen=True)
class Part:
    """The part of a picture that changes: left, top, right, bottom in pixels; its face's middle and half size."""

    left: int
    top: int
    right: int
    bottom: int
    middle: Floats
    half: Floats

    @classmethod
    def around(cls, box: tuple[float, float, float, float], width: int, height: int) -> Part:
        low, size = np.array(box[:2]), np.array(box[2:])
        middle, half = low + size / 2, size / 2
        first, last = np.ceil(middle - AROUND * half), np.floor(middle + AROUND * half) + 1
        (left, top), (right, bottom) = np.clip([first, last], 0, (width, height)).astype(int).tolist()
        return cls(left, top, right, bottom, middle, half)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        return self.right - self.left, self.bottom - self.top

    @property
    def grid_size(self) -> tuple[int, int]:
        width, height = self.size
        scale = min(_CELLS / max(width, height), 1.0)
        return max(round(width * scale), 2), max(round(height * scale), 2)

    def places(self, columns: int, rows: int) -> Floats:
        """(rows, columns, 2) middles of so many cells, in pixels of the picture."""
        width, height = self.size
        x = (np.arange(columns) + 0.5) * width / columns - 0.5 + self.left
        y = (np.arange(rows) + 0.5) * height / rows - 0.5 + self.top
        return np.stack(np.meshgrid(x, y), axis=-1)

    def strength(self, places: Floats) -> Floats:
        """(...,) 1 within the face, 0 at the edge."""
        away = np.abs((places - self.middle) / self.half)
        far = (away**5).sum(axis=-1) ** (1 / 5)
        share = np.clip((AROUND - 0.02 - far) / (AROUND - 0.02 - _FULL), 0, 1)
        eased: Floats = share * share * (3 - 2 * share)
        return eased


def spread(points: Floats, values: Floats, keep: Flags, part: Part, axes: FaceAxes, asked: Floats) -> Floats32:
    """Values (P, K) at ``points`` (P, 2), along the face's axes, as a smooth function at ``asked`` (..., 2) pixels of
    the picture: (..., K). ``keep`` (P,): which points count."""
    edge = _edge(part)
    known = np.concatenate((points[keep], axes.to_face(edge))) / axes.unit
    given = np.concatenate((values[keep], np.zeros((len(edge), values.shape[1]))))
    smooth = RBFInterpolator(known, given, kernel="thin_plate_spline", smoothing=2e-3)
    flat = axes.to_face(asked.reshape(-1, 2)) / axes.unit
    found: Floats = smooth(flat) * part.strength(asked.reshape(-1, 2))[:, None]
    return found.reshape(*asked.shape[:-1], -1).astype(np.float32)


def _edge(part: Part) -> Floats:
    """Places around the part where nothing moves."""
    angles = np.arange(4 * _ANCHORS) / (4 * _ANCHORS) * 2 * np.pi
    way = np.stack((np.cos(angles), np.sin(angles)), axis=1)
    way /= (np.abs(way) ** 5).sum(axis=1, keepdims=True) ** (1 / 5)
    edge: Floats = part.middle + AROUND * part.half * way
    return edge


def undone(forward: Floats32, part: Part) -> Floats32:
    """(h, w, 2): what has to be subtracted from a place to come where it was; ``forward``: where each place goes."""
    rows, columns = forward.shape[:2]
    width, height = part.size
    scale = np.array([columns / width, rows / height], np.float32)
    y, x = np.mgrid[:rows, :columns].astype(np.float32)
    found = forward
    for _ in range(_ROUNDS):
        back = found * scale
        at = x - back[..., 0], y - back[..., 1]
        found = np.asarray(cv2.remap(forward, *at, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32)
    return found
