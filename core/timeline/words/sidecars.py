"""Sidecar subtitles beside a timeline or beside a clip's media, by its name: ``film.srt``, ``film.de.vtt``.

Also the subtitle streams inside a movie. Both are in the time of their owner; :func:`mapped` brings them onto the
timeline through a clip's source range and speed.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from talkies.core.segment import Cue
from talkies.core.timeline.words.subtitle_files import SUBTITLE_SUFFIXES, SubtitleFile, load_subtitles
from talkies.core.times import TimeRange


class SidecarFinder:
    """Finds and reads sidecars; each folder is listed and each file read once."""

    def __init__(self) -> None:
        self._names: dict[Path, dict[str, list[str]]] = {}
        self._files: dict[Path, SubtitleFile] = {}

    def beside(self, path: Path) -> list[Path]:
        """The subtitle files that share a file's stem: ``film.srt``, ``film.de.srt``, ``film.mov.srt``."""
        by_stem = self._listing(path.parent)
        stems = {path.stem, path.name} if path.suffix else {path.name}
        names = sorted({name for stem in stems for name in by_stem.get(stem, ())})
        return [path.parent / name for name in names if name != path.name]

    def load(self, path: Path) -> SubtitleFile:
        """The cues of a sidecar. Raises SubtitleError: silence where there should be speech helps nobody."""
        if path not in self._files:
            self._files[path] = load_subtitles(path)
        return self._files[path]

    def _listing(self, folder: Path) -> dict[str, list[str]]:
        """Subtitle files of a folder under every stem they may belong to."""
        if folder not in self._names:
            by_stem: dict[str, list[str]] = {}
            for name in _names(folder):
                if not name.lower().endswith(SUBTITLE_SUFFIXES):
                    continue
                parts = Path(name).stem.split(".")
                for count in range(len(parts), max(len(parts) - 3, 0), -1):  # film.de.forced.srt belongs to film too
                    by_stem.setdefault(".".join(parts[:count]), []).append(name)
            self._names[folder] = by_stem
        return self._names[folder]


def _names(folder: Path) -> list[str]:
    try:
        return [entry.name for entry in os.scandir(folder)]
    except OSError:
        return []


def mapped(cues: Iterable[Cue], source: TimeRange, record: TimeRange, speed: Fraction) -> list[Cue]:
    """Cues of a media file, in its own time, as a clip shows them on the timeline; what the clip cuts off is cut."""
    if speed == 0 or source.duration <= 0:
        return []
    on_timeline = []
    for cue in cues:
        seen = cue.range.overlap(source)
        if seen is None:
            continue
        if speed > 0:
            start = record.start + (seen.start - source.start) / speed
        else:
            start = record.start + (source.end - seen.end) / -speed
        on_timeline.append(replace(cue, range=TimeRange(start, start + seen.duration / abs(speed))))
    return on_timeline


def without_repeats(cues: Iterable[Cue]) -> tuple[Cue, ...]:
    """Cues in order of time; the same words at the same time from a second source are dropped."""
    kept: list[Cue] = []
    latest: dict[tuple[str, str], Cue] = {}
    for cue in sorted(cues, key=lambda cue: cue.range):
        key = (cue.kind, " ".join(cue.text.lower().split()))
        before = latest.get(key)
        shared = before.range.overlap(cue.range) if before is not None else None
        if before and shared and 2 * shared.duration > min(before.range.duration, cue.range.duration):
            continue
        latest[key] = cue
        kept.append(cue)
    return tuple(kept)
