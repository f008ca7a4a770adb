"""Exchanging two files or folders at once: each has the other's name afterwards, and at no moment is one of them gone.

Linux has ``renameat2`` with RENAME_EXCHANGE (renameat2(2)), macOS ``renamex_np`` with RENAME_SWAP (rename(2) there).
"""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

_AT_FDCWD, _RENAME_EXCHANGE = -100, 2  # fcntl.h, linux/fs.h
_RENAME_SWAP = 2  # sys/stdio.h


def exchanged(one: Path, other: Path) -> bool:
    """Exchanges two that exist; False, with nothing done, where the system or the disk cannot."""
    names = os.fsencode(one), os.fsencode(other)
    if sys.platform == "linux":
        function = getattr(ctypes.CDLL(None), "renameat2", None)  # glibc from 2.28 on
        return function is not None and function(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _RENAME_EXCHANGE) == 0
    if sys.platform == "darwin":
        function = getattr(ctypes.CDLL(None), "renamex_np", None)
        return function is not None and function(*names, _RENAME_SWAP) == 0
    return False
