"""Real film, where nobody knows the events: how well sound onsets and picture motion agree (AV-Align)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from talkies.core.errors import MediaError
from talkies.core.evaluation.baselines import TOTAL_MOTION, av_align, motion_peaks
from talkies.core.evaluation.leak import level_db, voice_share
from talkies.core.evaluation.onsets import detect_onsets
from talkies.core.evaluation.performing import SAMPLE_RATE, OnProgress, Performer, Sound
from talkies.core.segment import Segment
from talkies.core.times import TimeRange

LONGEST_S = Fraction(20)


def film_figures(performer: Performer, films: Sequence[Path], progress: OnProgress) -> list[dict[str, Any]]:
    """Per film (its first 20 s): the engine's foley beside the film's own sound, if it has one."""
    from talkies.core.conditioning.visual import picture_features
    from talkies.core.media.picture import picture_frames

    rows = []
    for number, path in enumerate(films):
        progress(number / len(films), f"film: {path.name}")
        segment = first_segment(path)
        if segment is None:
            continue
        with performer.clock("look"):
            features = picture_features(picture_frames(segment), segment.record.duration)
        with performer.clock("prepare"):
            job = performer.engine.foley(features, segment.record.duration, "", "")
        sound = performer.perform(job)
        peaks = motion_peaks(features.sync, TOTAL_MOTION)
        natural = _own_sound(path, segment.record.duration)
        rows.append(
            {
                "film": path.name,
                "seconds": float(segment.record.duration),
                "motion_peaks": len(peaks),
                "generated": _figures(sound, peaks),
                "natural": None if natural is None else _figures(natural, peaks),
            }
        )
    return rows


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


def _figures(sound: Sound, peaks: Any) -> dict[str, Any]:
    onsets = detect_onsets(sound)
    return {
        "onsets": len(onsets),
        "av_align": av_align(peaks, onsets),
        "level_db": level_db(sound),
        "voice_share_of_energy": voice_share(sound),
    }
