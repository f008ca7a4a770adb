"""Report of a finished run: the document that ``--json`` prints, and the report.json of the demo.

Times with ``_s`` are floats, for people. Whoever places the takes uses those under ``exact``, which are text
("1001/24"), and the ``tracks``, on which talkies itself would put them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from talkies.core.generation.request import Request
from talkies.core.segment import Take, Timeline
from talkies.core.timeline.structure.tracks import lanes_of


def summarize(
    request: Request, timeline: Timeline, takes: Sequence[Take], failures: list[dict[str, str]], warnings: list[str],
    seconds: dict[str, float],
) -> dict[str, Any]:  # fmt: skip
    """Plain values only. ``seconds``: computing time by stage and, as ``total``, altogether."""
    sound = sum(float(take.record.duration) for take in takes)
    return {
        "timeline": str(timeline.path),
        "output": str(request.out),
        "engine": request.engine,
        "task": request.task,
        "takes": [describe_take(take, timeline) for take in takes],
        "tracks": describe_tracks(takes),
        "failures": failures,
        "warnings": warnings,
        "seconds_of_sound": round(sound, 3),
        "seconds_of_computing": {stage: round(value, 3) for stage, value in seconds.items()},
    }


def describe_tracks(takes: Sequence[Take]) -> list[dict[str, Any]]:
    """The new tracks, in order, with the names of their takes; alternatives are on tracks that are not enabled."""
    return [
        {
            "name": lane.name,
            "stem": lane.stem,
            "speaker": lane.speaker,
            "number": lane.number,
            "enabled": lane.enabled,
            "takes": [take.name for take in lane.takes],
        }
        for lane in lanes_of(takes)
    ]


def describe_take(take: Take, timeline: Timeline) -> dict[str, Any]:
    """Where a take lies on the timeline, what is in its file, and what made it. Seconds from the first frame."""
    return {
        "segment": take.segment_id,
        "stem": take.stem,
        "name": take.name,
        "number": take.number,
        "path": str(take.path),
        "record_in": timeline.timecode(take.record.start),
        "record_out": timeline.timecode(take.record.end),
        "record_in_s": float(take.record.start),
        "record_out_s": float(take.record.end),
        "sample_rate": take.sample_rate,
        "samples": take.record.samples(take.sample_rate)[1],
        "file_samples": take.file_range.samples(take.sample_rate)[1],
        "head_handle_s": float(take.head_handle),
        "tail_handle_s": float(take.tail_handle),
        "exact": {
            "record_in": str(take.record.start),
            "record_out": str(take.record.end),
            "head_handle": str(take.head_handle),
            "tail_handle": str(take.tail_handle),
        },
        "metadata": take.facts,
    }
