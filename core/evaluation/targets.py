"""What the model must reach (the table of issue "A model worth listening to"), and how far it has come."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Figures = Mapping[str, Any]
Look = Callable[[Figures], float | None]


def figure(figures: Figures | None, path: str) -> Any:
    """The figure at a dotted path, ``codec.speech.stoi``; None where there is none."""
    found: Any = figures
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def at(path: str) -> Look:
    """Looks at a path."""
    return lambda figures: figure(figures, path)


_COMPARED: dict[str, Callable[[float, float], bool]] = {
    "at least": lambda value, goal: value >= goal,
    "at most": lambda value, goal: value <= goal,
    "above": lambda value, goal: value > goal,
}


@dataclass(frozen=True)
class Target:
    """``reached`` looks the figure up; ``natural`` the same of recordings or of a yardstick, and says which."""

    row: str
    what: str
    reached: Look
    relation: Literal["at least", "at most", "above"]
    goal: float
    unit: str = ""
    natural: Look = lambda figures: None

    def judged(self, figures: Figures) -> dict[str, Any]:
        """One row of the table; ``met`` is None where there is no figure."""
        value = self.reached(figures)
        met = None if value is None else _COMPARED[self.relation](value, self.goal)
        return {
            "row": self.row,
            "what": self.what,
            "target": f"{self.relation} {self.goal:g}{_spaced(self.unit)}",
            "reached": value,
            "unit": self.unit,
            "natural": self.natural(figures),
            "met": met,
        }


def _spaced(unit: str) -> str:
    return f" {unit}" if unit else ""


def _slowest(figures: Figures) -> float | None:
    """Of the tasks that make one stem each."""
    tasks = figure(figures, "speed.tasks") or {}
    rates = [row["sound_seconds_per_second"] for row in tasks.values()]
    return min(rates, default=None)


def _speech_beyond_recordings(figures: Figures) -> float | None:
    """Share of time in which a detector hears speech in foley, beyond what it hears in recorded effects."""
    ours = figure(figures, "foley.voice_activity.generated.speech_share_of_time")
    recorded = figure(figures, "foley.voice_activity.natural.speech_share_of_time") or 0.0
    return None if ours is None else max(ours - recorded, 0.0)


def _align_above_guesses(figures: Figures) -> float | None:
    """AV-Align of all films together less the better guess."""
    together = figure(figures, "film.together")
    if not together:
        return None
    guessed = [guess for guess in together["baselines"].values() if guess is not None]
    return (together["generated"]["av_align"] or 0.0) - max(guessed, default=0.0)


def _invented(figures: Figures) -> float | None:
    """Clips of people who only speak, and a held frame, in which something sounds."""
    speaking, held = figure(figures, "film.people_who_speak"), figure(figures, "film.held_frame")
    if speaking is None and held is None:
        return None
    loud = speaking["clips"] - speaking["silent_clips"] if speaking else 0
    return float(loud + (held is not None and not held["digital_silence"]))


TARGETS: tuple[Target, ...] = (
    Target("codec", "PESQ-WB of speech", at("codec.speech.pesq_wb"), "at least", 3.3,
           natural=at("codec.opus_64k.speech.pesq_wb")),
    Target("codec", "STOI of speech", at("codec.speech.stoi"), "at least", 0.96,
           natural=at("codec.opus_64k.speech.stoi")),
    Target("codec", "log-spectral distance of effects, relative to Opus at 64 kb/s",
           at("codec.effects.relative_to_opus"), "at most", 1.5, "×"),
    Target("dialogue", "word error relative to natural recordings", at("dialogue.word_error_relative"),
           "at most", 1.2, "×"),
    Target("dialogue, speaking face", "median word-start error", at("lips.word_start_error_ms.lips.median"),
           "at most", 60, "ms"),
    Target("dialogue, speaking face", "relative to uniform stretching", at("lips.share_of_even"), "at most", 0.5, "×"),
    Target("foley, scenes", "onset F1 at ±50 ms", at("foley.onsets.generated.f1_50ms"), "at least", 0.85,
           natural=at("foley.onsets.natural.f1_50ms")),
    Target("foley, scenes", "median absolute offset", at("foley.onsets.generated.offset_median_absolute_ms"),
           "at most", 20, "ms", natural=at("foley.onsets.natural.offset_median_absolute_ms")),
    Target("foley, damaged film", "onset F1 at ±50 ms lost to damage", at("degraded.loss"), "at most", 0.1),
    Target("foley, real film", "AV-Align of all films less that of the better guess", _align_above_guesses,
           "above", 0.0),
    Target("foley, real film", "clips with a sound where nothing is struck", _invented, "at most", 0),
    Target("prompts", "prompted class named, relative to real recordings", at("prompts.ratio"), "at least", 0.7, "×",
           natural=at("prompts.overall.natural")),
    Target("leak", "speech detected in foley beyond that in recorded effects, share of time",
           _speech_beyond_recordings, "at most", 0.0,
           natural=at("foley.voice_activity.natural.speech_share_of_time")),
    Target("leak", "pauses of dialogue, relative to its speech", at("dialogue.pause_level_db.generated"),
           "at most", -40, "dB", natural=at("dialogue.pause_level_db.natural")),
    Target("speed", "seconds of sound per second, the slowest task", _slowest, "at least", 6.0, "×"),
    Target("speed", "weights", at("speed.weights_mb"), "at most", 64, "MB"),
)  # fmt: skip


def target_rows(figures: Figures) -> list[dict[str, Any]]:
    """Every target beside what was reached."""
    return [target.judged(figures) for target in TARGETS]
