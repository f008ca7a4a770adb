"""Garbage collection (gc) in the window's thread only.

The collector runs in whichever thread happens to allocate; in a background thread it may destroy widgets, which Qt
allows in the window's thread alone, and the program dies at its next event.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

_EVERY_MS = 1000
_DUE = (700, 10, 10)
"""Python's own figures. Those of our process are larger (plugin/process.py), and an idle window makes few objects: what
it has let go would lie there for long."""


class GcTimer(QObject):
    """Takes over from the automatic collector for as long as it lives."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.collect)
        self._timer.start(_EVERY_MS)

    def collect(self) -> None:
        """The youngest generation that is due, or an older one with it."""
        for generation in (2, 1, 0):
            if gc.get_count()[generation] > _DUE[generation]:
                gc.collect(generation)
                return
