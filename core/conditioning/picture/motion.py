"""Motion between two frames, robust to grain, flicker, dust and a moving camera.

Works on a 72-line grey picture: brightness is matched, optical flow (OpenCV DIS) estimated, the camera's share fitted
and taken out. Only what differs by clearly more than the noise counts, so that a still but grainy picture gives 0.
Lengths are in pixels of the small picture inside, in picture heights outside.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import cv2
import numpy as np

from talkies.core.arrays import Floats32, FromOpenCV, Grey
from talkies.core.conditioning.picture.cadence import Cadence
from talkies.core.conditioning.picture.camera import brightness_change, camera_flow, pixel_grid
from talkies.core.conditioning.picture.dissolving import Dissolve, correlation
from talkies.core.conditioning.picture.median import median
from talkies.core.conditioning.picture.scratches import SCRATCH_LEVELS, standing_lines, without_columns

LINES = 72
"""Height of the small picture on which motion is measured."""

BLOCKS = (12, 8)
"""Columns and rows of the blocks in which the strongest local motion is sought."""

_NOISE_FLOOR = 3.0  # grey levels (of 255): coding noise stays below after the blur
_NOISE_FACTOR = 5.0  # times the standard deviation of the difference in the still part
_DUPLICATE_LEVELS = 2  # a picture that nowhere differs by this much is the same picture again
_LONGEST_REPEAT_S = 0.125
_REPEATS = 2  # 12 drawings a second shown at 24, 16 film frames a second shown at 30
_CUT_CORRELATION, _CUT_LEVELS = 0.55, 14.0
_FLAT = 1e3  # squared grey levels over a thumbnail
_FLASH_LEVELS = 16.0  # flicker of old film stays below
_SCRATCHES_LAST_S = 1.0


@dataclass(frozen=True)
class MotionMap:
    """What moved in ``[start, end)`` (seconds); ``regions`` (3, 6): motion, unexplained change, velocity down."""

    start: float
    end: float
    regions: Floats32
    local_peak: float
    total: float
    camera_speed: float
    horizontal: float
    area: float
    flash: float
    cut: float
    mask: Floats32 = field(repr=False)
    """(72, W) 0..1: where something moved, on the earlier picture."""
    velocity: Floats32 = field(repr=False)
    """(72, W, 2) heights per second, x and y, smoothed over the moving parts, 0 where nothing moves."""
    flow: Floats32 = field(repr=False)
    """(72, W, 2) pixels from the earlier picture to the later, camera included."""


@dataclass
class _Seen:
    """``time``: when the camera saw it, ``shown``: when the film showed it (cadence.py), both in s."""

    time: float
    shown: float
    small: Grey
    grey: Grey
    thumb: Floats32
    lines: Floats32

    @classmethod
    def of(cls, time: float, small: Grey) -> _Seen:
        return cls(time, time, small, _blurred(small), _thumb(small), standing_lines(small))

    def without(self, columns: Floats32) -> _Seen:
        small = without_columns(self.small, columns)
        return replace(self, grey=_blurred(small), thumb=_thumb(small))


class MotionMeter:
    """Feed frames in order; each call returns the motions that became certain (none while a picture repeats)."""

    def __init__(self) -> None:
        self._dis: Any = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_ULTRAFAST)
        self._dis.setFinestScale(1)
        self._seen: _Seen | None = None
        self._repeats: list[_Seen] = []
        self._cadence = Cadence()
        self._scratched_until = float("-inf")
        self._dissolve = Dissolve()
        self._held: list[MotionMap] = []
        self.cut = False
        """Whether the last frame fed begins a new shot."""

    def feed(self, time: float, small: Grey) -> list[MotionMap]:
        """``small``: (72, W) grey picture seen from ``time`` (s) on."""
        now = _Seen.of(time, small)
        before = self._seen
        self.cut = False
        self._cadence.frame(time)
        if before is None or before.grey.shape != now.grey.shape:
            self._seen, self._repeats = now, []
            return []
        clean_before, clean = self._unscratched(before, now)
        if _same(clean_before.grey, clean.grey):
            self._repeats.append(now)
            if len(self._repeats) > _REPEATS or time - before.shown > _LONGEST_REPEAT_S:
                self._cadence.pause()
                return self._certain(self._stillness())
            return []
        self._repeats = []
        now.time = clean.time = max(self._cadence.taken(time), before.time + 1e-3)
        self._seen = now
        return self._certain([self._measure(clean_before, clean)])

    def finish(self) -> list[MotionMap]:
        """What is left when the frames end."""
        left, self._held = [*self._held, *(self._stillness() if self._repeats else [])], []
        return left

    def _certain(self, coming: list[MotionMap]) -> list[MotionMap]:
        """Holds back as many motions as might turn out to belong to a dissolve."""
        self._held += coming
        certain, self._held = self._held[: -Dissolve.CERTAIN_AFTER], self._held[-Dissolve.CERTAIN_AFTER :]
        return certain

    def _stillness(self) -> list[MotionMap]:
        """The picture really stands still: its repeats are intervals without motion."""
        assert self._seen is not None
        chain = [self._seen, *self._repeats]
        self._seen, self._repeats = chain[-1], []
        return [_still(a.time, b.time, a.grey.shape) for a, b in pairwise(chain)]

    def _unscratched(self, before: _Seen, now: _Seen) -> tuple[_Seen, _Seen]:
        """Both pictures without their thin lines while these flicker or wander, which would pass for motion."""
        if (np.abs(now.lines - before.lines) > SCRATCH_LEVELS).any():
            self._scratched_until = now.shown + _SCRATCHES_LAST_S
        columns = (before.lines != 0) | (now.lines != 0)
        if now.shown > self._scratched_until or not columns.any():
            return before, now
        return before.without(columns), now.without(columns)

    def _measure(self, before: _Seen, now: _Seen) -> MotionMap:
        seconds = max(now.time - before.time, 0.5 * (self._cadence.period_s or 0.0), 1e-3)
        gain, offset = brightness_change(before.thumb, now.thumb)
        matched: FromOpenCV = cv2.addWeighted(now.grey, 1 / gain, now.grey, 0, -offset / gain)
        jump = float(now.thumb.mean() - before.thumb.mean()) if abs(offset) + abs(gain - 1) > 0.05 else 0.0
        flash = np.sign(jump) * max(abs(jump) - _FLASH_LEVELS, 0) / 48
        flow = self._dis.calc(before.grey, matched, None)
        warped = _followed(matched, flow)
        error: FromOpenCV = cv2.absdiff(before.grey, warped)
        difference: FromOpenCV = cv2.absdiff(before.grey, matched)
        unexplained, changed = cv2.mean(error)[0], cv2.mean(difference)[0]
        if _is_cut(before.thumb, now.thumb, unexplained, changed):
            self.cut, self._dissolve = True, Dissolve()
            return _still(before.time, now.time, before.grey.shape, flash=float(flash), cut=1.0)
        if self._dissolve.goes_on(before.grey, now.grey, 1 - unexplained / max(changed, 0.01)):
            self._held = [_still(m.start, m.end, m.mask.shape, flash=m.flash, cut=m.cut) for m in self._held]
            return _still(before.time, now.time, before.grey.shape, flash=float(flash))
        camera = camera_flow(before.grey, flow)
        if camera is None:
            own, camera_speed = flow, 0.0
        else:
            difference, own = cv2.absdiff(before.grey, _followed(matched, camera)), flow - camera
            middle = (camera[0, 0] + camera[-1, -1]) / 2  # the mean, for it is linear
            camera_speed = float(np.hypot(*middle)) / LINES / seconds
        return _motion(before.time, now.time, seconds, difference, error, own, flow, camera_speed, float(flash))


def _motion(
    start: float,
    end: float,
    seconds: float,
    difference: Grey,
    error: Grey,
    own: Floats32,
    flow: Floats32,
    camera_speed: float,
    flash: float,
) -> MotionMap:
    """Weighs the flow by where the picture changed and by how well the flow explains the change."""
    changed = cv2.blur(difference, (3, 3)).astype(np.float32)
    unexplained = cv2.blur(error, (3, 3)).astype(np.float32)
    sample = difference[::2, ::2]
    threshold = max(_NOISE_FLOOR, _NOISE_FACTOR * 1.4826 * 0.6 * median(sample))
    mask = np.clip(changed / threshold - 1, 0, 1)
    if not mask.any():
        return _still(start, end, mask.shape, flash=flash, camera_speed=camera_speed)
    trust = np.clip(1.25 - unexplained / (changed + 1), 0, 1) * mask
    trust = cv2.dilate(trust, np.ones((3, 3), np.uint8))
    across, down = cv2.split(own * np.float32(1 / LINES / seconds))
    surprise = mask * np.maximum(unexplained - threshold, 0) * np.float32(0.04 / 255 / seconds)
    across_there, down_there = trust * across, trust * down
    planes = cv2.merge([trust * cv2.magnitude(across, down), surprise, down_there, across_there])
    blocks = cv2.resize(planes, BLOCKS, interpolation=cv2.INTER_AREA)
    regions = blocks[..., :3].reshape(2, 4, 3, 4, 3).mean(axis=(1, 3)).reshape(6, 3).T
    weight = np.maximum(cv2.blur(trust, (5, 5)), 0.15)
    velocity: FromOpenCV = cv2.merge([cv2.blur(plane, (5, 5)) / weight for plane in (across_there, down_there)])
    return MotionMap(
        start, end, regions, float(blocks[..., 0].max()), float(blocks[..., 0].mean()), camera_speed,
        float(blocks[..., 3].mean()), float(mask.mean()), flash, 0.0, mask, velocity, flow,
    )  # fmt: skip


@dataclass(frozen=True)
class Blow:
    """What happens at the frame between two motions, in picture heights per second."""

    regions: Floats32
    """(6,) speed lost along the way things moved, averaged over the region."""
    lost: Floats32
    """(8, 12) the same per block."""
    changed: Floats32
    """(8, 12) size of the change of velocity, whatever its direction."""


def blow(before: MotionMap | None, now: MotionMap) -> Blow | None:
    """Compares two motions that meet at a frame; None when nothing moves or a cut lies between.

    Follows each moving point from one motion into the next, so that what merely crosses from region to region, or
    out of a block, loses nothing.
    """
    if before is None or before.cut or now.cut or before.end != now.start:
        return None
    if not (before.mask.any() or now.mask.any()):
        return None
    then_across, then_down = cv2.split(_followed(now.velocity, before.flow, cv2.BORDER_CONSTANT))
    across, down = cv2.split(before.velocity)
    speed = cv2.magnitude(across, down)
    along = (then_across * across + then_down * down) / np.maximum(speed, 1e-4)
    lost = np.maximum(speed - along, 0) * before.mask
    change = cv2.magnitude(then_across - across, then_down - down)
    changed = change * np.maximum(before.mask, now.mask)
    blocks: FromOpenCV = cv2.resize(cv2.merge([lost, changed]), BLOCKS, interpolation=cv2.INTER_AREA)
    return Blow(blocks[..., 0].reshape(2, 4, 3, 4).mean(axis=(1, 3)).ravel(), blocks[..., 0], blocks[..., 1])


def _is_cut(before: Floats32, now: Floats32, unexplained: float, changed: float) -> bool:
    """A new shot: the thumbnails do not correlate, and no motion leads from one to the other.

    ``changed``: mean difference of the pictures in grey levels, ``unexplained``: what flow leaves of it.
    """
    if float(np.abs(now - before).mean()) < _CUT_LEVELS:
        return False
    explained = 1 - unexplained / max(changed, 1.0)
    return correlation(before, now, _FLAT) < _CUT_CORRELATION and explained < 0.5


def _still(
    start: float, end: float, shape: tuple[int, ...], *, flash: float = 0.0, cut: float = 0.0, camera_speed: float = 0.0
) -> MotionMap:
    nothing, nowhere = np.zeros(shape[:2], np.float32), np.zeros((*shape[:2], 2), np.float32)
    regions = np.zeros((3, 6), np.float32)
    return MotionMap(start, end, regions, 0, 0, camera_speed, 0, 0, flash, cut, nothing, nowhere, nowhere)


def _followed(picture: Floats32, flow: Floats32, border: int = cv2.BORDER_REPLICATE) -> Floats32:
    """At each pixel what lies where the flow leads from there."""
    second: Any = None  # OpenCV's types do not know that x and y may come in one map
    places = pixel_grid(*flow.shape[:2]) + flow
    followed: FromOpenCV = cv2.remap(picture, places, second, cv2.INTER_LINEAR, borderMode=border)
    return followed


def _blurred(small: Grey) -> Grey:
    blurred: FromOpenCV = cv2.GaussianBlur(small, (5, 5), 1.1)
    return blurred


def _same(a: Grey, b: Grey) -> bool:
    return int(cv2.blur(cv2.absdiff(a, b), (3, 3)).max()) < _DUPLICATE_LEVELS


def _thumb(grey: Grey) -> Floats32:
    """Every sixth pixel's neighbourhood, as float: enough for brightness and cuts."""
    height, width = grey.shape
    return cv2.resize(grey, (width // 4, height // 4), interpolation=cv2.INTER_AREA).astype(np.float32)
