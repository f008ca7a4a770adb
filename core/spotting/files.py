"""Files of spotting lists: the suffix says how one is written and read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from talkies.core.errors import InputError, OutputError
from talkies.core.files.atomic import part_file
from talkies.core.files.guards import document_guard
from talkies.core.files.preflight import same_file
from talkies.core.segment import Timeline
from talkies.core.spotting.markers import from_marker_edl, from_otio_markers, otio_markers, spot_in, to_marker_edl
from talkies.core.spotting.rows import Row, rows_of, spots_of
from talkies.core.spotting.spot import Spot
from talkies.core.spotting.tables import from_csv, from_json, to_csv, to_json
from talkies.core.timeline import readers
from talkies.core.timeline.words.decoding import decode

SUFFIXES = (".csv", ".json", ".edl", ".otio")


def check_place(timeline: Timeline, out: Path) -> None:
    """Raises OutputError where a list cannot be written."""
    if out.suffix.lower() not in SUFFIXES:
        raise OutputError(out, "its suffix is not that of a spotting list", f"use one of {' '.join(SUFFIXES)}")
    if out.is_dir() or same_file(out, timeline.path):
        problem = "is a folder" if out.is_dir() else "is the timeline itself"
        raise OutputError(out, problem, "choose another name")


def write_spots(timeline: Timeline, spots: Sequence[Spot], out: Path) -> None:
    """Writes a list of the timeline's spots, in order of time; ``.otio``: the timeline with markers. Raises
    OutputError; atomic."""
    check_place(timeline, out)
    rows = rows_of(spots, timeline)
    suffix = out.suffix.lower()
    if suffix == ".csv":
        text = to_csv(rows)
    elif suffix == ".json":
        text = to_json(rows, timeline.name, str(timeline.rate))
    elif suffix == ".edl":
        text = to_marker_edl(rows, timeline, out)
    else:
        text = _marked(timeline, rows)
    with part_file(out) as part:
        part.write_bytes(text.encode("utf-8", "replace"))


def read_spots(path: Path, timeline: Timeline) -> tuple[list[Spot], list[str]]:
    """The spots of a list in this timeline, and sentences about those that have no place in it. Raises InputError."""
    if path.suffix.lower() not in SUFFIXES:
        raise InputError(path, "its suffix is not that of a spotting list", f"use one of {' '.join(SUFFIXES)}")
    try:
        return spots_of(_rows(path, timeline), timeline)
    except InputError as error:
        if error.subject.startswith("row "):
            raise InputError(path, f"{error.subject}: {error.problem}", error.cure) from error
        raise


def _rows(path: Path, timeline: Timeline) -> list[Row]:
    if path.suffix.lower() == ".otio":
        with document_guard(path):
            return from_otio_markers(path, readers.load(path).document, timeline)
    text = decode(path, InputError, "spotting list")[0]
    if path.suffix.lower() == ".csv":
        return from_csv(path, text)
    return from_json(path, text) if path.suffix.lower() == ".json" else from_marker_edl(path, text, timeline)


def _marked(timeline: Timeline, rows: Sequence[Row]) -> str:
    """The timeline's document with the rows as markers, in place of those of an earlier list."""
    document = timeline.document.clone()
    others = [marker for marker in document.tracks.markers if spot_in(marker) is None]
    document.tracks.markers[:] = [*(marker.clone() for marker in others), *otio_markers(rows, timeline)]
    return str(document.to_json_string(indent=2))
