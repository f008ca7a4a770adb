"""The cue sheet as markers: an EDL whose events carry a comment that DaVinci Resolve imports as timeline markers.

    001  001      V     C        01:00:00:02 01:00:00:03 01:00:00:02 01:00:00:03
    ANNA: Hello there. |C:ResolveColorBlue |M:DX001 ANNA |D:8

Each event is one frame long, ``D`` is the marker's length in frames; what stands before the first bar are its notes.
"""

from __future__ import annotations

from collections.abc import Iterable

from talkies.core.segment import Timeline
from talkies.core.times import to_frame
from talkies.core.turnover.cue_sheet import SheetRow

_COLOURS = {"DX": "Blue", "FX": "Green", "MX": "Yellow", "MIX": "Cyan"}


def marker_edl(timeline: Timeline, title: str, rows: Iterable[SheetRow]) -> str:
    """The rows as a marker EDL in the timeline's timecode."""
    count = "DROP FRAME" if timeline.drop_frame else "NON-DROP FRAME"
    head = f"TITLE: {_plain(title)}\nFCM: {count}\n"
    return "\n".join([head, *(_event(timeline, number, row) for number, row in enumerate(rows, start=1))])


def _event(timeline: Timeline, number: int, row: SheetRow) -> str:
    first, end = timeline.timecode(row.range.start), timeline.timecode(row.range.start + 1 / timeline.rate)
    frames = to_frame(row.range.duration, timeline.rate)
    name = f"{row.cue} {_plain(row.character)}".strip()
    return (
        f"{number:03}  001      V     C        {first} {end} {first} {end}\n"
        f"{_note(row)} |C:ResolveColor{_COLOURS[row.stem]} |M:{name} |D:{frames}\n"
    )


def _note(row: SheetRow) -> str:
    """The line; one that begins with a number would be read as another event, one with an asterisk as a comment."""
    note = _plain(f"{row.character}: {row.line}" if row.character else row.line)
    return note if note[:1].isalpha() or note[:1] == "[" else f"Line: {note}"


def _plain(text: str) -> str:
    """On one line, without the bar that ends a field."""
    return " ".join(text.replace("|", "/").split())
