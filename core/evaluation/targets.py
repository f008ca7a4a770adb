"""Targets of the evaluation: what the model must reach, and how far it has come."""

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
    """``reached`` looks the figure up; ``natural`` the same of recordings or of a yardstick.

    ``interval``: the path of a 95 % interval; with it the target is met, too, when the interval holds the goal.
    """

    row: str
    what: str
    reached: Look
    relation: Literal["at least", "at most", "above"]
    goal: float
    unit: str = ""
    natural: Look = lambda figures: None
    interval: str = ""

    def judged(self, figures: Figures) -> dict[str, Any]:
        """One row of the table; ``met`` is None where there is no figure."""
        value = self.reached(figures)
        interval = figure(figures, self.interval)
        held = bool(interval) and interval[0] <= self.goal <= interval[1]
        met = None if value is None else held or _COMPARED[self.relation](value, self.goal)
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


def _unnamed(figures: Figures) -> float | None:
    """Classes never named, on either stage, whose recordings are named more often than not."""
    stages = [figure(figures, f"judged_prompts.{stage}.never_named") for stage in ("scenes", "bouncing_ball")]
    there = [names for names in stages if names is not None]
    return float(len({name for names in there for name in names})) if there else None


TARGETS: tuple[Target, ...] = (
    Target("codec", "DistillMOS of speech less that of the recordings", at("judged_codec.speech.distillmos.difference"),
           "at least", -0.35, natural=at("judged_codec.speech.distillmos.natural"),
           interval="judged_codec.speech.distillmos.difference_95_percent"),
    Target("codec", "word error (moonshine) relative to the recordings", at("judged_codec.speech.word_error.relative"),
           "at most", 1.15, "×", natural=at("judged_codec.speech.word_error.natural"),
           interval="judged_codec.speech.word_error.relative_95_percent"),
    Target("codec", "effects named (YAMNet), relative to the recordings", at("judged_codec.effects.named.relative"),
           "at least", 0.9, "×", natural=at("judged_codec.effects.named.natural")),
    Target("dialogue", "word error (moonshine) relative to natural recordings",
           at("judged_dialogue.word_error.relative"), "at most", 1.5, "×",
           natural=at("judged_dialogue.word_error.natural")),
    Target("dialogue", "DistillMOS", at("judged_dialogue.distillmos.generated"), "at least", 3.4,
           natural=at("judged_dialogue.distillmos.natural")),
    Target("dialogue, task joint", "word error (moonshine) in one pass with effects",
           at("judged_joint.word_error.relative"), "at most", 1.5, "×", natural=at("judged_joint.word_error.natural")),
    Target("dialogue, task joint", "DistillMOS in one pass with effects",
           at("judged_joint.distillmos.generated"), "at least", 3.4, natural=at("judged_joint.distillmos.natural")),
    Target("prompts, scenes", "named (YAMNet) on scenes, relative to recordings",
           at("judged_prompts.scenes.named.relative"), "at least", 0.7, "×",
           natural=at("judged_prompts.scenes.named.natural")),
    Target("prompts, bouncing ball", "named (YAMNet) on a bouncing ball, relative to recordings",
           at("judged_prompts.bouncing_ball.named.relative"), "at least", 0.7, "×",
           natural=at("judged_prompts.bouncing_ball.named.natural")),
    Target("prompts", "classes never named whose recordings mostly are", _unnamed, "at most", 0),
    Target("prompts, scenes", "distance to recordings over that among them, no classifier asked",
           at("judged_prompts.scenes.distance.mean"), "at most", 1.5, "×"),
    Target("footsteps", "median rank of “Walk, footsteps”, relative to recordings",
           at("judged_prompts.footsteps.relative"), "at most", 1.33, "×",
           natural=at("judged_prompts.footsteps.median_rank.natural")),
    Target("negative prompt", "named when unwanted, relative to not mentioned", at("judged_prompts.negative.relative"),
           "at most", 0.3, "×", natural=at("judged_prompts.negative.named_when_not_mentioned")),
    Target("takes", "envelopes of three takes apart, relative to recordings",
           at("judged_prompts.scenes.takes.relative"), "at least", 0.8, "×"),
    Target("voices", "word error (moonshine) relative to recordings, the worst of the English voices",
           at("judged_voices.worst_word_error_relative"), "at most", 2.0, "×"),
    Target("voices", "DistillMOS, the worst of the English voices", at("judged_voices.worst_distillmos"),
           "at least", 3.2, natural=at("judged_dialogue.distillmos.natural")),
    Target("voices", "median pitch off the voice's own sample, the worst",
           at("judged_voices.worst_pitch_off_semitones"), "at most", 2.0, "semitones"),
    Target("voices", "own sample first of ten (Resemblyzer), the worst", at("judged_voices.worst_own_first"),
           "at least", 0.9),
    Target("--voice FILE", "own reference first (Resemblyzer)", at("judged_people.own_first"), "at least", 0.5,
           natural=at("judged_people.own_first_natural")),
    Target("--voice FILE", "pitch off the reference", at("judged_people.pitch_off_semitones"), "at most", 2.0,
           "semitones"),
    Target("--voice FILE", "DistillMOS of English lines", at("judged_people.distillmos.generated"), "at least", 3.0,
           natural=at("judged_people.distillmos.natural")),
    Target("dialogue, speaking face", "word starts in the sound, median error, the worst voice",
           at("judged_lips.worst_voice_ms"), "at most", 50, "ms",
           natural=at("judged_lips.word_start_error_ms.natural.median")),
    Target("foley, real film", "onsets in common of clean and lightly worn copies", at("judged_film.common.in_common"),
           "at least", 0.8),
    Target("foley, real film", "loudest clip in which people only sign or talk", at("judged_film.people.loudest_db"),
           "at most", -60, "dBFS"),
    Target("joints", "joints at which something jumps", at("judged_joints.jumps"), "at most", 0),
    Target("joints", "samples that are no numbers", at("judged_joints.not_finite"), "at most", 0),
    Target("codec", "PESQ-WB of speech", at("codec.speech.pesq_wb"), "at least", 3.3,
           natural=at("codec.opus_64k.speech.pesq_wb")),
    Target("codec", "STOI of speech", at("codec.speech.stoi"), "at least", 0.96,
           natural=at("codec.opus_64k.speech.stoi")),
    Target("codec", "log-spectral distance of effects, relative to Opus at 64 kb/s",
           at("codec.effects.relative_to_opus"), "at most", 1.5, "×"),
    Target("dialogue", "word error (pocketsphinx, second row) relative to recordings",
           at("dialogue.word_error_relative"), "at most", 1.2, "×"),
    Target("dialogue, speaking face", "planned word starts, median error (the sound was not heard)",
           at("lips.word_start_error_ms.lips.median"), "at most", 60, "ms"),
    Target("dialogue, speaking face", "relative to uniform stretching", at("lips.share_of_even"), "at most", 0.5, "×"),
    Target("foley, scenes", "onset F1 at ±50 ms", at("foley.onsets.generated.f1_50ms"), "at least", 0.85,
           natural=at("foley.onsets.natural.f1_50ms")),
    Target("foley, scenes", "median absolute offset", at("foley.onsets.generated.offset_median_absolute_ms"),
           "at most", 20, "ms", natural=at("foley.onsets.natural.offset_median_absolute_ms")),
    Target("foley, damaged film", "onset F1 at ±50 ms lost to damage", at("degraded.loss"), "at most", 0.1),
    Target("foley, real film", "AV-Align of all films less that of the better guess", _align_above_guesses,
           "above", 0.0),
    Target("foley, real film", "clips with a sound where nothing is struck", _invented, "at most", 0),
    Target("prompts", "named by our own classifier (second row), relative to recordings",
           at("prompts.ratio"), "at least", 0.7, "×", natural=at("prompts.overall.natural")),
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
