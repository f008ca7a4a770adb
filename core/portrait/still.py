"""Reading a still: a picture file as it is shown, no higher than a film."""

from __future__ import annotations

from pathlib import Path

from talkies.core.arrays import Image
from talkies.core.media.scaler import Scaler
from talkies.core.media.sequences import read_image

MOST_LINES = 2160


def read_still(path: Path, lines: int = MOST_LINES) -> Image:
    """(H, W, 3) RGB of at most ``lines`` lines; width and height are even, as codecs want them. Raises MediaError."""
    image = read_image(path, Scaler(lines))
    height, width = (side // 2 * 2 for side in image.shape[:2])
    return image[:height, :width].copy()
