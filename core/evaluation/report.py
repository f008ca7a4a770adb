"""``talkies evaluate``: all figures in one JSON-ready dictionary, with plots in a folder if one is given.

    DIR        laid out like shared/data ─► one entry per part (parts.py), targets    (an engine makes sound)
    TIMELINE   that talkies wrote ────────► placement, levels, cue fit, synchrony     (its takes are judged)

Letters of the keys: ``_db`` decibels, ``_ms`` milliseconds, ``_s`` seconds; F1, shares and error rates are 0 … 1 (word
error can exceed 1). None (null) means that there was nothing to measure.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from talkies.core.errors import InputError
from talkies.core.evaluation.engine_under_test import EngineChoice, OnProgress
from talkies.core.evaluation.part_cache import write_json
from talkies.core.evaluation.part_context import QUICK, Sizes
from talkies.core.evaluation.parts import chosen_parts
from talkies.core.evaluation.running import REPORT_VERSION, Run

Figures = dict[str, Any]


def evaluate(
    source: Path,
    subject: EngineChoice | None = None,
    *,
    quick: bool = False,
    sizes: Sizes | None = None,
    only: Sequence[str] = (),
    out: Path | None = None,
    fresh: bool = False,
    on_progress: OnProgress | None = None,
) -> Figures:
    """The figures of an engine on a folder of material, or of the takes on a written timeline.

    ``subject``: the shipped engine if none is given. ``only``: names of parts, all if empty. ``out``: a folder for
    ``figures.json``, plots and ``parts/``; a part that is there with the same weights and settings is not computed
    again unless ``fresh``, and is among the figures even when ``only`` does not name it.
    Raises InputError (nothing to evaluate), MissingExtraError (evaluation packages), OutputError.
    """
    source, progress = Path(source), on_progress or _unwatched
    if not source.exists():
        raise InputError(source, "does not exist", "give a folder of held-out material or a written timeline")
    if is_material(source):
        parts, asked = chosen_parts(tuple(only)), sizes or (QUICK if quick else Sizes())
        run = Run(source, subject or EngineChoice(), asked, progress, out, fresh)
        figures = {"kind": "folder", **run.figures(parts), "peak_memory_mb": _peak_memory_mb()}
    else:
        figures = _timeline(source, progress)
    if out is not None:
        _write(figures, out)
    progress(1.0, "done")
    return figures


def is_material(source: Path) -> bool:
    """Whether it is a folder of material; bundles (.otiod) are folders, too."""
    return source.is_dir() and not (source / "content.otio").exists()


def _timeline(source: Path, progress: OnProgress) -> Figures:
    from talkies.core.evaluation.figures.written import written_figures
    from talkies.core.timeline import read_timeline

    timeline = read_timeline(source)
    return {
        "kind": "timeline",
        "version": REPORT_VERSION,
        "source": source.name,
        "rate": str(timeline.rate),
        "duration_s": float(timeline.duration),
        **written_figures(timeline, progress),
        "warnings": list(timeline.warnings),
        "peak_memory_mb": _peak_memory_mb(),
    }


def _peak_memory_mb() -> float | None:
    """Largest resident size of this process so far; None where the system does not tell."""
    if sys.platform == "win32":
        return None
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def _unwatched(share: float, message: str) -> None:
    pass


def _write(figures: Figures, out: Path) -> None:
    """``figures.json`` and the plots that can be drawn from it."""
    from talkies.core.evaluation.card.plots import plot_figures

    write_json(figures, out / "figures.json")
    if figures["kind"] == "folder":
        plot_figures(figures, out)
