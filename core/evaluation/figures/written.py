"""A timeline that talkies wrote: are its takes where they belong, as loud as promised, and in time with the picture?

Takes are found by what ``generate`` writes: audio clips with metadata under ``talkies``. Second and later takes are
alternatives on disabled tracks and are not judged.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from talkies.core.arrays import Sound
from talkies.core.errors import MediaError, TimelineError
from talkies.core.evaluation.engine_under_test import OnProgress
from talkies.core.evaluation.figures.dialogue import fit_figures
from talkies.core.evaluation.measures.baselines import IMPACT, TOTAL_MOTION, av_align, motion_peaks
from talkies.core.evaluation.measures.leak import level_db, outside_ranges, voice_share
from talkies.core.evaluation.measures.speech import cue_fit
from talkies.core.media.onsets import OnsetCounts, detect_onsets
from talkies.core.media.wav.bwf import SAMPLE_RATE
from talkies.core.segment import Cue, Segment, Timeline
from talkies.core.times import TimeRange

if TYPE_CHECKING:
    from talkies.core.conditioning.picture.visual import PictureFeatures


@dataclass(frozen=True)
class WrittenTake:
    """``record``: where it plays; ``file``: what its file covers, handles included; both in timeline seconds."""

    name: str
    stem: str
    segment_id: str
    speaker: str
    record: TimeRange
    file: TimeRange
    path: Path | None


def written_takes(timeline: Timeline) -> list[WrittenTake]:
    """The talkies clips of a timeline that was read, in order of tracks."""
    from talkies.core.timeline.cut.walking import clips_of, is_audio, measure, tracks_of
    from talkies.core.timeline.media.urls import MediaFinder

    finder = MediaFinder(timeline.path)
    root = measure(timeline.document.tracks, lambda clip: None)
    placed = [clip for node, view in tracks_of(root) if is_audio(node.item) for clip in clips_of(node, view)]
    return [_take(clip, finder) for clip in placed if "talkies" in clip.item.metadata]


def _take(placed: Any, finder: Any) -> WrittenTake:
    from talkies.core.timeline.cut.walking import to_range

    clip, facts = placed.item, placed.item.metadata["talkies"]
    reference = clip.media_reference
    url = str(getattr(reference, "target_url", "") or "")
    available = to_range(reference.available_range) if reference.available_range else placed.source
    offset = placed.record.start - placed.source.start
    return WrittenTake(
        name=str(clip.name),
        stem=str(facts.get("stem", "")),
        segment_id=str(facts.get("segment", "")),
        speaker=str(facts.get("speaker", "")),
        record=placed.record,
        file=available.shifted(offset),
        path=finder.find(url) if url else None,
    )


def written_figures(timeline: Timeline, progress: OnProgress) -> dict[str, Any]:
    """Per take and together. Raises TimelineError when there is no take of ours on the timeline."""
    takes = written_takes(timeline)
    if not takes:
        cure = "evaluate a timeline that talkies generate wrote, or a folder of held-out material"
        raise TimelineError(timeline.path, "holds no takes of talkies", cure)
    segments = {segment.id: segment for segment in timeline.segments}
    looked: dict[str, PictureFeatures | None] = {}
    rows, fits = [], []
    for number, take in enumerate(takes):
        progress(number / len(takes), f"take {take.name}")
        sound = _sound(take)
        row: dict[str, Any] = {
            "take": take.name,
            "stem": take.stem,
            "segment": take.segment_id,
            **_placement(take, sound),
        }
        if sound is not None:
            heard = _recorded_part(take, sound)
            row["level_db"] = level_db(heard)
            row.update(_loudness(sound))
            segment = segments.get(take.segment_id)
            if take.stem == "FX" and segment is not None:
                if segment.id not in looked:
                    looked[segment.id] = _look(segment)
                row.update(_sync(heard, looked[segment.id]))
            if take.stem == "DX":
                cues = _cues(take, timeline)
                row.update(_dialogue(take, sound, cues))
                fits += [cue_fit(sound, cue.range, take.file.start) for cue in cues]
        rows.append(row)
    return {
        "takes": rows,
        "missing_files": sum(row["samples"] is None for row in rows),
        "wrong_lengths": sum(row["samples"] is not None and row["samples"] != row["samples_expected"] for row in rows),
        "cue_fit": fit_figures(fits),
    }


def _sound(take: WrittenTake) -> Sound | None:
    from talkies.core.media.sound import read_sound

    if take.path is None:
        return None
    try:
        return np.asarray(read_sound(take.path, SAMPLE_RATE)[0], np.float32)
    except MediaError:
        return None


def _placement(take: WrittenTake, sound: Sound | None) -> dict[str, Any]:
    return {
        "start_s": float(take.record.start),
        "end_s": float(take.record.end),
        "samples": None if sound is None else len(sound),
        "samples_expected": take.file.samples(SAMPLE_RATE)[1],
    }


def _recorded_part(take: WrittenTake, sound: Sound) -> Sound:
    """What plays: the file without its handles."""
    first = take.file.samples(SAMPLE_RATE)[0]
    start, count = take.record.samples(SAMPLE_RATE)
    return sound[max(start - first, 0) : max(start - first + count, 0)]


def _loudness(sound: Sound) -> dict[str, float | None]:
    from talkies.core.media.loudness import measure

    level = measure([sound[None]], SAMPLE_RATE)
    finite = {"loudness_lufs": level.integrated, "true_peak_dbtp": level.true_peak}
    return {name: value if np.isfinite(value) else None for name, value in finite.items()}


def _look(segment: Segment) -> PictureFeatures | None:
    from talkies.core.conditioning.picture.visual import picture_features
    from talkies.core.media.picture import picture_frames

    if segment.picture is None:
        return None
    try:
        return picture_features(picture_frames(segment), segment.record.duration)
    except MediaError:
        return None


def _sync(heard: Sound, features: PictureFeatures | None) -> dict[str, Any]:
    onsets = detect_onsets(heard)
    row: dict[str, Any] = {"onsets": len(onsets), "voice_share_of_energy": voice_share(heard)}
    if features is not None:
        row["av_align"] = av_align(motion_peaks(features.sync, TOTAL_MOTION), onsets)
        row["against_impacts"] = OnsetCounts.of(onsets, motion_peaks(features.sync, IMPACT)).figures()
    return row


def _cues(take: WrittenTake, timeline: Timeline) -> list[Cue]:
    """The speech cues that this take says: its speaker's, begun within it."""
    return [
        cue
        for cue in timeline.cues
        if cue.kind == "speech"
        and cue.speaker == take.speaker
        and take.record.start <= cue.range.start < take.record.end
    ]


def _dialogue(take: WrittenTake, sound: Sound, cues: list[Cue]) -> dict[str, Any]:
    """How many cues, and the loudest sample (dB) outside all of them: dialogue is silent there."""
    spoken = [(float(cue.range.start - take.file.start), float(cue.range.end - take.file.start)) for cue in cues]
    pauses = list(_pieces(sound, outside_ranges(spoken, len(sound) / SAMPLE_RATE, 0.01, 0.01)))
    loudest = max((float(np.abs(piece).max(initial=0.0)) for piece in pauses), default=0.0)
    return {"cues": len(cues), "peak_outside_cues_db": max(20 * float(np.log10(loudest + 1e-30)), -120.0)}


def _pieces(sound: Sound, ranges: list[tuple[float, float]]) -> Iterator[Sound]:
    for start, end in ranges:
        yield sound[max(round(start * SAMPLE_RATE), 0) : max(round(end * SAMPLE_RATE), 0)]
