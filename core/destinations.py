"""Destinations, which are files (editors are ``hosts/``): writes a timeline with takes on new tracks, in every format;
the rest comes back unchanged.

    check_output(timeline, out)          before anything is made: can this be written there, and in that format?
    losses(timeline, out)                before anything is made: what that format has no place for, to tell the user
    preflight(timeline, out)             both of these
    write_timeline(timeline, takes, out) the suffix of ``out`` picks the writer

A format that cannot show every shot at its place is refused by ``check_output`` in one sentence; what else it cannot
hold is named by ``losses``, and nothing that is not named may be lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

from talkies.core.errors import OutputError
from talkies.core.files.guards import document_guard
from talkies.core.files.preflight import check_place, same_file
from talkies.core.segment import Take, Timeline
from talkies.core.timeline.formats.aaf.writer import AafFile
from talkies.core.timeline.formats.base import Writer
from talkies.core.timeline.formats.edl.writer import EdlFile
from talkies.core.timeline.formats.fcp7.writer import Fcp7Xml
from talkies.core.timeline.formats.fcpxml.writer import FcpXml, FcpXmlBundle
from talkies.core.timeline.formats.mlt.writer import KdenliveFile, MltFile
from talkies.core.timeline.formats.otio.for_kdenlive import KdenliveOtio
from talkies.core.timeline.formats.otio.for_resolve import ResolveOtio
from talkies.core.timeline.formats.otio.writer import OtioBundleFolder, OtioFile, OtioZip
from talkies.core.turnover.span import Pops
from talkies.core.turnover.stems_writer import StemsFolder

WRITERS: dict[str, Writer] = {
    ".otio": OtioFile(),
    ".otioz": OtioZip(),
    ".otiod": OtioBundleFolder(),
    ".xml": Fcp7Xml(),
    ".fcpxml": FcpXml(),
    ".fcpxmld": FcpXmlBundle(),
    ".kdenlive": KdenliveFile(),
    ".mlt": MltFile(),
    ".edl": EdlFile(),
    ".aaf": AafFile(),
    ".resolve.otio": ResolveOtio(),
    ".kdenlive.otio": KdenliveOtio(),
    ".stems": StemsFolder(),
}

_NATIVE = ((".fcpxml", ".fcpxmld"), (".mlt", ".kdenlive"), (".xml",), (".edl",), (".aaf",))
"""Formats whose writers give a timeline of the same kind back as it was, with what is new beside it."""

_REFUSED = {
    ".xges": "XGES is read, but not written",
}


def check_output(timeline: Timeline, out: Path) -> None:
    """Raise OutputError when ``out`` could not be written in the end. Leaves nothing behind."""
    writer = _writer(out)
    if same_file(timeline.path, out):
        raise OutputError(out, "is the input timeline", "choose another name: the input is never changed")
    if out.is_dir() and not (writer.is_folder and (out / writer.content).is_file()):
        raise OutputError(out, "is a folder", "name a file for the new timeline")
    if out.exists() and writer.is_folder and not out.is_dir():
        raise OutputError(out, "is a file, and a bundle is a folder", "choose another name")
    check_place(out)
    with _guard(out):
        writer.check(timeline, out)


def losses(timeline: Timeline, out: Path, *, portraits: bool = False) -> tuple[str, ...]:
    """What would be lost by writing there, one sentence each; ``portraits``: whether some are written. Raises
    OutputError for a suffix that names no format."""
    writer = _writer(out)
    with _guard(out):
        lost = writer.losses(timeline)
    return (*lost, writer.portraits) if portraits and writer.portraits else lost


def is_given_back_uncut(timeline: Timeline, out: Path) -> bool:
    """Whether the writer of ``out`` splices into what was read, so that a document that was cut meanwhile is lost."""
    suffix = suffix_of(out)
    return any({suffix, timeline.path.suffix.lower()} <= set(family) for family in _NATIVE)


def preflight(timeline: Timeline, out: Path, *, portraits: bool = False) -> tuple[str, ...]:
    """Both of these before a run: refuses ``out`` by OutputError, and says what its format has no place for;
    ``portraits``: whether there will be some."""
    check_output(timeline, out)
    return losses(timeline, out, portraits=portraits)


def write_timeline(
    timeline: Timeline, takes: Sequence[Take], out: Path, *, two_pop: bool = False, tail_pop: bool = False
) -> None:
    """Write ``timeline`` with ``takes`` on new tracks at the end. Raises OutputError; atomic.

    Clips point to the takes' files where these lie now; bundles (.otioz, .otiod) take copies in. Pops have room only in
    a stems folder; elsewhere they are not asked for (core/generation/request.py).
    """
    check_output(timeline, out)
    writer = _writer(out)
    if isinstance(writer, StemsFolder):
        writer = replace(writer, pops=Pops(two_pop, tail_pop))
    with _guard(out):
        writer.write(timeline, takes, out)


def suffix_of(out: Path) -> str:
    """The ending of a file name that picks its format: the last two suffixes (``.resolve.otio``) or the last one."""
    double = "".join(out.suffixes[-2:]).lower()
    return double if double in WRITERS else out.suffix.lower()


def _guard(out: Path) -> AbstractContextManager[None]:
    """What a timeline makes of a writer's arithmetic and stack, as an OutputError."""
    return document_guard(out, "the timeline cannot be written in this format", "write an .otio", OutputError)


def _writer(out: Path) -> Writer:
    suffix = suffix_of(out)
    known = " ".join(WRITERS)
    if suffix in _REFUSED:
        raise OutputError(out, _REFUSED[suffix], f"write one of {known}")
    if suffix not in WRITERS:
        raise OutputError(out, "its suffix is not a timeline format that can be written", f"use one of {known}")
    return WRITERS[suffix]
