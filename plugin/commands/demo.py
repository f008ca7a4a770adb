"""talkies demo: a silent film that talkies draws itself, and the sound that it makes for it."""

from __future__ import annotations

import argparse
from pathlib import Path

SUMMARY = "make a small silent film, give it sound, and show the result"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    default = Path("talkies-demo")
    parser.add_argument("--out", metavar="DIR", type=Path, default=default, help="folder (default: talkies-demo/)")
    parser.add_argument("--engine", metavar="NAME", default="mini", help="see 'talkies models list' (default: mini)")
    parser.add_argument("--seed", metavar="N", type=int, default=0, help="another seed sounds different (default: 0)")
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def run(options: argparse.Namespace) -> int:
    raise NotImplementedError
