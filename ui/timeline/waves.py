"""Waveforms on the screen: heights for each pixel column of a lane, and the picture of them in one stroke."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QImage

from talkies.core.timeline.structure.sounds import SoundClip
from talkies.ui.timeline.peaks import Heights, Peaks
from talkies.ui.work.state import TakeRecord

Bytes = NDArray[np.uint8]


class WaveLane:
    """The waveforms of one lane between two pixel columns, as they come in, then painted at once.

    ``ratio``: device pixels per pixel.
    """

    def __init__(self, left: int, right: int, ratio: float) -> None:
        self.left, self.ratio = left, ratio
        self.heights: Heights = np.zeros((2, max(round((right - left) * ratio), 1)), np.uint8)
        self.used = False

    def heights_of(self, peaks: Peaks, columns: int, start: float, pace: float) -> Heights:
        """Heights of ``columns`` pixels that show a file from its second ``start`` on, ``pace`` seconds a pixel."""
        found = peaks.columns(start, pace / self.ratio, round(columns * self.ratio))
        return np.maximum(found, 1)  # silence is a line

    def put(self, heights: Heights, first: int) -> None:
        """Lays them from pixel column ``first`` on, over others the higher ones; what lies outside is cut off."""
        begin = round((first - self.left) * self.ratio)
        cut = max(-begin, 0)
        target = self.heights[:, begin + cut : max(begin + heights.shape[1], 0)]
        target[:] = np.maximum(target, heights[:, cut : cut + target.shape[1]])
        self.used = True

    def image(self, height: int, peak: QColor, level: QColor) -> QImage:
        """The lane, ``height`` pixels high, transparent where nothing is."""
        lines = max(round(height * self.ratio), 1)
        middle = (lines - 1) / 2
        distance = np.minimum(np.abs(np.arange(lines) - middle) * (255 / max(middle, 1)), 254).astype(np.uint8)[:, None]
        if lines % 2 == 0:
            distance[lines // 2] = 0  # two rows are nearest to the middle; one of them is the line of silence
        pixels = (self.heights[0] > distance) * np.uint32(peak.rgba())
        pixels[self.heights[1] > distance] = level.rgba()
        columns = pixels.shape[1]
        view = QImage(pixels.data, columns, lines, 4 * columns, QImage.Format.Format_ARGB32_Premultiplied)
        image = view.copy()  # of its own: the array goes
        image.setDevicePixelRatio(self.ratio)
        return image


def sound_start(clip: SoundClip, into: float, pixels_per_second: float) -> tuple[float, float]:
    """The second of a clip's file that is heard ``into`` seconds after its beginning, and the seconds of it a pixel.

    Floats will do: they only choose which columns of a picture to paint.
    """
    first = clip.source.end if clip.speed < 0 else clip.source.start
    speed = float(clip.speed)
    return float(first - clip.start) + into * speed, speed / pixels_per_second


def take_start(take: TakeRecord, into: float, pixels_per_second: float) -> tuple[float, float]:
    """The same for a take, whose file begins a handle before what was made for its shot."""
    return float(take.head_handle + take.edit.head) + into, 1 / pixels_per_second
