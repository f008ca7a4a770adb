"""Marker EDL as DaVinci Resolve writes and reads it: comments of events that become timeline markers.

    001  001      V     C        01:00:00:02 01:00:00:03 01:00:00:02 01:00:00:03
    ANNA: Hello there. |C:ResolveColorBlue |M:DX001 ANNA |D:8

Each event is one frame long, ``D`` is the marker's length in frames; what stands before the first bar are its notes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from talkies.core.segment import Timeline

MOST_EVENTS = 999
"""An EDL numbers its events with three digits."""


@dataclass(frozen=True)
class MarkerEvent:
    """One marker: ``start`` of its frame, in seconds from the timeline's first one; its length in ``frames``;
    ``colour`` as Resolve calls it. ``notes`` and ``name`` are :func:`plain`."""

    start: Fraction
    frames: int
    notes: str
    name: str
    colour: str


def marker_edl(timeline: Timeline, title: str, events: Iterable[MarkerEvent]) -> str:
    """At most MOST_EVENTS markers as one EDL in the timeline's timecode."""
    count = "DROP FRAME" if timeline.drop_frame else "NON-DROP FRAME"
    head = f"TITLE: {plain(title)}\nFCM: {count}\n"
    return "\n".join([head, *(_lines(timeline, number, event) for number, event in enumerate(events, start=1))])


def _lines(timeline: Timeline, number: int, event: MarkerEvent) -> str:
    first, end = timeline.timecode(event.start), timeline.timecode(event.start + 1 / timeline.rate)
    return (
        f"{number:03}  001      V     C        {first} {end} {first} {end}\n"
        f"{event.notes} |C:ResolveColor{event.colour} |M:{event.name} |D:{event.frames}\n"
    )


def plain(text: str) -> str:
    """On one line, without the bar that ends a field, and without the emoji that Resolve garbles."""
    kept = "".join(character for character in text.replace("|", "/") if character <= "\uffff")
    return " ".join(kept.split())
