"""Draws the pictures of docs/music.md: ``python docs/make_score_pictures.py [rolls] [moods] [sound] [dynamics]``."""

from __future__ import annotations

import random
import sys
from fractions import Fraction
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from onset_facts import HOP_S, RATE, strength
from score_facts import film as cut_film
from score_facts import measures

from talkies.core.generation.scores import played
from talkies.core.instruments import SALON, THEATRE, perform
from talkies.core.score import Hit, Score, compose, read_asked
from talkies.core.score.moods import MOODS

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


SHOWN = {
    "tempo": "quarters a minute", "density": "onsets/s", "register": "median pitch",
    "brightness": "above G4, of loudness", "loudness": "velocity", "minor": "minor",
}  # fmt: skip


def draw_moods() -> None:
    """Three pieces of each mood, a dot each, by what tells moods apart; moods by tempo."""
    found = {
        mood: [measures(compose(cut_film(60, seed), Fraction(60), read_asked(mood), seed)) for seed in (1, 2, 3)]
        for mood in MOODS
    }
    order = sorted(found, key=lambda mood: found[mood][0]["tempo"])
    figure, columns = plt.subplots(1, len(SHOWN), figsize=(14, 5), layout="constrained", sharey=True)
    for axes, (name, title) in zip(columns, SHOWN.items(), strict=True):
        for row, mood in enumerate(order):
            axes.plot([piece[name] for piece in found[mood]], [row] * 3, "o", color="#4a86b8", alpha=0.7)
        axes.set(title=title, yticks=range(len(order)), yticklabels=order)
        axes.grid(axis="y", color="0.9")
    figure.savefig(IMAGES / "moods.png", dpi=70)


def draw_sound() -> None:
    """What two pieces sound like: spectra over time, and the strength of onsets beneath, hits dashed."""
    prompts, seconds = ("lamento, orchestra", "hurry, piano"), 15
    figure, rows = plt.subplots(4, 1, figsize=(12, 10), layout="constrained", height_ratios=(3, 1, 3, 1))
    for place, prompt in enumerate(prompts):
        score = compose(film(40), Fraction(40), read_asked(prompt), seed=1)
        room = THEATRE if "orchestra" in prompt else SALON
        sound = np.concatenate(list(perform(played(score), seconds * RATE, 1, room)), axis=1).mean(axis=0)
        upper, lower = rows[2 * place], rows[2 * place + 1]
        upper.specgram(sound, NFFT=4096, Fs=RATE, noverlap=3072, cmap="magma", vmin=-130, vmax=-50)
        upper.set(ylim=(0, 6000), xlim=(0, seconds), title=prompt, ylabel="Hz")
        curve = strength(sound)
        lower.plot(np.arange(len(curve)) * HOP_S, curve, color="#1d2f6f", lw=0.8)
        lower.set(xlim=(0, seconds), yticks=[], ylabel="onsets")
        for hit in score.hits:
            for axes in (upper, lower):
                axes.axvline(float(hit.time), color="#2d7d3a", lw=1, ls="--")
    rows[-1].set_xlabel("seconds")
    figure.savefig(IMAGES / "music_sound.png", dpi=50)


def draw_dynamics() -> None:
    """How loud five minutes are: the mean velocity of every five seconds, without accents."""
    figure, axes = plt.subplots(figsize=(12, 3.5), layout="constrained")
    for prompt, colour in (
        ("battle, orchestra", "#b3262e"),
        ("waltz, salon", "#4a86b8"),
        ("lamento, piano", "#1d2f6f"),
    ):
        score = compose(film(300), Fraction(300), read_asked(prompt), seed=1)
        notes = [(float(score.seconds(note).start), note.velocity) for note in score.notes if note.role != "accent"]
        inside = [[loud for start, loud in notes if at <= start < at + 5] for at in range(0, 295, 5)]
        level = [float(np.mean(each)) if each else float("nan") for each in inside]
        axes.plot(np.arange(len(level)) * 5 + 2.5, level, color=colour, label=prompt)
    axes.set(xlim=(0, 300), xlabel="seconds", ylabel="velocity")
    figure.legend(loc="outside right upper")
    figure.savefig(IMAGES / "score_dynamics.png", dpi=70)


def draw_rolls() -> None:
    figure, rows = plt.subplots(len(PROMPTS), 1, figsize=(12, 13), layout="constrained")
    for axes, prompt in zip(rows, PROMPTS, strict=True):
        score = compose(film(90), Fraction(90), read_asked(prompt), seed=1)
        key, tempo = score.sections[0].key.name, float(score.tempo_map.median_tempo)
        draw_roll(axes, score, f"{prompt}: {key}, {tempo:.0f} quarters a minute")
    rows[-1].set_xlabel("quarters")
    figure.savefig(IMAGES / "scores.png", dpi=70)


def main() -> None:
    pictures = {"rolls": draw_rolls, "moods": draw_moods, "sound": draw_sound, "dynamics": draw_dynamics}
    for name in sys.argv[1:] or pictures:
        pictures[name]()


if __name__ == "__main__":
    main()
