"""Eyelids: the still with its eyes closed by degrees, the skin of the lids drawn down, lashes whole."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from talkies.core.arrays import Floats, Floats32, Image
from talkies.core.portrait.axes import FaceAxes
from talkies.core.portrait.colours import colours_at
from talkies.core.portrait.points import (
    LEFT_BROW,
    LEFT_LOWER_LID,
    LEFT_UPPER_LID,
    RIGHT_BROW,
    RIGHT_LOWER_LID,
    RIGHT_UPPER_LID,
)

STEPS = 8
"""Degrees of closing that are drawn."""
_LASHES = 0.3  # of the eye's opening: what moves with the lid's edge undistorted
_BEYOND = 0.1  # of the opening by which the upper lid goes beyond the lower one's edge, which is wet and shines
_SKIN_ABOVE = 0.92  # of the way from the lid to the brow that is drawn down
_LASH_LINE = 0.1  # of the opening by which lashes lie above the mesh's edge
_STEPS = np.linspace(0, 0.7, 15)  # of the opening: where is looked beyond the mesh's edges
_LIGHT, _OUTLINE = slice(1, 6), slice(6, 12)  # of these: where a drawn eye is light, and where its outline is
_DRAWN, _SKIN = 25.0, 20.0  # lightness (Lab) of that light above the outline; what is still skin
_WIDER, _OF_OUTLINE = 1.2, 0.13  # half the width of a drawn eye; what of its opening the outline goes with the lid
_CALM = 0.012  # distances of the eyes: what of the skin is levelled before it is drawn down


@dataclass(frozen=True)
class _Eye:
    """Edges along the face's axes: ``across`` (N,), and how far down the brow, the upper and the lower lid are."""

    across: Floats
    brow: Floats
    upper: Floats
    lower: Floats


class Lids:
    """The eyes of a still; ``grain`` in levels."""

    def __init__(self, image: Image, points: Floats, axes: FaceAxes, grain: float = 0.0) -> None:
        self._image, self._axes = image, axes
        sides = ((LEFT_UPPER_LID, LEFT_LOWER_LID, LEFT_BROW), (RIGHT_UPPER_LID, RIGHT_LOWER_LID, RIGHT_BROW))
        eyes = (_eye(points, *side) for side in sides)
        self._eyes = [_outlined(image, eye, axes) or eye for eye in eyes]
        self._drawn: dict[int, Image] = {0: image}
        self._skin = cv2.GaussianBlur(
            image, (0, 0), max(_CALM * axes.unit, min(0.8 * grain, 2 * _CALM * axes.unit))
        ).astype(np.float32)
        self._grain: Floats = np.random.default_rng(1).normal(0, grain, (*image.shape[:2], 1))

    def closed(self, share: float) -> Image:
        """The still, its lids closed by ``share``, 0 to 1, of the way."""
        step = round(min(max(share, 0.0), 1.0) * STEPS)
        if step not in self._drawn:
            image = self._image.copy()
            for eye in self._eyes:
                self._close(image, eye, step / STEPS)
            self._drawn[step] = image
        return self._drawn[step]

    def _close(self, out: Image, eye: _Eye, share: float) -> None:
        """Draws an eye into ``out``: the lid's skin drawn down, its lashes as they are in the still."""
        corners = np.array([(x, y) for x in eye.across[[0, -1]] for y in (eye.brow.min(), eye.lower.max())])
        placed = self._axes.to_picture(corners)
        left, top = np.maximum(np.floor(placed.min(axis=0)).astype(int) - 3, 0).tolist()
        right, bottom = np.minimum(np.ceil(placed.max(axis=0)).astype(int) + 4, out.shape[1::-1]).tolist()
        if right - left < 4 or bottom - top < 4:
            return
        y, x = np.mgrid[top:bottom, left:right].astype(np.float64)
        face = self._axes.to_face(np.stack((x, y), axis=-1))
        across, down = face[..., 0], face[..., 1]
        brow, upper, lower = (np.interp(across, eye.across, edge) for edge in (eye.brow, eye.upper, eye.lower))
        edge = upper + share * ((1 + _BEYOND) * (lower - upper))
        lashes = _LASHES * (lower - upper) * share
        low, high = np.maximum(edge - lashes, brow + 1e-3), np.maximum(upper - lashes, brow + 1e-3)
        stretched = brow + (down - brow) * (high - brow) / (low - brow)
        is_lid = (across > eye.across[0]) & (across < eye.across[-1]) & (down > brow) & (down < edge)
        source = np.where(is_lid, np.where(down < low, stretched, down - (edge - upper)), down)
        places = self._axes.to_picture(np.stack((across, source), axis=-1)).astype(np.float32)
        sharp, calm = (_taken(each, places) for each in (self._image.astype(np.float32), self._skin))
        levelled = (share * np.clip((down - brow) / np.maximum(low - brow, 1e-3) * 6, 0, 1) * (down < low))[..., None]
        drawn = sharp + levelled * (calm + self._grain[top:bottom, left:right] - sharp)
        covered = cv2.GaussianBlur(np.clip(edge - down + 0.5, 0, 1) * is_lid, (0, 0), 0.6)[..., None]
        part = out[top:bottom, left:right]
        part[:] = np.clip(part + covered * (drawn - part) + 0.5, 0, 255).astype(np.uint8)


