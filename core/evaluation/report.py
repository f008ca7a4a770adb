"""``talkies evaluate``: all figures in one JSON-ready dictionary, with plots in a folder if one is given.

    DIR        laid out like shared/data ─► one entry per part (parts.py), targets    (an engine makes sound)
    TIMELINE   that talkies wrote ────────► placement, levels, cue fit, synchrony     (its takes are judged)

Letters of the keys: ``_db`` decibels, ``_ms`` milliseconds, ``_s`` seconds; F1, shares and error rates are 0 … 1 (word
error can exceed 1). None (null) means that there was nothing to measure.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from talkies.core.errors import InputError
from talkies.core.evaluation.keeping import keep, kept, write_json
from talkies.core.evaluation.material import read_material
from talkies.core.evaluation.parts import PARTS, QUICK, Given, Sizes, chosen_parts, within
from talkies.core.evaluation.performing import OnProgress, Performer, Subject
from talkies.core.evaluation.targets import target_rows

REPORT_VERSION = 2

Figures = dict[str, Any]


def evaluate(
    source: Path,
    subject: Subject | None = None,
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
    again unless ``fresh``. Raises InputError (nothing to evaluate), MissingExtraError (evaluation packages),
    OutputError.
    """
    source, progress = Path(source), on_progress or _unwatched
    if not source.exists():
        raise InputError(source, "does not exist", "give a folder of held-out material or a written timeline")
    if is_material(source):
        parts = chosen_parts(tuple(only))
        figures = _folder(
            source, subject or Subject(), parts, sizes or (QUICK if quick else Sizes()), progress, out, fresh
        )
    else:
        figures = _timeline(source, progress)
    if out is not None:
        _write(figures, out)
    progress(1.0, "done")
    return figures


def is_material(source: Path) -> bool:
    """Whether it is a folder of material; bundles (.otiod) are folders, too."""
    return source.is_dir() and not (source / "content.otio").exists()


def _folder(
    source: Path,
    subject: Subject,
    parts: Sequence[str],
    sizes: Sizes,
    progress: OnProgress,
    out: Path | None,
    fresh: bool,
) -> Figures:
    material = read_material(source)
    performer = subject.performer()
    figures: Figures = {
        "kind": "folder",
        "version": REPORT_VERSION,
        "source": source.name,
        "engine": performer.facts(),
        "sizes": asdict(sizes),
        "selection": material.selection,
    }
    records: dict[str, Figures] = {}
    keys = {name: _key(name, source, performer, sizes) for name in parts}
    if out is not None and not fresh:
        found = {name: kept(_part_path(out, name), keys[name]) for name in parts}
        records = {name: record for name, record in found.items() if record is not None}
    missing = [name for name in parts if name not in records]
    done, whole = 0.0, sum(PARTS[name].seconds(sizes) for name in missing) or 1.0
    for name in missing:
        share = PARTS[name].seconds(sizes) / whole
        given = Given(subject, performer, material, sizes, within(progress, done, done + share), out)
        records[name] = _record(name, given)
        if out is not None:
            keep(_part_path(out, name), keys[name], records[name])
        done += share
    figures |= {name: records[name]["figures"] for name in parts}
    warnings = (warning for name in parts for warning in records[name]["warnings"])
    return figures | {
        "targets": target_rows(figures),
        "warnings": list(dict.fromkeys(warnings)),
        "computing_s": {name: records[name]["computing_s"] for name in parts},
        "reused_parts": [name for name in parts if name not in missing],
        "peak_memory_mb": _peak_memory_mb(),
    }


def _key(name: str, source: Path, performer: Performer, sizes: Sizes) -> Figures:
    """What a part's figures depend on."""
    asked = asdict(sizes)
    return {
        "version": REPORT_VERSION,
        "source": source.name,
        "engine": performer.facts(),
        "sizes": {size: asked[size] for size in PARTS[name].sizes},
    }


def _record(name: str, given: Given) -> Figures:
    """A part's figures with the time they took and what the engine warned of."""
    started = time.perf_counter()
    given.performer.warnings.clear()
    figures = PARTS[name].figures(given)
    return {
        "figures": figures,
        "warnings": list(given.performer.warnings),
        "computing_s": time.perf_counter() - started,
    }


def _part_path(out: Path, name: str) -> Path:
    return out / "parts" / f"{name}.json"


def _timeline(source: Path, progress: OnProgress) -> Figures:
    from talkies.core.evaluation.written_figures import written_figures
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
    from talkies.core.evaluation.plots import plot_figures

    write_json(figures, out / "figures.json")
    if figures["kind"] == "folder":
        plot_figures(figures, out)
