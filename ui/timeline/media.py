"""Thumbnails and waveforms for painting: what is ready at once, the rest from two threads and a disk cache.

    paint ── still(...) ──► in memory: shown now
                 └─ not yet: on the wish list ──► worker ──► disk cache, else decoded ──► arrived ──► paint again

Each full paint replaces the whole wish list, so that what was scrolled away is no longer waited for. What cannot be
read is remembered with its sentence and not tried again.
"""

from __future__ import annotations

import bisect
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QStandardPaths, QTimer, Signal, Slot
from PySide6.QtGui import QImage, QPixmap

from talkies.ui.timeline.cache import DiskCache
from talkies.ui.timeline.keys import Key, PeaksKey, StillKey
from talkies.ui.timeline.making import Maker, Worker
from talkies.ui.timeline.peaks import Peaks

_MOST_STILLS = 2500  # in memory: 50 MB at 64 lines
_MOST_PEAKS = 2000
_NEAR = 8  # seconds that a picture may be off while the right one is made
_PAUSE_MS = 40  # wishes are passed on so often, so that fast scrolling does not wake the workers at every frame


class Media(QObject):
    """Belongs to the window's thread; the workers only ever send signals to it."""

    arrived = Signal(object)
    """A key whose thing is there now, or cannot be."""

    _made = Signal(object, object, str)

    def __init__(self, folder: Path | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        cache = DiskCache(folder or cache_folder())
        self._stills: OrderedDict[StillKey, QPixmap] = OrderedDict()
        self._times: dict[tuple[Path, int], list[Fraction]] = {}
        self._peaks: OrderedDict[PeaksKey, Peaks] = OrderedDict()
        self._problems: dict[Key, str] = {}
        self._wishes: dict[Key, None] = {}
        self._workers = {kind: Worker(Maker(cache), self._made.emit) for kind in (StillKey, PeaksKey)}
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self._pass_on)
        self._made.connect(self._keep)
        self.destroyed.connect(_stopper(tuple(self._workers.values())))

    def begin(self, *, everything: bool) -> None:
        """A paint begins; ``everything``: what it does not ask for is no longer on the screen."""
        if everything:
            self._wishes.clear()

    def end(self) -> None:
        """A paint has ended: what it asked for is made, first asked first."""
        if not self._pause.isActive():
            self._pause.start()

    def still(self, key: StillKey) -> QPixmap | None:
        """The picture, or None for now; see :meth:`problem`."""
        return self._ready(self._stills, key)

    def near_still(self, key: StillKey) -> QPixmap | None:
        """A picture of the same clip's media from shortly before or after, to be seen until the right one is there."""
        times = self._times.get((key.path, key.height), [])
        at = bisect.bisect_left(times, key.time)
        near = min(times[max(at - 1, 0) : at + 1], key=lambda time: abs(time - key.time), default=None)
        found = self._stills.get(replace(key, time=near)) if near is not None else None
        return found if near is not None and abs(near - key.time) <= _NEAR else None

    def peaks(self, key: PeaksKey) -> Peaks | None:
        """The waveform, or None for now; see :meth:`problem`."""
        return self._ready(self._peaks, key)

    def problem(self, key: Key) -> str:
        """Why it cannot be shown, "" as long as it may be."""
        return self._problems.get(key, "")

    def problem_of(self, path: Path) -> str:
        """The first problem there was with the pictures of a file."""
        return next(
            (text for key, text in self._problems.items() if isinstance(key, StillKey) and key.path == path), ""
        )

    def forget(self, path: Path) -> None:
        """The file has changed, or a missing one was found: it is read anew."""
        for kept in (self._stills, self._peaks, self._problems):
            for key in [key for key in kept if key.path == path]:
                del kept[key]

    def stop(self) -> None:
        """Ends the workers, after what they are at."""
        for worker in self._workers.values():
            worker.stop()

    def _ready(self, kept: OrderedDict[Any, Any], key: Any) -> Any:
        found = kept.get(key)
        if found is not None:
            kept.move_to_end(key)
        elif key not in self._problems:
            self._wishes[key] = None
        return found

    def _pass_on(self) -> None:
        for kind, worker in self._workers.items():
            worker.wish([key for key in self._wishes if isinstance(key, kind)])

    @Slot(object, object, str)
    def _keep(self, key: Key, made: QImage | Peaks | None, problem: str) -> None:
        self._wishes.pop(key, None)
        if isinstance(key, StillKey) and isinstance(made, QImage):
            self._stills[key] = QPixmap.fromImage(made)
            times = self._times.setdefault((key.path, key.height), [])
            if key.time not in times:
                bisect.insort(times, key.time)
            _limit(self._stills, _MOST_STILLS)
        elif isinstance(key, PeaksKey) and isinstance(made, Peaks):
            self._peaks[key] = made
            _limit(self._peaks, _MOST_PEAKS)
        else:
            self._problems[key] = problem
        self.arrived.emit(key)


def cache_folder() -> Path:
    """Where this user's programs keep what can be made again."""
    return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.CacheLocation)) / "talkies-media"


def _limit(kept: OrderedDict[Any, Any], most: int) -> None:
    while len(kept) > most:
        kept.popitem(last=False)


def _stopper(workers: tuple[Worker, ...]) -> Callable[[], None]:
    """Stops workers without holding on to the object that had them."""

    def stop() -> None:
        for worker in workers:
            worker.stop()

    return stop
