"""Faces in a still: boxes with their eyes, by the short-range detector (128 × 128), in the whole and in parts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from talkies.core.arrays import Floats, FromOpenCV, Image
from talkies.core.sight.files import FACES, path_of

_SIDE, _SURE, _SAME = 128, 0.6, 0.3
_GRIDS = ((16, 2), (8, 6))  # cells a side, and boxes that begin in each
_LEVELS = (1, 2, 4)  # parts of the shorter side that are looked at: small faces are found in a part of the picture


@dataclass(frozen=True)
class FaceBox:
    """Pixels of the picture: the ``box`` (x, y, width, height), the ``eyes`` (2, 2), left one first; how ``sure``."""

    box: tuple[float, float, float, float]
    eyes: tuple[tuple[float, float], tuple[float, float]]
    sure: float


class FaceDetector:
    """The detector, loaded. Raises cv2.error when its file is not there."""

    def __init__(self) -> None:
        self._net: Any = cv2.dnn.readNetFromTFLite(str(path_of(FACES)))
        self._anchors = _anchors()

    def __call__(self, image: Image) -> list[FaceBox]:
        """Every face of an RGB picture, from the left to the right."""
        found = [face for window in _windows(image) for face in self._within(image, *window)]
        if not found:
            return []
        boxes = [[int(value) for value in face.box] for face in found]
        kept = np.ravel(cv2.dnn.NMSBoxes(boxes, [face.sure for face in found], _SURE, _SAME))
        return sorted((found[index] for index in kept), key=lambda face: face.box[0])

    def _within(self, image: Image, left: float, top: float, side: float) -> Iterator[FaceBox]:
        """Those in a square window, which may reach beyond the picture."""
        scale = _SIDE / side
        matrix = np.array([[scale, 0, -left * scale], [0, scale, -top * scale]])
        flags = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=flags) if scale < 0.5 else None
        if small is not None:
            matrix = np.array([[1.0, 0, -left * scale], [0, 1.0, -top * scale]])
        cut = cv2.warpAffine(image if small is None else small, matrix, (_SIDE, _SIDE), flags=cv2.INTER_LINEAR)
        self._net.setInput(cv2.dnn.blobFromImage(cut, 1 / 127.5, mean=(127.5,) * 3))
        scores, rows = (each[0] for each in self._net.forward(["classificators", "regressors"]))
        sure = 1 / (1 + np.exp(-np.clip(scores[:, 0], -50, 50)))
        for index in np.flatnonzero(sure >= _SURE):
            row = rows[index] / _SIDE
            centre, size, eyes = row[:2] + self._anchors[index], row[2:4], row[4:8].reshape(2, 2) + self._anchors[index]
            corner = (centre - size / 2) * side + (left, top)
            placed = eyes * side + (left, top)
            box = float(corner[0]), float(corner[1]), float(size[0] * side), float(size[1] * side)
            yield FaceBox(box, _pair(placed), float(sure[index]))


def _pair(eyes: FromOpenCV) -> tuple[tuple[float, float], tuple[float, float]]:
    (a, b), (c, d) = eyes.tolist()
    return (a, b), (c, d)


def _windows(image: Image) -> Iterator[tuple[float, float, float]]:
    """Left, top and side of the squares that are looked at: the whole, then parts that overlap by half."""
    height, width = image.shape[:2]
    longest = max(height, width)
    yield (width - longest) / 2, (height - longest) / 2, float(longest)
    for parts in _LEVELS:
        side = min(height, width) / parts
        if side == longest or (side < 2 * _SIDE and parts > 1):
            continue
        for top in _starts(height, side):
            for left in _starts(width, side):
                yield left, top, side


def _starts(length: int, side: float) -> list[float]:
    count = max(int(np.ceil(2 * (length - side) / side)), 0) + 1
    return [float(start) for start in np.linspace(0, length - side, count)]


def _anchors() -> Floats:
    """(896, 2): middles of the cells, 0 to 1."""
    rows = []
    for cells, many in _GRIDS:
        y, x = np.mgrid[:cells, :cells]
        middles = (np.stack((x.ravel(), y.ravel()), axis=1) + 0.5) / cells
        rows.append(np.repeat(middles, many, axis=0))
    return np.concatenate(rows)
