"""What moves, when, and where it stops: 32 numbers at 25 per second that tell the sound model when to strike.

    frames ─► MotionMeter.feed ─► motion of each pair of frames, at the media's own rate ─► on_grid ─► (S, 32)

A frame is taken to show the scene at its time stamp, so motion between two frames fills the interval between them
and a change of motion happens at the frame where two intervals meet. Everything is measured at the media's own
rate, in picture heights per second, and only then laid on the 25-per-second grid: 24 → 25 never invents stillness.

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
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray
from talkies.core.conditioning.motion import MotionMap
from talkies.core.times import LATENT_RATE, latent_count

SYNC_DIM = 32
"""Columns of the sync features."""

REGIONS = 6
_FLOWING = 23  # columns that last for the interval between two frames
_STRUCK = 9  # columns that belong to the instant of a frame
_ROW = 2 + _FLOWING + _STRUCK

_MOTION_SCALE, _VELOCITY_SCALE, _LOCAL_SCALE = 60.0, 60.0, 8.0  # 1 / (picture heights per second)
_DECELERATION_SCALE, _IMPACT_SCALE = 60.0, 8.0  # 1 / (picture heights per second, lost in one event)
_RESIDUAL_SCALE, _AREA_SCALE, _CAMERA_SCALE = 60.0, 20.0, 4.0

Array = NDArray[np.float32]


@dataclass
class SyncRecorder:
    """Keeps one row per pair of frames (136 bytes) and lays them on the grid at the end."""

    rows: array[float]
    previous: MotionMap | None = None

    @classmethod
    def start(cls) -> SyncRecorder:
        return cls(array("f"))

    def add(self, motion: MotionMap, struck: tuple[Array, float]) -> None:
        """``motion`` fills its interval; ``struck`` (deceleration per region, strongest local) is at its start."""
        deceleration, impact = struck
        self.rows.extend((motion.start, motion.end))
        self.rows.extend(motion.regions.ravel())
        self.rows.extend((motion.local_peak, motion.total, motion.camera_speed, motion.horizontal, motion.area))
        self.rows.extend(deceleration)
        self.rows.extend((impact, motion.flash, motion.cut))

    def on_grid(self, duration: Fraction) -> Array:
        """(S, 32) float32 with S = ceil(25 × duration)."""
        cells = latent_count(duration)
        rows = np.frombuffer(self.rows, dtype=np.float32).reshape(-1, _ROW)
        return on_grid(rows, cells) if len(rows) else np.zeros((cells, SYNC_DIM), np.float32)


def on_grid(rows: Array, cells: int) -> Array:
    """Rows at the media's rate (start, end, 23 flowing, 9 struck columns) → (cells, 32), compressed."""
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
    instant = np.clip((end * float(LATENT_RATE) + 1e-4).astype(np.int64), 0, cells - 1)
    flash, cut = struck[:, 7], struck[:, 8]
    np.add.at(out[:, 26], instant, np.tanh(flash))
    np.maximum.at(out[:, 28], instant, cut)
    times, strengths = impacts(start, struck[:, 6])
    _place(out[:, 30], times, compressed(strengths, _IMPACT_SCALE))
    return out


def averaged(start: NDArray[Any], end: NDArray[Any], values: Array, edges: NDArray[Any]) -> Array:
    """Mean over each cell between ``edges`` of columns that are constant over ``[start, end)`` and 0 elsewhere."""
    return spread(start, end, values * (end - start)[:, None], edges) / np.diff(edges)[:, None].astype(np.float32)


def spread(start: NDArray[Any], end: NDArray[Any], mass: NDArray[Any], edges: NDArray[Any]) -> Array:
    """How much of each column's ``mass``, spread evenly over consecutive ``[start, end)``, falls into each cell."""
    times = np.append(start, end[-1])
    out = np.empty((len(edges) - 1, mass.shape[1]), np.float32)
    for column in range(mass.shape[1]):
        total = np.concatenate([[0.0], np.cumsum(mass[:, column], dtype=np.float64)])
        out[:, column] = np.diff(np.interp(edges, times, total))
    return np.where(np.abs(out) < 1e-7, np.float32(0), out)


def impacts(times: NDArray[Any], strength: Array) -> tuple[NDArray[Any], Array]:
    """Peaks of the deceleration series: times (s) between the frames, and how far they stand out.

    A stop between two frames shares its deceleration between them as its time divides the interval, so the centre of
    gravity of the peak and its neighbours, above their background, is the event's own time.
    """
    if len(times) < 3:
        return np.zeros(0), np.zeros(0, np.float32)
    padded = np.pad(strength.astype(np.float64), 4)
    around = np.lib.stride_tricks.sliding_window_view(padded, 9)  # four frames either side
    background = np.median(around, axis=1)
    above = np.maximum(strength - background, 0)
    near = np.lib.stride_tricks.sliding_window_view(np.pad(above, 2), 5)
    peak = np.flatnonzero((above > 0.01) & (above >= near.max(axis=1)) & (above >= 0.4 * around.max(axis=1)))
    peak = peak[np.diff(peak, prepend=-9) > 1]  # of two equal neighbours the first
    inner = peak[(peak > 0) & (peak < len(times) - 1)]
    sides = np.stack([above[inner - 1], above[inner], above[inner + 1]])
    sides[0] = np.where(sides[0] < sides[2], 0, sides[0])  # only the larger neighbour shares in the event
    sides[2] = np.where(sides[2] < sides[0], 0, sides[2])
    where = np.stack([times[inner - 1], times[inner], times[inner + 1]])
    return (sides * where).sum(0) / sides.sum(0), sides.sum(0).astype(np.float32)


def compressed(values: NDArray[Any], scale: float) -> Array:
    """Odd, zero at zero, about 1 for strong values: asinh(scale × value) / 3."""
    return (np.arcsinh(np.asarray(values, np.float32) * scale) / 3).astype(np.float32)


def _place(column: Array, times: NDArray[Any], heights: Array) -> None:
    """Lays peaks on the grid: full height in the nearest cell, less in the next nearest (how near says when)."""
    position = times * float(LATENT_RATE) - 0.5  # in cells, whole numbers are their centres
    left = np.floor(position).astype(np.int64)
    share = position - left
    for cell, weight in ((left, 1 - share), (left + 1, share)):
        inside = (cell >= 0) & (cell < len(column))
        height = heights * np.minimum(weight / np.maximum(weight, 1 - weight), 1)
        np.maximum.at(column, cell[inside], height[inside].astype(np.float32))
