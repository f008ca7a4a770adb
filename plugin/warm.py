"""What a worker keeps between requests: the last timeline, the last engine, and sounds of spots."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from talkies.core.engines.base import ENGINES, EngineLoader
from talkies.core.events import Progress
from talkies.core.generation.planning.cut_shots import read_shots
from talkies.core.generation.request import Request
from talkies.core.segment import Timeline
from talkies.core.sources.remembered import Remembered
from talkies.core.timeline import read_timeline

if TYPE_CHECKING:
    from talkies.core.engines.base import Engine


class Warm:
    """The last timeline and the last engine, of other people's two, because a panel requests takes one after the
    other; and ``remembered`` sounds, because people edit one spot at a time."""

    def __init__(self, engines: EngineLoader) -> None:
        self._engines = engines
        self.remembered = Remembered()
        self._kept: dict[tuple[str, Path | None, str], Engine] = {}
        self._handed: tuple[Request, Timeline] | None = None
        self._timeline: tuple[tuple[Path, Path | None, int, int], Timeline] | None = None

    def engine(self, name: str, weights: Path | None, device: str) -> Engine:
        key = (name, weights, device)
        if key not in self._kept:
            alike = [other for other in self._kept if (other[0] in ENGINES) == (name in ENGINES)]
            for other in alike if name in ENGINES else alike[:-1]:  # two at a time may be too much for the memory
                del self._kept[other]
            self._kept[key] = self._engines(name, weights, device)
        return self._kept[key]

    def shots_for_next(self, request: Request, watch: Callable[[Progress], None]) -> Timeline:
        """The timeline of a request, kept for the next one if that is the same: finding shots takes long."""
        self._handed = None
        timeline = read_shots(request, watch)
        self._handed = request, timeline
        return timeline

    def shots(self, request: Request, watch: Callable[[Progress], None]) -> Timeline:
        """That which was read for it just before, once; or else read now."""
        handed, self._handed = self._handed, None
        return handed[1] if handed is not None and handed[0] == request else read_shots(request, watch)

    def timeline(self, path: Path, media_dir: Path | None) -> Timeline:
        """Read again when the file has changed."""
        facts = path.stat() if path.exists() else None
        key = (path, media_dir, facts.st_mtime_ns if facts else 0, facts.st_size if facts else 0)
        if self._timeline is None or self._timeline[0] != key:
            self._timeline = key, read_timeline(path, media_dir)
        return self._timeline[1]
