"""Rows of ``talkies inspect``: plain values of each segment, ready for JSON."""

from __future__ import annotations

from typing import Any

from talkies.core.segment import Cue, Segment, Timeline


def inspect_rows(timeline: Timeline) -> list[dict[str, Any]]:
    """One row a segment: times as timecode and as seconds (float), the rate and speed as exact fractions."""
    return [_row(timeline, segment) for segment in timeline.segments]


def _row(timeline: Timeline, segment: Segment) -> dict[str, Any]:
    picture = segment.picture
    return {
        "id": segment.id,
        "clip": segment.clip,
        "track": segment.track,
        "record_in": timeline.timecode(segment.record.start),
        "record_out": timeline.timecode(segment.record.end),
        "record_in_s": float(segment.record.start),
        "record_out_s": float(segment.record.end),
        "source_in_s": float(segment.source.start),
        "source_out_s": float(segment.source.end),
        "rate": str(segment.rate),
        "speed": str(segment.speed),
        "curve": [[str(time), str(media)] for time, media in segment.curve.knots] if segment.curve else None,
        "media": str(picture.path) if picture else None,
        "frames": len(picture.frames) if picture and picture.frames else None,
        "cues": [_cue(timeline, cue) for cue in segment.cues],
        "warnings": list(segment.warnings),
    }


def _cue(timeline: Timeline, cue: Cue) -> dict[str, Any]:
    return {
        "in": timeline.timecode(cue.range.start),
        "out": timeline.timecode(cue.range.end),
        "in_s": float(cue.range.start),
        "out_s": float(cue.range.end),
        "kind": cue.kind,
        "speaker": cue.speaker,
        "language": cue.language,
        "text": cue.text,
    }
