"""Sync features: what moves, when, and where it stops, as 32 numbers at 25 per second.

    frames ─► MotionMeter.feed ─► motion of each pair of frames, at the media's own rate ─► on_grid ─► (S, 32)

A frame is taken to show the scene at its time stamp, so motion between two frames fills the interval between them
and a change of motion happens at the frame where two intervals meet. Everything is measured at the media's own
rate, in picture heights per second, and only then placed on the 25-per-second grid: 24 → 25 never invents stillness.

Columns, S cells of 1/25 s (cell k covers [k/25, (k+1)/25) s), regions in 2 rows × 3 columns, row by row:

    4r+0  motion of region r: mean speed of what moves, camera motion taken out
    4r+1  change in region r that no motion explains (appearing, deforming, splashing; also dust)
    4r+2  signed vertical velocity of the moving mass, down is positive
    4r+3  deceleration along the way things moved: a stop, a blow (a bounce counts twice)
    24    strongest local motion          28  cut: 1 in the cell where the new shot begins
    25    motion of the whole picture     29  signed horizontal velocity of the moving mass, right is positive
    26    signed jump of brightness       30  impact: peaks of local deceleration, placed between frames
    27    speed of the camera             31  share of the picture that moves

All are compressed to about 0..1 (±1 where signed) and are exactly 0 while nothing moves.
"""

from __future__ import annotations

from array import array
from fractions import Fraction

import numpy as np

from talkies.core.arrays import AnyFloats, Floats, Floats32
from talkies.core.conditioning.picture.motion import Blow, MotionMap, blow
from talkies.core.times import LATENT_RATE, latent_count

SYNC_DIM = 32
"""Columns of the sync features."""
CUT = 28
"""The one that says where a new shot begins."""

REGIONS = 6
_FLOWING = 23  # columns that last for the interval between two frames
_STRUCK = 10  # columns that belong to the instant of a frame
_ROW = 2 + _FLOWING + _STRUCK

_MOTION_SCALE, _VELOCITY_SCALE, _LOCAL_SCALE = 200.0, 200.0, 25.0  # 1 / (picture heights per second)
_DECELERATION_SCALE, _IMPACT_SCALE = 200.0, 25.0  # 1 / (picture heights per second, lost in one event)
_RESIDUAL_SCALE, _AREA_SCALE, _CAMERA_SCALE = 200.0, 40.0, 10.0


class SyncRecorder:
    """Keeps one row per pair of frames (144 bytes) and lays them on the grid at the end."""

    def __init__(self) -> None:
        self._rows = array("f")
        self._motion: MotionMap | None = None
        self._strongest: tuple[int, int] | None = None

    def add(self, motion: MotionMap) -> None:
        """The next motion; what struck at its first frame goes into the same row."""
        now = blow(self._motion, motion)
        self._motion = motion
        self._follow(now)
        self._rows.extend((motion.start, motion.end))
        self._rows.extend(motion.regions.ravel())
        self._rows.extend((motion.local_peak, motion.total, motion.camera_speed, motion.horizontal, motion.area))
        self._rows.extend(np.zeros(REGIONS) if now is None else now.regions)
        self._rows.extend((0.0 if now is None else float(now.lost.max()), motion.flash, motion.cut, 0.0))

    def _follow(self, now: Blow | None) -> None:
        """Writes into the previous row how much went on changing at the place where most speed was lost.

        A bounce inside an interval shows first as slower motion, then as faster motion the other way: the second
        half loses no speed, but says where between the frames the blow fell.
        """
        if self._strongest is not None and now is not None:
            row, column = self._strongest
            near = now.changed[max(row - 1, 0) : row + 2, max(column - 1, 0) : column + 2]
            self._rows[-1] = float(near.max())
        self._strongest = None
        if now is not None and now.lost.any():
            self._strongest = divmod(int(now.lost.argmax()), now.lost.shape[1])

    def on_grid(self, duration: Fraction) -> Floats32:
        """(S, 32) float32 with S = ceil(25 × duration)."""
        cells = latent_count(duration)
        rows = np.frombuffer(self._rows, dtype=np.float32).reshape(-1, _ROW)
        return on_grid(rows, cells) if len(rows) else np.zeros((cells, SYNC_DIM), np.float32)


