"""talkies panel: the window. What it needs beyond Python is looked for first: Qt itself would only abort.

With ``--bridge`` an editor has started it: the panel asks on stdout and the editor answers on stdin
(core/hosts/bridge.py).
"""

from __future__ import annotations

import argparse
import ctypes
import os
import re
import sys
from pathlib import Path
from typing import TextIO

from talkies.core.errors import MissingExtraError

SUMMARY = "open the panel: timeline, transcript, takes, in a window"

LIBRARIES = (
    "libegl1 libgl1 libxkbcommon-x11-0 libdbus-1-3 libfontconfig1 "
    "libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libpulse0"
)
"""What Qt's wheels want from the system, as Debian and Ubuntu call it."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("timeline", metavar="TIMELINE", type=Path, nargs="?", help="a timeline or a movie to open")
    parser.add_argument("--bridge", action="store_true", help="work in the editor that started this")
    parser.add_argument(
        "--folder",
        metavar="DIR",
        type=Path,
        help="where the editor's timeline and the takes for it are kept (with --bridge; default: Documents/talkies)",
    )


def run(options: argparse.Namespace) -> int:
    check_display()
    try:
        from talkies.ui.app import editors_folder, run_panel
    except ImportError as error:
        raise missing(error) from error
    worker = [sys.executable, "-m", "talkies.plugin.cli", "worker"]
    if not options.bridge:
        return int(run_panel(options.timeline, worker))
    from talkies.core.hosts.bridge import BridgedHost  # late: it knows timelines

    host = BridgedHost(*bridge_streams(), options.folder or editors_folder())
    return int(run_panel(options.timeline, worker, host, host.when_closed))


def bridge_streams() -> tuple[TextIO, TextIO]:
    """Where to ask and where answers come from: this process' stdout and stdin, which nobody else may use from now on.
    What else prints goes to stderr."""
    requests = os.fdopen(os.dup(1), "w", encoding="utf-8", newline="\n")
    answers = os.fdopen(os.dup(0), encoding="utf-8", errors="replace")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    return requests, answers


def check_display() -> None:
    """Raises MissingExtraError where no window can be opened."""
    if sys.platform != "linux" or os.environ.get("QT_QPA_PLATFORM", "xcb").partition(":")[0] != "xcb":
        return
    if not os.environ.get("DISPLAY"):
        if not os.environ.get("WAYLAND_DISPLAY"):
            raise MissingExtraError(
                "the panel", "there is no display here", "start it on a desktop, or use 'talkies generate'"
            )
        return
    try:
        ctypes.CDLL("libxcb-cursor.so.0")
    except OSError as error:
        raise missing(ImportError(str(error))) from error


def missing(error: ImportError) -> MissingExtraError:
    """Why Qt cannot be loaded: it is not installed, or the system lacks one of its libraries."""
    if (error.name or "").partition(".")[0] in ("PySide6", "shiboken6") and isinstance(error, ModuleNotFoundError):
        return MissingExtraError(
            "the panel", "needs PySide6, which is not installed here", 'pip install "talkies[panel]"'
        )
    library = re.search(r"\blib[\w.+-]+\.so[\w.]*", str(error))
    what = library[0] if library else f"a library of the system ({error})"
    return MissingExtraError("the panel", f"needs {what}", f"on Debian and Ubuntu: apt-get install {LIBRARIES}")
