"""Picture features in one pass over the frames: sync, appearance and lips for the model.

    frames ─┬─► sync     what moves and strikes      (ceil(25 d), 32)   sync.py, motion.py
            ├─► picture  what it looks like          (ceil(10 d), 192)  this file
            └─► lips     what the largest mouth does (ceil(25 d), 4)    lips.py, and pictures of it to read from

Picture columns, cell k is what is seen at (k + 1/2)/10 s and what moved within [k/10, (k+1)/10) s:

    0–95     brightness of 8 rows × 12 columns, less its mean, over its spread
    96–143   colour: blue and red difference (Cb, Cr) of 4 rows × 6 columns
    144–155  fine texture of 3 rows × 4 columns
    156–179  share that moved of 4 rows × 6 columns
    180–191  the moving thing: place x, y, extent x, y, share of the picture, brightness against the rest, own
             brightness, Cb, Cr, texture, velocity x, y; all 0 when nothing moves
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction

import cv2
import numpy as np

from talkies.core.arrays import Floats32, FromOpenCV, Greys, Image
from talkies.core.conditioning.picture.camera import pixel_grid
from talkies.core.conditioning.picture.lips import LIPS_DIM, LipReader
from talkies.core.conditioning.picture.motion import LINES, MotionMap, MotionMeter
from talkies.core.conditioning.picture.sync import SYNC_DIM, SyncRecorder
from talkies.core.media.picture import Frame
from talkies.core.times import latent_count

__all__ = ["LIPS_DIM", "PICTURE_DIM", "PICTURE_RATE", "SYNC_DIM", "PictureFeatures", "picture_features"]

PICTURE_DIM = 192
"""Columns of the picture features."""

PICTURE_RATE = Fraction(10)
"""Picture features per second."""

_STILL = 156  # columns that one picture gives


@dataclass(frozen=True)
class PictureFeatures:
    """What the model gets to see of ``d`` seconds; float32 but for the mouths."""

    sync: Floats32
    """(ceil(25 d), 32)"""
    picture: Floats32
    """(ceil(10 d), 192)"""
    lips: Floats32
    """(ceil(25 d), 4)"""
    mouths: Greys | None = None
    """(ceil(25 d), 24, 32) uint8, 0 where no face is seen; None when none is seen at all"""

    @classmethod
    def nothing(cls, duration: Fraction) -> PictureFeatures:
        """Features of no picture at all: zeros."""
        cells = latent_count(duration)
        return cls(
            np.zeros((cells, SYNC_DIM), np.float32),
            np.zeros((_picture_cells(duration), PICTURE_DIM), np.float32),
            np.zeros((cells, LIPS_DIM), np.float32),
        )


def picture_features(
    frames: Iterable[Frame], duration: Fraction, *, motion: bool = True, mouth: bool = True
) -> PictureFeatures:
    """All features in one streaming pass; ``duration`` in seconds sets their lengths, whatever the frames cover.

    Effects need no ``mouth``, dialogue no ``motion``: what is not asked for stays zero and takes no time.

    Holds about 50 MB for an hour of picture, 120 MB when it is all of one face. Works on any frame size; 200 lines or
    more let small faces speak.
    """
    meter, sync, lips, looks = MotionMeter(), SyncRecorder(), LipReader(), LookRecorder(duration)
    with _repeatable():
        for frame in frames:
            time = float(frame.time)
            if motion:
                small = small_picture(frame.image)
                looks.see(time, small)
                grey: FromOpenCV = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)
                for moved in meter.feed(time, grey):
                    _record(moved, sync, looks)
            if mouth:
                lips.feed(time, frame.image, cut=meter.cut)
        for moved in meter.finish():
            _record(moved, sync, looks)
    return PictureFeatures(sync.on_grid(duration), looks.on_grid(), lips.on_grid(duration), lips.mouths(duration))


def small_picture(image: Image) -> Image:
    """The picture at 72 lines, its shape kept (within 1:2 .. 3:1), RGB."""
    height, width = image.shape[:2]
    columns = int(np.clip(round(LINES * width / height / 8) * 8, LINES // 2, LINES * 3))
    if height == 2 * LINES and width == 2 * columns:
        halved: FromOpenCV = cv2.resize(image, (columns, LINES), interpolation=cv2.INTER_AREA)
        return halved
    box = max(round(height / LINES), 1), max(round(width / columns), 1)
    # blurred first, linear is as good as area, and faster
    soft: FromOpenCV = cv2.blur(image, box[::-1]) if max(box) > 1 else image
    small: FromOpenCV = cv2.resize(soft, (columns, LINES), interpolation=cv2.INTER_LINEAR)
    return small


def _record(motion: MotionMap, sync: SyncRecorder, looks: LookRecorder) -> None:
    sync.add(motion)
    looks.move(motion)


class LookRecorder:
    """Fills the picture features cell by cell (768 bytes each)."""

    def __init__(self, duration: Fraction) -> None:
        self._out = np.zeros((_picture_cells(duration), PICTURE_DIM), np.float32)
        self._filled = 0
        self._last: Image | None = None
        self._moments = np.zeros((len(self._out), 12), np.float32)
        self._shown: list[tuple[float, Image]] = []

    def see(self, time: float, small: Image) -> None:
        """``small``: (72, W, 3) RGB, seen from ``time`` (s) on."""
        self._fill(int(np.floor(time * float(PICTURE_RATE) + 0.5)))
        self._last = small
        self._shown = [*self._shown[-8:], (time, small)]

    def move(self, motion: MotionMap) -> None:
        """Adds what moved to the cell in which the motion's middle falls."""
        cell = int((motion.start + motion.end) / 2 * float(PICTURE_RATE))
        if not motion.mask.any() or not 0 <= cell < len(self._out):
            return
        seconds = (motion.end - motion.start) * float(PICTURE_RATE)
        self._out[cell, 156:180] += seconds * cv2.resize(motion.mask, (6, 4), interpolation=cv2.INTER_AREA).ravel()
        small = next((image for time, image in reversed(self._shown) if time <= motion.start + 1e-6), None)
        if small is not None and small.shape[:2] == motion.mask.shape:
            self._moments[cell] += seconds * _moments(small, motion)

    def on_grid(self) -> Floats32:
        """(F, 192) float32 with F = ceil(10 × duration)."""
        self._fill(len(self._out))
        self._out[:, 180:] = _moving_thing(self._moments)
        return self._out

    def _fill(self, cells: int) -> None:
        """Writes the current picture into every cell whose middle it covers."""
        cells = min(cells, len(self._out))
        if self._last is not None and cells > self._filled:
            self._out[self._filled : cells, :_STILL] = look(self._last)
        self._filled = max(self._filled, cells)


