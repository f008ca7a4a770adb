"""OTIO adapters, and what every reader returns: an OTIO timeline and what OTIO has no place for.

OTIO's own formats are checked before its parser sees them; adapters may crash as they like, the user gets a sentence.
"""

from __future__ import annotations

import contextlib
import gc
import io
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import opentimelineio as otio

from talkies.core.errors import TimelineError
from talkies.core.files.guards import check_json, document_guard, first_line, plain_json, read_text, safe_xml
from talkies.core.timeline.cut.loaded import Loaded


def read_otio(path: Path, data: bytes | None = None) -> Loaded:
    """An ``.otio`` file, or the ``content.otio`` of a bundle when its bytes are given."""
    data = read_text(path) if data is None else data
    check_json(path, data)
    try:
        document = otio.adapters.read_from_string(data.decode("utf-8"), "otio_json")
    except Exception as error:  # the C++ parser and schema upgrades raise whatever they like
        _refuse_newer(path, plain_json(data))
        problem = f"is not an OTIO file that OpenTimelineIO {otio.__version__} can read ({first_line(error)})"
        raise TimelineError(path, problem, "export it again") from error
    return as_timeline(path, document)


def as_timeline(path: Path, document: Any) -> Loaded:
    """The timeline in what a reader returned: a bare clip, track or stack is wrapped, of several the one with clips."""
    schema = otio.schema
    if isinstance(document, schema.Timeline):
        return Loaded(document)
    if isinstance(document, schema.SerializableCollection):
        timelines = list(document.find_children(descended_from_type=schema.Timeline))
        if timelines:
            taken = next((each for each in timelines if each.find_clips()), timelines[0])
            others = ", ".join([repr(str(other.name)) for other in timelines if other is not taken][:3])
            note = (f"holds {len(timelines)} timelines: {taken.name!r} was taken, not {others}",)
            return Loaded(taken, warnings=note if len(timelines) > 1 else ())
    timeline = schema.Timeline(name=getattr(document, "name", "") or path.stem)
    if isinstance(document, schema.Stack):
        timeline.tracks = document.clone()
    elif isinstance(document, schema.Track):
        timeline.tracks.append(document.clone())
    elif isinstance(document, schema.Clip):
        timeline.tracks.append(schema.Track(kind=schema.TrackKind.Video, children=[document.clone()]))
    else:
        kind = type(document).__name__ if not hasattr(document, "schema_name") else document.schema_name()
        raise TimelineError(path, f"holds no timeline but {kind!r}", "export the timeline itself")
    return Loaded(timeline)


def _refuse_newer(path: Path, root: Any) -> None:
    """One sentence for a schema that this OTIO is too old for; its own names a line number."""
    known = otio.core.type_version_map()
    stack = [root]
    while stack:
        node = stack.pop()
        if isinstance(node, list):
            stack.extend(item for item in node if isinstance(item, (dict, list)))
        elif isinstance(node, dict):
            name, _, version = str(node.get("OTIO_SCHEMA", "")).rpartition(".")
            if name in known and version.isdecimal() and int(version[:9]) > known[name]:
                problem = f"is written for a newer OpenTimelineIO: {name}.{version[:9]}, supported up to {known[name]}"
                raise TimelineError(path, problem, "export it for an older version, or update opentimelineio")
            stack.extend(value for value in node.values() if isinstance(value, (dict, list)))


def adapter_reader(name: str, is_xml: bool = False, **arguments: Any) -> Callable[[Path], Loaded]:
    """A reader that trusts one of OTIO's adapters with a checked file and turns its crashes into a sentence."""

    def read(path: Path) -> Loaded:
        if is_xml:
            safe_xml(path, read_text(path))
        return as_timeline(path, run_adapter(path, name, **arguments))

    return read


def run_adapter(path: Path, name: str, **arguments: Any) -> Any:
    """What an adapter makes of a file."""
    return guarded(path, lambda: otio.adapters.read_from_file(str(path), adapter_name=name, **arguments))


def guarded(path: Path, read: Callable[[], Any]) -> Any:
    """What ``read`` makes of a file; its chatter is kept off stdout, which belongs to results."""
    chatter = io.StringIO()
    with warnings.catch_warnings(), contextlib.redirect_stdout(chatter), contextlib.redirect_stderr(chatter):
        warnings.simplefilter("ignore")
        try:
            with document_guard(path):
                return read()
        except TimelineError as error:
            if error.__cause__ is not None:
                traceback.clear_frames(error.__cause__.__traceback__)
            gc.collect()  # closes the file that the AAF library leaves open when it fails
            raise
