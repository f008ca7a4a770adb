"""Cues of a timeline, whatever carries them, and which segment each belongs to."""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from talkies.core.errors import MediaError
from talkies.core.segment import Cue, Segment, Timeline
from talkies.core.timeline.gathering import Gathered
from talkies.core.timeline.media.bare_media import MOVIE_SUFFIXES
from talkies.core.timeline.media.movie_facts import embedded_cues
from talkies.core.timeline.media.pictures import PictureFinder
from talkies.core.timeline.words.sidecars import SidecarFinder, mapped, without_repeats
from talkies.core.times import TimeRange

_MOST_OPENED = 300
"""Movies that are opened to look for subtitle streams in them; beyond, a timeline would be slow to read."""


def all_cues(path: Path, found: Gathered, finder: PictureFinder) -> tuple[tuple[Cue, ...], tuple[str, ...]]:
    """Cues in order of time from the tracks, the sidecars and the movies; and what was repaired in them.

    What is nearer to the editor wins: the timeline's own tracks, then the file beside it, the file beside the media,
    the streams inside the media. A farther source only speaks where the nearer ones are silent, so that a movie that
    brings its own subtitles is not heard twice.
    """
    sidecars = SidecarFinder()
    beside: list[Cue] = []
    warnings: list[str] = []
    whole = TimeRange(Fraction(0), found.duration)
    for file in sidecars.beside(path):
        loaded = sidecars.load(file)
        warnings.extend(loaded.warnings)
        late = sum(cue.range.start >= whole.end for cue in loaded.cues)
        if late:
            warnings.append(f"{file.name}: {late} subtitles start after the end of the timeline: left out")
        beside.extend(mapped(loaded.cues, whole, whole, Fraction(1)))
    with_media = [cue for segment in found.segments for cue in _media_cues(segment, path, sidecars, warnings)]
    streams = _Embedded(finder)
    inside = [cue for segment in found.segments for cue in streams.cues(segment)]
    cues = _nearest_first(list(found.cues), beside, with_media, inside)
    return without_repeats(cues), tuple(dict.fromkeys((*warnings, *streams.warnings)))


def _nearest_first(*sources: list[Cue]) -> list[Cue]:
    """All cues of the first source, and of each later one those that overlap none of the earlier sources'."""
    chosen: list[Cue] = []
    for source in sources:
        taken = sorted(cue.range for cue in chosen)
        starts = [each.start for each in taken]
        longest = max((each.duration for each in taken), default=Fraction(0))
        for cue in source:
            first = bisect.bisect_left(starts, cue.range.start - longest)
            last = bisect.bisect_left(starts, cue.range.end)
            if not any(cue.range.overlap(each) for each in taken[first:last]):
                chosen.append(cue)
    return chosen


def _media_cues(segment: Segment, path: Path, sidecars: SidecarFinder, warnings: list[str]) -> Iterator[Cue]:
    if segment.picture is None or segment.picture.path == path:
        return
    for file in sidecars.beside(segment.picture.path):
        loaded = sidecars.load(file)
        warnings.extend(loaded.warnings)
        yield from _onto(segment, loaded.cues)


def _onto(segment: Segment, cues: Iterable[Cue]) -> list[Cue]:
    """Cues in seconds from a medium's first frame, onto the timeline."""
    start = segment.picture.start if segment.picture else Fraction(0)
    return mapped(cues, segment.source.shifted(-start), segment.record, segment.speed)


class _Embedded:
    """The subtitle streams of movies, each movie read once."""

    def __init__(self, finder: PictureFinder) -> None:
        self._finder = finder
        self._read: dict[Path, tuple[Cue, ...]] = {}
        self.warnings: list[str] = []

    def cues(self, segment: Segment) -> list[Cue]:
        picture = segment.picture
        if picture is None or picture.frames or picture.path.suffix.lower() not in MOVIE_SUFFIXES:
            return []
        if picture.path not in self._read:
            self._read[picture.path] = self._streams(picture.path)
        return _onto(segment, self._read[picture.path])

    def _streams(self, path: Path) -> tuple[Cue, ...]:
        if len(self._read) >= _MOST_OPENED:
            if not self.warnings:
                self.warnings.append(f"only the first {_MOST_OPENED} movies were searched for subtitles inside them")
            return ()
        facts = self._finder.facts(path)
        try:
            return embedded_cues(path, facts) if facts and facts.subtitles else ()
        except MediaError as error:
            self.warnings.append(f"{error}")
            return ()


def with_cues(segments: Iterable[Segment], cues: tuple[Cue, ...]) -> tuple[tuple[Segment, ...], tuple[str, ...]]:
    """Segments with the cues that overlap them; of several languages only the first is spoken, with a note."""
    languages = list(dict.fromkeys(cue.language for cue in cues if cue.language))
    if len(languages) < 2:
        return _assigned(segments, cues), ()
    first = languages[0]
    note = f"subtitles are in {', '.join(languages)}: {first} is used; remove the others or choose another"
    return _assigned(segments, _in_language(cues, first)), (note,)


def in_language(timeline: Timeline, language: str) -> Timeline:
    """The timeline with the cues of another language in its segments; cues without a language stay."""
    return replace(timeline, segments=_assigned(timeline.segments, _in_language(timeline.cues, language)))


def _in_language(cues: tuple[Cue, ...], language: str) -> tuple[Cue, ...]:
    return tuple(cue for cue in cues if cue.language in ("", language))


_SURE = 0.001  # seconds; more than a float's rounding


def _assigned(segments: Iterable[Segment], cues: tuple[Cue, ...]) -> tuple[Segment, ...]:
    starts = [float(cue.range.start) for cue in cues]  # floats find the neighbourhood quickly, overlap() is exact
    longest = float(max((cue.range.duration for cue in cues), default=Fraction(0)))
    result = []
    for segment in segments:
        first = bisect.bisect_left(starts, float(segment.record.start) - longest - _SURE)
        last = bisect.bisect_left(starts, float(segment.record.end) + _SURE)
        overlapping = tuple(cue for cue in cues[first:last] if cue.range.overlap(segment.record))
        result.append(replace(segment, cues=overlapping) if overlapping or segment.cues else segment)
    return tuple(result)
