"""Camera moves and changes of brightness: what happens to the whole picture between two frames."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np

from talkies.core.arrays import Complexes, Floats32, Grey
from talkies.core.conditioning.picture.median import median

_FIRST, _EVERY = 3, 6  # pixels: the points at which the camera is sought, across and down


@cache
def pixel_grid(height: int, width: int) -> Floats32:
    """Pixel coordinates x and y, (height, width, 2) float32."""
    return np.dstack(np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32)))


def brightness_change(before: Floats32, now: Floats32) -> tuple[float, float]:
    """Gain and offset that turn one thumbnail's brightness into the next's, blind to what moved (Huber weights)."""
    a, b = before.ravel(), now.ravel()
    gain, offset = 1.0, median(b - a)
    for _ in range(4):
        weight = np.square(np.minimum(1, 4 / np.maximum(np.abs(b - gain * a - offset), 1e-3)))
        total = weight.sum()
        mean_a, mean_b = (weight * a).sum() / total, (weight * b).sum() / total
        from_a = a - mean_a
        spread = (weight * np.square(from_a)).sum() / total
        if spread < 16:
            return 1.0, float(mean_b - mean_a)
        gain = min(max(float((weight * from_a * (b - mean_b)).sum() / total / spread), 0.6), 1.7)
        offset = float(mean_b - gain * mean_a)
    return gain, offset


def camera_flow(grey: Grey, flow: Floats32) -> Floats32 | None:
    """The camera's share of the flow (shift, zoom and roll), or None when the camera stands still.

    Believed only when it explains most of the textured points in at least three quarters of the picture; otherwise
    one object on a plain ground would pass for the camera.
    """
    points = np.s_[_FIRST::_EVERY, _FIRST::_EVERY]
    texture = cv2.blur(cv2.absdiff(grey, cv2.blur(grey, (9, 9))), (5, 5))[points] > 2
    if np.count_nonzero(texture) < 0.15 * texture.size:
        return None
    moved = flow[points][texture].astype(np.float64)
    if median(np.abs(moved[:, 0])) + median(np.abs(moved[:, 1])) < 0.15:
        return None
    f, z = moved.view(np.complex128)[:, 0], _places(*grey.shape)[texture]
    turn, shift = _turn_and_shift(z, f)
    good = np.abs(f - turn * z - shift) < 0.5 + 0.1 * abs(shift)
    quarters = set(zip(z[good].real > 0, z[good].imag > 0, strict=True))
    if np.count_nonzero(good) < 0.55 * len(good) or len(quarters) < 3:
        return None
    return _turned_and_shifted(grey.shape[0], grey.shape[1], turn, shift)


def _turn_and_shift(z: Complexes, f: Complexes) -> tuple[complex, complex]:
    """The c and s with which c z + s comes closest to most of ``f``: zoom and roll are one complex factor.

    Weighted least squares, four times, with Cauchy weights; a trace of 1e-6 keeps c and s small where nothing tells.
    """
    turn, shift = 0j, complex(median(f.real), median(f.imag))
    terms = np.array([np.ones_like(z), z, z.conj() * z, f, z.conj() * f])
    for _ in range(4):
        miss = f - turn * z - shift
        weight = 1 / (1 + (np.square(miss.real) + np.square(miss.imag)) / 0.4**2)
        one, first, second, shifted, turned = (terms @ weight).tolist()
        one, second = one + 1e-6, second + 1e-6
        determinant = one * second - first * first.conjugate()
        turn = (one * turned - first.conjugate() * shifted) / determinant
        shift = (second * shifted - first * turned) / determinant
    return turn, shift


def _turned_and_shifted(height: int, width: int, turn: complex, shift: complex) -> Floats32:
    """(height, width, 2) float32: c z + s at every pixel."""
    x, y = _axes(height, width)
    a, b, right, down = np.array([turn.real, turn.imag, shift.real, shift.imag], np.float32)
    flow = np.empty((height, width, 2), np.float32)
    flow[..., 0] = a * x - (b * y)[:, None] + right
    flow[..., 1] = b * x + (a * y)[:, None] + down
    return flow


@cache
def _places(height: int, width: int) -> Complexes:
    """x + iy of the points from the middle of the picture, in picture heights; (rows, columns)."""
    x = np.arange(_FIRST, width, _EVERY) - width / 2
    y = np.arange(_FIRST, height, _EVERY) - height / 2
    return np.asarray((x + 1j * y[:, None]) / height)


@cache
def _axes(height: int, width: int) -> tuple[Floats32, Floats32]:
    """x (width,) and y (height,) of the pixels from the middle of the picture, in picture heights; float32."""
    x = (np.arange(width, dtype=np.float32) - width / 2) / height
    y = (np.arange(height, dtype=np.float32) - height / 2) / height
    return np.asarray(x, np.float32), np.asarray(y, np.float32)
