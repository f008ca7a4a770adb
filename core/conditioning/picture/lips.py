"""Lip features: 4 numbers at 25 per second from the largest face, and pictures of its mouth.

    0  openness: 0 closed .. 1 wide open, from the dark of the mouth and the way the lips parted, this face at rest = 0
    1  speed of opening, positive while the lips part, negative while they close
    2  activity: how much the mouth deforms, head motion taken out
    3  1 while a face large enough to read is seen, else 0 (and then the other three are 0)

The face comes from OpenCV's Haar cascades: searched in the whole picture about once in half a second while there is
none, then only around the last place. Positions are smoothed, and the mouth is resampled to a fixed size, so that
numbers do not depend on the picture's. The pictures are for :mod:`talkies.core.conditioning.speech.lipreading`.
"""

from __future__ import annotations

from array import array
from fractions import Fraction
from math import floor
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from talkies.core.arrays import Flags, Floats, Floats32, FromOpenCV, Grey, Greys, Image
from talkies.core.conditioning.picture.median import median
from talkies.core.conditioning.picture.sync import averaged
from talkies.core.times import LATENT_RATE, latent_count

LIPS_DIM = 4
"""Columns of the lip features."""

MOUTH_LINES, MOUTH_COLUMNS = 24, 32
"""Size of the pictures of the mouth; they reach from the nose to the chin."""

_CASCADE = Path(cv2.__file__).parent / "data" / "haarcascade_frontalface_alt2.xml"
_SEARCH_LINES = 156  # faces are searched in a picture of this height: the smallest found is 24/156 of it
_SMALLEST = 24
_SEARCH_EVERY_S, _FOLLOW_EVERY_S, _LOST_AFTER_S = 0.6, 0.2, 0.9
_MOUTH = (48, 36)  # width and height to which the mouth region is resampled
_ACTIVITY_FLOOR = 0.08  # mouth heights per second: coding noise stays below
_ROW = 6  # start, end, openness, opening speed, activity, present


class LipReader:
    """Feed frames in order; 24 bytes are kept of each, and 768 of each 25th of a second with a face."""

    def __init__(self) -> None:
        self._cascade = cv2.CascadeClassifier(str(_CASCADE))
        self._dis: Any = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_ULTRAFAST)
        self._dis.setFinestScale(0)
        self._rows = array("f")
        self._face: Floats | None = None  # centre x, centre y, width in picture heights; smoothed
        self._searched = self._found = -1e9
        self._mouth: Grey | None = None
        self._before = 0.0
        self._shown: list[Grey | None] = []  # one for each 25th of a second
        self._now: Grey | None = None

    def feed(self, time: float, image: Image | Grey, *, cut: bool = False) -> None:
        """``image``: (H, W, 3) RGB or (H, W) grey, seen from ``time`` (s) on; ``cut``: it begins a new shot."""
        if cut:
            self._face, self._mouth, self._searched = None, None, -1e9
        self._look(time, image)
        self._show(floor(time * float(LATENT_RATE) + 0.5))
        self._now = None if self._face is None else _lower_face(image, self._face)
        mouth = None if self._face is None else _mouth_of(image, self._face)
        if mouth is not None and self._mouth is not None:
            self._rows.extend((self._before, time, *self._compare(self._mouth, mouth, time - self._before), 1))
        elif mouth is not None:
            self._rows.extend((self._before, time, 0, 0, 0, 0))
        else:
            self._rows.extend((self._before, time, 0, 0, 0, 0))
        self._mouth, self._before = mouth, time

    def on_grid(self, duration: Fraction) -> Floats32:
        """(L, 4) float32 with L = ceil(25 × duration)."""
        cells = latent_count(duration)
        rows = np.frombuffer(self._rows, dtype=np.float32).reshape(-1, _ROW)[1:]
        out = np.zeros((cells, LIPS_DIM), np.float32)
        if not len(rows):
            return out
        start, end, values = rows[:, 0].astype(np.float64), rows[:, 1].astype(np.float64), rows[:, 2:].copy()
        values[:, 0] = openness(values[:, 0], values[:, 1] * (end - start), values[:, 3] > 0)
        values[:, 1] = np.tanh(values[:, 1] / 2)
        values[:, 2] = np.tanh(values[:, 2])
        start, end = (
            np.append(start, end[-1]),
            np.append(end, 2 * end[-1] - start[-1]),
        )  # the last picture stays a while
        values = np.append(values, values[-1:] * np.array([1, 0, 0, 1], np.float32), axis=0)
        edges = np.arange(cells + 1) / float(LATENT_RATE)
        mean = averaged(start, end, values, edges)
        mean[:, 2] = np.convolve(mean[:, 2], (0.25, 0.5, 0.25))[1:-1]
        mean[:, 3] = mean[:, 3] > 0.5
        return np.where(mean[:, 3:] > 0, mean, np.float32(0)).astype(np.float32)

    def mouths(self, duration: Fraction) -> Greys | None:
        """(L, 24, 32) uint8, what is seen in the middle of each 25th of a second; 0 without a face.

        None when no face was seen at all.
        """
        cells = latent_count(duration)
        self._show(cells)
        if not any(mouth is not None for mouth in self._shown[:cells]):
            return None
        nothing = np.zeros((MOUTH_LINES, MOUTH_COLUMNS), np.uint8)
        return np.stack([nothing if mouth is None else mouth for mouth in self._shown[:cells]])

    def _show(self, cells: int) -> None:
        """Keeps the current mouth for every cell before ``cells`` that has none yet."""
        self._shown += [self._now] * (cells - len(self._shown))

    def _look(self, time: float, image: Image | Grey) -> None:
        """Finds the face again when it is time to."""
        every = _SEARCH_EVERY_S if self._face is None else _FOLLOW_EVERY_S
        if time - self._searched < every:
            return
        self._searched = time
        found = self._detect(image)
        if found is not None:
            moved = None if self._face is None else float(np.abs(found - self._face).max())
            fresh = self._face is None or moved is None or moved > 0.25 * self._face[2]
            self._face = found if fresh or self._face is None else 0.7 * self._face + 0.3 * found
            self._found = time
            if fresh:
                self._mouth = None
        elif self._face is not None and time - self._found > _LOST_AFTER_S:
            self._face = None

    def _detect(self, image: Image | Grey) -> Floats | None:
        """Largest face as (x, y, width) in picture heights, sought around the last one if there is one."""
        height, width = image.shape[:2]
        left, top, right, bottom = 0, 0, width, height
        if self._face is not None:
            x, y, size = self._face * height
            left, right = (int(np.clip(x + side * 0.85 * size, 0, width)) for side in (-1, 1))
            top, bottom = (int(np.clip(y + side * 0.85 * size, 0, height)) for side in (-1, 1))
            smallest = 0.7 * self._face[2] * _SEARCH_LINES
        else:
            smallest = _SMALLEST
        scale = _SEARCH_LINES / height
        part = image[top:bottom, left:right]
        if min(part.shape[:2]) * scale < _SMALLEST:
            return None
        grey = part if part.ndim == 2 else cv2.cvtColor(part, cv2.COLOR_RGB2GRAY)
        grey = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        if int(grey.max()) - int(grey.min()) < 30:
            return None
        size_limit = max(int(smallest), _SMALLEST)
        faces = self._cascade.detectMultiScale(grey, scaleFactor=1.2, minNeighbors=4, minSize=(size_limit, size_limit))
        if not len(faces):
            return None
        x, y, w, h = max(faces, key=lambda face: face[2])
        return np.divide([(x + w / 2) / scale + left, (y + h / 2) / scale + top, w / scale], height)

    def _compare(self, before: Grey, now: Grey, seconds: float) -> tuple[float, float, float]:
        """Darkness of the mouth, opening speed and activity (mouth heights per second) between two mouth pictures."""
        flow = self._dis.calc(before, now, None) * np.float32(1 / _MOUTH[1] / max(seconds, 1e-3))
        across, down = (plane[6:30, 10:38] - np.float32(median(plane)) for plane in cv2.split(flow))  # of 36 × 48
        opening = float(down[12:].mean() - down[:12].mean())
        activity = float(np.sqrt(across**2 + down**2).mean())
        return _darkness(now), opening, float(np.hypot(activity, _ACTIVITY_FLOOR)) - _ACTIVITY_FLOOR


