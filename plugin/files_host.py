"""A timeline file as a host: adding takes writes a new file beside it, undo deletes what was written.

    reel.otio ──add_takes──► reel.talkies.otio ──add_takes──► reel.talkies-2.otio ──undo──► reel.talkies.otio

The file that was given is never changed. It is the host for editors that talkies cannot reach but whose files it can.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from talkies.core.errors import ArgumentError, MediaError, OutputError
from talkies.core.host import AudioTrack, Conflict, Placement
from talkies.core.media.bwf import output_errors
from talkies.core.placing import audio_tracks_of, differences, plan_placing
from talkies.core.segment import Take, Timeline
from talkies.core.timeline import read_timeline
from talkies.core.timeline.ours import free_name, without_our_tracks
from talkies.core.timeline.readers import READERS
from talkies.core.timeline.writing import WRITERS, losses, suffix_of, write_timeline
from talkies.core.times import TimeRange


@dataclass(frozen=True)
class _Step:
    """A file that was written, and when: what somebody changed since is no longer ours to delete."""

    path: Path
    written_ns: int


class FilesHost:
    """``path``: the timeline. ``suffix``: the format to write, that of the timeline unless given.

    Raises ArgumentError for a format that cannot be read back."""

    def __init__(self, path: Path, suffix: str = "") -> None:
        self._original, self._suffix = path, suffix or suffix_of(path)
        self._steps: list[_Step] = []
        readable = [each for each in WRITERS if Path(f"x{each}").suffix in READERS]
        if self._suffix not in readable:
            raise ArgumentError(f"format {self._suffix!r}", "cannot be read back", f"use one of {' '.join(readable)}")

    @property
    def name(self) -> str:
        return "files"

    @property
    def path(self) -> Path:
        """The file that is the timeline now."""
        return self._steps[-1].path if self._steps else self._original

    def read_timeline(self) -> Timeline:
        """See :class:`Host`."""
        return read_timeline(self.path)

    def audio_tracks(self) -> tuple[AudioTrack, ...]:
        """See :class:`Host`."""
        return audio_tracks_of(self.read_timeline())

    def add_takes(self, takes: Sequence[Take], conflict: Conflict = "new") -> Placement:
        """See :class:`Host`. What the format cannot hold is among the warnings."""
        missing = next((take.path for take in takes if not take.path.is_file()), None)
        if missing is not None:
            raise MediaError(missing, "is not there", "make the take again")
        timeline = self.read_timeline()
        plan = plan_placing(takes, audio_tracks_of(timeline), conflict)
        skipped = tuple(take.name for take in plan.skipped)
        if not plan.lanes:
            return Placement((), skipped=skipped)
        if plan.removed:
            timeline = without_our_tracks(timeline)
        kept = audio_tracks_of(timeline)
        out = free_name(self.path, self._suffix)
        warnings = losses(timeline, out)
        write_timeline(timeline, [take for take in takes if take not in plan.skipped], out)
        self._steps.append(_Step(out, _written_ns(out)))
        tracks = _new(self.audio_tracks(), kept)
        return Placement(tracks, plan.removed, skipped, (*warnings, *differences(plan.lanes, tracks)))

    def undo(self) -> None:
        """See :class:`Host`. A file that was changed since it was written stays: OutputError."""
        if not self._steps:
            raise OutputError(self._original.name, "has nothing to undo")
        step = self._steps[-1]
        if step.path.exists():
            if _written_ns(step.path) != step.written_ns:
                raise OutputError(step.path, "was changed after it was written", "delete it yourself if you want to")
            remove: Callable[[Path], object] = shutil.rmtree if step.path.is_dir() else Path.unlink
            with output_errors(step.path):
                remove(step.path)
        self._steps.pop()

    def move_playhead(self, position: Fraction) -> None:
        """A file shows nothing."""


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
    content = WRITERS[suffix_of(path)].content
    return (path / content if path.is_dir() else path).stat().st_mtime_ns
