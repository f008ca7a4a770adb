"""Words on a real speaking face, in the sound that was made: when does each begin, by an aligner that planned none?

The cue covers the whole clip, so that only the picture can tell. Beside each voice stand GRID's own recordings, aligned
in the same way, against the same word times.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from talkies.core.arrays import Sound
from talkies.core.engines.base import Brief, Line
from talkies.core.errors import MissingExtraError
from talkies.core.evaluation.engine_under_test import EngineUnderTest
from talkies.core.evaluation.figures.codec import read_speech
from talkies.core.evaluation.figures.lips import SpokenClip, error_figures, seen_movie, spoken_clips, word_errors_s
from talkies.core.evaluation.judges.alignment import WordAligner
from talkies.core.evaluation.judges.voices import english_voices
from talkies.core.times import TimeRange

if TYPE_CHECKING:
    from talkies.core.conditioning.picture.visual import PictureFeatures
    from talkies.core.evaluation.part_context import PartContext

_LANGUAGE = "en-GB"


def lips_part(given: PartContext) -> dict[str, Any] | None:
    """Errors of word starts (ms) per voice, of all voices, and of the recordings; None without clips."""
    folder, count = given.material.folder, given.sizes.judged_lip_clips
    if not count or not (folder / "video" / "grid_s1_words.csv").is_file():
        return None
    try:
        aligner = WordAligner()
    except MissingExtraError as error:
        return {"absent": [str(error)]}
    clips = sorted(spoken_clips(folder), key=lambda clip: clip.path.name)[:count]
    voices = english_voices()
    natural: list[float] = []
    errors: dict[str, list[float]] = {voice: [] for voice in voices}
    lost = 0
    for number, clip in enumerate(clips):
        given.progress(number / len(clips), f"judged lips: {clip.path.name}")
        natural += starts_off(aligner, clip, read_speech(clip.path)) or []
        features, duration = seen_movie(clip.path)
        for voice in voices:
            sound = _said(given.under_test, clip, features, duration, voice, number)
            off = starts_off(aligner, clip, sound)
            lost += off is None
            errors[voice] += off or []
    return {
        "clips": len(clips),
        "words": len(natural),
        "not_aligned": lost,
        "word_start_error_ms": {
            "natural": error_figures(natural),
            "generated": error_figures([off for each in errors.values() for off in each]),
            "generated_95_percent": median_interval([off for each in errors.values() for off in each]),
        },
        "voices": {voice: error_figures(off) for voice, off in errors.items()},
        "worst_voice_ms": max((1000 * float(np.median(np.abs(off))) for off in errors.values() if off), default=None),
        "absent": [],
    }


def starts_off(aligner: WordAligner, clip: SpokenClip, sound: Sound) -> list[float] | None:
    """How much later each word is heard than the mouth says it (s); None where the sound cannot be aligned."""
    heard = aligner.starts(clip.text, sound)
    return None if heard is None or len(heard) != len(clip.starts) else word_errors_s(heard, clip.starts)


def _said(
    under_test: EngineUnderTest,
    clip: SpokenClip,
    features: PictureFeatures,
    duration: Fraction,
    voice: str,
    number: int,
) -> Sound:
    line = Line(TimeRange(Fraction(0), duration), clip.text, voice, _LANGUAGE)
    with under_test.clock("prepare"):
        prepared = under_test.engine.prepare(Brief("dialogue", duration, features, (line,), voice))
    return under_test.perform(prepared, number)


def median_interval(errors_s: Sequence[float], draws: int = 2000) -> list[float] | None:
    """95 % interval of the median size of errors, in ms, by resampling words."""
    if not errors_s:
        return None
    size = np.abs(errors_s)
    picks = np.random.default_rng(0).integers(len(size), size=(draws, len(size)))
    low, high = np.percentile(np.median(size[picks], axis=1), (2.5, 97.5))
    return [1000 * float(low), 1000 * float(high)]
