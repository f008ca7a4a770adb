"""Draws the scores of docs/music.md as piano rolls: ``python docs/make_score_pictures.py``."""

from __future__ import annotations

import random
from fractions import Fraction
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.axes import Axes

from talkies.core.score import Hit, Score, compose, read_asked

IMAGES = Path(__file__).parent / "images"
COLOURS = {"melody": "#b3262e", "harmony": "#4a86b8", "bass": "#1d2f6f", "pad": "#7fae8a", "accent": "#e08a1e"}
PROMPTS = ("love theme, piano", "misterioso, piano", "hurry, piano", "pastorale, salon")
BEATS = 32


def film(seconds: int) -> tuple[Hit, ...]:
    """Cuts at random, one to seven seconds apart."""
    draw, time, hits = random.Random(3), Fraction(0), [Hit(Fraction(0), 1.0, "first")]
    while (time := time + Fraction(draw.randint(30, 170), 24)) < seconds - 3:
        hits.append(Hit(time))
    return (*hits, Hit(Fraction(seconds) - Fraction(3, 2), 1.0, "last"))


def draw_roll(axes: Axes, score: Score, title: str) -> None:
    """Pitch over beats; bars in grey, hits dashed."""
    for note in score.notes:
        if note.start < BEATS:
            span = (float(note.start), max(float(note.length) - 0.05, 0.06))
            axes.broken_barh(
                [span], (note.pitch - 0.45, 0.9), color=COLOURS[note.role], alpha=0.3 + note.velocity / 182
            )
    for bar in score.sections[0].bars:
        axes.axvline(float(bar.start), color="0.75", lw=0.7, zorder=0)
    for hit in score.hits:
        axes.axvline(float(score.tempo_map.beat_at(hit.time)), color="#2d7d3a", lw=0.9, ls="--", zorder=0)
    axes.set(xlim=(0, BEATS), ylim=(26, 90), yticks=range(36, 90, 12), title=title)


def main() -> None:
    figure, rows = plt.subplots(len(PROMPTS), 1, figsize=(12, 13), layout="constrained")
    for axes, prompt in zip(rows, PROMPTS, strict=True):
        score = compose(film(90), Fraction(90), read_asked(prompt), seed=1)
        key, tempo = score.sections[0].key.name, float(score.tempo_map.median_tempo)
        draw_roll(axes, score, f"{prompt}: {key}, {tempo:.0f} quarters a minute")
    rows[-1].set_xlabel("quarters")
    figure.savefig(IMAGES / "scores.png", dpi=70)


if __name__ == "__main__":
    main()
