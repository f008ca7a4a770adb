"""Real film, where nobody knows the events: how well sound onsets and picture motion agree (AV-Align).

films with motion ────────► AV-Align beside what guesses score that look at nothing
people who only speak ────► what foley invents where nothing can be struck
one frame, held ──────────► silence
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from talkies.core.arrays import AnyFloats, Floats, Sound
from talkies.core.engines.base import Brief
from talkies.core.errors import MediaError
from talkies.core.evaluation.engine_under_test import EngineUnderTest, OnProgress
from talkies.core.evaluation.measures.baselines import (
    TOTAL_MOTION,
    Alignment,
    alignment,
    av_align,
    constant_rate,
    motion_peaks,
)
from talkies.core.evaluation.measures.fidelity import mean
from talkies.core.evaluation.measures.leak import cut_out, level_db, voice_share
from talkies.core.media.onsets import detect_onsets
from talkies.core.media.wav.bwf import SAMPLE_RATE
from talkies.core.segment import Segment
from talkies.core.times import TimeRange

if TYPE_CHECKING:
    from talkies.core.conditioning.picture.visual import PictureFeatures

LONGEST_S = Fraction(20)

_TRIES = 50  # shifts and phases over which a guess is averaged
_RATES = (0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0)  # per second
_RING_S = 1.0  # what was struck may ring on for so long after the last motion
_EARLY_S = 0.1


def film_figures(under_test: EngineUnderTest, films: Sequence[Path], progress: OnProgress) -> list[dict[str, Any]]:
    """Per film (its first 20 s): the engine's foley beside guesses and the film's own sound, if it has one."""
    rows = []
    for number, path in enumerate(films):
        progress(number / len(films), f"film: {path.name}")
        segment = first_segment(path)
        if segment is None:
            continue
        features, sound = _foley(under_test, segment)
        peaks = motion_peaks(features.sync, TOTAL_MOTION)
        natural = _own_sound(path, segment.record.duration)
        duration, onsets = float(segment.record.duration), detect_onsets(sound)
        rows.append(
            {
                "film": path.name,
                "seconds": duration,
                "motion_peaks": len(peaks),
                "peak_times": peaks.tolist(),
                "onset_times": onsets.tolist(),
                "generated": _figures(sound, peaks, onsets)
                | {"energy_without_motion": energy_without_motion(sound, features)},
                "natural": None if natural is None else _figures(natural, peaks, detect_onsets(natural)),
                "baselines": guesses([(peaks, onsets, duration)]),
            }
        )
    return rows


def films_together(rows: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    """AV-Align over all films' peaks and onsets, as onsets of scenes are pooled, beside guesses; None without films."""
    if not rows:
        return None
    films = [(np.array(row["peak_times"]), np.array(row["onset_times"]), row["seconds"]) for row in rows]
    ours = sum((alignment(peaks, onsets) for peaks, onsets, _ in films), Alignment())
    return {"generated": vars(ours) | {"av_align": ours.score}, "baselines": guesses(films)}


Heard = tuple[Floats, Floats, float]
"""A film's motion peaks, the onsets made for it, and its length, in s."""


def guesses(films: Sequence[Heard]) -> dict[str, float | None]:
    """What AV-Align is by chance: at the best of all constant rates, and for our own onsets shifted round in time.

    Means over 50 phases or shifts; the rate (up to 8 per second) is the one that suits these very films.
    """
    even = [
        _mean_align([(peaks, constant_rate(rate, length), length) for peaks, _, length in films]) for rate in _RATES
    ]
    return {
        "constant_rate": max((score for score in even if score is not None), default=None),
        "shuffled_in_time": _mean_align(films),
    }


def _mean_align(films: Sequence[Heard]) -> float | None:
    """The films' common score, mean over shifts of the onsets by a random share of each film's length."""
    scores = []
    for share in np.random.default_rng(0).uniform(0, 1, _TRIES):
        shifted = (alignment(peaks, np.sort((onsets + share * length) % length)) for peaks, onsets, length in films)
        scores.append(sum(shifted, Alignment()).score)
    return mean([score for score in scores if score is not None])


