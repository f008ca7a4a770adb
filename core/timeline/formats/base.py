"""Base class of timeline writers, and where media lie when a timeline moves to another folder."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import ClassVar

from talkies.core.segment import Take, Timeline
from talkies.core.timeline.media.bare_media import MOVIE_SUFFIXES
from talkies.core.timeline.media.image_sequences import IMAGE_SUFFIXES
from talkies.core.timeline.media.urls import is_remote, path_readings
from talkies.core.timeline.structure.tracks import media_url

SOUND_SUFFIXES = (".wav", ".bwf", ".aif", ".aiff", ".flac", ".mp3", ".m4a", ".aac", ".ogg", ".opus")
MEDIA_SUFFIXES = frozenset((*MOVIE_SUFFIXES, *IMAGE_SUFFIXES, *SOUND_SUFFIXES))
"""What a bundle takes in: a timeline from a stranger must not carry off other files of this machine."""

_ABSOLUTE = re.compile(r"^(file:|[A-Za-z]:[/\\]|/|\\\\)", re.IGNORECASE)


class Writer(ABC):
    """One output format. ``title``: what users call it, and who reads it. ``is_folder``: its files are folders, each of
    which holds a file named ``content``. ``portraits``: the sentence on what becomes of portraits where no track holds
    them, "" where one does."""

    title: ClassVar[str] = ""
    is_folder: ClassVar[bool] = False
    content: ClassVar[str] = ""
    portraits: ClassVar[str] = ""

    def check(self, timeline: Timeline, out: Path) -> None:  # noqa: B027 - most formats hold everything
        """Raise OutputError when this format cannot hold the timeline."""

    def losses(self, timeline: Timeline) -> tuple[str, ...]:
        """What of the timeline this format cannot hold, and what of new takes: one sentence each, without a full stop.

        A sentence names what is lost and how many ("3 markers have no place in an EDL"). Called after ``check`` and
        before anything is made; writes nothing. Whatever is not named here must come back.
        """
        return ()

    @abstractmethod
    def write(self, timeline: Timeline, takes: Sequence[Take], out: Path) -> None:
        """Write the timeline with the takes on new tracks; atomic. Raises OutputError."""


def media_folder(timeline: Timeline) -> Path:
    """What relative addresses in a timeline are relative to."""
    return timeline.path if timeline.path.suffix.lower() == ".otiod" else timeline.path.parent


def local_file(url: str, folder: Path) -> Path | None:
    """The existing file or folder that a relative or absolute address means, seen from ``folder``."""
    for reading in path_readings(url):
        path = folder / reading
        try:
            if path.exists():
                return path
        except (OSError, ValueError):  # a name that the file system cannot hold
            continue
    return None


def proxy_notes(originals: Iterable[str]) -> tuple[str, ...]:
    """The sentence on originals that are not there and whose proxies are looked at instead; none for none."""
    if not (lost := list(dict.fromkeys(originals))):
        return ()
    more = f" and {len(lost) - 1} others" if len(lost) > 1 else ""
    return (f"the original {lost[0][:120]!r}{more} was not found: its proxy is looked at; relink it in the editor",)


def is_relative(url: str) -> bool:
    """Whether an address depends on where the timeline lies."""
    return bool(url) and not _ABSOLUTE.match(url.strip()) and not is_remote(url)


def moved(url: str, source: Path, target: Path, is_base: bool = False) -> str:
    """A relative address, seen from folder ``source``, as seen from ``target``; dead and absolute ones stay."""
    if source.resolve() == target.resolve() or not is_relative(url):
        return url
    found = local_file(url, source)
    if found is None:
        return url
    return media_url(found, target) + ("/" if is_base else "")