def on_grid(rows: Floats32, cells: int) -> Floats32:
    """Rows at the media's rate (start, end, 23 flowing, 10 struck columns) → (cells, 32), compressed."""
    start, end = rows[:, 0].astype(np.float64), rows[:, 1].astype(np.float64)
    flowing, struck = rows[:, 2 : 2 + _FLOWING], rows[:, 2 + _FLOWING :]
    edges = np.arange(cells + 1) / float(LATENT_RATE)
    mean = averaged(start, end, flowing, edges)
    half = (end - start) / 2
    before = np.concatenate([half[:1], half[:-1]])
    mass = spread(start - before, start + half, struck[:, :REGIONS], edges)

    out = np.zeros((cells, SYNC_DIM), np.float32)
    regions = mean[:, : 3 * REGIONS].reshape(cells, 3, REGIONS)
    out[:, 0 : 4 * REGIONS : 4] = compressed(regions[:, 0], _MOTION_SCALE)
    out[:, 1 : 4 * REGIONS : 4] = compressed(regions[:, 1], _RESIDUAL_SCALE)
    out[:, 2 : 4 * REGIONS : 4] = compressed(regions[:, 2], _VELOCITY_SCALE)
    out[:, 3 : 4 * REGIONS : 4] = compressed(mass, _DECELERATION_SCALE)
    local, total, camera, horizontal, area = mean[:, 3 * REGIONS :].T
    out[:, 24], out[:, 25] = compressed(local, _LOCAL_SCALE), compressed(total, _MOTION_SCALE)
    out[:, 27], out[:, 29] = compressed(camera, _CAMERA_SCALE), compressed(horizontal, _VELOCITY_SCALE)
    out[:, 31] = compressed(area, _AREA_SCALE)
    instant = np.clip((end * float(LATENT_RATE) + 0.01).astype(np.int64), 0, cells - 1)
    flash, cut = struck[:, 7], struck[:, 8]
    np.add.at(out[:, 26], instant, np.tanh(flash))
    np.maximum.at(out[:, CUT], instant, cut)
    times, strengths = impacts(start, struck[:, 6], struck[:, 9])
    _place(out[:, 30], times, compressed(strengths, _IMPACT_SCALE))
    return out


def averaged(start: AnyFloats, end: AnyFloats, values: AnyFloats, edges: Floats) -> Floats32:
    """Mean over each cell between ``edges`` of columns that are constant over ``[start, end)`` and 0 elsewhere."""
    lengths: Floats32 = np.diff(edges).astype(np.float32)
    return spread(start, end, values * (end - start)[:, None], edges) / lengths[:, None]


def spread(start: AnyFloats, end: AnyFloats, mass: AnyFloats, edges: Floats) -> Floats32:
    """How much of each column's ``mass``, spread evenly over consecutive ``[start, end)``, falls into each cell."""
    times = np.append(start, end[-1])
    out = np.empty((len(edges) - 1, mass.shape[1]), np.float32)
    for column in range(mass.shape[1]):
        total = np.concatenate([[0.0], np.cumsum(mass[:, column], dtype=np.float64)])
        out[:, column] = np.diff(np.interp(edges, times, total))
    return np.where(np.abs(out) < 1e-7, np.float32(0), out)


def impacts(times: Floats, lost: Floats32, after: Floats32) -> tuple[Floats, Floats32]:
    """Peaks of the series ``lost`` (speed lost at each frame): times (s), between the frames, and strengths.

    A stop or bounce between two frames shares its change of velocity between them as its time divides the interval:
    the centre of gravity of both shares is the event's own time. ``after`` is the second share if this frame's is
    the first.
    """
    if len(times) < 3:
        return np.zeros(0), np.zeros(0, np.float32)
    around = np.lib.stride_tricks.sliding_window_view(np.pad(lost.astype(np.float64), 4), 9)
    background = np.median(around, axis=1)
    above = np.maximum(lost - background, 0)
    near = np.lib.stride_tricks.sliding_window_view(np.pad(above, 2), 5)
    peaks = np.flatnonzero((above > 0.01) & (above >= near.max(axis=1)) & (above >= 0.4 * around.max(axis=1)))
    peaks = peaks[np.diff(peaks, prepend=-9) > 1]  # of two equal neighbours the first
    peaks = peaks[(peaks > 0) & (peaks < len(times) - 1)]
    first, second = above[peaks - 1], np.maximum(after[peaks] - background[peaks], 0)
    first = np.where(first < second, 0, first)  # only the larger neighbour shares in the event
    second = np.where(second <= first, 0, np.minimum(second, above[peaks] * 3))
    total = first + above[peaks] + second
    where = first * times[peaks - 1] + above[peaks] * times[peaks] + second * times[peaks + 1]
    return where / total, total.astype(np.float32)


def compressed(values: AnyFloats, scale: float) -> Floats32:
    """Odd, zero at zero, about 1 for strong values: asinh(scale × value) / 4."""
    return np.asarray(np.arcsinh(np.asarray(values, np.float32) * scale) / 4, np.float32)


def _place(column: Floats32, times: Floats, heights: Floats32) -> None:
    """Lays peaks on the grid: full height in the nearest cell, less in the next nearest (how near says when)."""
    position = times * float(LATENT_RATE) - 0.5  # in cells, whole numbers are their centres
    left = np.floor(position).astype(np.int64)
    share = position - left
    for cell, weight in ((left, 1 - share), (left + 1, share)):
        inside = (cell >= 0) & (cell < len(column))
        height = heights * np.minimum(weight / np.maximum(weight, 1 - weight), 1)
        np.maximum.at(column, cell[inside], height[inside].astype(np.float32))
