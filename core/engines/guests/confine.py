"""Starts a program that may write in one folder only, by Linux' Landlock: ``confine.py FOLDER PORTS PROGRAM ...``.

A script of its own, run without anything of talkies, for what is forbidden stays forbidden in the process that becomes
the program. PORTS is "ports" or "none": whether TCP is left to it. It dies with the process that started it. Where the
system has no Landlock the program runs all the same.
"""

from __future__ import annotations

import ctypes
import os
import sys

_CREATE, _ADD, _RESTRICT = 444, 445, 446  # system calls, the same on every processor
_NO_NEW_PRIVILEGES, _DIE_WITH_PARENT = 38, 1  # of prctl
_WRITE_FILE, _TRUNCATE = 1 << 1, 1 << 14
_CHANGES = _WRITE_FILE | sum(1 << bit for bit in range(4, 13))  # write, remove, make; read and run are left free
_REFER = 1 << 13
_TCP = 0b11  # bind, connect
_SIGKILL = 9


def confinement() -> int:
    """The version of Landlock here, 0 where there is none."""
    if not sys.platform.startswith("linux"):
        return 0
    return max(int(ctypes.CDLL(None, use_errno=True).syscall(_CREATE, None, ctypes.c_size_t(0), 1)), 0)


def confine(folder: str, *, ports: bool) -> bool:
    """From now on this process writes in ``folder``, /dev and /proc alone; False where that cannot be had."""
    version = confinement()
    if not version:
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    handled = _CHANGES | (_REFER if version >= 2 else 0) | (_TRUNCATE if version >= 3 else 0)
    sealed = (ctypes.c_uint64 * 2)(handled, 0 if ports or version < 4 else _TCP)
    size = 16 if version >= 4 else 8
    rules = libc.syscall(_CREATE, sealed, ctypes.c_size_t(size), 0)
    if rules < 0:
        return False
    to_files = handled & (_WRITE_FILE | _TRUNCATE)
    for path, allowed in ((folder, handled), ("/dev/shm", handled), ("/dev", to_files), ("/proc", to_files)):
        if os.path.isdir(path):  # noqa: PTH112 - nothing is imported that is not needed
            handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
            rule = allowed.to_bytes(8, sys.byteorder) + handle.to_bytes(4, sys.byteorder)
            libc.syscall(_ADD, rules, 1, ctypes.c_char_p(rule), 0)
            os.close(handle)
    libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    done = libc.syscall(_RESTRICT, rules, 0) == 0
    os.close(rules)
    return bool(done)


def main() -> None:
    folder, ports, *argv = sys.argv[1:]
    ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, _SIGKILL, 0, 0, 0)
    confine(folder, ports=ports == "ports")
    try:
        os.execvp(argv[0], argv)
    except OSError as error:
        sys.exit(f"{argv[0]}: {error.strerror}")


if __name__ == "__main__":
    main()
