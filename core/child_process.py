"""A child process that is spoken to: started without a shell, read and written by threads, so that nothing it does
holds us up."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Final

_PIECE: Final = 1 << 16  # bytes read at once
_MOST_PIECES: Final = 64  # held; it waits when we do not listen
_KEPT_BYTES: Final = 4000  # of what it said on stderr
_AT_ONCE_S: Final = 2.0
_NO_WINDOW: Final = getattr(subprocess, "CREATE_NO_WINDOW", 0)


class ChildProcess:
    """Runs ``argv`` in ``folder``, in a session of its own, so that Ctrl+C is for us alone. ``inherited``: open files
    that it holds as well. Raises OSError where it cannot be started."""

    def __init__(
        self, argv: Sequence[str], folder: Path, environment: Mapping[str, str], inherited: Sequence[int] = ()
    ) -> None:
        self._process = subprocess.Popen(
            argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=folder,
            env=environment, start_new_session=True, creationflags=_NO_WINDOW, pass_fds=inherited,
        )  # fmt: skip
        self._heard: queue.Queue[bytes] = queue.Queue(_MOST_PIECES)
        self._to_say: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._over = threading.Event()
        self._errors = b""
        jobs = (
            (self._listen, self._process.stdout),
            (self._note, self._process.stderr),
            (self._say, self._process.stdin),
        )
        self._threads = [threading.Thread(target=job, args=(pipe,), name="child", daemon=True) for job, pipe in jobs]
        for thread in self._threads:
            thread.start()

    @property
    def process_id(self) -> int:
        """Of the process."""
        return self._process.pid

    def say(self, line: bytes) -> None:
        """Sends a line; never waits, never fails."""
        self._to_say.put(line)

    def hear(self, timeout_s: float) -> bytes | None:
        """What it has said since, b"" at its end, None when it has said nothing for so long."""
        try:
            return self._heard.get(timeout=timeout_s)
        except queue.Empty:
            return None

    def end(self, grace_s: float = 0.0) -> None:
        """Waits so long for it to end by itself, then kills it with all that it has started."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(grace_s)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if sys.platform == "win32":
                self._process.kill()
            else:
                os.killpg(self._process.pid, signal.SIGKILL)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_AT_ONCE_S)
        self._over.set()
        self._to_say.put(None)
        for thread in self._threads:
            thread.join(_AT_ONCE_S)

    @property
    def code(self) -> int | None:
        """Its exit code, None while it has not ended."""
        return self._process.poll()

    def how_it_ended(self) -> str:
        """Its exit code and the last line that it left on stderr, for a sentence."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_AT_ONCE_S)
        self._threads[1].join(_AT_ONCE_S)
        lines = [line for line in self._errors.decode("utf-8", "replace").splitlines() if line.strip()]
        last = "".join(each for each in lines[-1] if each.isprintable()).strip()[:200] if lines else ""
        code = self._process.returncode
        how = f"by signal {-code}" if code is not None and code < 0 else f"with code {code}"
        return f"{how} ({last})" if last else how

    def _listen(self, pipe: IO[bytes]) -> None:
        with pipe:
            for data in iter(lambda: os.read(pipe.fileno(), _PIECE), b""):
                self._pass_on(data)
        self._pass_on(b"")

    def _pass_on(self, data: bytes) -> None:
        while not self._over.is_set():
            with contextlib.suppress(queue.Full):
                self._heard.put(data, timeout=0.1)
                return

    def _note(self, pipe: IO[bytes]) -> None:
        with pipe:
            for data in iter(lambda: os.read(pipe.fileno(), _PIECE), b""):
                self._errors = (self._errors + data)[-_KEPT_BYTES:]

    def _say(self, pipe: IO[bytes]) -> None:
        with contextlib.suppress(OSError), pipe:
            while (line := self._to_say.get()) is not None:
                pipe.write(line)
                pipe.flush()
