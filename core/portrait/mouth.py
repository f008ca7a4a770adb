"""The mouth in the picture: where it parts, and what is drawn between the lips."""

from __future__ import annotations

import numpy as np
from scipy.interpolate import PchipInterpolator

from talkies.core.arrays import Floats, Floats32, Image
from talkies.core.portrait.axes import FaceAxes
from talkies.core.portrait.fields import Part
from talkies.core.portrait.inside import looked_up

_RIM = 0.55  # how dark the lips are where they turn inwards


class Mouth:
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
    rim: Floats32 = (
        _RIM * open_by * (0.4 + 0.6 * corner) * np.exp(-(outside**2)) * np.clip(6 - 5.5 * np.abs(place), 0, 1)
    )
    return rim


def _curve(edge: Floats, across: Floats) -> Floats:
    """How far down an edge (11, 2) is, smooth."""
    x = np.maximum.accumulate(edge[:, 0] + np.arange(len(edge)) * 1e-6)
    smooth: Floats = PchipInterpolator(x, edge[:, 1], extrapolate=True)(across)
    return smooth
