"""OTIO for DaVinci Resolve: ``reel.resolve.otio``, made anew from the document as its import wants it.

Bare paths, ranges that every medium states in its own timecode, and tracks with their audio type; Resolve takes a
timeline's name once, so it is called like the file. A plain ``.otio`` keeps every byte of the document instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, ClassVar

import opentimelineio as otio

from talkies.core.errors import MediaError
from talkies.core.media.wav.bwf import read_bext
from talkies.core.segment import Take, Timeline
from talkies.core.timeline.formats.base import Writer
from talkies.core.timeline.formats.losses import counted
from talkies.core.timeline.formats.otio.for_editors import (
    is_other,
    lost_words,
    movie_start,
    rebased,
    save,
    timeline_name,
)
from talkies.core.timeline.formats.otio.writer import OtioFile
from talkies.core.timeline.media.pictures import PictureFinder
from talkies.core.timeline.media.urls import file_name, path_readings
from talkies.core.timeline.structure.flattening import media_finder
from talkies.core.timeline.structure.tracks import new_tracks

_UNLOCKED = {"Locked": False, "SoloOn": False}


class ResolveOtio(Writer):
    """``.resolve.otio``."""

    title: ClassVar[str] = "OpenTimelineIO for DaVinci Resolve"

    def check(self, timeline: Timeline, out: Path) -> None:
        OtioFile().check(timeline, out)

    def losses(self, timeline: Timeline) -> tuple[str, ...]:
        found = list(lost_words(timeline, "Resolve"))
        if missing := _missing(timeline):
            names = ", ".join(repr(file_name(url)) for url in missing[:3]) + (" and others" if len(missing) > 3 else "")
            found.append(
                f"Resolve imports nothing as long as {counted(len(missing), 'file')} cannot be found ({names})"
            )
        return tuple(found)

    def write(self, timeline: Timeline, takes: Sequence[Take], out: Path) -> None:
        document, finder = timeline.document.deepcopy(), media_finder(timeline)
        document.name = timeline_name(out, timeline.name)
        for index in reversed(range(len(document.tracks))):
            if is_other(document.tracks[index]):
                del document.tracks[index]
        for clip in document.find_clips():
            _with_bare_paths(clip, finder)
            rebased(clip, finder, _own_start)
        for track in document.tracks:
            if getattr(track, "kind", "") == otio.schema.TrackKind.Audio and "Resolve_OTIO" not in track.metadata:
                track.metadata["Resolve_OTIO"] = {"Audio Type": _audio_type(track, finder)} | _UNLOCKED
        paths = {take.path: str(take.path.resolve()) for take in takes}
        document.tracks.extend(new_tracks(timeline, takes, None, paths))
        save(document, out)


def _missing(timeline: Timeline) -> list[str]:
    """The files that clips name and that are not there."""
    finder = media_finder(timeline)
    references = (clip.media_reference for clip in timeline.document.find_clips())
    urls = (str(getattr(reference, "target_url", "") or "") for reference in references)
    return [url for url in dict.fromkeys(urls) if url and finder.media.find(url) is None]


def _with_bare_paths(clip: Any, finder: PictureFinder) -> None:
    """Every address of a clip as a plain path, absolute when the file is here."""
    references = clip.media_references()
    for reference in references.values():
        for attribute in ("target_url", "target_url_base"):
            url = str(getattr(reference, attribute, "") or "")
            if url:
                found = finder.media.find(url)
                path = str(found.resolve()) if found else next(iter(path_readings(url)), url)
                setattr(reference, attribute, path + ("/" if found and attribute == "target_url_base" else ""))
    clip.set_media_references(references, clip.active_media_reference_key)


def _own_start(path: Path, finder: PictureFinder) -> Fraction | None:
    """The timecode that a file itself states: a movie's, or the time reference of a Broadcast WAV; None: unreadable."""
    if path.suffix.lower() not in (".wav", ".bwf"):
        return movie_start(path, finder)
    try:
        return Fraction(read_bext(path).time_reference, _sample_rate(path))
    except MediaError:
        return None


def _sample_rate(path: Path) -> int:
    from talkies.core.media.opening import open_media, sound_stream

    with open_media(path) as container:
        sound = sound_stream(container)
        if sound is None:
            raise MediaError(path, "has no sound", "relink the clip")
        return int(sound.rate)


def _audio_type(track: Any, finder: PictureFinder) -> str:
    from talkies.core.media.opening import open_media, sound_stream

    for clip in track.find_clips():
        path = finder.media.find(str(getattr(clip.media_reference, "target_url", "") or ""))
        try:
            if path is not None and path.is_file():
                with open_media(path) as container:
                    sound = sound_stream(container)
                    return "Stereo" if sound is not None and sound.channels == 2 else "Mono"
        except MediaError:
            continue
    return "Mono"
