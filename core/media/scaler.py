"""Small RGB pictures of decoded frames."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from talkies.core.arrays import Image

_BRIGHTEST = 65504.0  # what half precision holds; more is damage


class Scaler:
    """Turns decoded frames into RGB of a given height: pixels made square, rotation undone, never enlarged."""

    def __init__(self, height: int, pixel_aspect: Fraction | None = None) -> None:
        from av.video.reformatter import VideoReformatter

        self._height = height
        self._aspect = pixel_aspect if pixel_aspect and Fraction(1, 4) <= pixel_aspect <= 4 else Fraction(1)
        self._reformatter = VideoReformatter()

    def __call__(self, frame: Any) -> Image:
        turns = round(getattr(frame, "rotation", 0) / 90) % 4
        wide = float(frame.width * self._aspect)
        high = float(frame.height)
        scale = min(self._height / (wide if turns % 2 else high), 1.0)
        width, height = max(round(wide * scale), 8), max(round(high * scale), 8)
        if frame.format.name.startswith(("gbrpf", "gbrapf", "grayf")):
            return np.rot90(_tone_mapped(frame, width, height), turns)
        small = self._reformatter.reformat(frame, width, height, "rgb24", interpolation="AREA")
        image = np.asarray(small.to_ndarray(), np.uint8)
        return np.ascontiguousarray(np.rot90(image, turns)) if turns else image


def _tone_mapped(frame: Any, width: int, height: int) -> Image:
    """Scene-linear float (EXR) → display: extended Reinhard with white at 4, then gamma; exposure is never guessed,
    so that it cannot flicker."""
    import cv2

    linear = frame.to_ndarray().astype(np.float32)
    linear = cv2.resize(linear[..., :3] if linear.ndim == 3 else linear, (width, height), interpolation=cv2.INTER_AREA)
    linear = np.clip(np.nan_to_num(linear, nan=0.0, posinf=64.0, neginf=0.0), 0, _BRIGHTEST)
    shown = np.clip(linear * (1 + linear / 16) / (1 + linear), 0, 1) ** (1 / 2.2)
    image = (shown * 255 + 0.5).astype(np.uint8)
    return image if image.ndim == 3 else np.repeat(image[..., None], 3, axis=2)
