"""Spotting lists as markers: in an EDL (core/timeline/formats/edl/marker_events.py), and on an OTIO timeline.

    spot?id=V1-003.01&kind=hit&media+in=12.52s&... |C:ResolveColorGreen |M:footsteps wood |D:1

The name of a marker is its words, and the rest of the row lies in its notes or metadata: an editor who moves or renames
a marker moves or renames the spot. Markers stand on whole frames; one that is still on its frame holds the exact time.
Any other marker is a spot whose words are its name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

from talkies.core.errors import InputError, OutputError
from talkies.core.segment import Timeline
from talkies.core.spotting.rows import COLUMNS, Row
from talkies.core.spotting.stamps import position_of
from talkies.core.timeline.cut.walking import to_seconds
from talkies.core.timeline.formats.edl.marker_events import MOST_EVENTS, MarkerEvent, marker_edl, plain
from talkies.core.times import to_frame

SCHEME = "spot?"
KEY = "spot"

_COLOURS = {"hit": "Green", "sustained": "Cyan", "background": "Sand"}
_EVENT = re.compile(r"\d{3,6}\s+\S+\s+\S+\s+\S+\s+(\S+)\s+(\S+)\s+(\S+)\s+(\S+)")
_FIELD = re.compile(r"\|([CMD]):([^|]*)")


def to_marker_edl(rows: Sequence[Row], timeline: Timeline, out: Path) -> str:
    """Raises OutputError for more spots than an EDL can number."""
    shown = [list(group) for _, group in groupby(_placed(rows), key=lambda row: _edge(row, "in", timeline))]
    if len(shown) > MOST_EVENTS:
        problem = f"has {len(shown)} markers, and an EDL numbers {MOST_EVENTS}"
        raise OutputError(out, problem, "write a .csv or an .otio, or fewer --segment at a time")
    return marker_edl(timeline, timeline.name, (_event(group, timeline) for group in shown))


def from_marker_edl(path: Path, text: str, timeline: Timeline) -> list[Row]:
    """The markers as rows. Raises InputError for an EDL without any."""
    rows: list[Row] = []
    label = ""
    for line in text.splitlines():
        if event := _EVENT.match(line.strip()):
            label = event[3]
        elif label and "|M:" in line:
            fields = {name: value.strip() for name, value in _FIELD.findall(line)}
            notes = [part for part in line.split("|")[0].split() if part.startswith(SCHEME)]
            rows += _rows_at(len(rows) + 1, label, fields, notes, timeline)
            label = ""
    if not rows:
        raise InputError(path, "has no markers", "export the timeline's markers, or give a .csv")
    return rows


def otio_markers(rows: Sequence[Row], timeline: Timeline) -> Iterator[Any]:
    """The rows as markers for the timeline's stack, counted from its first frame."""
    import opentimelineio as otio

    for row in _placed(rows):
        start = _edge(row, "in", timeline)
        length = max(_edge(row, "out", timeline) - start, 1)
        rate = float(timeline.rate)
        span = otio.opentime.TimeRange(
            otio.opentime.RationalTime(start, rate), otio.opentime.RationalTime(length, rate)
        )
        cells = {column: row[column] for column in COLUMNS if row[column]}
        yield otio.schema.Marker(
            name=_name(row), marked_range=span, color=_OTIO_COLOURS[row["kind"]], metadata={"talkies": {KEY: cells}}
        )


_OTIO_COLOURS = {"hit": "GREEN", "sustained": "CYAN", "background": "ORANGE"}


def spot_in(marker: Any) -> Mapping[str, Any] | None:
    """The cells that a marker of ours carries, None of another's."""
    ours = marker.metadata.get("talkies")
    cells = ours.get(KEY) if isinstance(ours, Mapping) else None
    return cells if isinstance(cells, Mapping) else None


def from_otio_markers(path: Path, document: Any, timeline: Timeline) -> list[Row]:
    """The markers of an OTIO document's stack that are spots. Raises InputError when none is."""
    rows: list[Row] = []
    for marker in document.tracks.markers:
        cells = spot_in(marker)
        if cells is None:
            continue
        known = {name: str(cells[name]) for name in COLUMNS if name in cells}
        position = to_seconds(marker.marked_range.start_time)
        if position >= timeline.start and position >= timeline.duration:
            position -= timeline.start  # some editors count from the start timecode
        rows.append(_as_marked(len(rows) + 1, known, str(marker.name), position, timeline))
    if not rows:
        raise InputError(path, "has no markers that are spots", "'talkies spot' writes them, or give a .csv")
    return rows


def _rows_at(
    number: int, label: str, fields: Mapping[str, str], notes: Sequence[str], timeline: Timeline
) -> Iterator[Row]:
    """What one marker of an EDL stands for; spots that begin on one frame share a marker."""
    try:
        position = position_of(timeline, label)
    except ValueError:
        return
    names = [name.strip() for name in fields.get("M", "").split(";")]
    if not notes:
        yield Row(number, {"in": label, "words": fields.get("M", "")})
    for index, note in enumerate(notes):
        known = dict(parse_qsl(note.removeprefix(SCHEME), max_num_fields=40))
        cells = {name: known[name] for name in COLUMNS if name in known}
        renamed = names[index] if len(names) == len(notes) else _name(Row(number, cells))
        yield _as_marked(number + index, cells, renamed, position, timeline)


def _as_marked(number: int, cells: dict[str, str], name: str, position: Fraction, timeline: Timeline) -> Row:
    """A row after what was done to its marker, which stands at ``position`` (s)."""
    row, frame = Row(number, cells), to_frame(position, timeline.rate)
    if _frame(row, timeline) != frame:
        cells = cells | {"in": timeline.timecode(frame / timeline.rate), "out": ""}
    if _bare(name) != _bare(_name(row)):
        cells = cells | {"words": name}
    return Row(number, cells)


def _event(rows: Sequence[Row], timeline: Timeline) -> MarkerEvent:
    frame = _edge(rows[0], "in", timeline)
    return MarkerEvent(
        start=frame / timeline.rate,
        frames=max(max(_edge(row, "out", timeline) for row in rows) - frame, 1),
        notes=" ".join(SCHEME + urlencode({name: row[name] for name in COLUMNS if row[name]}) for row in rows),
        name="; ".join(_bare(_name(row)) for row in rows),
        colour=_COLOURS[rows[0]["kind"]],
    )


def _placed(rows: Sequence[Row]) -> list[Row]:
    """Those that have a place, which a marker needs."""
    return [row for row in rows if row["in"]]


def _frame(row: Row, timeline: Timeline) -> int | None:
    """The frame on which a row was placed; None where it does not say."""
    try:
        return to_frame(position_of(timeline, row["placed"].split(" ")[0]), timeline.rate)
    except ValueError:
        return None


def _edge(row: Row, column: str, timeline: Timeline) -> int:
    return to_frame(position_of(timeline, row[column] or row["in"]), timeline.rate)


def _name(row: Row) -> str:
    return row["words"] or row["kind"]


def _bare(text: str) -> str:
    """As one of several names of a marker, which semicolons part."""
    return plain(text.replace(";", ","))
