"""How speech comes out: understood as often as the natural recordings, inside its cues, and clean in its pauses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from talkies.core.evaluation.codec_figures import read_speech
from talkies.core.evaluation.fidelity import mean
from talkies.core.evaluation.leak import pause_level_db
from talkies.core.evaluation.material import Sentence
from talkies.core.evaluation.performing import SAMPLE_RATE, HasCodec, OnProgress, Performer, Sound
from talkies.core.evaluation.speech import (
    CueFit,
    Recogniser,
    WordErrors,
    cue_fit,
    relative_rate_interval,
    voiced_ranges,
    word_errors,
)
from talkies.core.times import TimeRange

_AROUND = Fraction(2, 5)
"""Seconds of pause before and after the cue, so that speech has room to miss it."""


@dataclass(frozen=True)
class Spoken:
    """One sentence, judged."""

    natural: WordErrors
    codec: WordErrors | None
    generated: WordErrors
    fit: CueFit
    natural_pause_db: float | None
    pause_db: float | None
    heard: str


def dialogue_figures(performer: Performer, sentences: Sequence[Sentence], progress: OnProgress) -> dict[str, Any]:
    """Word error rates of natural, codec-only and generated speech, cue fit and pauses."""
    recogniser = Recogniser()
    rows: list[Spoken] = []
    for number, sentence in enumerate(sentences):
        progress(number / len(sentences), f"dialogue: {sentence.path.name}")
        rows.append(_judged(performer, recogniser, sentence, number))
    natural, generated = [row.natural for row in rows], [row.generated for row in rows]
    through_codec = [row.codec for row in rows if row.codec is not None]
    rate, natural_rate = _rate(generated), _rate(natural)
    return {
        "sentences": len(rows),
        "words": sum(row.natural.words for row in rows),
        "word_error_natural": natural_rate,
        "word_error_codec_only": _rate(through_codec),
        "word_error_generated": rate,
        "word_error_relative": rate / natural_rate if rate is not None and natural_rate else None,
        "word_error_relative_95_percent": relative_rate_interval(generated, natural),
        "cue_fit": fit_figures([row.fit for row in rows]),
        "pause_level_db": {
            "natural": mean([row.natural_pause_db for row in rows]),
            "generated": mean([row.pause_db for row in rows]),
        },
        "heard": [
            {"file": sentence.path.name, "text": sentence.text, "heard": row.heard, "errors": row.generated.errors}
            for sentence, row in zip(sentences, rows, strict=True)
        ],
    }


def _judged(performer: Performer, recogniser: Recogniser, sentence: Sentence, number: int) -> Spoken:
    natural = read_speech(sentence.path)
    cue, duration = _cue(natural)
    sound = perform_line(performer, sentence, cue, duration, number)
    heard = recogniser.heard(sound)
    codec = None
    if isinstance(performer.engine, HasCodec):
        codec = recogniser.errors(sentence.text, performer.engine.codec_roundtrip(natural))
    return Spoken(
        natural=recogniser.errors(sentence.text, natural),
        codec=codec,
        generated=word_errors(sentence.text, heard),
        fit=cue_fit(sound, cue),
        natural_pause_db=pause_level_db(natural, voiced_ranges(natural)),
        pause_db=pause_level_db(sound, voiced_ranges(sound)),
        heard=heard,
    )


def perform_line(performer: Performer, sentence: Sentence, cue: TimeRange, duration: Fraction, number: int) -> Sound:
    """The sentence as the engine says it within ``cue``, without a picture, in the voice of its speaker."""
    from talkies.core.engines.base import Line
    from talkies.core.errors import ArgumentError

    engine = performer.engine
    lines = [Line(cue, sentence.text, sentence.speaker, sentence.language)]
    with performer.clock("prepare"):
        try:
            job = engine.dialogue(None, duration, lines, sentence.speaker)
        except ArgumentError:  # nobody of that name among its voices: let the engine choose
            job = engine.dialogue(None, duration, lines, "")
    return performer.perform(job, number)


def _cue(natural: Sound) -> tuple[TimeRange, Fraction]:
    """A cue as long as the natural recording speaks, on whole frames at 25 fps, with a pause around it."""
    spoken = voiced_ranges(natural) or [(0.0, len(natural) / SAMPLE_RATE)]
    frames = max(int(np.ceil((spoken[-1][1] - spoken[0][0]) * 25)), 1)
    cue = TimeRange(_AROUND, _AROUND + Fraction(frames, 25))
    return cue, cue.end + _AROUND


def _rate(rows: Sequence[WordErrors]) -> float | None:
    return sum(rows, WordErrors()).rate


def fit_figures(fits: Sequence[CueFit]) -> dict[str, Any]:
    """Mean share of the energy inside the cues; median offsets (ms) of the first and last sound; silent cues."""
    starts = [fit.start_offset for fit in fits if fit.start_offset is not None]
    ends = [fit.end_offset for fit in fits if fit.end_offset is not None]
    return {
        "cues": len(fits),
        "silent": sum(fit.inside is None for fit in fits),
        "energy_inside": mean([fit.inside for fit in fits]),
        "start_offset_median_ms": 1000 * float(np.median(starts)) if starts else None,
        "end_offset_median_ms": 1000 * float(np.median(ends)) if ends else None,
    }
