"""Dying at a file event: a process that kills itself just before it opens for writing, renames, removes or makes its
n-th file. Between two of these nothing changes on the disk but what is inside a file, which a kill at any time hits."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kills.worker_log import Writer

_CHANGES = frozenset(("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate"))
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC


class Dying:
    """``wish``: ``{"events": {"17": 9}, "count": PATH, "log": PATH}``: at its 17th event it gets signal 9, and says so
    in ``log``; how many there were by the end goes to ``count``."""

    def __init__(self, wish: Mapping[str, Any]) -> None:
        self._signals = {int(number): int(which) for number, which in wish.get("events", {}).items()}
        self._count = wish.get("count")
        self._events = 0
        self._log = Writer(wish.get("log", ""))
        sys.addaudithook(self._hear)

    def _hear(self, name: str, arguments: tuple[Any, ...]) -> None:
        if name == "open":
            path, _, flags = arguments
            if isinstance(path, int) or not isinstance(flags, int) or not flags & _WRITING:
                return
            if str(path).startswith(("/dev/", "/proc/")) or str(path).endswith(".pyc"):
                return
        elif name not in _CHANGES:
            return
        self._events += 1
        if self._events in self._signals:
            self._log.tell("struck")
            os.kill(os.getpid(), self._signals[self._events])

    def end(self) -> None:
        if self._count:
            events, self._signals = self._events, {}
            Path(self._count).write_text(str(events), encoding="utf-8")
