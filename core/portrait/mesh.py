"""The mesh of a face: 468 points with depth, by the landmark network (192 × 192), the mean of several looks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from talkies.core.arrays import Floats, FromOpenCV, Image
from talkies.core.portrait.faces import FaceBox
from talkies.core.portrait.points import LEFT_UPPER_LID, OUTER_EYES, POINTS, RIGHT_UPPER_LID
from talkies.core.sight.files import FACE_MESH, path_of

_SIDE, _AROUND, _THERE = 192, 1.5, 0.5
_LOOKS = ((1.0, 0.0), (0.94, 0.04), (1.06, -0.04), (1.0, 0.07), (1.0, -0.07))  # size and turn (radians) of each


@dataclass(frozen=True)
class Mesh:
    """``points`` (468, 3): x, y in pixels of the picture, z in pixels towards the back, from the face's middle."""

    points: Floats

    @property
    def flat(self) -> Floats:
        """(468, 2) x, y."""
        return self.points[:, :2]

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, width and height."""
        low, high = self.flat.min(axis=0), self.flat.max(axis=0)
        return float(low[0]), float(low[1]), float(high[0] - low[0]), float(high[1] - low[1])

    @property
    def height(self) -> float:
        return self.box[3]

    @property
    def roll(self) -> float:
        """Radians, clockwise."""
        x, y, _ = self.points[OUTER_EYES[1]] - self.points[OUTER_EYES[0]]
        return float(np.arctan2(y, x))

    @property
    def yaw(self) -> float:
        """Radians by which the face looks to the side."""
        x, y, z = self.points[OUTER_EYES[1]] - self.points[OUTER_EYES[0]]
        return float(np.arctan2(z, np.hypot(x, y)))


class MeshReader:
    """The network, loaded. Raises cv2.error when its file is not there."""

    def __init__(self) -> None:
        self._net: Any = cv2.dnn.readNetFromTFLite(str(path_of(FACE_MESH)))

    def read(self, image: Image, face: FaceBox) -> Mesh | None:
        """The mesh of a face that was found, None where there is none after all."""
        (left, top), (right, bottom) = face.eyes
        x, y, width, height = face.box
        turn = float(np.arctan2(bottom - top, right - left))
        first = self._look(image, x + width / 2, y + height / 2, _AROUND * max(width, height), turn)
        return None if first is None else self.again(image, first)

    def again(self, image: Image, mesh: Mesh, looks: int = len(_LOOKS)) -> Mesh | None:
        """Looked at where ``mesh`` is, or was in the picture before."""
        places = rotated(mesh.flat, -mesh.roll)
        low, high = places.min(axis=0), places.max(axis=0)
        x, y = rotated(((low + high) / 2)[None], mesh.roll)[0]
        side = _AROUND * float((high - low).max())
        found = [self._look(image, float(x), float(y), side * size, mesh.roll + turn) for size, turn in _LOOKS[:looks]]
        seen = [each.points for each in found if each is not None]
        return Mesh(np.mean(seen, axis=0)) if 2 * len(seen) > looks else None

    def _look(self, image: Image, x: float, y: float, side: float, turn: float) -> Mesh | None:
        """What lies in a square that is turned by ``turn`` radians."""
        scale = _SIDE / side
        cosine, sine = scale * np.cos(turn), scale * np.sin(turn)
        matrix = np.array([[cosine, sine, 0], [-sine, cosine, 0]])
        matrix[:, 2] = _SIDE / 2 - matrix[:, :2] @ (x, y)
        cut = cv2.warpAffine(_eased(image, scale), _for_eased(matrix, scale), (_SIDE, _SIDE), flags=cv2.INTER_LINEAR)
        self._net.setInput(cv2.dnn.blobFromImage(cut, 1 / 255))
        raw, there = self._net.forward(["conv2d_21", "conv2d_31"])
        if 1 / (1 + np.exp(-float(there.item()))) < _THERE:
            return None
        points = raw.reshape(POINTS, 3).astype(np.float64)
        points[:, :2] = (points[:, :2] - matrix[:, 2]) @ np.linalg.inv(matrix[:, :2]).T
        points[:, 2] /= scale
        return Mesh(points)


def _eased(image: Image, scale: float) -> FromOpenCV:
    """Made smaller by area first, where the cut would skip pixels."""
    return image if scale > 0.5 else cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)


def _for_eased(matrix: Floats, scale: float) -> Floats:
    return matrix if scale > 0.5 else np.hstack((matrix[:, :2] / scale, matrix[:, 2:]))


def rotated(places: Floats, turn: float) -> Floats:
    """(N, 2) places, turned clockwise about the origin."""
    cosine, sine = np.cos(turn), np.sin(turn)
    turned: Floats = places @ np.array([[cosine, sine], [-sine, cosine]])
    return turned


def eye_distance(points: Floats) -> float:
    """Between the middles of the upper lids, pixels."""
    left, right = points[list(LEFT_UPPER_LID), :2].mean(axis=0), points[list(RIGHT_UPPER_LID), :2].mean(axis=0)
    return float(np.hypot(*(right - left)))
