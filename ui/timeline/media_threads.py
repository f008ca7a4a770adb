"""Media threads behind the timeline: one list of requests, replaced as a whole, worked on from its front."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QImage, QImageWriter

from talkies.core.errors import TalkiesError
from talkies.core.media.stills import StillReader
from talkies.ui.timeline.cache import DiskCache, media_key
from talkies.ui.timeline.cache_keys import Key, PeaksKey, StillKey
from talkies.ui.timeline.peaks import PER_SECOND, Peaks, read_peaks

_JPEG_QUALITY = 85


class Worker:
    """One thread that makes what is requested; ``done(key, thing or None, problem)`` is called in that thread."""

    def __init__(self, maker: Maker, done: Callable[[Any, Any, str], None]) -> None:
        self._maker, self._done = maker, done
        self._requests: list[Key] = []
        self._current: Key | None = None
        self._given_up = False
        self._changed = threading.Condition()
        self._stopped = False
        self._thread: threading.Thread | None = None

    def request(self, keys: Sequence[Key]) -> None:
        """These, and nothing that was requested before; the thread starts with the first."""
        with self._changed:
            if self._stopped:
                return
            self._requests = [key for key in keys if key != self._current]
            self._given_up = self._current not in keys and bool(keys)
            if keys and self._thread is None:
                self._thread = threading.Thread(target=self._run, name="talkies media", daemon=True)
                self._thread.start()
            self._changed.notify()

    def stop(self) -> None:
        """No further work; waits for what is being made, which stops soon where it can."""
        with self._changed:
            self._stopped, self._requests = True, []
            self._changed.notify()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(5)

    def _run(self) -> None:
        while (key := self._next()) is not None:
            made, problem = None, ""
            try:
                made = self._maker.make(key, self._wanted)
                if made is None:  # given up: nobody looks at it any more
                    continue
            except TalkiesError as error:
                problem = str(error)
            except Exception as error:  # noqa: BLE001 - a broken file may bring a library to raise anything
                problem = f"{key.path}: cannot be shown ({type(error).__name__})"
            with suppress(RuntimeError):  # the window was closed meanwhile
                self._done(key, made, problem)
        self._maker.close()

    def _next(self) -> Key | None:
        with self._changed:
            self._current, self._given_up = None, False
            while not self._requests and not self._stopped:
                self._changed.wait()
            if not self._stopped:
                self._current = self._requests.pop(0)
            return self._current

    def _wanted(self) -> bool:
        """Whether to go on with something long: as long as nothing else is requested in its place."""
        return not (self._stopped or self._given_up)


class Maker:
    """Makes one thing from the disk cache or from its file. For one thread."""

    def __init__(self, cache: DiskCache) -> None:
        self._cache = cache
        self._reader = StillReader()

    def make(self, key: Key, wanted: Callable[[], bool]) -> QImage | Peaks | None:
        """The thumbnail or the waveform; None when it was no longer wanted. Raises MediaError."""
        return self._peaks(key, wanted) if isinstance(key, PeaksKey) else self._still(key)

    def close(self) -> None:
        self._reader.close()

    def _still(self, key: StillKey) -> QImage:
        name = _name(key.path, "still", key.time, key.height)
        data = self._cache.read(name) if name else None
        image = QImage.fromData(data) if data else QImage()
        if image.isNull():
            pixels = self._reader.read(key.picture, key.time, key.height)
            height, width, _ = pixels.shape
            data = pixels.tobytes()
            view = QImage(data, width, height, 3 * width, QImage.Format.Format_RGB888)
            image = view.copy()  # of its own: the view does not keep the bytes
            if name:
                self._cache.write(name, _jpeg(image))
        return image.convertToFormat(QImage.Format.Format_RGB32)  # what the screen takes as it is

    def _peaks(self, key: PeaksKey, wanted: Callable[[], bool]) -> Peaks | None:
        name = _name(key.path, "peaks", PER_SECOND)
        data = self._cache.read(name) if name else None
        if data is not None and len(data) % 2 == 0:
            return Peaks.from_bytes(data)
        peaks = read_peaks(key.path, wanted)
        if peaks is not None and name:
            self._cache.write(name, peaks.to_bytes())
        return peaks


def _name(path: Any, *what: object) -> str:
    """The key in the disk cache; "" for a file that is not there, whose reader will say so."""
    try:
        return media_key(path, *what)
    except OSError:
        return ""


def _jpeg(image: QImage) -> bytes:
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QImageWriter(buffer, QByteArray(b"jpg"))
    writer.setQuality(_JPEG_QUALITY)
    writer.write(image)
    return bytes(data.data())
