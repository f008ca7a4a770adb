"""What the hook does when it is asked to: a timeline in OpenTimelineIO's hands gets its sound."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import opentimelineio as otio

from talkies.core.errors import ArgumentError
from talkies.core.events import Failed, Warned
from talkies.core.files.atomic import output_errors
from talkies.core.generation.render import render
from talkies.core.generation.request import Request
from talkies.core.timeline.formats.base import moved
from talkies.core.timeline.formats.otio.splicing import with_urls
from talkies.core.timeline.structure.tracks import media_url


def with_sound(timeline: Any, wanted: Any, written: str | None) -> Any:
    """A copy of ``timeline`` with takes on new tracks.

    ``wanted``: the hook's argument. ``written``: the file that is going to be written, None for a string.
    Raises TalkiesError; then nothing is left behind.
    """
    given, target, source = _parameters(wanted, written)
    if not isinstance(timeline, otio.schema.Timeline):
        raise ArgumentError("talkies", "what is written is not a timeline", "give one timeline")
    with output_errors(target), tempfile.TemporaryDirectory(dir=target.parent, prefix=".talkies-") as name:
        folder = Path(name)
        silent, sounding = folder / "silent.otio", folder / f"{target.stem}.otio"
        text = otio.adapters.write_to_string(timeline, "otio_json")
        silent.write_text(with_urls(text, lambda url, is_base: moved(url, source, folder, is_base)), encoding="utf-8")
        _generate(Request.from_mapping({**given, "timeline": str(silent), "out": str(sounding)}))
        tracks = otio.adapters.read_from_file(str(sounding)).tracks[len(timeline.tracks) :]
        takes = target.with_name(f"{target.stem}.takes")
        takes.mkdir(exist_ok=True)
        for file in (folder / takes.name).iterdir():
            file.replace(takes / file.name)
    result = timeline.deepcopy()
    for track in tracks:
        for clip in track.find_clips():
            base = target.parent if target.suffix.lower() == ".otio" else None  # adapters know no relative addresses
            clip.media_reference.target_url = media_url(takes / clip.media_reference.name, base)
        result.tracks.append(track.deepcopy())
    return result


def _parameters(wanted: Any, written: str | None) -> tuple[dict[str, Any], Path, Path]:
    """What to generate, the file beside which the takes shall lie, and the folder of relative addresses."""
    given = {"task": wanted} if isinstance(wanted, str) else {} if wanted is True else wanted
    if not isinstance(given, Mapping):
        raise ArgumentError("talkies", f"{wanted!r} is not a known request", 'use "foley", or {"task": "foley", ...}')
    given = {str(name): value for name, value in given.items()}
    out, source = given.pop("out", written), given.pop("timeline", None)
    if not out:
        raise ArgumentError("talkies", "there is no file to put the takes beside", 'name it: {"out": "reel.otio"}')
    target = Path(str(out)).absolute()
    return given, target, Path(str(source)).absolute().parent if source else target.parent


def _generate(request: Request) -> None:
    for event in render(request):
        if isinstance(event, Warned):
            logging.getLogger("talkies").warning(event.sentence)
        elif isinstance(event, Failed):
            logging.getLogger("talkies").warning(f"segment {event.segment_id} has no {event.stem}: {event.reason}")
