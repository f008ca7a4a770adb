"""File lock: who may write; it ends with the process that holds it, however that ends."""

from __future__ import annotations

import errno
import sys
from typing import IO


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
