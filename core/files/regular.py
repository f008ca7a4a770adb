"""Reading whole files that came from anywhere: a pipe, a device or a file without end is refused, not waited for."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from talkies.core.errors import InputError


def refuse_irregular(path: Path, error: type[InputError], what: str) -> None:
    """Raises ``error`` for a pipe or a device, which libraries would wait for or read without end; ``what`` as in
    :func:`read_regular`. Whatever else is wrong with the file is left to its reader."""
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        raise error(path, f"is a pipe or a device, not a {what}", "move it away")


def read_regular(path: Path, most_bytes: int, error: type[InputError], what: str) -> bytes:
    """The bytes of a regular file of at most ``most_bytes``; ``what``: "subtitle file", for the sentence. Raises
    ``error``."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except OSError as reason:
        if path.is_dir():  # as Windows says it
            raise error(path, f"is a folder, not a {what}", "rename it or move it away") from reason
        raise error(path, f"cannot be read ({reason.strerror})", "check its name and permissions") from reason
    try:
        facts = os.fstat(handle)
        if stat.S_ISDIR(facts.st_mode):
            raise error(path, f"is a folder, not a {what}", "rename it or move it away")
        if not stat.S_ISREG(facts.st_mode):
            raise error(path, f"is a pipe or a device, not a {what}", "move it away")
        if facts.st_size > most_bytes:
            raise error(path, f"is {facts.st_size / 1e6:.0f} MB, far beyond any {what}", "check what it is")
        with os.fdopen(handle, "rb", closefd=False) as file:
            data = file.read(most_bytes + 1)  # it may grow meanwhile
    except OSError as reason:
        raise error(path, f"cannot be read ({reason.strerror})", "check its name and permissions") from reason
    finally:
        os.close(handle)
    if len(data) > most_bytes:
        raise error(path, f"is larger than {most_bytes / 1e6:.0f} MB, far beyond any {what}", "check what it is")
    return data
