"""Recent files, the newest first; kept with the window's layout."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QSettings

_MOST = 10
_KEY = "recent"


class RecentFiles:
    """In ``store``; files that are gone are not listed."""

    def __init__(self, store: QSettings) -> None:
        self._store = store

    def paths(self) -> list[str]:
        return [path for path in self._kept() if Path(path).exists()]

    def add(self, path: Path) -> None:
        text = str(path.absolute())
        self._store.setValue(_KEY, [text, *(each for each in self._kept() if each != text)][:_MOST])

    def folder(self) -> str:
        """Where the last one lay: where the next one is looked for."""
        return str(Path(paths[0]).parent) if (paths := self.paths()) else str(Path.home())

    def _kept(self) -> list[str]:
        kept: Any = self._store.value(_KEY, [])
        return [kept] if isinstance(kept, str) else [str(each) for each in kept or []]