def look(small: Image) -> Floats32:
    """(156,): brightness, colour and texture of one small RGB picture; 0 for a black or plain grey one."""
    grey, red, blue = cv2.split(cv2.cvtColor(small, cv2.COLOR_RGB2YCrCb))
    luma: Floats32 = cv2.resize(grey, (12, 8), interpolation=cv2.INTER_AREA).astype(np.float32)
    luma -= luma.mean()
    luma /= luma.std() + 12
    colour = np.stack([cv2.resize(plane, (6, 4), interpolation=cv2.INTER_AREA) for plane in (blue, red)])
    colour = (colour.astype(np.float32) - 128) / 40
    fine = cv2.absdiff(grey, cv2.blur(grey, (5, 5)))
    texture = np.tanh(cv2.resize(fine.astype(np.float32), (4, 3), interpolation=cv2.INTER_AREA) / 8)
    return np.concatenate([luma.ravel(), colour.ravel(), texture.ravel()])


def _moments(small: Image, motion: MotionMap) -> Floats32:
    """(12,) sums over the mask, per pixel of the picture: 1, x, y, x², y², Y, Cb, Cr, texture, u, v; and the mean Y."""
    planes = cv2.cvtColor(small, cv2.COLOR_RGB2YCrCb)
    height, width = motion.mask.shape
    moving = np.flatnonzero(motion.mask > 0)
    weight = motion.mask.ravel()[moving]
    columns, rows = pixel_grid(height, width).reshape(-1, 2)[moving].T
    x, y = columns / width - 0.5, rows / height - 0.5
    luma, red, blue = planes.reshape(-1, 3)[moving].T.astype(np.float32)
    fine = cv2.absdiff(planes[..., 0], cv2.blur(planes[..., 0], (5, 5))).ravel()[moving]
    u, v = motion.velocity.reshape(-1, 2)[moving].T
    values = np.stack([np.ones_like(x), x, y, x * x, y * y, luma, blue - 128, red - 128, fine, u, v])
    whole = weight.sum() * planes[::3, ::3, 0].mean()
    return np.asarray(np.append(values @ weight, whole).astype(np.float32) / motion.mask.size, np.float32)


def _moving_thing(moments: Floats32) -> Floats32:
    """(F, 12) from (F, 12) sums of :func:`_moments`."""
    area = moments[:, 0]
    _, x, y, xx, yy, luma, blue, red, fine, u, v, whole = (moments / np.maximum(area, 1e-6)[:, None]).T
    wide, high = (np.sqrt(np.maximum(second - first**2, 0)) for first, second in ((x, xx), (y, yy)))
    share = np.arcsinh(20 * area) / 3
    thing = [
        2 * x, 2 * y, 3 * wide, 3 * high, share, (luma - whole) / 64, (luma - 128) / 64, blue / 40, red / 40,
        np.tanh(fine / 8), np.tanh(u), np.tanh(v),
    ]  # fmt: skip
    seen = np.minimum(area / 2e-4, 1)  # a few pixels: fade in instead of jumping
    return np.asarray(np.clip(np.stack(thing, 1) * seen[:, None], -2.5, 2.5), np.float32)


def _picture_cells(duration: Fraction) -> int:
    return -int(-duration * PICTURE_RATE // 1)


@contextmanager
def _repeatable() -> Iterator[None]:
    """OpenCV on one thread and without IPP.

    Pictures this small gain nothing from more threads, and the decoder wants the other cores; IPP's last bits depend
    on where in memory an array happens to lie, so that the same picture would not give the same numbers twice.
    """
    threads, ipp = cv2.getNumThreads(), cv2.ipp.useIPP()
    cv2.setNumThreads(1)
    cv2.ipp.setUseIPP(False)
    try:
        yield
    finally:
        cv2.setNumThreads(threads)
        cv2.ipp.setUseIPP(ipp)
