"""File lock: who may write; it ends with the process that holds it, however that ends."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from pathlib import Path
from typing import IO

_TRIES = 1000
_FLAGS = (
    "O_NOFOLLOW",
    "O_NONBLOCK",
    "O_CLOEXEC",
    "O_BINARY",
)  # neither links nor pipes are waited for; as far as known


def held(path: Path) -> IO[bytes] | None:
    """The lock file, made with its folder, and locked as long as it is open; None when somebody else holds it.

    Whoever holds it may remove it (:func:`removed`): one that waited for the old file makes a new one. Raises OSError.
    """
    for _ in range(_TRIES):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            file = _opened(path)
        except FileNotFoundError:  # its last holder has just removed the folder
            continue
        if not locked(file):
            file.close()
            return None
        if _is_at(file, path):
            return file
        file.close()
    return None


def removed(file: IO[bytes], path: Path) -> None:
    """Removes a lock file that we hold, and its folder if nothing else is in it; then gives the lock free."""
    with contextlib.suppress(OSError):
        path.unlink()
        path.parent.rmdir()
    file.close()
    if sys.platform == "win32":  # where an open file cannot be removed, and that of another holder neither
        with contextlib.suppress(OSError):
            path.unlink()
            path.parent.rmdir()


def locked(file: IO[bytes]) -> bool:
    """Locks a file until it is closed or its process dies; False when somebody else holds it."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno not in (errno.EACCES, errno.EAGAIN, errno.EDEADLK)  # else: a disk that knows no locks
    return True


def _opened(path: Path) -> IO[bytes]:
    flags = os.O_RDWR | os.O_CREAT
    for name in _FLAGS:
        flags |= getattr(os, name, 0)
    return os.fdopen(os.open(path, flags, 0o666), "r+b", buffering=0)


def _is_at(file: IO[bytes], path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False
