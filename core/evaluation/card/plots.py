"""Figures as pictures: targets, onset scores, few steps beside many, and scenes with what was heard in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from talkies.core.evaluation.measures.baselines import TOTAL_MOTION
from talkies.core.files.atomic import part_file
from talkies.core.media.onsets import detect_onsets
from talkies.core.media.wav.bwf import SAMPLE_RATE

if TYPE_CHECKING:
    from talkies.core.evaluation.figures.foley import Heard

_SHOWN_SCENES = 4
_MOTION, _SOUND, _EVENT, _ONSET, _MET = "#8a8f98", "#3b6ea5", "#c23b22", "#1b1b1b", "#2e7d4f"


def plot_figures(figures: Mapping[str, Any], folder: Path) -> None:
    """Every plot that the figures of a folder are enough for: ``targets.png``, ``onsets.png``, ``steps.png``."""
    plot_targets(figures["targets"], folder / "targets.png")
    if figures.get("foley"):
        plot_onsets(figures["foley"]["onsets"], folder / "onsets.png")
    if figures.get("steps"):
        plot_steps(figures["steps"], folder / "steps.png")


def plot_targets(rows: Sequence[Mapping[str, Any]], path: Path) -> None:
    """What was reached, row by row, in the colour of the verdict."""
    figure = _figure(9, 0.4 + 0.3 * len(rows))
    axes = figure.subplots()
    for place, row in enumerate(rows):
        colour = {True: _MET, False: _EVENT, None: _MOTION}[row["met"]]
        axes.plot(0.02, place, "o", color=colour, markersize=9)
        axes.text(0.05, place, f"{row['row']}: {row['what']}", va="center", fontsize=8)
        value = "–" if row["reached"] is None else f"{row['reached']:.3g} {row['unit']}"
        axes.text(0.74, place, value, va="center", fontsize=8, color=colour, weight="bold")
        axes.text(0.86, place, row["target"], va="center", fontsize=8)
    axes.set_xlim(0, 1)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_axis_off()
    _save(figure, path)


def plot_steps(steps: Mapping[str, Any], path: Path) -> None:
    """Onset F1, word error and the distance to 50 evaluations over the number of evaluations."""
    figure = _figure(9, 3)
    quality, distance = figure.subplots(1, 2)
    for name, label in (("foley_f1_50ms", "onset F1 at ±50 ms"), ("word_error", "word error")):
        points = {int(count): value for count, value in (steps[name] or {}).items() if value is not None}
        quality.plot(list(points), list(points.values()), "o-", label=label)
    for name, label in (("foley_distance_to_50_db", "foley"), ("dialogue_distance_to_50_db", "dialogue")):
        far = dict(steps[name])
        yardstick = far.pop("another_seed", None)
        line = distance.plot([int(count) for count in far], list(far.values()), "o-", label=label)
        if yardstick is not None:
            distance.axhline(yardstick, color=line[0].get_color(), linestyle=":", label=f"{label}, another seed")
    quality.set_ylim(0, 1)
    distance.set_ylim(bottom=0)
    distance.set_ylabel("dB from the sound of 50 evaluations")
    for axes in (quality, distance):
        axes.set_xlabel("evaluations")
        axes.legend(fontsize=8)
    _save(figure, path)


def plot_comparison(rows: Sequence[Mapping[str, Any]], labels: Sequence[str], path: Path) -> None:
    """One small panel per figure, one bar per model; the best one is filled."""
    shown = [row for row in rows if any(value is not None for value in row["values"])]
    columns = 4
    lines = max(-(-len(shown) // columns), 1)
    figure = _figure(11, 1.1 + 1.0 * lines)
    panels = figure.subplots(lines, columns, squeeze=False).ravel()
    for axes in panels[len(shown) :]:
        axes.set_axis_off()
    for axes, row in zip(panels, shown, strict=False):
        values = [0.0 if value is None else value for value in row["values"]]
        colours = [_SOUND if number == row["best"] else "#9dbbd8" for number in range(len(values))]
        bars = axes.barh(range(len(values)), values, color=colours)
        axes.bar_label(bars, ["–" if value is None else f"{value:.3g}" for value in row["values"]], fontsize=7)
        axes.set_yticks(range(len(labels)), labels, fontsize=7)
        axes.invert_yaxis()
        axes.margins(x=0.25)
        axes.set_xticks([])
        axes.set_title(row["what"], fontsize=7)
    _save(figure, path)


def plot_onsets(onsets: Mapping[str, Mapping[str, Any] | None], path: Path) -> None:
    """Bars of onset F1 at ±50 and ±100 ms, one pair for each source of onsets."""
    there = {name: figures for name, figures in onsets.items() if figures}
    figure = _figure(7.5, 0.6 + 0.45 * len(there))
    axes = figure.subplots()
    rows = np.arange(len(there))
    for shift, tolerance, colour in ((-0.18, 50, _SOUND), (0.18, 100, "#9dbbd8")):
        scores = [figures[f"f1_{tolerance}ms"] for figures in there.values()]
        bars = axes.barh(rows + shift, scores, 0.34, color=colour, label=f"±{tolerance} ms")
        axes.bar_label(bars, fmt="%.2f", padding=2, fontsize=8)
    axes.set_yticks(rows, [name.replace("_", " ") for name in there])
    axes.invert_yaxis()
    axes.set_xlim(0, 1.08)
    axes.set_xlabel("onset F1 on held-out rendered scenes")
    axes.legend(loc="lower right", fontsize=8)
    _save(figure, path)


def plot_scenes(heard: Sequence[Heard], path: Path) -> None:
    """For the first scenes in which something happens: motion and true events above, sound and its onsets below."""
    shown = [row for row in heard if row.seen.events][:_SHOWN_SCENES] or list(heard[:1])
    figure = _figure(9, 1.6 * len(shown) + 0.4)
    for axes, row in zip(figure.subplots(len(shown), squeeze=False)[:, 0], shown, strict=True):
        motion = row.seen.features.sync[:, TOTAL_MOTION]
        axes.fill_between((np.arange(len(motion)) + 0.5) / 25, motion / max(motion.max(initial=0), 1e-6), color=_MOTION)
        peaks = np.abs(row.generated[: len(row.generated) // 480 * 480]).reshape(-1, 480).max(1)
        axes.fill_between(
            np.arange(len(peaks)) * 480 / SAMPLE_RATE, -peaks / max(peaks.max(initial=0), 1e-6), color=_SOUND
        )
        axes.vlines(row.seen.times, 0, 1.1, color=_EVENT, linewidth=1)
        axes.vlines(detect_onsets(row.generated), -1.1, 0, color=_ONSET, linewidth=1)
        axes.set_xlim(0, float(row.seen.scene.duration))
        axes.set_ylim(-1.15, 1.15)
        axes.set_yticks([0.55, -0.55], [f"{row.seen.scene.kind}: picture", "sound"])
    axes.set_xlabel("s; red: what happens, black: onsets heard")
    _save(figure, path)


def _figure(width: float, height: float) -> Any:
    """Without pyplot: no global state, no window."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, max(height, 2.0)), layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def _save(figure: Any, path: Path) -> None:
    with part_file(path) as part:
        figure.savefig(part, format="png", dpi=110)
