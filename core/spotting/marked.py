"""Markers that people set on the timeline in their editor, read as spots: those whose name has a word that effects
know. Markers of clips come with their shots (``Segment.marks``)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from talkies.core.conditioning.prompt.vocabulary import read_prompt
from talkies.core.segment import Timeline
from talkies.core.spotting.markers import spot_in
from talkies.core.timeline.cut.walking import to_seconds
from talkies.core.times import TimeRange


@dataclass(frozen=True)
class Marked:
    """``words`` at a stretch of the timeline (s), which is empty for a marker of one frame."""

    span: TimeRange
    words: str


def marked_words(timeline: Timeline) -> list[Marked]:
    """The markers of the timeline itself, in order; not those of a list that talkies wrote."""
    tracks = getattr(timeline.document, "tracks", None)
    return sorted(_marked(timeline, tracks), key=lambda each: each.span) if tracks is not None else []


def _marked(timeline: Timeline, tracks: Any) -> Iterator[Marked]:
    for marker in tracks.markers:
        words = " ".join(str(marker.name).split())
        if spot_in(marker) is not None or not read_prompt(words).words:
            continue
        start = to_seconds(marker.marked_range.start_time)
        if start >= timeline.start and start >= timeline.duration:
            start -= timeline.start  # some editors count from the start timecode
        length = to_seconds(marker.marked_range.duration)
        end = start if length <= 1 / timeline.rate else start + length
        if Fraction(0) <= start < timeline.duration:
            yield Marked(TimeRange(start, end), words)
