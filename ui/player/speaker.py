"""Audio output through QtMultimedia, loaded only when something is first played.

Where its libraries or a device are missing, :func:`open_speaker` says so in one sentence and the panel plays on without
sound.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QTimer

from talkies.core.arrays import Samples
from talkies.core.errors import MissingExtraError
from talkies.core.takes.levels import SAMPLE_RATE

if TYPE_CHECKING:
    from PySide6.QtCore import QIODevice
    from PySide6.QtMultimedia import QAudioSink

_BYTES = 4  # a stereo sample of 16 bit
_BUFFER_SAMPLES = SAMPLE_RATE // 6
_REFILL_MS = 25

Source = Callable[[int], Samples]
"""Gives the next (2, n) samples to be heard."""


class Speaker(QObject):
    """Keeps the sound device filled from ``source`` between :meth:`start` and :meth:`stop`."""

    def __init__(self, sink: QAudioSink, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sink = sink
        self._sink.setBufferSize(_BUFFER_SAMPLES * _BYTES)
        self._source: Source | None = None
        self._device: QIODevice | None = None
        self._written = 0
        self._timer = QTimer(self)
        self._timer.setInterval(_REFILL_MS)
        self._timer.timeout.connect(self._refill)

    def start(self, source: Source) -> None:
        self.stop()
        self._source, self._written = source, 0
        self._device = self._sink.start()
        self._refill()
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()
        self._sink.stop()
        self._source = self._device = None

    @property
    def played_samples(self) -> int:
        """How many samples since :meth:`start` have left the buffer."""
        waiting = max(self._sink.bufferSize() - self._sink.bytesFree(), 0) // _BYTES
        return max(self._written - waiting, 0)

    def _refill(self) -> None:
        if self._source is None or self._device is None:
            return
        count = self._sink.bytesFree() // _BYTES
        if count > 0:
            samples = np.clip(self._source(count).T, -1.0, 1.0) * 32767
            accepted = self._device.write(samples.astype("<i2").tobytes())
            self._written += max(int(accepted), 0) // _BYTES


def open_speaker(parent: QObject | None = None) -> Speaker:
    """The default sound device. Raises MissingExtraError, whose cure says what to install."""
    try:
        from PySide6.QtMultimedia import QAudioFormat, QAudioSink, QMediaDevices
    except ImportError as error:
        library = str(error).partition(":")[0].strip()
        cure = f"install the library {library} (Debian, Ubuntu: sudo apt install libpulse0 libegl1)"
        raise MissingExtraError("sound", "cannot be played: Qt's multimedia library does not load", cure) from error
    device = QMediaDevices.defaultAudioOutput()
    if device.isNull():
        cure = "connect headphones or speakers, or start the system's sound service (PipeWire or PulseAudio)"
        raise MissingExtraError("sound", "cannot be played: this system shows no sound device", cure)
    wanted = QAudioFormat()
    wanted.setSampleRate(SAMPLE_RATE)
    wanted.setChannelCount(2)
    wanted.setSampleFormat(QAudioFormat.SampleFormat.Int16)
    return Speaker(QAudioSink(device, wanted), parent)
