"""Moves: how each point of the mesh goes with the jaw, the lips, the brows and the head."""

from __future__ import annotations

import numpy as np

from talkies.core.arrays import Floats
from talkies.core.portrait.axes import FaceAxes
from talkies.core.portrait.learned import Learned
from talkies.core.portrait.lips import UPPER_SHARE, Lips
from talkies.core.portrait.mesh import Mesh
from talkies.core.portrait.points import LEFT_BROW, LOWER_INNER, LOWER_OUTER, RIGHT_BROW, UPPER_INNER, UPPER_OUTER

_EYES, _NOSE = 0.12, 0.55  # below the eyes' corners, in distances of the eyes


def moves_of(points: Floats, lips: Lips, known: Learned, axes: FaceAxes, mesh: Mesh) -> Floats:
    """(468, 2, K) pixels along the face's axes: closing what the still has open, opening, widening, brows, yaw, pitch,
    roll, rise; each per unit of its share."""
    unit = axes.unit
    squeeze = np.array([np.cos(mesh.yaw), 1.0]) * unit * _below_the_eyes(points, unit)
    opened, widened = known.opened * squeeze, known.widened * squeeze
    depth = mesh.points[:, 2] - mesh.points[:, 2].max()
    zero = np.zeros(len(points))
    return np.stack(
        (
            _closing(points, lips, opened, unit), opened, widened, _brows(points, unit),
            np.stack((-depth, zero), axis=1), np.stack((zero, depth), axis=1),
            (points - (0, 2.2 * unit)) @ np.array([[0.0, 1.0], [-1.0, 0.0]]), np.stack((zero, zero - unit), axis=1),
        ),
        axis=-1,
    )  # fmt: skip


def _below_the_eyes(points: Floats, unit: float) -> Floats:
    """(468, 1) 0 down to the lower lids, 1 from the nose's wings on: no word moves a forehead."""
    share = np.clip((points[:, 1:] / unit - _EYES) / (_NOSE - _EYES), 0, 1)
    eased: Floats = share * share * (3 - 2 * share)
    return eased


def _closing(points: Floats, lips: Lips, opened: Floats, unit: float) -> Floats:
    """(468, 2): how the points move when the mouth of the still is closed; inner edges meet."""
    gap = float((lips.lower - lips.upper)[5, 1]) / unit
    if gap <= 0:
        return np.zeros_like(points)
    moved = -gap * (1 - UPPER_SHARE) * opened
    for outer, inner, edge in ((UPPER_OUTER, UPPER_INNER, lips.upper), (LOWER_OUTER, LOWER_INNER, lips.lower)):
        off = lips.meeting - edge - moved[list(inner)]
        moved[list(inner)] += off
        moved[list(outer[1:-1])] += 0.7 * off[1:-1]
    return moved


def _brows(points: Floats, unit: float) -> Floats:
    """(468, 2) up: the brows wholly, what is around them less."""
    brows = points[[*LEFT_BROW, *RIGHT_BROW]]
    near = np.linalg.norm(points[:, None] - brows[None], axis=2).min(axis=1) / unit
    eye = np.clip(-points[:, 1] / (0.12 * unit), 0, 1)  # nothing at and below the eyes
    return np.stack((np.zeros(len(points)), -unit * np.exp(-((near / 0.18) ** 2)) * eye), axis=1)
