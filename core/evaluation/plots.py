"""Figures as pictures: onset scores side by side, and scenes with what was heard under what happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from talkies.core.evaluation.baselines import TOTAL_MOTION
from talkies.core.evaluation.onsets import detect_onsets
from talkies.core.evaluation.performing import SAMPLE_RATE
from talkies.core.media.bwf import part_file

if TYPE_CHECKING:
    from talkies.core.evaluation.foley_figures import Heard

_SHOWN_SCENES = 4
_MOTION, _SOUND, _EVENT, _ONSET = "#8a8f98", "#3b6ea5", "#c23b22", "#1b1b1b"


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
