"""Fork server: real processes that have imported everything when they begin, so that hundreds of starts are affordable.

    address = serve()                                      # a process of its own that ends with this one
    started = start(address, "talkies", ["generate", …], cwd=place, streams=(0, 1, 2))
    started.kill(signal.SIGKILL); started.wait()

As a program, ``fork_server.py ADDRESS ROLE ARGUMENT...`` is such a process with this one's standard streams; killing
either ends both. Only the standard library is imported here. Unix only.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

STUCK_S = 300.0
"""Seconds after which a process that should have ended is taken for one that never will."""
_LONGEST = 1 << 16


@dataclass
class Started:
    """A process of the server's, which may have ``_told`` its end with its beginning. ``code``: its exit code once it
    has ended, negative for a signal."""

    pid: int
    _line: socket.socket
    _told: bytes
    code: int | None = field(default=None)

    def kill(self, number: int) -> None:
        if self.code is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def wait(self, timeout_s: float = STUCK_S) -> int | None:
        """The exit code; None when it is still running after ``timeout_s``."""
        if self.code is None:
            self._line.settimeout(timeout_s)
            try:
                answer = self._told or self._line.recv(_LONGEST)
            except TimeoutError:
                return None
            self.code = json.loads(answer)["code"] if answer else -signal.SIGKILL
            self._line.close()
        return self.code


def start(
    address: str,
    role: str,
    arguments: list[str],
    *,
    cwd: Path | None = None,
    streams: tuple[int, int, int] = (0, 1, 2),
    dying: dict[str, Any] | None = None,
) -> Started:
    """Begins a process. ``streams``: its standard input, output and error; ``dying``: see dying.py."""
    line = socket.socket(socket.AF_UNIX)
    line.connect(address)
    request = {"role": role, "arguments": arguments, "cwd": str(cwd or Path.cwd()), "dying": dying}
    socket.send_fds(line, [json.dumps(request).encode()], list(streams))
    begun, _, ended = line.recv(_LONGEST).partition(b"\n")
    return Started(json.loads(begun)["pid"], line, ended)


def serve(address: Path) -> subprocess.Popen[bytes]:
    """A server at ``address``, ready; it ends when its standard input is closed."""
    paths = [str(Path(__file__).resolve().parents[1]), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        environment[name] = "1"  # a process with threads cannot be forked
    environment |= {"QT_QPA_PLATFORM": "offscreen", "XDG_CACHE_HOME": str(address.with_name("cache"))}
    environment["TALKIES_CONFIG"] = str(address.with_name("no-configuration.toml"))
    server = subprocess.Popen(
        [sys.executable, "-m", "kills.victims", str(address)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment,
    )
    assert server.stdout is not None
    if server.stdout.readline() != b"ready\n":
        raise RuntimeError("the fork server did not start")
    return server


class Server:
    """``run``: what a new process does with its role, its arguments and how it dies."""

    def __init__(self, address: str, run: Any) -> None:
        self._run = run
        self._lines: dict[int, socket.socket] = {}
        self._ready = selectors.DefaultSelector()
        self._door = socket.socket(socket.AF_UNIX)
        self._door.bind(address)
        self._door.listen()
        self._woken, self._waker = socket.socketpair()
        for end in (self._woken, self._waker):
            end.setblocking(False)

    def serve(self) -> None:
        signal.set_wakeup_fd(self._waker.fileno())
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for source in (self._door, self._woken, sys.stdin):
            self._ready.register(source, selectors.EVENT_READ)
        while True:
            for key, _ in self._ready.select():
                if key.fileobj is sys.stdin:
                    return self._end()
                if key.fileobj is self._door:
                    self._begin(self._door.accept()[0])
                elif key.fileobj is self._woken:
                    self._woken.recv(_LONGEST)
                elif key.data in self._lines:  # who has asked for it is gone
                    self._ready.unregister(key.fileobj)
                    os.kill(key.data, signal.SIGKILL)
            self._bury()

    def _begin(self, line: socket.socket) -> None:
        data, streams, _, _ = socket.recv_fds(line, _LONGEST, 3)
        request = json.loads(data)
        pid = os.fork()
        if pid == 0:
            self._become(request, streams)
        for stream in streams:
            os.close(stream)
        line.sendall(json.dumps({"pid": pid}).encode() + b"\n")
        self._lines[pid] = line
        self._ready.register(line, selectors.EVENT_READ, pid)

    def _become(self, request: dict[str, Any], streams: list[int]) -> None:
        """The new process; never returns."""
        code = 70
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell takes it from what runs behind
            for other in (self._door, self._woken, self._waker, *self._lines.values()):
                other.close()
            for number, stream in enumerate(streams):
                os.dup2(stream, number)
                os.close(stream)
            os.closerange(3, 64)
            os.chdir(request["cwd"])
            sys.stdin, sys.stdout, sys.stderr = (os.fdopen(number, mode) for number, mode in enumerate("rww"))
            code = self._run(request["role"], request["arguments"], request["dying"])
            sys.stdout.flush()
            sys.stderr.flush()
        except BaseException:  # noqa: BLE001 - it must not go on as a second server
            import traceback

            traceback.print_exc()
            sys.stderr.flush()
        finally:
            os._exit(code)

    def _bury(self) -> None:
        while self._lines:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            line = self._lines.pop(pid)
            with contextlib.suppress(KeyError):
                self._ready.unregister(line)
            with contextlib.suppress(OSError):
                line.sendall(json.dumps({"code": os.waitstatus_to_exitcode(status)}).encode())
            line.close()

    def _end(self) -> None:
        for pid in self._lines:
            os.kill(pid, signal.SIGKILL)


def main() -> int:
    address, role, *arguments = sys.argv[1:]
    dying = json.loads(os.environ.get("KILLS_DYING", "null"))
    started = start(address, role, arguments, dying=dying)
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)  # only the process itself holds them now
    code = started.wait(1e6)
    return code if code is not None and code >= 0 else 1


if __name__ == "__main__":
    raise SystemExit(main())
