"""Child process that speaks JSON lines: threads read and write, Blender's main thread polls for messages.

No shell, no port. It may be killed, hang or crash at any time; Blender goes on and says so.
"""

from __future__ import annotations

import contextlib
import os
import queue
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from .errors import RefusedError
from .lines import Lines

_STDERR_LINES = 20  # lines of stderr that are kept
_PIECE = 1 << 16  # bytes read at once
_QUIT_TIMEOUT_S = 5.0  # before a process that was told to end is killed


class Child:
    """A running program. Raises RefusedError when it cannot be started. Nothing here waits for it."""

    def __init__(self, command: Sequence[str]) -> None:
        self.ended = False
        self._lines = Lines()
        self._stderr_lines: deque[str] = deque(maxlen=_STDERR_LINES)
        self._messages: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self._outbox: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        environment = {**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"}
        environment.pop("PYTHONHOME", None)  # it would be Blender's
        try:
            self._process = subprocess.Popen(
                list(command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                env=environment, creationflags=_NO_WINDOW,
            )  # fmt: skip
        except OSError as error:
            raise RefusedError(
                f"{command[0]}: cannot be started ({error.strerror}); check the program's path"
            ) from error
        self._stderr_thread = _started(self._read_stderr)
        _started(self._read)
        _started(self._write)

    @property
    def process_id(self) -> int:
        return self._process.pid

    @property
    def last_stderr_line(self) -> str:
        """Its last line on stderr, "" when it said nothing."""
        return self._stderr_lines[-1] if self._stderr_lines else ""

    def send(self, message: dict[str, Any]) -> None:
        """A process that is gone is noticed by :meth:`messages`."""
        self._outbox.put(self._lines.send(message))

    def messages(self) -> Iterator[dict[str, Any]]:
        """What it has sent since the last time; after its end ``ended`` is True."""
        while not self._messages.empty():
            message = self._messages.get()
            if message is None:
                self.ended = True
                return
            yield message

    @property
    def exit_code(self) -> int:
        """Of a process that has ended; 0 is well."""
        return self._process.returncode or 0

    def hang_up(self) -> None:
        """Says nothing more after what it was sent; the process may go on."""
        self._outbox.put(None)

    def end(self) -> None:
        """Returns at once; the process is gone soon."""
        self.hang_up()
        self._process.terminate()
        threading.Thread(target=self._reap).start()

    def _reap(self) -> None:
        try:
            self._process.wait(_QUIT_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as pipe:
            while data := os.read(pipe.fileno(), _PIECE):
                for message in self._lines.receive(data):
                    self._messages.put(message)
        self._process.wait()
        self._stderr_thread.join(1)  # the rest of stderr is read before its end
        self.hang_up()
        self._messages.put(None)

    def _write(self) -> None:
        """A child that does not read fills its pipe: then this thread waits, and Blender does not."""
        assert self._process.stdin is not None
        with contextlib.suppress(OSError, ValueError), self._process.stdin as pipe:
            while (line := self._outbox.get()) is not None:
                pipe.write(line)
                pipe.flush()

    def _read_stderr(self) -> None:
        assert self._process.stderr is not None
        with self._process.stderr as lines:
            text = (line.decode("utf-8", "replace").strip() for line in lines)
            self._stderr_lines.extend(line for line in text if line)


def _started(work: Callable[[], None]) -> threading.Thread:
    """A thread that does not keep Blender from ending."""
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


_NO_WINDOW = getattr(subprocess, "CREATE_NO_WINDOW", 0)  # on Windows no console window opens
