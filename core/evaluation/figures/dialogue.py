"""How speech comes out: understood as often as natural recordings, inside its cues, clean in its pauses, not flat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from talkies.core.arrays import Sound
from talkies.core.evaluation.engine_under_test import EngineUnderTest, HasCodec, OnProgress
from talkies.core.evaluation.figures.codec import read_speech
from talkies.core.evaluation.material import Material, Sentence
from talkies.core.evaluation.measures.fidelity import mean
from talkies.core.evaluation.measures.leak import pause_level_db
from talkies.core.evaluation.measures.prosody import pitch_range
from talkies.core.evaluation.measures.speech import (
    CueFit,
    Recogniser,
    WordErrors,
    cue_fit,
    relative_rate_interval,
    voiced_ranges,
    word_errors,
)
from talkies.core.languages import main_language
from talkies.core.media.wav.bwf import SAMPLE_RATE
from talkies.core.times import TimeRange

if TYPE_CHECKING:
    from talkies.core.engines.base import Brief, Engine, Prepared

_AROUND = Fraction(2, 5)
"""Seconds of pause before and after the cue, so that speech has room to miss it."""

_RECOGNISED = "en"


@dataclass(frozen=True)
class Spoken:
    """One sentence as it was recorded and as the engine says it within ``cue``; both 48 kHz mono."""

    sentence: Sentence
    natural: Sound
    generated: Sound
    cue: TimeRange


@dataclass(frozen=True)
class Understood:
    """Word errors of one sentence: the recording, the recording through the codec, ours; and what was heard in ours."""

    natural: WordErrors
    codec: WordErrors | None
    generated: WordErrors
    heard: str


def dialogue_figures(
    under_test: EngineUnderTest, material: Material, english: int, others: int, progress: OnProgress
) -> dict[str, Any]:
    """Word error on ``english`` sentences; cue fit, pauses and pitch of these and of ``others`` of each other language.

    The recogniser knows English only: in other languages nobody judges the words.
    """
    read = material.english()[:english]
    foreign = [language for language in material.languages() if language != _RECOGNISED]
    chosen = [*read, *(sentence for language in foreign for sentence in material.spoken_in(language)[:others])]
    recogniser = Recogniser()
    rows: list[Spoken] = []
    understood: list[Understood] = []
    for number, sentence in enumerate(chosen):
        progress(number / len(chosen), f"dialogue: {sentence.path.name}")
        rows.append(say(under_test, sentence, number))
        if number < len(read):
            understood.append(_understood(under_test, recogniser, rows[-1]))
    return {
        **word_figures(understood),
        **sound_figures(rows[: len(read)]),
        "other_languages": {
            language: sound_figures([row for row in rows if main_language(row.sentence.language) == language])
            for language in foreign
        },
        "heard": [
            {"file": row.path.name, "text": row.text, "heard": told.heard, "errors": told.generated.errors}
            for row, told in zip(read, understood, strict=True)
        ],
    }


def say(under_test: EngineUnderTest, sentence: Sentence, number: int) -> Spoken:
    """The sentence by the engine, in a cue as long as the recording speaks, with a pause around it."""
    natural = read_speech(sentence.path)
    cue, duration = cue_like(natural)
    return Spoken(sentence, natural, perform_line(under_test, sentence, cue, duration, number), cue)


def perform_line(
    under_test: EngineUnderTest, sentence: Sentence, cue: TimeRange, duration: Fraction, number: int, voice: str = ""
) -> Sound:
    """The sentence as the engine says it, without a picture; ``voice``: a name or a recording, "" its speaker's."""
    with under_test.clock("prepare"):
        prepared = prepare_line(under_test.engine, sentence, cue, duration, voice or sentence.speaker)
    return under_test.perform(prepared, number)


def prepare_line(engine: Engine, sentence: Sentence, cue: TimeRange, duration: Fraction, voice: str) -> Prepared:
    """One sentence, ready to be said without a picture."""
    from talkies.core.engines.base import Brief, Line

    line = Line(cue, sentence.text, sentence.speaker, sentence.language)
    return prepare_spoken(engine, Brief("dialogue", duration, lines=(line,), voice=voice))


def prepare_spoken(engine: Engine, brief: Brief) -> Prepared:
    """In the brief's voice; in one of the engine's choice if it has none of that name."""
    from talkies.core.errors import ArgumentError

    try:
        return engine.prepare(brief)
    except ArgumentError:
        return engine.prepare(replace(brief, voice=""))


def cue_like(natural: Sound) -> tuple[TimeRange, Fraction]:
    """A cue as long as a recording speaks, on whole frames at 25 fps, and the duration with a pause around it."""
    spoken = voiced_ranges(natural) or [(0.0, len(natural) / SAMPLE_RATE)]
    frames = max(int(np.ceil((spoken[-1][1] - spoken[0][0]) * 25)), 1)
    cue = TimeRange(_AROUND, _AROUND + Fraction(frames, 25))
    return cue, cue.end + _AROUND


def _understood(under_test: EngineUnderTest, recogniser: Recogniser, spoken: Spoken) -> Understood:
    text, heard = spoken.sentence.text, recogniser.heard(spoken.generated)
    codec = None
    if isinstance(under_test.engine, HasCodec):
        codec = recogniser.errors(text, under_test.engine.codec_roundtrip(spoken.natural))
    return Understood(recogniser.errors(text, spoken.natural), codec, word_errors(text, heard), heard)


def word_figures(rows: Sequence[Understood]) -> dict[str, Any]:
    """Word error rates, pooled; ours relative to the natural one with its 95 % interval."""
    natural, generated = [row.natural for row in rows], [row.generated for row in rows]
    rate, natural_rate = _rate(generated), _rate(natural)
    return {
        "sentences": len(rows),
        "words": sum(row.natural.words for row in rows),
        "word_error_natural": natural_rate,
        "word_error_codec_only": _rate([row.codec for row in rows if row.codec is not None]),
        "word_error_generated": rate,
        "word_error_relative": rate / natural_rate if rate is not None and natural_rate else None,
        "word_error_relative_95_percent": list(relative_rate_interval(generated, natural) or ()) or None,
    }


def _rate(rows: Sequence[WordErrors]) -> float | None:
    return sum(rows, WordErrors()).rate


def sound_figures(rows: Sequence[Spoken]) -> dict[str, Any]:
    """Cue fit, level of the pauses under the speech (dB; the worst sentence, too) and pitch range (semitones)."""
    both = {"natural": [row.natural for row in rows], "generated": [row.generated for row in rows]}
    pauses = {name: [pause_level_db(sound, voiced_ranges(sound)) for sound in sounds] for name, sounds in both.items()}
    levels = [level for level in pauses["generated"] if level is not None]
    return {
        "cue_fit": fit_figures([cue_fit(row.generated, row.cue) for row in rows]),
        "pause_level_db": {
            **{name: mean(values) for name, values in pauses.items()},
            "generated_worst": max(levels, default=None),
        },
        "pitch_range_semitones": {name: mean([pitch_range(sound) for sound in both[name]]) for name in both},
    }


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
