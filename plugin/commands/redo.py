"""talkies redo: takes are made again from their own metadata, sample for sample."""

from __future__ import annotations

import argparse
from pathlib import Path

from talkies.core.errors import ArgumentError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("timeline", metavar="TIMELINE|TAKE.wav", type=Path, help="a timeline with takes of talkies, or one take")
    out = "write them there (default: files that are missing into their place, the others are only compared)"
    add("-o", "--output", metavar="DIR", type=Path, help=out)
    add("--take", metavar="NAME", action="append", default=[], help="only this take of the timeline; may be repeated")
    add("--media-dir", metavar="DIR", type=Path, help="also search this folder for missing sound files")
    add("--json", action="store_true", help="print one JSON document")


def run(options: argparse.Namespace) -> int:
    from talkies.core.engines.base import load_engine
    from talkies.core.events import Progress
    from talkies.core.generation.made_takes import made_takes
    from talkies.core.generation.redo import Redone, redo
    from talkies.core.generation.request import did_you_mean
    from talkies.plugin.console import ProgressLine, print_json, show, warn

    takes = made_takes(options.timeline, options.media_dir)
    known = {take.name for take in takes}
    for name in options.take:
        if name not in known:
            raise ArgumentError(f"take {name!r}", f"is not in {options.timeline.name}", did_you_mean(name, known))
    line, done = ProgressLine(), list[Redone]()

    def watch(progress: Progress) -> None:
        line.show((len(done) + progress.fraction) / len(chosen), progress.message)

    chosen = [take for take in takes if not options.take or take.name in options.take]
    try:
        for each in redo(chosen, options.output, load_engine=options.load_engine or load_engine, watch=watch):
            done.append(each)
            line.clear()
            for sentence in filter(None, (each.problem, each.note)):
                warn(sentence)
            if not (each.problem or options.json):
                show(f"{each.path}: {_OUTCOMES[each.is_same].format(_parts_of(each.path))}")
    finally:
        line.clear()
    if options.json:
        print_json({"takes": [vars(each) for each in done]})
    return 0 if all(each.path is not None and each.is_same is not False for each in done) else 1


def _parts_of(path: Path | None) -> str:
    return "sample" if path is None or path.suffix == ".wav" else "picture"


_OUTCOMES = {True: "the same, {0} for {0}", False: "not as it was", None: "made again"}
