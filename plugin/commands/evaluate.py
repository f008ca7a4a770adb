"""talkies evaluate: the figures we live by."""

from __future__ import annotations

import argparse
from pathlib import Path

SUMMARY = "measure sync, speech, fidelity, leak, placement and speed"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("target", metavar="DIR|TIMELINE", type=Path, help="held-out material, or a written timeline")
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def run(options: argparse.Namespace) -> int:
    from talkies.core.evaluation import evaluate
    from talkies.plugin.output import print_json

    figures = evaluate(options.target)
    print_json(figures)
    return 0
