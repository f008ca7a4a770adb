"""Sample player: one short sound file from beginning to end, beside the timeline's own transport."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from talkies.core.arrays import Samples
from talkies.core.errors import MissingExtraError
from talkies.core.takes.levels import SAMPLE_RATE
from talkies.ui.background import in_background
from talkies.ui.player.chunks import read_stretch
from talkies.ui.player.speaker import Speaker, open_speaker

_MOST_S = 20


class SamplePlayer(QObject):
    """``failed``: why nothing is heard, one sentence."""

    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._speaker: Speaker | None = None
        self._sound: Samples = np.zeros((2, 0), np.float32)
        self._place = 0

    def play(self, path: Path) -> None:
        """Reads it in the background and plays it; a sample that was playing ends."""
        self.stop()
        read = partial(read_stretch, path, 0, _MOST_S * SAMPLE_RATE)
        in_background(self, read, self._start, self.failed.emit)

    def play_samples(self, sound: Samples) -> None:
        """Plays (2, n) samples; what was playing ends."""
        self.stop()
        self._start(sound)

    def stop(self) -> None:
        if self._speaker is not None:
            self._speaker.stop()

    def _start(self, sound: Samples) -> None:
        try:
            self._speaker = self._speaker or open_speaker(self)
        except MissingExtraError as error:
            self.failed.emit(str(error))
            return
        heard = np.flatnonzero(np.abs(sound).max(axis=0))
        self._sound, self._place = sound[:, : heard[-1] + 1 if len(heard) else 0], 0
        self._speaker.start(self._next)

    def _next(self, count: int) -> Samples:
        part = self._sound[:, self._place : self._place + count]
        self._place += count
        if self._place > self._sound.shape[1] + SAMPLE_RATE and self._speaker is not None:
            QTimer.singleShot(0, self, self.stop)
        return np.pad(part, ((0, 0), (0, count - part.shape[1])))
