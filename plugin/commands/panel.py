"""talkies panel: its room is kept; the panel comes with a later version."""

from __future__ import annotations

import argparse
from pathlib import Path

from talkies.core.errors import MissingExtraError

SUMMARY = "open the panel (not in this version)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("timeline", metavar="TIMELINE", type=Path, nargs="?", help="a timeline to open")


def run(options: argparse.Namespace) -> int:
    raise MissingExtraError("the panel", "is not in this version", "use 'talkies generate'")