def openness(darkness: Floats32, parted: Floats, present: Flags) -> Floats32:
    """0 closed .. 1 wide open, from darkness (0..1) against the face's own closed mouth and from how the lips parted.

    ``parted``: opening of each interval (mouth heights); it leaks away within half a second or so.
    """
    out = np.zeros_like(darkness)
    if not present.any():
        return out
    rest, spread = np.percentile(darkness[present], [20, 90])
    dark = np.clip((darkness - rest) / max(spread - rest, 0.05), 0, 1.5) / 1.5
    level = 0.0
    for index in np.flatnonzero(present):
        level = max(0.92 * level + float(parted[index]), 0.0)
        out[index] = 0.6 * dark[index] + 0.4 * np.tanh(4 * level)
    return out


def _mouth_of(image: Image | Grey, face: Floats) -> Grey | None:
    """The mouth region of a face box, grey, 48 × 36, cut with sub-pixel precision."""
    cut = _cut(image, face, 0.29, (0.26, 0.195), _MOUTH)
    if cut is None:
        return None
    mouth: FromOpenCV = cv2.GaussianBlur(cut, (3, 3), 0)
    return mouth


def _lower_face(image: Image | Grey, face: Floats) -> Grey | None:
    """Nose to chin of a face box, grey, 32 × 24; cut twice as large first, so that nothing between is missed."""
    cut = _cut(image, face, 0.295, (0.32, 0.24), (2 * MOUTH_COLUMNS, 2 * MOUTH_LINES))
    if cut is None:
        return None
    lower: FromOpenCV = cv2.resize(cut, (MOUTH_COLUMNS, MOUTH_LINES), interpolation=cv2.INTER_AREA)
    return lower


def _cut(
    image: Image | Grey, face: Floats, below: float, half: tuple[float, float], out: tuple[int, int]
) -> Grey | None:
    """A rectangle ``below`` the face's centre, ``half`` as wide and high (all in face widths), resampled to ``out``."""
    height, width = image.shape[:2]
    x, y, size = face * height
    centre_y, half_width, half_height = y + below * size, half[0] * size, half[1] * size
    if half_height < 4 or centre_y + half_height / 2 > height or not 0 < x < width:
        return None
    scale_x, scale_y = 2 * half_width / out[0], 2 * half_height / out[1]
    matrix = np.array([[scale_x, 0, x - half_width], [0, scale_y, centre_y - half_height]])
    left, top = max(int(x - half_width) - 2, 0), max(int(centre_y - half_height) - 2, 0)
    part = image[top : int(centre_y + half_height) + 3, left : int(x + half_width) + 3]
    grey = part if part.ndim == 2 else cv2.cvtColor(np.ascontiguousarray(part), cv2.COLOR_RGB2GRAY)
    matrix[:, 2] -= (left, top)
    region: FromOpenCV = cv2.warpAffine(
        grey, matrix, out, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE
    )
    return region


def _darkness(mouth: Grey) -> float:
    """Share of the mouth that is much darker than the skin around it."""
    skin = median(mouth)
    return float((mouth[8:30, 12:36] < 0.62 * skin).mean())
