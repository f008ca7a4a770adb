"""talkies evaluate: the figures we live by."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SUMMARY = "measure sync, speech, fidelity, leak, placement and speed"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("source", metavar="DIR|TIMELINE", type=Path, help="held-out material (see docs), or a timeline talkies wrote")
    add("--out", metavar="DIR", type=Path, help="also write figures.json and plots here")
    add("--quick", action="store_true", help="a first look in about a minute, less precise")
    add("--engine", metavar="NAME", default="mini", help="see 'talkies models list' (default: mini)")
    add("--weights", metavar="FILE", type=Path, help="another checkpoint for the engine")
    add("--device", metavar="D", default="auto", help="auto, cpu, cuda, cuda:1 or mps (default: auto)")
    add("--seed", metavar="N", type=int, default=0, help="(default: 0)")
    add("--steps", metavar="N", type=int, help="steps of the solver (default: the engine's)")
    add("--guidance", metavar="X", type=float, help="(default: the engine's)")
    add("--json", action="store_true", help="print one JSON document")


def run(options: argparse.Namespace) -> int:
    from talkies.core.evaluation import evaluate
    from talkies.core.evaluation.report import _is_material as is_material
    from talkies.core.render import load_engine
    from talkies.plugin.output import ProgressLine, print_json

    engine = None
    if is_material(options.source):
        engine = (options.load_engine or load_engine)(options.engine, options.weights, options.device)
    line = ProgressLine()
    figures = evaluate(
        options.source,
        engine,
        quick=options.quick,
        steps=options.steps,
        guidance=options.guidance,
        seed=options.seed,
        out=options.out,
        on_progress=line.show,
    )
    line.clear()
    if options.json:
        print_json(figures)
    else:
        print("\n".join(f"{name:56} {value}" for name, value in flat(figures)))
    return 0


def flat(figures: Any, prefix: str = "") -> Iterator[tuple[str, str]]:
    """``dialogue.word_error`` and so on, one line a figure; long lists are counted, not shown."""
    if isinstance(figures, dict):
        for name, value in figures.items():
            yield from flat(value, f"{prefix}.{name}" if prefix else str(name))
    elif isinstance(figures, list):
        yield prefix, f"{len(figures)} entries (see --json)"
    else:
        yield prefix, f"{figures:.4g}" if isinstance(figures, float) else str(figures)
