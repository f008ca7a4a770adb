"""Thumbnails and waveforms for painting: what is ready at once, the rest from two threads and a disk cache.

    paint ── still(...) ──► in memory: shown now
                 └─ not yet: on the request list ──► worker ──► disk cache, else decoded ──► arrived ──► paint again

Each full paint replaces the whole request list, so that what was scrolled away is no longer waited for. What cannot be
read is remembered with its sentence and not tried again.
"""

from __future__ import annotations

import bisect
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Generic, TypeVar

from PySide6.QtCore import QObject, QStandardPaths, QTimer, Signal, Slot
from PySide6.QtGui import QImage, QPixmap

from talkies.ui.timeline.cache import DiskCache
from talkies.ui.timeline.cache_keys import Key, PeaksKey, StillKey
from talkies.ui.timeline.media_threads import Maker, Worker
from talkies.ui.timeline.peaks import Peaks

K = TypeVar("K")
V = TypeVar("V")

_MOST_STILLS = 2500  # in memory: 50 MB at 64 lines
_MOST_PEAKS = 2000
_MOST_PROBLEMS = 20_000
_NEAR = 8  # seconds that a picture may be off while the right one is made
_PAUSE_MS = 40  # requests are passed on so often, so that fast scrolling does not wake the workers at every frame


class Recent(Generic[K, V]):
    """The ``most`` things that were asked for last."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[K, V] = OrderedDict()

    def __iter__(self) -> Iterator[K]:
        return iter(tuple(self._kept))

    def get(self, key: K) -> V | None:
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    def keep(self, key: K, value: V) -> None:
        self._kept[key] = value
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)

    def drop(self, which: Callable[[K], bool]) -> None:
        for key in filter(which, tuple(self._kept)):
            del self._kept[key]


class Media(QObject):
    """Belongs to the window's thread; the workers only ever send signals to it."""

    arrived = Signal(object)
    """A key whose thing is there now, or cannot be."""

    _made = Signal(object, object, str)

    def __init__(self, folder: Path | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        cache = DiskCache(folder or cache_folder())
        self._stills: Recent[StillKey, QPixmap] = Recent(_MOST_STILLS)
        self._times: dict[tuple[Path, int], list[Fraction]] = {}
        self._peaks: Recent[PeaksKey, Peaks] = Recent(_MOST_PEAKS)
        self._problems: Recent[Key, str] = Recent(_MOST_PROBLEMS)
        self._requests: dict[Key, None] = {}
        self._workers = {kind: Worker(Maker(cache), self._made.emit) for kind in (StillKey, PeaksKey)}
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self._pass_on)
        self._made.connect(self._keep)
        self.destroyed.connect(_stopper(tuple(self._workers.values())))

    def begin(self, *, everything: bool) -> None:
        """A paint begins; ``everything``: what it does not ask for is no longer on the screen."""
        if everything:
            self._requests.clear()

    def end(self) -> None:
        """A paint has ended: what it asked for is made, first asked first."""
        if not self._pause.isActive():
            self._pause.start()

    def still(self, key: StillKey) -> QPixmap | None:
        """The picture, or None for now; see :meth:`problem`."""
        found = self._stills.get(key)
        if found is None:
            self._request(key)
        return found

    def near_still(self, key: StillKey) -> QPixmap | None:
        """A picture of the same clip's media from shortly before or after, to be seen until the right one is there."""
        times = self._times.get((key.path, key.height), [])
        at = bisect.bisect_left(times, key.time)
        near = min(times[max(at - 1, 0) : at + 1], key=lambda time: abs(time - key.time), default=None)
        found = self._stills.get(replace(key, time=near)) if near is not None else None
        return found if near is not None and abs(near - key.time) <= _NEAR else None

    def peaks(self, key: PeaksKey) -> Peaks | None:
        """The waveform, or None for now; see :meth:`problem`."""
        found = self._peaks.get(key)
        if found is None:
            self._request(key)
        return found

    def problem(self, key: Key) -> str:
        """Why it cannot be shown, "" as long as it may be."""
        return self._problems.get(key) or ""

    def problem_of(self, path: Path) -> str:
        """The first problem there was with the pictures of a file."""
        keys = (key for key in self._problems if isinstance(key, StillKey) and key.path == path)
        return next((self.problem(key) for key in keys), "")

    def forget(self, path: Path) -> None:
        """The file has changed, or a missing one was found: it is read anew."""
        for kept in (self._stills, self._peaks, self._problems):
            kept.drop(lambda key: key.path == path)
        self._times = {place: times for place, times in self._times.items() if place[0] != path}

    def stop(self) -> None:
        """Ends the workers, after what they are at."""
        for worker in self._workers.values():
            worker.stop()

    def _request(self, key: Key) -> None:
        if self._problems.get(key) is None:
            self._requests[key] = None

    def _pass_on(self) -> None:
        for kind, worker in self._workers.items():
            worker.request([key for key in self._requests if isinstance(key, kind)])

    @Slot(object, object, str)
    def _keep(self, key: Key, made: QImage | Peaks | None, problem: str) -> None:
        self._requests.pop(key, None)
        if isinstance(key, StillKey) and isinstance(made, QImage):
            self._stills.keep(key, QPixmap.fromImage(made))
            times = self._times.setdefault((key.path, key.height), [])
            if key.time not in times:
                bisect.insort(times, key.time)
        elif isinstance(key, PeaksKey) and isinstance(made, Peaks):
            self._peaks.keep(key, made)
        else:
            self._problems.keep(key, problem)
        self.arrived.emit(key)


def cache_folder() -> Path:
    """Where this user's programs keep what can be made again."""
    return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.CacheLocation)) / "talkies-media"


def _stopper(workers: tuple[Worker, ...]) -> Callable[[], None]:
    """Stops workers without holding on to the object that had them."""

    def stop() -> None:
        for worker in workers:
            worker.stop()

    return stop
