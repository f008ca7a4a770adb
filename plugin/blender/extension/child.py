"""A child process that speaks JSON lines: threads read what it says, Blender's main thread asks for the news.

No shell, no port. It may be killed or crash at any time; Blender goes on and says so.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any

from .errors import RefusedError

_LAST_WORDS = 20  # lines of stderr that are kept
_PATIENCE_S = 5.0  # before a process that was told to end is killed


class Child:
    """A running program. Raises RefusedError when it cannot be started."""

    def __init__(self, command: Sequence[str]) -> None:
        self.ended = False
        self._said: deque[str] = deque(maxlen=_LAST_WORDS)
        self._news: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        environment = {**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"}
        environment.pop("PYTHONHOME", None)  # it would be Blender's
        try:
            self._process = subprocess.Popen(
                list(command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                encoding="utf-8", errors="replace", env=environment, creationflags=_NO_WINDOW,
            )  # fmt: skip
        except OSError as error:
            raise RefusedError(
                f"{command[0]}: cannot be started ({error.strerror}); check the program's path"
            ) from error
        self._ears = [threading.Thread(target=listen, daemon=True) for listen in (self._read, self._overhear)]
        for ear in self._ears:
            ear.start()

    @property
    def process_id(self) -> int:
        return self._process.pid

    @property
    def last_words(self) -> str:
        """Its last line on stderr, "" when it said nothing."""
        self._ears[1].join(1)
        return self._said[-1] if self._said else ""

    def send(self, message: dict[str, Any]) -> None:
        """A process that is gone is noticed by :meth:`news`."""
        with contextlib.suppress(OSError, ValueError):
            assert self._process.stdin is not None
            self._process.stdin.write(json.dumps(message) + "\n")
            self._process.stdin.flush()

    def news(self) -> Iterator[dict[str, Any]]:
        """What it has said since the last time; after its end ``ended`` is True."""
        while not self._news.empty():
            message = self._news.get()
            if message is None:
                self.ended = True
                return
            yield message

    @property
    def exit_code(self) -> int:
        """Of a process that has ended; 0 is well."""
        return self._process.returncode or 0

    def hang_up(self) -> None:
        """Says nothing more; the process may go on."""
        with contextlib.suppress(OSError, ValueError):
            assert self._process.stdin is not None
            self._process.stdin.close()

    def end(self) -> None:
        """Returns at once; the process is gone soon."""
        self.hang_up()
        self._process.terminate()
        threading.Thread(target=self._bury).start()

    def _bury(self) -> None:
        try:
            self._process.wait(_PATIENCE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            with contextlib.suppress(ValueError, RecursionError):
                message = json.loads(line)
                if isinstance(message, dict):
                    self._news.put(message)
        self._process.wait()
        self._news.put(None)

    def _overhear(self) -> None:
        assert self._process.stderr is not None
        self._said.extend(line.strip() for line in self._process.stderr if line.strip())


_NO_WINDOW = getattr(subprocess, "CREATE_NO_WINDOW", 0)  # on Windows no console window opens
