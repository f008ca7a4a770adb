"""A face's own axes: across along its eyes and down, in pixels, from between its eyes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from talkies.core.arrays import Floats
from talkies.core.portrait.mesh import Mesh
from talkies.core.portrait.points import OUTER_EYES


@dataclass(frozen=True)
class FaceAxes:
    """``origin`` (2,) in pixels of the picture, ``turn`` (2, 2): rows are across and down; ``unit``: pixels between the
    outer corners of the eyes, as if the face looked straight ahead."""

    origin: Floats
    turn: Floats
    unit: float

    @classmethod
    def of(cls, mesh: Mesh) -> FaceAxes:
        left, right = (mesh.flat[point] for point in OUTER_EYES)
        across = (right - left) / np.hypot(*(right - left))
        turn = np.array([across, [-across[1], across[0]]])
        return cls((left + right) / 2, turn, float(np.hypot(*(right - left)) / np.cos(mesh.yaw)))

    def to_face(self, places: Floats) -> Floats:
        """(..., 2) pixels of the picture → along the face's axes."""
        turned: Floats = (places - self.origin) @ self.turn.T
        return turned

    def to_picture(self, places: Floats) -> Floats:
        """The other way round."""
        turned: Floats = places @ self.turn + self.origin
        return turned
