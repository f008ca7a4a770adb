"""Waveform peaks: for each short stretch of sound its peak and its effective level, at every zoom.

Heights are the square root of the amplitude: -20 dBFS is a third of the height, -40 dBFS a tenth, so that quiet
speech is seen beside a shot.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Heights = NDArray[np.uint8]

PER_SECOND = 200
"""Stretches per second at the closest level."""

_SAMPLE_RATE = 24_000
_BUCKET = _SAMPLE_RATE // PER_SECOND
_FOLD = 4  # stretches of one level that make one of the next


@dataclass(frozen=True)
class Peaks:
    """``levels[k]``: (2, N_k) uint8, peak and effective height (255 = full scale), ``PER_SECOND / 4^k`` a second."""

    levels: tuple[Heights, ...]

    @classmethod
    def of(cls, finest: Heights) -> Peaks:
        levels = [finest]
        while levels[-1].shape[1] > 64:
            levels.append(_folded(levels[-1]))
        return cls(tuple(levels))

    @property
    def seconds(self) -> float:
        return int(self.levels[0].shape[1]) / PER_SECOND

    def columns(self, start: float, step: float, count: int) -> Heights:
        """(2, count) heights of ``count`` pixel columns of ``step`` seconds from ``start`` on; 0 outside the file.

        A negative step reads backwards.
        """
        level = 0
        while level + 1 < len(self.levels) and abs(step) * PER_SECOND / _FOLD**level > _FOLD:
            level += 1
        heights, pace = self.levels[level], PER_SECOND / _FOLD**level
        borders = (start + step * np.arange(count + 1)) * pace
        lows = np.floor(np.minimum(borders[:-1], borders[1:])).astype(np.int64)
        reach = max(int(np.ceil(abs(step) * pace)), 1)  # at most _FOLD, but for files of hours seen as a whole
        found = np.zeros((2, count), np.uint8)
        for extra in range(reach):
            at = lows + extra
            inside = (at >= 0) & (at < heights.shape[1])
            found[:, inside] = np.maximum(found[:, inside], heights[:, at[inside]])
        return found

    def to_bytes(self) -> bytes:
        return self.levels[0].tobytes()

    @classmethod
    def from_bytes(cls, data: bytes) -> Peaks:
        return cls.of(np.frombuffer(data, np.uint8).reshape(2, -1))


def read_peaks(path: Path, wanted: Callable[[], bool] = lambda: True) -> Peaks | None:
    """The waveform of a sound file or of a movie's sound; None when it is no longer ``wanted``. Raises MediaError."""
    from talkies.core.media.sound import sound_blocks

    parts: list[Heights] = []
    rest = np.zeros(0, np.float32)
    for block in sound_blocks(path, _SAMPLE_RATE):
        if not wanted():
            return None
        samples = np.concatenate([rest, block[0]])
        whole = len(samples) // _BUCKET * _BUCKET
        parts.append(_heights(samples[:whole]))
        rest = samples[whole:]
    if len(rest):
        parts.append(_heights(np.pad(rest, (0, _BUCKET - len(rest)))))
    return Peaks.of(np.concatenate(parts, axis=1) if parts else np.zeros((2, 0), np.uint8))


def _heights(samples: NDArray[np.float32]) -> Heights:
    """(2, n) of (n · _BUCKET,) samples."""
    stretches = np.nan_to_num(samples.reshape(-1, _BUCKET))
    peak = np.abs(stretches).max(axis=1, initial=0)
    effective = np.sqrt(np.square(stretches).mean(axis=1)) if len(stretches) else peak
    heights: Heights = (np.sqrt(np.clip(np.stack([peak, effective]), 0, 1)) * 255 + 0.5).astype(np.uint8)
    return heights


def _folded(heights: Heights) -> Heights:
    """The next coarser level."""
    missing = -heights.shape[1] % _FOLD
    folded: Heights = np.pad(heights, ((0, 0), (0, missing))).reshape(2, -1, _FOLD).max(axis=2)
    return folded
