"""Colours of a picture at places along a face's axes, as the eye tells them apart (Lab)."""

from __future__ import annotations

import cv2
import numpy as np

from talkies.core.arrays import Floats, FromOpenCV, Image
from talkies.core.portrait.axes import FaceAxes


def colours_at(image: Image, across: Floats, down: Floats, axes: FaceAxes) -> Floats:
    """(..., 3) at ``across`` and ``down``, each (...) or spread to that."""
    places = axes.to_picture(np.stack(np.broadcast_arrays(across, down), axis=-1))
    flat = places.reshape(-1, 1, 2)
    (left, top), (right, bottom) = flat.min(axis=(0, 1)).astype(int) - 2, flat.max(axis=(0, 1)).astype(int) + 3
    left, top = min(max(left, 0), image.shape[1] - 1), min(max(top, 0), image.shape[0] - 1)
    part = cv2.cvtColor(
        np.ascontiguousarray(image[top : max(bottom, top + 1), left : max(right, left + 1)]), cv2.COLOR_RGB2LAB
    )
    x, y = (flat[..., 0] - left).astype(np.float32), (flat[..., 1] - top).astype(np.float32)
    found: FromOpenCV = cv2.remap(part, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return found.reshape(*places.shape[:-1], 3).astype(np.float64)