def _eye(points: Floats, upper: tuple[int, ...], lower: tuple[int, ...], brow: tuple[int, ...]) -> _Eye:
    across = np.linspace(points[upper[0], 0], points[upper[-1], 0], 33)
    high, low = (_smooth(points[list(edge)], across) for edge in (upper, lower))
    high = high - _LASH_LINE * np.maximum(low - high, 0)
    brows = points[list(brow)]
    fit = np.polyfit(brows[:, 0], brows[:, 1], 1)
    above = np.minimum(np.polyval(fit, across) + 0.3 * (high - np.polyval(fit, across)), high)
    return _Eye(across, high + _SKIN_ABOVE * (above - high), high, np.maximum(low, high))


def _outlined(image: Image, eye: _Eye, axes: FaceAxes) -> _Eye | None:
    """The eye as it is drawn, where it is: the mesh has every eye as a photograph has it, and below its edge there is
    the light of a drawn eye, then an outline, then skin. None for any other."""
    opening = float((eye.lower - eye.upper).max())
    middle = slice(len(eye.across) // 4, -len(eye.across) // 4)

    def seen(edge: Floats, way: float) -> Floats:
        rows = [colours_at(image, eye.across[middle], edge[middle] + share * way * opening, axes) for share in _STEPS]
        return np.median(rows, axis=1)

    below, above = seen(eye.lower, 1.0), seen(eye.upper, -1.0)
    light, outline = below[_LIGHT, 0].max(), below[_OUTLINE, 0].min()
    if light - outline < _DRAWN:
        return None
    up, down = ((_skin_from(rows, below[-1]) - less) * opening for rows, less in ((above, _OF_OUTLINE), (below, 0)))
    centre, half = float(eye.across.mean()), _WIDER * float(np.ptp(eye.across)) / 2
    across = np.linspace(centre - half, centre + half, len(eye.across))
    round_ = np.sqrt(np.maximum(1 - ((across - centre) / half) ** 2, 0))
    level = float((eye.upper + eye.lower).mean()) / 2
    upper = level - (level - float(eye.upper.min()) + up) * round_
    lower = level + (float(eye.lower.max()) - level + down) * round_
    return _Eye(across, np.minimum(eye.brow, upper - opening / 4), upper, lower)


def _skin_from(rows: Floats, skin: Floats) -> float:
    """The share from which on colours are the skin's."""
    unlike = np.linalg.norm(rows - skin, axis=1) > _SKIN
    return float(_STEPS[min(int(np.flatnonzero(unlike).max(initial=0)) + 1, len(_STEPS) - 1)])


def _smooth(edge: Floats, across: Floats) -> Floats:
    edge = edge[np.argsort(edge[:, 0])]
    return np.interp(across, edge[:, 0], edge[:, 1])


def _taken(image: Floats32, places: Floats32) -> Floats32:
    x, y = places[..., 0], places[..., 1]
    return np.asarray(cv2.remap(image, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE), np.float32)
