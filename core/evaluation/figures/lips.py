"""Words on lips: does dialogue for a real speaking face begin each word when the mouth says it?

The cue covers the whole clip, so that only the picture can tell. Truth are the word times of the recording:
``video/grid_s1_words.csv`` of a data folder. Beside the engine's plan stand three that know less: phonemes spread
evenly over the cue, the engine without a picture, and the engine with a mouth's movement but not its words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import numpy as np

from talkies.core.evaluation.engine_under_test import EngineUnderTest, OnProgress
from talkies.core.times import TimeRange

if TYPE_CHECKING:
    from talkies.core.conditioning.picture.visual import PictureFeatures
    from talkies.core.engines.base import Line

_SPEAKER, _LANGUAGE = "grid_s1", "en-GB"

Starts = list[float]
"""When each word begins, s."""


@runtime_checkable
class PlansWords(Protocol):
    """An engine that can say when it is going to say each word."""

    def word_starts(self, features: PictureFeatures | None, line: Line, voice: str) -> Starts: ...


@dataclass(frozen=True)
class SpokenClip:
    """A movie of somebody who speaks, and when each word begins (s)."""

    path: Path
    text: str
    starts: Starts


def spoken_clips(data: Path) -> Iterator[SpokenClip]:
    """The held-out movies with word times, but for those of which espeak runs two words together."""
    from talkies.core.conditioning.speech.phonemes import speak
    from talkies.core.corpus.recordings import utterances, word_times

    times = word_times(data)
    for utterance in utterances(data, "test"):
        words = [(word, start) for word, start, _ in times.get(utterance.file, []) if word not in ("sil", "sp")]
        if words and len(speak(utterance.text, _LANGUAGE).words) == len(words):
            yield SpokenClip(data / utterance.file, utterance.text, [start for _, start in words])


def lip_figures(under_test: EngineUnderTest, data_folder: Path, clips: int, progress: OnProgress) -> dict[str, Any]:
    """Errors of word starts (ms) over the first ``clips`` held-out movies; {} for an engine that plans no words."""
    if not isinstance(under_test.engine, PlansWords):
        return {}
    chosen = sorted(spoken_clips(data_folder), key=lambda clip: clip.path.name)[:clips]
    errors: dict[str, list[float]] = {name: [] for name in ("lips", "movement", "no_picture", "even")}
    firsts: list[float] = []
    for number, clip in enumerate(chosen):
        progress(number / len(chosen), f"lips: {clip.path.name}")
        plans = _plans(under_test, clip)
        for name, plan in plans.items():
            errors[name] += word_errors_s(plan, clip.starts)
        firsts += word_errors_s(plans["lips"][:1], clip.starts[:1])
    return {
        "clips": len(chosen),
        "words": len(errors["lips"]),
        "word_start_error_ms": {name: error_figures(values) for name, values in errors.items()},
        "first_word_error_ms": error_figures(firsts),
        "share_of_even": _ratio(errors["lips"], errors["even"]),
    }


def _plans(under_test: EngineUnderTest, clip: SpokenClip) -> dict[str, Starts]:
    """When the engine will say each word, knowing less and less."""
    from talkies.core.engines.base import Line

    assert isinstance(under_test.engine, PlansWords)
    with under_test.clock("look"):
        features, duration = seen_movie(clip.path)
    line = Line(TimeRange(Fraction(0), duration), clip.text, _SPEAKER, _LANGUAGE)
    known = {"lips": features, "movement": replace(features, mouths=None), "no_picture": None}
    with under_test.clock("prepare"):
        plans = {name: under_test.engine.word_starts(what, line, _SPEAKER) for name, what in known.items()}
    return plans | {"even": even_starts(clip.text, float(duration))}


def seen_movie(path: Path) -> tuple[PictureFeatures, Fraction]:
    """What a whole movie shows, and how long it is (s)."""
    from talkies.core.conditioning.picture.visual import picture_features
    from talkies.core.media.picture import picture_frames, probe
    from talkies.core.segment import Picture, Segment

    duration = probe(path).duration
    whole = TimeRange(Fraction(0), duration)
    segment = Segment("lips", path.name, "V1", whole, whole, Fraction(25), picture=Picture(path))
    return picture_features(picture_frames(segment), duration), duration


def even_starts(text: str, duration_s: float) -> Starts:
    """Word starts when every phoneme lasts as long as the others and all fill the cue."""
    from talkies.core.conditioning.speech.phonemes import speak

    spoken = speak(text, _LANGUAGE)
    return [duration_s * word / len(spoken.ids) for word in spoken.words]


def word_errors_s(planned: Sequence[float], truth: Sequence[float]) -> list[float]:
    """How much later each word is planned than it is spoken (s)."""
    return [plan - start for plan, start in zip(planned, truth, strict=True)]


def error_figures(errors_s: Sequence[float]) -> dict[str, float | None]:
    """Median and 90th percentile of the size of the errors, and their median, in ms."""
    if not errors_s:
        return {"median": None, "p90": None, "late": None}
    size = np.abs(errors_s)
    figures = {"median": np.median(size), "p90": np.percentile(size, 90), "late": np.median(errors_s)}
    return {name: 1000 * float(value) for name, value in figures.items()}


def _ratio(ours: Sequence[float], others: Sequence[float]) -> float | None:
    """Median size of our errors, as a share of that of others."""
    return float(np.median(np.abs(ours)) / np.median(np.abs(others))) if others else None
