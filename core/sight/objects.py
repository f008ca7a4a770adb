"""Things in a picture: 23 kinds of the Open Images detector (SSD, 300 × 300), among them persons."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from math import sqrt
from typing import Any

import cv2
import numpy as np

from talkies.core.arrays import FromOpenCV, Image
from talkies.core.sight.files import OBJECTS, path_of

LABELS = (
    *("", "bicycle", "boot", "laptop", "person", "chair", "cattle", "desk", "cat", "computer mouse"),
    *("computer monitor", "box", "mug", "coffee cup", "stationary bicycle", "table", "bottle", "high heels"),
    *("vehicle", "footwear", "dog", "book", "camera", "car"),
)
_SIDE, _SURE, _SAME = 300, 0.45, 0.4
_GRIDS = (19, 10, 5, 3, 2, 1)
_OUTPUTS = ["raw_outputs/box_encodings", "raw_outputs/class_predictions"]


@dataclass(frozen=True)
class Seen:
    """A thing: its label, how sure (0 to 1), centre ``x``, ``y`` and size in shares of the picture."""

    label: str
    sure: float
    x: float
    y: float
    width: float
    height: float


class Objects:
    """The detector, loaded. Raises cv2.error when its file is not there."""

    def __init__(self) -> None:
        self._net: Any = cv2.dnn.readNetFromTFLite(str(path_of(OBJECTS)))
        self._anchors = _anchors()

    def __call__(self, image: Image, least: float = _SURE) -> list[Seen]:
        """``image``: (H, W, 3) RGB. The surest first."""
        self._net.setInput(cv2.dnn.blobFromImage(image, 1 / 127.5, (_SIDE, _SIDE), (127.5,) * 3))
        boxes, logits = (each[0] for each in self._net.forward(_OUTPUTS))
        sure = 1 / (1 + np.exp(-logits))
        y, x = (boxes[:, :2] / 10 * self._anchors[:, :1:-1] + self._anchors[:, 1::-1]).T
        height, width = (np.exp(boxes[:, 2:] / 5) * self._anchors[:, :1:-1]).T
        places = np.stack((x, y, width, height), axis=1)
        found = [seen for kind in range(1, len(LABELS)) for seen in _of_kind(kind, places, sure[:, kind], least)]
        return sorted(found, key=lambda each: -each.sure)


def _of_kind(kind: int, places: FromOpenCV, sure: FromOpenCV, least: float) -> list[Seen]:
    likely = np.flatnonzero(sure >= least)
    corners = [(1000 * (x - w / 2), 1000 * (y - h / 2), 1000 * w, 1000 * h) for x, y, w, h in places[likely]]
    boxes = [[int(value) for value in corner] for corner in corners]
    kept = np.ravel(cv2.dnn.NMSBoxes(boxes, sure[likely].tolist(), least, _SAME)) if boxes else ()
    return [Seen(LABELS[kind], float(sure[likely[i]]), *map(float, places[likely[i]])) for i in kept]


def _anchors() -> FromOpenCV:
    """(1917, 4): x, y, width, height of the boxes that the network corrects."""
    scales = [0.2 + 0.15 * level for level in range(6)] + [1.0]
    rows = []
    for level, (count, scale) in enumerate(zip(_GRIDS, scales, strict=False)):
        shapes = [(scale, ratio) for ratio in (1.0, 2.0, 0.5, 3.0, 1 / 3)] + [(sqrt(scale * scales[level + 1]), 1.0)]
        if level == 0:
            shapes = [(0.1, 1.0), (scale, 2.0), (scale, 0.5)]
        for y, x, (size, ratio) in product(range(count), range(count), shapes):
            rows.append(((x + 0.5) / count, (y + 0.5) / count, size * sqrt(ratio), size / sqrt(ratio)))
    return np.array(rows)
