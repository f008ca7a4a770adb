"""Marker EDL: the cue sheet as comments that DaVinci Resolve imports as timeline markers.

    001  001      V     C        01:00:00:02 01:00:00:03 01:00:00:02 01:00:00:03
    ANNA: Hello there. |C:ResolveColorBlue |M:DX001 ANNA |D:8

Each event is one frame long, ``D`` is the marker's length in frames; what stands before the first bar are its notes.
Resolve keeps one marker for a frame: rows that begin together share one, as long as the longest.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from talkies.core.segment import Timeline
from talkies.core.times import to_frame
from talkies.core.turnover.cue_sheet import SheetRow

MOST_EVENTS = 999
"""An EDL numbers its events with three digits."""

_COLOURS = {"DX": "Blue", "MIX": "Cyan", "FX": "Green", "MX": "Yellow"}


def marker_edls(timeline: Timeline, title: str, rows: Iterable[SheetRow]) -> list[str]:
    """The rows as marker EDLs in the timeline's timecode, as many as it takes, at least one."""
    count = "DROP FRAME" if timeline.drop_frame else "NON-DROP FRAME"
    head = f"TITLE: {_plain(title)}\nFCM: {count}\n"
    ordered = sorted(rows, key=lambda row: row.range.start)
    shared = [list(group) for _, group in groupby(ordered, key=lambda row: row.range.start)]
    files = [shared[start : start + MOST_EVENTS] for start in range(0, len(shared), MOST_EVENTS)] or [[]]
    return [
        "\n".join([head, *(_event(timeline, number, group) for number, group in enumerate(file, start=1))])
        for file in files
    ]


def _event(timeline: Timeline, number: int, rows: Sequence[SheetRow]) -> str:
    """One marker for rows that begin on the same frame."""
    start = rows[0].range.start
    first, end = timeline.timecode(start), timeline.timecode(start + 1 / timeline.rate)
    frames = max(to_frame(row.range.duration, timeline.rate) for row in rows)
    name = ", ".join(f"{row.cue} {_plain(row.character)}".strip() for row in rows)
    colour = next(colour for stem, colour in _COLOURS.items() if any(row.stem == stem for row in rows))
    return (
        f"{number:03}  001      V     C        {first} {end} {first} {end}\n"
        f"{_note(rows)} |C:ResolveColor{colour} |M:{name} |D:{frames}\n"
    )


def _note(rows: Sequence[SheetRow]) -> str:
    """The lines; what begins with a number would be read as another event, with an asterisk as a comment."""
    lines = (f"{row.character}: {row.line}" if row.character else row.line for row in rows)
    note = " / ".join(map(_plain, lines))
    return note if note[:1].isalpha() or note[:1] == "[" else f"Line: {note}"


def _plain(text: str) -> str:
    """On one line, without the bar that ends a field, and without the emoji that Resolve garbles."""
    kept = "".join(character for character in text.replace("|", "/") if character <= "\uffff")
    return " ".join(kept.split())
