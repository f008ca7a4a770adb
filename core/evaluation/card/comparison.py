"""Several weights on the same material: the main figures side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from talkies.core.evaluation.engine_under_test import EngineChoice, OnProgress
from talkies.core.evaluation.part_cache import write_json
from talkies.core.evaluation.targets import figure

Figures = dict[str, Any]


@dataclass(frozen=True)
class Main:
    """A figure worth comparing: where it stands, and whether more of it is better."""

    part: str
    what: str
    path: str
    more_is_better: bool


MAIN: tuple[Main, ...] = (
    Main("codec", "PESQ-WB of speech", "codec.speech.pesq_wb", True),
    Main("codec", "STOI of speech", "codec.speech.stoi", True),
    Main("codec", "distance of effects, × Opus", "codec.effects.relative_to_opus", False),
    Main("dialogue", "word error", "dialogue.word_error_generated", False),
    Main("dialogue", "word error, × natural", "dialogue.word_error_relative", False),
    Main("dialogue", "energy inside the cue", "dialogue.cue_fit.energy_inside", True),
    Main("dialogue", "pauses, dB under the speech", "dialogue.pause_level_db.generated", False),
    Main("dialogue", "pitch range, semitones", "dialogue.pitch_range_semitones.generated", True),
    Main("voices", "likeness to the reference, cosine", "voices.generated.cosine_own", True),
    Main("lips", "median word-start error, ms", "lips.word_start_error_ms.lips.median", False),
    Main("foley", "onset F1 at ±50 ms", "foley.onsets.generated.f1_50ms", True),
    Main("foley", "onset F1 at ±100 ms", "foley.onsets.generated.f1_100ms", True),
    Main("foley", "median absolute offset, ms", "foley.onsets.generated.offset_median_absolute_ms", False),
    Main("foley", "onset F1 at ±50 ms with prompt", "foley.onsets.generated_prompted.f1_50ms", True),
    Main("degraded", "onset F1 at ±50 ms, damaged film", "degraded.f1_50ms_damaged", True),
    Main("prompts", "prompted class named, × recordings", "prompts.ratio", True),
    Main("foley", "speech detected, share of time", "foley.voice_activity.generated.speech_share_of_time", False),
)


def compare(
    source: Path,
    subjects: Mapping[str, EngineChoice],
    evaluate: Callable[..., Figures],
    out: Path | None,
    on_progress: OnProgress,
    **options: Any,
) -> Figures:
    """The same evaluation of each subject, by label; ``options`` go to ``evaluate``.

    In ``out`` stand a folder for each, ``comparison.json`` and ``comparison.png``.
    """
    found: dict[str, Figures] = {}
    for number, (label, subject) in enumerate(subjects.items()):

        def progress(share: float, message: str, number: int = number, label: str = label) -> None:
            on_progress((number + share) / len(subjects), f"{label}: {message}")

        folder = None if out is None else out / label
        found[label] = evaluate(source, subject, out=folder, on_progress=progress, **options)
    rows = side_by_side(list(found.values()))
    document = {"kind": "comparison", "rows": rows, "models": found}
    if out is not None:
        from talkies.core.evaluation.card.plots import plot_comparison

        write_json(document, out / "comparison.json")
        plot_comparison(rows, list(found), out / "comparison.png")
    return document


def side_by_side(models: Sequence[Figures]) -> list[dict[str, Any]]:
    """One row per main figure that any model has: its values in the models' order, and which of them is best."""
    rows = []
    for main in MAIN:
        values = [figure(figures, main.path) for figures in models]
        there = [value for value in values if value is not None]
        if there:
            best = values.index(max(there) if main.more_is_better else min(there))
            rows.append({"part": main.part, "what": main.what, "values": values, "best": best})
    return rows


def labels(paths: Sequence[Path | None]) -> list[str]:
    """A short name for each weights file, all different; None is the shipped one."""
    names: list[str] = []
    for path in paths:
        name = "shipped" if path is None else path.stem
        if name in names and path is not None:
            name = f"{path.resolve().parent.name}-{path.stem}"
        while name in names:
            name += "-again"
        names.append(name)
    return names
