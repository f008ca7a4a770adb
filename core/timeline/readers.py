"""Readers by suffix: which one a timeline file needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from talkies.core.errors import TimelineError
from talkies.core.files.regular import refuse_irregular
from talkies.core.timeline.cut.loaded import Loaded
from talkies.core.timeline.formats.aaf.reader import read_aaf
from talkies.core.timeline.formats.adapters import adapter_reader, read_otio
from talkies.core.timeline.formats.edl.reader import read_edl
from talkies.core.timeline.formats.fcp7.reader import read_fcp7
from talkies.core.timeline.formats.fcp7.retimes import translate_retimes
from talkies.core.timeline.formats.fcpxml.reader import read_fcpxml
from talkies.core.timeline.formats.mlt.reader import read_mlt
from talkies.core.timeline.formats.otio.bundles import read_otiod, read_otioz

READERS: dict[str, Callable[[Path], Loaded]] = {
    ".otio": read_otio,
    ".otioz": read_otioz,
    ".otiod": read_otiod,
    ".xml": read_fcp7,
    ".fcpxml": read_fcpxml,
    ".fcpxmld": read_fcpxml,
    ".edl": read_edl,
    ".aaf": read_aaf,
    ".kdenlive": read_mlt,
    ".mlt": read_mlt,
    ".xges": adapter_reader("xges", is_xml=True),
}
_FOLDERS = (".otiod", ".fcpxmld")
_ADVICE = {
    ".ale": "is an Avid log: a list of clips without a timeline",
    ".m3u8": "is a playlist for streaming, not a timeline",
    ".prproj": "is a Premiere project, which only Premiere reads",
    ".drp": "is a Resolve project, which only Resolve reads",
    ".srt": "is a subtitle file; it is read along with the timeline or movie of the same name",
    ".vtt": "is a subtitle file; it is read along with the timeline or movie of the same name",
}


def load(path: Path, rate: Fraction | None = None) -> Loaded:
    """Read a timeline file by its suffix; ``rate`` is for EDLs, which state none. Raises TimelineError."""
    suffix = path.suffix.lower()
    if not path.exists():
        raise TimelineError(path, "does not exist", "check its name")
    reader = READERS.get(suffix)
    if reader is None:
        problem = _ADVICE.get(suffix, "is not a known kind of timeline or movie")
        raise TimelineError(path, problem, f"give a movie, or a timeline exported as {' '.join(READERS)}")
    if path.is_dir() and suffix not in _FOLDERS:
        raise TimelineError(path, "is a folder, not a timeline file", "name the file inside it")
    refuse_irregular(path, TimelineError, "timeline")
    loaded = read_edl(path, rate) if suffix == ".edl" else reader(path)
    if suffix.startswith(".otio") and "fcp_xml" in loaded.document.metadata:  # OTIO's adapter read it from Final Cut 7
        translate_retimes(loaded.document)
    return replace(loaded, warnings=tuple(f"{path.name}: {sentence}" for sentence in loaded.warnings))
