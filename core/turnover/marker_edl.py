"""Marker EDL: the cue sheet as markers of the timeline (core/timeline/formats/edl/marker_events.py).

Resolve keeps one marker for a frame: rows that begin together share one, as long as the longest.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from talkies.core.segment import Timeline
from talkies.core.timeline.formats.edl.marker_events import MOST_EVENTS, MarkerEvent, marker_edl, plain
from talkies.core.times import to_frame
from talkies.core.turnover.cue_sheet import SheetRow

_COLOURS = {"DX": "Blue", "MIX": "Cyan", "FX": "Green", "BG": "Pink", "MX": "Yellow"}


def marker_edls(timeline: Timeline, title: str, rows: Iterable[SheetRow]) -> list[str]:
    """The rows as marker EDLs in the timeline's timecode, as many as it takes, at least one."""
    ordered = sorted(rows, key=lambda row: row.range.start)
    shared = [list(group) for _, group in groupby(ordered, key=lambda row: row.range.start)]
    files = [shared[start : start + MOST_EVENTS] for start in range(0, len(shared), MOST_EVENTS)] or [[]]
    return [marker_edl(timeline, title, (_event(timeline, group) for group in file)) for file in files]


def _event(timeline: Timeline, rows: Sequence[SheetRow]) -> MarkerEvent:
    """One marker for rows that begin on the same frame."""
    return MarkerEvent(
        start=rows[0].range.start,
        frames=max(to_frame(row.range.duration, timeline.rate) for row in rows),
        notes=_note(rows),
        name=", ".join(f"{row.cue} {plain(row.character)}".strip() for row in rows),
        colour=next(colour for stem, colour in _COLOURS.items() if any(row.stem == stem for row in rows)),
    )


def _note(rows: Sequence[SheetRow]) -> str:
    """The lines; what begins with a number would be read as another event, with an asterisk as a comment."""
    lines = (f"{row.character}: {row.line}" if row.character else row.line for row in rows)
    note = " / ".join(map(plain, lines))
    return note if note[:1].isalpha() or note[:1] == "[" else f"Line: {note}"
