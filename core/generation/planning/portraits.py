"""Portraits in a plan: stills over which somebody speaks get their dialogue and a picture that says it."""

from __future__ import annotations

from collections.abc import Sequence

from talkies.core.generation.request import Request
from talkies.core.segment import PICTURES, Cue, Segment, Stem
from talkies.core.timeline.formats.losses import counted
from talkies.core.times import TimeRange, to_frame

NO_STILL = "has no still with subtitles over it among the chosen segments", "a still is an image, or a held picture"
_NAMED = 6


def with_portrait(segment: Segment, dialogue: Sequence[Stem], spoken: Sequence[Cue]) -> tuple[Stem, ...]:
    """The dialogue of a still and, behind it, for it follows the dialogue, its picture, which lies on whole frames;
    nothing for a shot that is no still, or over which nobody speaks."""
    start, end = (to_frame(edge, segment.rate) for edge in (segment.record.start, segment.record.end))
    if not (segment.is_still and dialogue and start < end):
        return ()
    record = TimeRange(start / segment.rate, end / segment.rate)
    return (*dialogue, Stem(segment, "portrait", PICTURES, record, tuple(spoken)))


def left_out(segments: Sequence[Segment], request: Request) -> tuple[str, ...]:
    """The sentence on shots that move, where portraits are asked for; none for none."""
    moving = [segment.id for segment in segments if not segment.is_still]
    if request.task != "portrait" or not moving:
        return ()
    named = ", ".join(moving[:_NAMED]) + (" and others" if len(moving) > _NAMED else "")
    return (f"only stills become portraits; left out: {counted(len(moving), 'moving shot')} ({named})",)
