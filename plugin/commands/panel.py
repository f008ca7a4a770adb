"""talkies panel: the window. What it needs beyond Python is looked for first: Qt itself would only abort.

With ``--bridge`` an editor has started it: the panel asks on stdout and the editor answers on stdin
(core/hosts/bridge.py).
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TextIO

from talkies.plugin.display import check_display, missing


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("timeline", metavar="TIMELINE", type=Path, nargs="?", help="a timeline or a movie to open")
    parser.add_argument("--bridge", action="store_true", help="connect to the editor that started this process")
    parser.add_argument(
        "--folder",
        metavar="DIR",
        type=Path,
        help="folder for the editor's timeline and its takes (with --bridge; default: Documents/talkies)",
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
