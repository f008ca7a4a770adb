"""Files as a host: adding takes writes a new timeline beside the first, undo deletes what was written.

    reel.otio ──add_takes──► reel.talkies.otio ──add_takes──► reel.talkies-2.otio ──undo──► reel.talkies.otio

The file that was given is never changed. A real host without an editor: it holds placement and every writer to what
hosts promise. No command has it: who writes to a file names that file (ui/work/write_back.py).
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final

from talkies.core.destinations import WRITERS, losses, suffix_of, write_timeline
from talkies.core.errors import ArgumentError, MediaError, OutputError
from talkies.core.files.atomic import output_errors
from talkies.core.hosts.host import AudioTrack, Conflict, Placement
from talkies.core.hosts.placement import audio_tracks_of, differences, picture_tracks_of, plan_placing
from talkies.core.segment import PICTURES, STEMS, Take, Timeline
from talkies.core.timeline import read_timeline
from talkies.core.timeline.our_tracks import free_name, without_our_tracks
from talkies.core.times import TimeRange

_EXPORTS: Final = {
    ".stems": "holds sound and lists, not the cut",
    ".edl": "spreads a timeline over several lists",
    ".resolve.otio": "is for Resolve to import, without the subtitles",
    ".kdenlive.otio": "is for Kdenlive to import, without subtitles and alternative takes",
}
"""Formats that are written for other programs, and not read again."""


@dataclass(frozen=True)
class _Step:
    """A file that was written, when (what somebody changed since is not ours to delete), and what came beside it."""

    path: Path
    written_ns: int
    beside: tuple[Path, ...]


HOST_FORMATS: Final = tuple(suffix for suffix in WRITERS if suffix not in _EXPORTS)


class FilesHost:
    """``path``: the timeline. ``suffix``: the format to write, that of the timeline unless given.

    Raises ArgumentError for a format that does not hold the whole timeline."""

    def __init__(self, path: Path, suffix: str = "") -> None:
        self._original, self._suffix = path, suffix or suffix_of(path)
        self._steps: list[_Step] = []
        self._read: tuple[tuple[Path, int], Timeline] | None = None
        if self._suffix not in HOST_FORMATS:
            problem = _EXPORTS.get(self._suffix, "cannot be written")
            raise ArgumentError(f"format {self._suffix!r}", problem, f"use one of {' '.join(HOST_FORMATS)}")

    @property
    def name(self) -> str:
        return "files"

    @property
    def path(self) -> Path:
        """The file that is the timeline now."""
        return self._steps[-1].path if self._steps else self._original

    def read_timeline(self) -> Timeline:
        """See :class:`Host`. A file that has not changed is not read twice."""
        state = self.path, _written_ns(self.path) if self.path.exists() else 0
        if self._read is None or self._read[0] != state:
            self._read = state, read_timeline(self.path)
        return self._read[1]

    def audio_tracks(self) -> tuple[AudioTrack, ...]:
        """See :class:`Host`."""
        return audio_tracks_of(self.read_timeline())

    def picture_tracks(self) -> tuple[AudioTrack, ...]:
        """See :class:`Host`."""
        return picture_tracks_of(self.read_timeline())

    def add_takes(self, takes: Sequence[Take], conflict: Conflict = "new") -> Placement:
        """See :class:`Host`. What the format cannot hold is among the warnings."""
        return self._add(takes, conflict, audio_tracks_of)

    def add_pictures(self, takes: Sequence[Take], conflict: Conflict = "new") -> Placement:
        """See :class:`Host`."""
        return self._add(takes, conflict, picture_tracks_of)

    def _add(
        self, takes: Sequence[Take], conflict: Conflict, tracks_of: Callable[[Timeline], tuple[AudioTrack, ...]]
    ) -> Placement:
        missing = next((take.path for take in takes if not take.path.is_file()), None)
        if missing is not None:
            raise MediaError(missing, "is not there", "make the take again")
        timeline = self.read_timeline()
        plan = plan_placing(takes, tracks_of(timeline), conflict)
        skipped = tuple(take.name for take in plan.skipped)
        if not plan.lanes:
            return Placement((), skipped=skipped)
        if plan.removed:
            pictures = tracks_of is picture_tracks_of
            timeline = without_our_tracks(timeline, [stem for stem in STEMS if (stem == PICTURES) == pictures])
        kept = tracks_of(timeline)
        out = free_name(self.path, self._suffix)
        warnings, before = losses(timeline, out), _beside(out, self._suffix)
        write_timeline(timeline, [take for take in takes if take not in plan.skipped], out)
        beside = tuple(sorted(_beside(out, self._suffix) - before))
        self._steps.append(_Step(out, _written_ns(out), beside))
        tracks = _new(tracks_of(self.read_timeline()), kept)
        return Placement(tracks, plan.removed, skipped, (*warnings, *differences(plan.lanes, tracks)))

    def undo(self) -> None:
        """See :class:`Host`. A file that was changed since it was written stays: OutputError."""
        if not self._steps:
            raise OutputError(self._original.name, "has nothing to undo")
        step = self._steps[-1]
        if step.path.exists() and _written_ns(step.path) != step.written_ns:
            raise OutputError(step.path, "was changed after it was written", "delete it yourself if you want to")
        for path in (step.path, *step.beside):
            with output_errors(path):
                _remove(path)
        self._steps.pop()

    def move_playhead(self, position: Fraction) -> None:
        """A file shows nothing."""


def _beside(out: Path, suffix: str) -> set[Path]:
    """What lies beside a timeline under its name, and in folders there: subtitles and sounds that some formats need,
    but also what the user keeps of the same name in another format."""
    stem = out.name.removesuffix(suffix)
    named = [path for path in out.parent.iterdir() if path.name.startswith(f"{stem}.") and path != out]
    return {each for path in named for each in (path, *path.rglob("*"))}


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _new(tracks: Iterable[AudioTrack], before: Iterable[AudioTrack]) -> tuple[AudioTrack, ...]:
    """The tracks that were not there before, by where their clips play: some formats know no names and no order."""
    known = Counter(_places(track) for track in before)
    new = []
    for track in tracks:
        known[_places(track)] -= 1
        if known[_places(track)] < 0:
            new.append(track)
    return tuple(new)


def _places(track: AudioTrack) -> tuple[TimeRange, ...]:
    return tuple(clip.record for clip in track.clips)


def _written_ns(path: Path) -> int:
    """When a timeline was last changed; a folder's is that of its content."""
    writer = WRITERS.get(suffix_of(path))
    return (path / writer.content if writer is not None and path.is_dir() else path).stat().st_mtime_ns
