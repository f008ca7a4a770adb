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

from talkies.core.curves import Curve
from talkies.core.errors import SubtitleError
from talkies.core.segment import Cue
from talkies.core.timeline.words.decoding import decode
from talkies.core.timeline.words.sidecar_names import UNREAD, Chosen, choose
from talkies.core.timeline.words.subtitle_files import MediaClock, SubtitleFile, load_subtitles, reads_as_subtitles
from talkies.core.times import TimeRange


class SidecarFinder:
    """Finds and reads sidecars; each folder is listed and each file read once."""

    def __init__(self) -> None:
        self._names: dict[Path, tuple[str, ...]] = {}
        self._chosen: dict[Path, Chosen] = {}
        self._files: dict[tuple[Path, MediaClock], SubtitleFile] = {}

    def beside(self, path: Path) -> list[Path]:
        """The subtitle files to be read with a file: ``film.srt``, ``film.de.srt``, ``film.mov.srt``."""
        return [path.parent / name for name in self._choice(path).names]

    def warnings(self, path: Path) -> tuple[str, ...]:
        """A sentence for each subtitle file beside a file that is not read."""
        return self._choice(path).warnings

    def load(self, path: Path, owner: Path, clock: MediaClock) -> SubtitleFile:
        """The cues of a sidecar of ``owner``. Raises SubtitleError: silence where there should be speech helps
        nobody."""
        key = path, clock
        if key not in self._files:
            try:
                self._files[key] = load_subtitles(path, clock)
            except SubtitleError as error:
                cure = error.cure if "move it away" in error.cure else f"{error.cure}, or move it away"
                said = f"{cure}: it is read for {owner.name} beside it"
                raise SubtitleError(error.subject, error.problem, said) from error
        return self._files[key]

    def _choice(self, path: Path) -> Chosen:
        if path not in self._chosen:
            if path.parent not in self._names:
                self._names[path.parent] = _names(path.parent)
            chosen = choose(path.name, self._names[path.parent])
            if not chosen.names:
                read = tuple(name for name in chosen.texts if _holds_subtitles(path.parent / name))
                pictures = [name for name in chosen.texts if name not in read and name.lower().endswith(".sub")]
                told = tuple(f"{name}: {UNREAD}" for name in pictures if not chosen.warnings)
                chosen = replace(chosen, names=read, warnings=(*chosen.warnings, *told))
            self._chosen[path] = chosen
        return self._chosen[path]


def _holds_subtitles(path: Path) -> bool:
    try:
        return reads_as_subtitles(decode(path)[0])
    except SubtitleError:
        return False


def _names(folder: Path) -> tuple[str, ...]:
    try:
        return tuple(entry.name for entry in os.scandir(folder))
    except OSError:
        return ()


def mapped(
    cues: Iterable[Cue], source: TimeRange, record: TimeRange, speed: Fraction, curve: Curve | None = None
) -> list[Cue]:
    """Cues of a media file, in its own time, as a clip shows them on the timeline; what the clip cuts off is cut.

    ``curve``: where the speed changes, media time over seconds from the record start."""
    if curve is not None:
        return _along(cues, record, curve)
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


def _along(cues: Iterable[Cue], record: TimeRange, curve: Curve) -> list[Cue]:
    """Each cue over all the pieces of a curve that show it one after another."""
    on_timeline: list[Cue] = []
    for cue in cues:
        seen: list[Cue] = []
        for piece in curve.pieces():
            for part in mapped([cue], piece.media, piece.time.shifted(record.start), piece.speed):
                start = seen.pop().range.start if seen and seen[-1].range.end == part.range.start else part.range.start
                seen.append(replace(part, range=TimeRange(start, part.range.end)))
        on_timeline += seen
    return sorted(on_timeline, key=lambda cue: cue.range)


def without_repeats(cues: Iterable[Cue]) -> tuple[Cue, ...]:
    """Cues in order of time; the same words at the same time from a second source are dropped, unless two speakers that
    have names say them."""
    kept: list[Cue] = []
    latest: dict[tuple[str, str, str], int] = {}
    for cue in sorted(cues, key=lambda cue: cue.range):
        words, who = " ".join(cue.text.lower().split()), cue.speaker.casefold()
        before = [latest.get((cue.kind, words, name)) for name in ((who, "") if who else (_ANYBODY,))]
        place = next((place for place in before if place is not None and _repeats(cue, kept[place])), None)
        if place is None:
            place = len(kept)
            kept.append(cue)
        kept[place] = replace(kept[place], speaker=kept[place].speaker or cue.speaker)
        latest[cue.kind, words, who] = latest[cue.kind, words, _ANYBODY] = place
    return tuple(kept)


_ANYBODY = "\0"


def _repeats(cue: Cue, before: Cue) -> bool:
    shared = before.range.overlap(cue.range)
    return shared is not None and 2 * shared.duration > min(before.range.duration, cue.range.duration)
