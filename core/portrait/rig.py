"""The rig: a still's face moved by an expression, drawn into the still; nothing outside the face's box, times 1.3, changes.

still ─► eyes closed by degrees ─► warped: above the mouth and below it ─► what is between the lips ─► picture
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from talkies.core.arrays import Floats, Floats32, Image
from talkies.core.portrait.axes import FaceAxes
from talkies.core.portrait.fields import Part, spread
from talkies.core.portrait.inside import Tones, inside, looked_up
from talkies.core.portrait.learned import Learned, learned
from talkies.core.portrait.lids import Lids
from talkies.core.portrait.lips import UPPER_SHARE, Lips, lips_of
from talkies.core.portrait.mesh import Mesh
from talkies.core.portrait.points import LEFT_BROW, LOWER_INNER, LOWER_OUTER, RIGHT_BROW, UPPER_INNER, UPPER_OUTER

LARGEST = 0.14
"""The widest opening, distances of the eyes; of the jaw alone."""
_PURSED, _SPREAD = 0.15, 0.06  # by so much the mouth is narrower and wider at most
_BROW = 0.05  # by so much brows rise at most
_TUCKED = 0.03  # by so much the lower lip rises for f and v
_SEAM = 0.45  # how dark the line is on which lips meet that the still has open
_RIM = 0.55  # how dark the lips are where they turn inwards
_ROUNDS = 6


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
        self._points = self._axes.to_face(mesh.flat)
        self.part = Part.around(mesh.box, image.shape[1], image.shape[0])
        self.lips = lips_of(image, self._points, self._axes)
        self._learned = learned()
        self._tones = Tones.of(image, mesh.flat, self._axes.unit)
        self._lids = Lids(image, self._points, self._axes, self._tones.grain)
        moves = _moves(self._points, self.lips, self._learned, self._axes, mesh)
        self._above, self._below, self._edges = _fields(self._points, moves, self.lips, self.part, self._axes)
        self._mouth = _Mouth(self.part, self._axes, self._tones.grain)

    def picture(self, expression: Expression = REST) -> Image:
        """(H, W, 3): the still with this expression."""
        shares = self._shares(expression)
        still = self._lids.closed(expression.lids)
        upper, lower = (edge + (move @ shares).reshape(-1, 2) for edge, move in self._edges)
        lower[:, 1] = np.maximum(lower[:, 1], upper[:, 1])
        x, y = self._sources(shares, upper, lower)
        warped: Image = cv2.remap(still, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
        opening, width = float((lower - upper)[:, 1].max()), float(lower[-1, 0] - lower[0, 0])
        unit = self._axes.unit
        texture = inside(self._learned, opening / unit, width / unit, expression.width, self._tones)
        self._mouth.draw(warped, upper, lower, texture, _SEAM if self.lips.is_open else 0.0)
        out = self._image.copy()
        part = self.part
        out[part.top : part.bottom, part.left : part.right] = warped
        return out

    def _shares(self, expression: Expression) -> Floats:
        """(K,) of each move, in the order of :func:`_moves`."""
        wide = expression.width * (_SPREAD if expression.width > 0 else _PURSED)
        return np.array([
            1.0 if self.lips.is_open else 0.0,
            LARGEST * expression.opening, wide, _BROW * expression.brows,
            expression.yaw, expression.pitch, expression.roll, expression.rise,
        ])  # fmt: skip

    def _sources(self, shares: Floats, upper: Floats, lower: Floats) -> tuple[Floats32, Floats32]:
        """Where in the still each pixel of the part comes from."""
        size = self.part.size
        above, below = (cv2.resize(_undone(field @ shares.astype(np.float32), self.part), size) for field in (self._above, self._below))
        is_below = self._mouth.is_below(upper, lower)[..., None]
        moved = above + is_below * (below - above)
        x = np.arange(self.part.left, self.part.right, dtype=np.float32)
        y = np.arange(self.part.top, self.part.bottom, dtype=np.float32)
        return x[None] - moved[..., 0], y[:, None] - moved[..., 1]


class _Mouth:
    """The mouth's place among the pixels of the part."""

    def __init__(self, part: Part, axes: FaceAxes, grain: float) -> None:
        width, height = part.size
        self._grain = np.random.default_rng(0).normal(0, grain, (height, width, 1)).astype(np.float32)
        self._axes = axes
        self._face = axes.to_face(part.places(width, height)).astype(np.float32)

    def is_below(self, upper: Floats, lower: Floats) -> Floats32:
        """(H, W) 1 below the line between the lips, 0 above it; beyond the corners the line goes on."""
        middle = (upper + lower) / 2
        line = np.interp(self._face[..., 0], middle[:, 0], middle[:, 1]).astype(np.float32)
        below: Floats32 = np.clip(self._face[..., 1] - line + 0.5, 0, 1)
        return below

    def draw(self, image: Image, upper: Floats, lower: Floats, texture: Floats32, seam: float) -> None:
        """Draws what is between the lips into the part."""
        unit = self._axes.unit
        reach = 0.05 * unit
        low = np.array([upper[0, 0], min(upper[:, 1].min(), lower[:, 1].min()) - reach])
        high = np.array([upper[-1, 0], max(upper[:, 1].max(), lower[:, 1].max()) + reach])
        rows, columns = np.nonzero(((self._face > low) & (self._face < high)).all(axis=-1))
        if not len(rows):
            return
        box = np.s_[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
        across, down = self._face[box][..., 0], self._face[box][..., 1]
        dense = np.linspace(upper[0, 0], upper[-1, 0], 65)
        top, bottom = (_curve(edge, dense) for edge in (upper, lower))
        y_top = np.interp(across, dense, top).astype(np.float32)
        gap = np.interp(across, dense, np.maximum(bottom - top, 0)).astype(np.float32)
        place = 2 * (across - dense[0]) / (dense[-1] - dense[0]) - 1
        colours = looked_up(texture, place, np.clip((down - y_top) / np.maximum(gap, 1e-3), 0, 1))
        soft = max(0.012 * unit, 0.7)
        cover = np.clip((down - y_top) / soft + 0.5, 0, 1) * np.clip((y_top + gap - down) / soft + 0.5, 0, 1)
        cover *= np.clip(gap / (2 * soft), 0, 1) * (np.abs(place) < 1)
        part = image[box].astype(np.float32)
        if seam:
            line = np.exp(-(((down - y_top - gap / 2) / soft) ** 2)) * np.clip(1 - gap / (2 * soft), 0, 1)
            part *= 1 - seam * (line * np.clip(4 - 4 * np.abs(place), 0, 1))[..., None]
        part *= 1 - _rim(down, y_top, gap, place, unit)[..., None]
        part += cover[..., None] * (colours + self._grain[box] - part)
        image[box] = np.clip(part + 0.5, 0, 255).astype(np.uint8)


def _rim(down: Floats32, top: Floats32, gap: Floats32, place: Floats32, unit: float) -> Floats32:
    """(H, W) how much darker it is beside the opening: the lips turn inwards there, most in the corners."""
    outside = np.maximum(np.maximum(top - down, down - top - gap), 0) / (0.025 * unit)
    open_by = np.clip(gap.max(initial=0.0) / (0.06 * unit), 0, 1)
    corner = np.clip(np.abs(place), 0, 1) ** 2
    rim: Floats32 = _RIM * open_by * (0.4 + 0.6 * corner) * np.exp(-(outside**2)) * np.clip(6 - 5.5 * np.abs(place), 0, 1)
    return rim


def _curve(edge: Floats, across: Floats) -> Floats:
    """How far down an edge (11, 2) is, smooth."""
    from scipy.interpolate import PchipInterpolator

    x = np.maximum.accumulate(edge[:, 0] + np.arange(len(edge)) * 1e-6)
    smooth: Floats = PchipInterpolator(x, edge[:, 1], extrapolate=True)(across)
    return smooth


def _undone(forward: Floats32, part: Part) -> Floats32:
    """(h, w, 2): what has to be subtracted from a place to come where it was; ``forward``: where each place goes."""
    rows, columns = forward.shape[:2]
    width, height = part.size
    scale = np.array([columns / width, rows / height], np.float32)
    y, x = np.mgrid[:rows, :columns].astype(np.float32)
    undone = forward
    for _ in range(_ROUNDS):
        back = undone * scale
        undone = cv2.remap(forward, x - back[..., 0], y - back[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return undone


def _moves(points: Floats, lips: Lips, known: Learned, axes: FaceAxes, mesh: Mesh) -> Floats:
    """(468, 2, K) pixels along the face's axes: closing what the still has open, opening, widening, brows, yaw, pitch,
    roll, rise; each per unit of its share."""
    unit = axes.unit
    squeeze = np.array([np.cos(mesh.yaw), 1.0])
    opened, widened = known.opened * unit * squeeze, known.widened * unit * squeeze
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


def _fields(
    points: Floats, moves: Floats, lips: Lips, part: Part, axes: FaceAxes
) -> tuple[Floats32, Floats32, tuple[tuple[Floats, Floats], tuple[Floats, Floats]]]:
    """How every cell of the part's grid moves above the mouth and below it, (h, w, 2, K) pixels of the picture; and the
    inner edges of the lips with how they move, (11, 2) and (22, K) along the face's axes."""
    points, moves = points.copy(), moves.copy()
    turned = np.einsum("pik,ij->pjk", moves, axes.turn)
    places = part.places(*part.grid_size)
    count, shares = turned.shape[0], turned.shape[2]
    fields, edges = [], []
    for inner, other, edge in ((UPPER_INNER, LOWER_INNER, lips.upper), (LOWER_INNER, UPPER_INNER, lips.lower)):
        at = points.copy()
        at[list(inner)] = edge
        keep = _one_side(points, list(other), is_upper=inner is UPPER_INNER)
        found = spread(at, turned.reshape(count, -1), keep, part, axes, places)
        fields.append(found.reshape(*found.shape[:-1], 2, shares))
        edges.append((edge, moves[list(inner)].reshape(-1, shares)))
    return fields[0], fields[1], (edges[0], edges[1])


def _one_side(points: Floats, other: list[int], *, is_upper: bool) -> Floats:
    """(468,) which points speak for the field on one side of the mouth: all but the other lip's red."""
    outer = LOWER_OUTER if is_upper else UPPER_OUTER
    red = np.concatenate((points[list(outer)], points[other][::-1]))
    inside = [cv2.pointPolygonTest(red.astype(np.float32), (float(x), float(y)), False) >= 0 for x, y in points]
    keep = ~np.array(inside)
    keep[[outer[0], outer[-1], other[0], other[-1]]] = True
    return keep
