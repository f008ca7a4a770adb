"""Host protocol: what an editor must offer; plugins implement it, ui uses it, core defines it.

An editor in another process implements nothing of this: it answers the lines of :mod:`talkies.core.hosts.bridge`.

read_timeline ─► segments ─► takes ─► add_takes ─► what the editor itself now says is there
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final, Literal, Protocol, runtime_checkable

from talkies.core.segment import Take, Timeline
from talkies.core.times import TimeRange

Conflict = Literal["new", "replace", "skip"]
CONFLICTS: Final[tuple[Conflict, ...]] = ("new", "replace", "skip")
"""Where tracks of ours are already there: more tracks, these instead of those, or only what is not there yet."""


@dataclass(frozen=True)
class PlacedClip:
    """A clip on a track as the editor states it. ``record``: seconds from the timeline's first frame."""

    name: str
    record: TimeRange
    file: Path | None = None


@dataclass(frozen=True)
class AudioTrack:
    """A track of sound or of picture with its clips in order; where an editor's tracks have no names, ``name`` says
    which it is."""

    name: str
    clips: tuple[PlacedClip, ...] = ()


@dataclass(frozen=True)
class Placement:
    """What :meth:`Host.add_takes` or :meth:`Host.add_pictures` did, read back from the editor: the tracks with the
    takes, and what to know of it. ``steps``: how often :meth:`Host.undo` takes it back."""

    tracks: tuple[AudioTrack, ...]
    removed: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    steps: int = 1


@runtime_checkable
class Host(Protocol):
    """One editor with one open timeline. Positions are seconds from the timeline's first frame."""

    @property
    def name(self) -> str:
        """What the user calls it: "Blender", "DaVinci Resolve", "files"."""
        ...

    def read_timeline(self) -> Timeline:
        """The open timeline as it is now, with its rate, start and subtitles; TimelineError when there is none."""
        ...

    def audio_tracks(self) -> tuple[AudioTrack, ...]:
        """The audio tracks as they are now, in the editor's order."""
        ...

    def add_takes(self, takes: Sequence[Take], conflict: Conflict = "new") -> Placement:
        """New tracks at the end, one undo step; what the user made stays. OutputError leaves nothing behind.

        ``replace`` takes away the tracks that talkies made before, no others: what shall stay of them is among
        ``takes`` (ui/work/carried.py); ``skip`` leaves out takes in whose place a
        clip of ours of the same department lies.
        """
        ...

    def picture_tracks(self) -> tuple[AudioTrack, ...]:
        """The tracks of picture on which talkies has laid portraits, as they are now, from below."""
        ...

    def add_pictures(self, takes: Sequence[Take], conflict: Conflict = "new") -> Placement:
        """As :meth:`add_takes`, for takes that are pictures: new tracks above all others."""
        ...

    def undo(self) -> None:
        """Takes back the last :meth:`add_takes` or :meth:`add_pictures`; OutputError when there is none."""
        ...

    def move_playhead(self, position: Fraction) -> None:
        """Shows the frame at ``position``."""
        ...
