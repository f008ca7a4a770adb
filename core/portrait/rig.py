"""The rig: a still's face moved by an expression; nothing outside the face's box, times 1.3, changes.

still ─► eyes closed by degrees ─► warped: above the mouth and below it ─► what is between the lips ─► picture
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from talkies.core.arrays import Floats, Floats32, Image
from talkies.core.portrait.axes import FaceAxes
from talkies.core.portrait.fields import Part, undone
from talkies.core.portrait.inside import Tones, inside
from talkies.core.portrait.learned import learned
from talkies.core.portrait.lids import Lids
from talkies.core.portrait.lips import lips_of
from talkies.core.portrait.mesh import Mesh
from talkies.core.portrait.mouth import Mouth
from talkies.core.portrait.moves import moves_of
from talkies.core.portrait.sides import sides_of

LARGEST = 0.14
"""The widest opening, distances of the eyes; of the jaw alone."""
_PURSED, _SPREAD = 0.15, 0.06  # by so much the mouth is narrower and wider at most
_BROW = 0.05  # by so much brows rise at most
_SEAM = 0.45  # how dark the line is on which lips meet that the still has open


@dataclass(frozen=True)
class Expression:
    """``opening`` 0 to 1; ``width`` -1 (pursed) to 1 (spread); ``lids`` 0 (as in the still) to 1 (closed); ``brows``
    -1 to 1; ``yaw``, ``pitch``, ``roll`` in radians; ``rise`` of the head, in distances of the eyes."""

    opening: float = 0.0
    width: float = 0.0
    lids: float = 0.0
    brows: float = 0.0
    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0
    rise: float = 0.0


REST = Expression()


class Rig:
    """One still, ready to be moved. Raises WeightsError where what was learned does not ship."""

    def __init__(self, image: Image, mesh: Mesh) -> None:
        self._image, self._axes = image, FaceAxes.of(mesh)
        points = self._axes.to_face(mesh.flat)
        self.part = Part.around(mesh.box, image.shape[1], image.shape[0])
        self.lips = lips_of(image, points, self._axes)
        self._learned = learned()
        self._tones = Tones.of(image, mesh.flat, self._axes.unit)
        self._lids = Lids(image, points, self._axes, self._tones.grain)
        moves = moves_of(points, self.lips, self._learned, self._axes, mesh)
        self._above, self._below = sides_of(points, moves, self.lips, self.part, self._axes)
        self._mouth = Mouth(self.part, self._axes, self._tones.grain)

    def picture(self, expression: Expression = REST) -> Image:
        """(H, W, 3): the still with this expression."""
        shares = self._shares(expression)
        still = self._lids.closed(expression.lids)
        upper, lower = (side.edge_at(shares) for side in (self._above, self._below))
        lower[:, 1] = np.maximum(lower[:, 1], upper[:, 1])
        x, y = self._sources(shares, upper, lower)
        warped = np.asarray(cv2.remap(still, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE), np.uint8)
        opening, width = float((lower - upper)[:, 1].max()), float(lower[-1, 0] - lower[0, 0])
        unit = self._axes.unit
        texture = inside(self._learned, opening / unit, width / unit, expression.width, self._tones)
        self._mouth.draw(warped, upper, lower, texture, _SEAM if self.lips.is_open else 0.0)
        out = self._image.copy()
        part = self.part
        out[part.top : part.bottom, part.left : part.right] = warped
        return out

    def _shares(self, expression: Expression) -> Floats:
        """(K,) of each move, in the order of :func:`moves_of`."""
        wide = expression.width * (_SPREAD if expression.width > 0 else _PURSED)
        return np.array([
            1.0 if self.lips.is_open else 0.0,
            LARGEST * expression.opening, wide, _BROW * expression.brows,
            expression.yaw, expression.pitch, expression.roll, expression.rise,
        ])  # fmt: skip

    def _sources(self, shares: Floats, upper: Floats, lower: Floats) -> tuple[Floats32, Floats32]:
        """Where in the still each pixel of the part comes from."""
        size = self.part.size
        above, below = (
            cv2.resize(undone(side.moved_by(shares), self.part), size) for side in (self._above, self._below)
        )
        is_below = self._mouth.is_below(upper, lower)[..., None]
        moved = above + is_below * (below - above)
        x = np.arange(self.part.left, self.part.right, dtype=np.float32)
        y = np.arange(self.part.top, self.part.bottom, dtype=np.float32)
        return x[None] - moved[..., 0], y[:, None] - moved[..., 1]
