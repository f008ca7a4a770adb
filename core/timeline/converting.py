"""A timeline said in another format by one of OTIO's adapters, and proof that nothing of the picture was lost."""

from __future__ import annotations

import contextlib
import io
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import opentimelineio as otio

from talkies.core.errors import OutputError, TalkiesError
from talkies.core.segment import Timeline
from talkies.core.timeline.reading import read_timeline
from talkies.core.timeline.splicing import with_urls
from talkies.core.timeline.titles import is_text_track
from talkies.core.timeline.writing_base import is_relative, local_file, media_folder

_SOUND_AND_PICTURE = (otio.schema.TrackKind.Video, otio.schema.TrackKind.Audio)


def converted(timeline: Timeline, out: Path, adapter: str, suffix: str) -> str:
    """The text of ``timeline`` in an adapter's format; media addresses made absolute. Raises OutputError.

    Read back, it must show the same picture at the same places; else the format is refused.
    """
    for track in timeline.document.tracks:
        if is_text_track(track) or getattr(track, "kind", "") not in _SOUND_AND_PICTURE:
            raise OutputError(out, f"this format cannot hold the track {track.name!r}", "write an .otio")
    text = adapted(timeline, out, adapter)
    with tempfile.TemporaryDirectory() as folder:
        trial = Path(folder) / f"trial{suffix}"
        trial.write_text(text, encoding="utf-8")
        try:
            again = read_timeline(trial)
        except TalkiesError as error:
            raise OutputError(
                out, f"this format cannot hold the timeline ({error.problem})", "write an .otio"
            ) from error
    before = [segment.record for segment in timeline.segments]
    if [segment.record for segment in again.segments] != before or again.rate != timeline.rate:
        raise OutputError(out, "this format would not show every clip at its place", "write an .otio")
    return text


def adapted(timeline: Timeline, out: Path, adapter: str, tracks: Sequence[Any] = ()) -> str:
    """The document with ``tracks`` at its end as an adapter writes it; not yet proved. Raises OutputError."""
    folder = media_folder(timeline)

    def absolute(url: str, is_base: bool) -> str:
        found = local_file(url, folder) if is_relative(url) else None
        return found.resolve().as_uri() + ("/" if is_base else "") if found else url

    try:
        plain = otio.adapters.write_to_string(timeline.document, "otio_json")
        document = otio.adapters.read_from_string(with_urls(plain, absolute), "otio_json")
        document.tracks.extend(tracks)
        for clip in document.find_clips():
            _give_range(clip)
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            return str(otio.adapters.write_to_string(document, adapter))
    except Exception as error:  # adapters raise anything
        problem = "OpenTimelineIO's writer of this format fails on the timeline"
        raise OutputError(out, problem, "write an .otio") from error


def _give_range(clip: Any) -> None:
    """Adapters crash on media that do not say how long they are: then they are as long as what is used."""
    media = clip.media_reference
    if media is not None and media.available_range is None and clip.source_range is not None:
        media.available_range = clip.source_range