def speaking_figures(under_test: EngineUnderTest, clips: Sequence[Path], progress: OnProgress) -> dict[str, Any] | None:
    """What foley invents for people who only speak: level (dBFS), onsets per second; None without clips."""
    levels, onsets, seconds = [], 0, 0.0
    for number, path in enumerate(clips):
        progress(number / len(clips), f"film: {path.name}")
        segment = first_segment(path)
        if segment is None:
            continue
        _, sound = _foley(under_test, segment)
        levels.append(level_db(sound))
        onsets += len(detect_onsets(sound))
        seconds += float(segment.record.duration)
    if not levels:
        return None
    return {
        "clips": len(levels),
        "level_db": mean(levels),
        "loudest_db": max(levels),
        "silent_clips": sum(level <= -60 for level in levels),
        "onsets": onsets,
        "onsets_per_second": onsets / seconds,
    }


def still_figures(under_test: EngineUnderTest, film: Path) -> dict[str, Any] | None:
    """A frame of the film held for 4 s: its foley's level, -120 for digital silence."""
    from talkies.core.conditioning.picture.visual import picture_features
    from talkies.core.media.picture import Frame, picture_frames

    segment, duration = first_segment(film), Fraction(4)
    if segment is None:
        return None
    image = next(iter(picture_frames(segment))).image
    features = picture_features((Frame(Fraction(n, 25), image) for n in range(100)), duration)
    sound = under_test.perform(under_test.engine.prepare(Brief("foley", duration, features)))
    return {"level_db": level_db(sound), "digital_silence": not sound.any()}


def energy_without_motion(sound: Sound, features: PictureFeatures) -> float | None:
    """Share (0 … 1) of the sound's energy where nothing has moved for a second; None for silence."""
    whole = float(np.square(sound, dtype=np.float64).sum())
    if whole == 0:
        return None
    quiet = cut_out(sound, _still_stretches(features.sync))
    return float(np.square(quiet, dtype=np.float64).sum()) / whole


def _still_stretches(sync: AnyFloats) -> list[tuple[float, float]]:
    """Stretches (s) without motion, from a second after the last to just before the next."""
    from talkies.core.evaluation.measures.leak import outside_ranges

    moving = np.flatnonzero(np.asarray(sync[:, TOTAL_MOTION]) > 0)
    return outside_ranges([(n / 25, (n + 1) / 25) for n in moving.tolist()], len(sync) / 25, _EARLY_S, _RING_S)


def _foley(under_test: EngineUnderTest, segment: Segment) -> tuple[PictureFeatures, Sound]:
    from talkies.core.conditioning.picture.visual import picture_features
    from talkies.core.media.picture import picture_frames

    with under_test.clock("look"):
        features = picture_features(picture_frames(segment), segment.record.duration)
    with under_test.clock("prepare"):
        prepared = under_test.engine.prepare(Brief("foley", segment.record.duration, features))
    return features, under_test.perform(prepared)


def first_segment(path: Path) -> Segment | None:
    """The first 20 s of a movie as a segment; None when it has no picture."""
    from talkies.core.timeline import read_timeline

    segments = read_timeline(path).segments
    if not segments or segments[0].picture is None:
        return None
    segment = segments[0]
    length = min(segment.record.duration, LONGEST_S)
    return replace(
        segment,
        record=TimeRange(segment.record.start, segment.record.start + length),
        source=TimeRange(segment.source.start, segment.source.start + length),
    )


def _own_sound(path: Path, duration: Fraction) -> Sound | None:
    from talkies.core.media.sound import read_sound

    try:
        sound: Sound = read_sound(path, SAMPLE_RATE)[0][: round(duration * SAMPLE_RATE)]
    except MediaError:
        return None
    return sound


def _figures(sound: Sound, peaks: Floats, onsets: Floats) -> dict[str, Any]:
    return {
        "onsets": len(onsets),
        "av_align": av_align(peaks, onsets),
        "level_db": level_db(sound),
        "voice_share_of_energy": voice_share(sound),
    }
