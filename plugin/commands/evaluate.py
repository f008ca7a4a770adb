"""talkies evaluate: sync, speech, fidelity, leak and speed on held-out material, or of a written timeline."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from talkies.core.evaluation.engine_under_test import EngineChoice, OnProgress


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("source", metavar="DIR|TIMELINE", type=Path, help="held-out material (see docs), or a timeline talkies wrote")
    add(
        "--out",
        metavar="DIR",
        type=Path,
        help="also write figures.json and plots to this folder; parts already there are reused",
    )
    add("--only", metavar="PART,...", default="", help="only these parts, such as codec,dialogue (default: all)")
    add("--quick", action="store_true", help="a preview in a few minutes, less precise")
    add("--fresh", action="store_true", help="ignore the part cache of --out and compute every part again")
    add("--card", metavar="FILE", type=Path, help="write the figures into a model card, between its markers")
    add("--engine", metavar="NAME", default="mini", help="see 'talkies engines list' (default: mini)")
    add("--weights", metavar="FILE", type=Path, help="another checkpoint for the engine")
    add("--against", metavar="FILE", type=Path, nargs="+", default=[], help="compare with other checkpoints")
    add("--device", metavar="D", default="auto", help="auto, cpu, cuda, cuda:1 or mps (default: auto)")
    add("--seed", metavar="N", type=int, default=0, help="(default: 0)")
    add("--steps", metavar="N", type=int, help="steps of the solver (default: the engine's)")
    add("--guidance", metavar="X", type=float, help="(default: the engine's)")
    add("--json", action="store_true", help="print one JSON document")


def run(options: argparse.Namespace) -> int:
    from talkies.core.evaluation.card.model_card import around, write_card
    from talkies.plugin.console import ProgressLine, print_json, show

    if options.card:
        around(options.card, "comparison" if options.against else "figures")  # rather now than in twenty minutes
    line = ProgressLine()
    figures = _figures(options, with_time_left(line.show))
    line.clear()
    if options.card:
        write_card(figures, options.card)
    if options.json:
        print_json(figures)
    else:
        show(*(f"{name:56} {value}" for name, value in flat(figures)))
    return 0


def _figures(options: argparse.Namespace, on_progress: OnProgress) -> dict[str, Any]:
    from talkies.core.errors import ArgumentError
    from talkies.core.evaluation.card.comparison import compare, labels
    from talkies.core.evaluation.report import evaluate, is_material

    if (options.against or options.card) and not is_material(options.source):
        raise ArgumentError(
            "--against and --card", "need a folder of held-out material", "a timeline is evaluated alone"
        )
    only = tuple(name.strip() for name in options.only.split(",") if name.strip())
    how = {"quick": options.quick, "only": only, "fresh": options.fresh}
    subject = _subject(options)
    if not options.against:
        return evaluate(options.source, subject, out=options.out, on_progress=on_progress, **how)
    weights = [options.weights, *options.against]
    subjects = {label: replace(subject, weights=path) for label, path in zip(labels(weights), weights, strict=True)}
    return compare(options.source, subjects, evaluate, options.out, on_progress, **how)


def _subject(options: argparse.Namespace) -> EngineChoice:
    from talkies.core.evaluation.engine_under_test import EngineChoice

    return EngineChoice(
        options.engine, options.weights, options.device, options.steps, options.guidance, options.seed,
        options.load_engine,
    )  # fmt: skip


def with_time_left(show: OnProgress) -> OnProgress:
    """Adds how long the rest will take, as soon as that can be told."""
    started = time.monotonic()

    def report_progress(share: float, message: str) -> None:
        passed = time.monotonic() - started
        if 0.02 < share < 1 and passed > 5:
            message += f", {duration(passed * (1 - share) / share)} left"
        show(share, message)

    return report_progress


def duration(seconds: float) -> str:
    """About so long: ``40 s``, ``12 min``."""
    return f"{max(round(seconds, -1), 10):.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"


def flat(figures: Any, prefix: str = "") -> Iterator[tuple[str, str]]:
    """``dialogue.word_error`` and so on, one line a figure; long lists are counted, not shown."""
    if isinstance(figures, dict):
        for name, value in figures.items():
            yield from flat(value, f"{prefix}.{name}" if prefix else str(name))
    elif isinstance(figures, list):
        yield prefix, f"{len(figures)} entries (see --json)"
    else:
        yield prefix, f"{figures:.4g}" if isinstance(figures, float) else str(figures)
