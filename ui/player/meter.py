"""Level meter: sample peaks of what is played, and its short-term loudness (ITU-R BS.1770, the last three seconds)."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any, Final

import numpy as np
from PySide6.QtCore import QObject, Signal

from talkies.core.arrays import Samples
from talkies.core.takes.levels import SAMPLE_RATE
from talkies.ui.background import beside

SILENT_DB: Final = -120.0
"""dBFS and LUFS of silence."""

_FALL_DB_PER_S: Final = 24.0
_STEP: Final = SAMPLE_RATE // 10  # samples of one measured step
_STEPS: Final = 30  # of three seconds
_OFFSET_LUFS: Final = -0.691  # of a mean square of 1 (BS.1770-4)

Weighting = Callable[[Samples], Samples]


class LevelMeter(QObject):
    """Fed with blocks (2, n) as they are played. ``peaks``: left and right in dBFS, falling slowly. ``highest``: since
    it was last reset. ``short_term``: LUFS, None until it can be said."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.peaks = (SILENT_DB, SILENT_DB)
        self.highest = SILENT_DB
        self.short_term: float | None = None
        self._weighting: Weighting | None = None
        self._asked = False
        self._steps: deque[float] = deque(maxlen=_STEPS)  # mean squares of both channels together
        self._rest: Samples = np.zeros((2, 0), np.float32)

    def reset(self) -> None:
        """Forgets what was played."""
        self.peaks, self.highest, self.short_term = (SILENT_DB, SILENT_DB), SILENT_DB, None
        self._steps.clear()
        self._rest = self._rest[:, :0]
        self.changed.emit()

    def fall_silent(self) -> None:
        """It plays no longer; the highest peak and the loudness stay to be read."""
        self.peaks = (SILENT_DB, SILENT_DB)
        self.changed.emit()

    def add(self, block: Samples) -> None:
        """What is heard next."""
        if not block.shape[1]:
            return
        fallen = _FALL_DB_PER_S * block.shape[1] / SAMPLE_RATE
        now = [decibels(float(level)) for level in np.abs(block).max(axis=1)]
        self.peaks = (max(now[0], self.peaks[0] - fallen), max(now[1], self.peaks[1] - fallen))
        self.highest = max(self.highest, *now)
        self._add_loudness(block)
        self.changed.emit()

    def prepare(self) -> None:
        """Loads the filter beside, before anything is played; without it there is no loudness."""
        if not self._asked:
            self._asked = True
            beside(self, load_weighting, self.use, lambda _: None)

    def use(self, weighting: Weighting) -> None:
        """The filter of BS.1770, as :func:`load_weighting` makes it."""
        self._weighting = weighting

    def _add_loudness(self, block: Samples) -> None:
        if self._weighting is None:
            return
        sound = np.concatenate([self._rest, self._weighting(block)], axis=1)
        count = sound.shape[1] // _STEP
        for step in range(count):
            part = sound[:, step * _STEP : (step + 1) * _STEP]
            self._steps.append(float(np.square(part).mean(axis=1).sum()))
        self._rest = sound[:, count * _STEP :]
        if self._steps:
            power = sum(self._steps) / len(self._steps)
            self.short_term = _OFFSET_LUFS + 10 * math.log10(power) if power > 1e-12 else SILENT_DB


def load_weighting() -> Weighting:
    """The filter, which goes on from block to block; scipy is first imported here, far from the window's thread."""
    from scipy.signal import sosfilt

    from talkies.core.media.loudness import k_weighting

    sections = k_weighting(SAMPLE_RATE)
    return partial(_weighted, sosfilt, sections, {"state": np.zeros((len(sections), 2, 2))})


def _weighted(sosfilt: Any, sections: Any, kept: dict[str, Any], block: Samples) -> Samples:
    weighted, kept["state"] = sosfilt(sections, block.astype(np.float64), axis=1, zi=kept["state"])
    return np.asarray(weighted, np.float32)


def decibels(level: float) -> float:
    """Of a factor; no less than silence."""
    return max(20 * math.log10(level), SILENT_DB) if level > 0 else SILENT_DB
