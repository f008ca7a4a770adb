"""Editors for tests: the one of bridged_editor.py in a process of its own, at the other end of real pipes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path

from talkies.core.hosts.bridge import BridgedHost


@contextmanager
def open_editor(timeline: Path, exported: Path) -> Iterator[tuple[BridgedHost, Callable[[], None]]]:
    """An editor with a timeline open, and what closes it; it puts what it exports into ``exported``."""
    command = [sys.executable, "-S", str(Path(__file__).with_name("bridged_editor.py")), str(timeline)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8")
    assert isinstance(process.stdin, TextIOWrapper) and isinstance(process.stdout, TextIOWrapper)

    def close() -> None:
        process.kill()
        process.wait()

    try:
        yield BridgedHost(process.stdin, process.stdout, exported, timeout_s=60), close
    finally:
        process.stdin.close()  # the editor ends, and with it the thread that listens to it
        process.wait()
