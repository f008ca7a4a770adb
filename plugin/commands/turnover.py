"""talkies turnover: everything that a post house needs, in one folder."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("timeline", metavar="TIMELINE", type=Path, help="a timeline that holds takes of 'talkies generate'")
    add(
        "-o",
        "--output",
        metavar="DIR",
        type=Path,
        required=True,
        help="the folder to write; it appears when it is complete",
    )
    add("--two-pop", action="store_true", help="a pop two seconds before the first picture, after a leader")
    add("--tail-pop", action="store_true", help="a pop two seconds after the last picture")
    add("--no-credentials", dest="credentials", action="store_false", help="sign nothing (see docs/provenance.md)")
    add("--media-dir", metavar="DIR", type=Path, help="also search this folder for missing media")
    add("--json", action="store_true", help="print one JSON document")


def run(options: argparse.Namespace) -> int:
    from talkies.core.events import Progress, Warned
    from talkies.core.preferences import read_preferences
    from talkies.core.timeline import read_timeline
    from talkies.core.turnover.handover import HandedOver, hand_over
    from talkies.core.turnover.span import Pops
    from talkies.plugin.console import ProgressLine, print_json, show, warn

    line = ProgressLine()

    def watch(progress: Progress) -> None:
        line.show(progress.fraction, progress.message)

    timeline = read_timeline(options.timeline, options.media_dir)
    pops = Pops(options.two_pop, options.tail_pop)
    signed = options.credentials and read_preferences().signs
    try:
        for event in hand_over(timeline, options.output, pops, options.media_dir, watch, credentials=signed):
            line.clear()
            match event:
                case Warned():
                    warn(event.sentence)
                case HandedOver() if options.json:
                    print_json(event.report)
                case HandedOver():
                    show(event.report["output"])
    finally:
        line.clear()
    return 0
