"""The two sides of the mouth: fields of movement above and below it, and the inner edges of the lips."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from talkies.core.arrays import Flags, Floats, Floats32
from talkies.core.portrait.axes import FaceAxes
from talkies.core.portrait.fields import Part, spread
from talkies.core.portrait.lips import Lips
from talkies.core.portrait.points import LOWER_INNER, LOWER_OUTER, UPPER_INNER, UPPER_OUTER


@dataclass(frozen=True)
class Side:
    """``field`` (h, w, 2, K): how every cell of the part's grid moves, pixels of the picture; ``edge`` (11, 2): the
    lip's inner edge along the face's axes, and ``edge_moves`` (22, K) how it moves."""

    field: Floats32
    edge: Floats
    edge_moves: Floats

    def edge_at(self, shares: Floats) -> Floats:
        """(11, 2) where the edge is, each move done by its share (K,)."""
        moved: Floats = self.edge + (self.edge_moves @ shares).reshape(-1, 2)
        return moved

    def moved_by(self, shares: Floats) -> Floats32:
        """(h, w, 2) of all moves together."""
        moved: Floats32 = self.field @ shares.astype(np.float32)
        return moved


def sides_of(points: Floats, moves: Floats, lips: Lips, part: Part, axes: FaceAxes) -> tuple[Side, Side]:
    """Above the mouth and below it. ``points`` (468, 2) and ``moves`` (468, 2, K) along the face's axes."""
    upper = _side(points, moves, (UPPER_INNER, lips.upper), (LOWER_INNER, LOWER_OUTER), part, axes)
    lower = _side(points, moves, (LOWER_INNER, lips.lower), (UPPER_INNER, UPPER_OUTER), part, axes)
    return upper, lower


def _side(
    points: Floats,
    moves: Floats,
    own: tuple[tuple[int, ...], Floats],
    other: tuple[tuple[int, ...], tuple[int, ...]],
    part: Part,
    axes: FaceAxes,
) -> Side:
    """``own``: the points of this lip's inner edge and where it is; ``other``: the other lip's inner and outer edge."""
    inner, edge = own
    at = points.copy()
    at[list(inner)] = edge
    turned = np.einsum("pik,ij->pjk", moves, axes.turn)
    count, _, shares = moves.shape
    found = spread(at, turned.reshape(count, -1), _speaking(points, *other), part, axes, part.places(*part.grid_size))
    field = found.reshape(*found.shape[:-1], 2, shares)
    return Side(field, edge, moves[list(inner)].reshape(-1, shares))


def _speaking(points: Floats, inner: tuple[int, ...], outer: tuple[int, ...]) -> Flags:
    """(468,) which points speak for a side of the mouth: all but the red of the other lip."""
    red = np.concatenate((points[list(outer)], points[list(inner)][::-1])).astype(np.float32)
    is_red = [cv2.pointPolygonTest(red, (float(x), float(y)), False) >= 0 for x, y in points]
    keep: Flags = ~np.array(is_red)
    keep[[outer[0], outer[-1], inner[0], inner[-1]]] = True
    return keep
