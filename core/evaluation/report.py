"""``talkies evaluate``: all figures in one JSON-ready dictionary, with plots in a folder if one is given.

    DIR        laid out like shared/data ─► codec, dialogue, foley, film, speed       (an engine makes sound)
    TIMELINE   that talkies wrote ────────► placement, levels, cue fit, synchrony     (its takes are judged)

Letters of the keys: ``_db`` decibels, ``_ms`` milliseconds, ``_s`` seconds; F1, shares and error rates are 0 … 1 (word
error can exceed 1). None (null) means that there was nothing to measure.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from talkies.core.errors import InputError
from talkies.core.evaluation.material import read_material
from talkies.core.evaluation.performing import HasCodec, OnProgress, Performer
from talkies.core.media.bwf import part_file

if TYPE_CHECKING:
    from talkies.core.engines.base import Engine
    from talkies.core.evaluation.foley_figures import Heard

REPORT_VERSION = 1


@dataclass(frozen=True)
class Sizes:
    """How much is judged; the defaults take some minutes on two cores."""

    codec_sentences: int = 30
    codec_effects: int = 30
    sentences: int = 40
    scenes: int = 40
    films: int = 2
    tuning_scenes: int = 12
    prompted: bool = True
    recognised_scenes: int = 10


QUICK = Sizes(
    codec_sentences=4,
    codec_effects=4,
    sentences=5,
    scenes=5,
    films=1,
    tuning_scenes=4,
    prompted=False,
    recognised_scenes=2,
)
"""For a first look: under a minute, and no more precise than that."""


def evaluate(
    source: Path,
    engine: Engine | None = None,
    *,
    quick: bool = False,
    sizes: Sizes | None = None,
    steps: int | None = None,
    guidance: float | None = None,
    seed: int = 0,
    out: Path | None = None,
    on_progress: OnProgress | None = None,
) -> dict[str, Any]:
    """The figures of an engine on a folder of material, or of the takes on a written timeline.

    ``engine``: the shipped one when it is needed and none is given. ``out``: a folder for ``figures.json`` and plots.
    Raises InputError (nothing to evaluate), MissingExtraError (evaluation packages), OutputError.
    """
    source, progress = Path(source), on_progress or _unwatched
    if not source.exists():
        raise InputError(source, "does not exist", "give a folder of held-out material or a written timeline")
    heard: list[Heard] = []
    if _is_material(source):
        performer = _performer(engine, steps, guidance, seed)
        figures, heard = _folder(source, performer, sizes or (QUICK if quick else Sizes()), progress)
    else:
        figures = _timeline(source, progress)
    if out is not None:
        _write(figures, heard, out)
    progress(1.0, "done")
    return figures


def _is_material(source: Path) -> bool:
    """Bundles (.otiod) are folders, too."""
    return source.is_dir() and not (source / "content.otio").exists()


def _performer(engine: Engine | None, steps: int | None, guidance: float | None, seed: int) -> Performer:
    if engine is None:
        from talkies.core.engines.base import load_engine

        engine = load_engine("mini")
    return Performer(
        engine,
        engine.default_steps if steps is None else steps,
        engine.default_guidance if guidance is None else guidance,
        seed,
    )


def _folder(
    source: Path, performer: Performer, sizes: Sizes, progress: OnProgress
) -> tuple[dict[str, Any], list[Heard]]:
    from talkies.core.evaluation.codec_figures import codec_figures
    from talkies.core.evaluation.dialogue_figures import dialogue_figures
    from talkies.core.evaluation.film_figures import film_figures
    from talkies.core.evaluation.foley_figures import foley_figures

    started = time.perf_counter()
    material = read_material(source)
    figures: dict[str, Any] = {
        "kind": "folder",
        "version": REPORT_VERSION,
        "source": source.name,
        "engine": performer.facts(),
        "sizes": asdict(sizes),
        "selection": material.selection,
        "codec": None,
        "dialogue": None,
    }
    if isinstance(performer.engine, HasCodec) and (material.sentences or material.effects):
        part = _part(progress, 0.0, 0.15)
        figures["codec"] = codec_figures(performer.engine, material, sizes.codec_sentences, sizes.codec_effects, part)
    english = material.english()[: sizes.sentences]
    if english:
        figures["dialogue"] = dialogue_figures(performer, english, _part(progress, 0.15, 0.5))
    foley, heard = foley_figures(
        performer,
        material.foley_folder,
        sizes.scenes,
        _part(progress, 0.5, 0.9),
        prompted=sizes.prompted,
        recognise=sizes.recognised_scenes,
        tuning_scenes=sizes.tuning_scenes,
    )
    figures["foley"] = foley
    figures["film"] = film_figures(performer, material.films[: sizes.films], _part(progress, 0.9, 1.0))
    figures["speed"] = _speed(performer)
    figures["peak_memory_mb"] = _peak_memory_mb()
    figures["warnings"] = performer.warnings
    figures["computing_s"] = time.perf_counter() - started
    return figures, heard


def _timeline(source: Path, progress: OnProgress) -> dict[str, Any]:
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


def _speed(performer: Performer) -> dict[str, Any]:
    """Seconds of sound per second of computing: looking, preparing and making together (nothing is saved here)."""
    made, computing = sum(performer.made.values()), sum(performer.seconds.values())
    return {
        "sound_s": made,
        "sound_by_task_s": performer.made,
        "computing_by_stage_s": performer.seconds,
        "sound_seconds_per_second": made / computing if computing else None,
    }


def _peak_memory_mb() -> float | None:
    """Largest resident size of this process so far; None where the system does not tell."""
    if sys.platform == "win32":
        return None
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def _part(progress: OnProgress, start: float, end: float) -> OnProgress:
    return lambda share, message: progress(start + share * (end - start), message)


def _unwatched(share: float, message: str) -> None:
    pass


def _write(figures: dict[str, Any], heard: list[Heard], out: Path) -> None:
    """``figures.json`` and, of a folder's figures, ``onsets.png`` and ``scenes.png``."""
    from talkies.core.evaluation.plots import plot_onsets, plot_scenes

    with part_file(out / "figures.json") as part:
        part.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    if heard:
        plot_onsets(figures["foley"]["onsets"], out / "onsets.png")
        plot_scenes(heard, out / "scenes.png")
