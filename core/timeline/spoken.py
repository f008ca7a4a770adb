"""Cues of a timeline, whatever carries them, and which segment each belongs to."""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from talkies.core.errors import MediaError
from talkies.core.segment import Cue, Segment, Timeline
from talkies.core.timeline.gathering import Gathered
from talkies.core.timeline.media.bare_media import MOVIE_SUFFIXES
from talkies.core.timeline.media.embedded_words import embedded_words
from talkies.core.timeline.media.pictures import PictureFinder
from talkies.core.timeline.words.frame_counts import FrameClock
from talkies.core.timeline.words.sidecar_clock import RecordClock
from talkies.core.timeline.words.sidecars import SidecarFinder, mapped, without_repeats
from talkies.core.timeline.words.subtitle_files import MediaClock
from talkies.core.times import TimeRange, united

_MOST_OPENED = 300
"""Movies that are opened to look for subtitle streams in them; beyond, a timeline would be slow to read."""
_FRAMES_NEAR = 2  # a cut that leaves out so little leaves out no word
_TRANSPORT_SUFFIXES = (".ts", ".mts", ".m2ts")


def all_cues(
    path: Path, found: Gathered, finder: PictureFinder, clock: RecordClock
) -> tuple[tuple[Cue, ...], tuple[str, ...]]:
    """Cues in order of time from the tracks, the sidecars and the movies; and what was repaired in them. ``clock``: the
    timeline's own.

    What is nearer to the editor wins: the timeline's own tracks, then the file beside it, the file beside the media,
    the streams inside the media. A farther source only speaks where the nearer ones are silent, so that a movie that
    brings its own subtitles is not heard twice.
    """
    beside = _Beside(finder)
    whole = TimeRange(Fraction(0), found.duration)
    is_slowed = any(
        segment.picture and segment.picture.path == path and segment.speed != 1 for segment in found.segments
    )
    with_timeline = [] if is_slowed else mapped(beside.cues(path, clock), whole, whole, Fraction(1))
    with_media = [part for segment in found.segments for part in _media_cues(segment, path, beside)]
    streams = _Embedded(finder)
    inside = [part for segment in found.segments for part in streams.cues(segment)]
    cues = _nearest_first(list(found.cues), with_timeline, _joined(with_media), _joined(inside))
    return without_repeats(_in_one_spelling(cues)), tuple(dict.fromkeys((*beside.warnings, *streams.warnings)))


class _Beside:
    """The sidecars of files, each read once; ``warnings`` grow."""

    def __init__(self, finder: PictureFinder) -> None:
        self._finder, self._sidecars = finder, SidecarFinder()
        self._read: dict[tuple[Path, RecordClock], list[Cue]] = {}
        self.warnings: list[str] = []

    def has_any(self, owner: Path) -> bool:
        """Whether there is a sidecar of a file, or something to say of one: nearly always there is not."""
        return bool(self._sidecars.beside(owner) or self._sidecars.warnings(owner))

    def cues(self, owner: Path, clock: RecordClock, what: str = "the timeline") -> list[Cue]:
        """Of all sidecars of a file, in seconds from its first frame; ``what``: its name in sentences."""
        if (owner, clock) not in self._read:
            self._read[owner, clock] = [
                cue for file in self._sidecars.beside(owner) for cue in self._load(file, owner, clock, what)
            ]
            self.warnings.extend(self._sidecars.warnings(owner))
        return self._read[owner, clock]

    def _load(self, file: Path, owner: Path, clock: RecordClock, what: str) -> tuple[Cue, ...]:
        facts = self._finder.facts(owner) if owner.suffix.lower() in MOVIE_SUFFIXES else None
        transport = facts.start if facts and owner.suffix.lower() in _TRANSPORT_SUFFIXES else None
        counts = MediaClock(transport, facts.lead if facts else Fraction(0), FrameClock(clock.rate, clock.drop_frame))
        loaded = self._sidecars.load(file, owner, counts)
        cues, sentence = clock.from_first_frame(loaded.cues, loaded.in_timecode)
        late = sum(cue.range.start >= clock.duration for cue in cues)
        self.warnings.extend(loaded.warnings)
        if sentence:
            self.warnings.append(f"{file.name}: {sentence}")
        if late:
            cure = "" if late < len(cues) else "; if they count in timecode, shift them so that the first frame is 0"
            self.warnings.append(f"{file.name}: {late} subtitles start after the end of {what}: left out{cure}")
        return cues

    def clock_of(self, segment: Segment) -> RecordClock:
        """That of a segment's medium; without a length of its own, the medium ends where the segment does."""
        assert segment.picture is not None
        path, start = segment.picture.path, segment.picture.start
        facts = (
            self._finder.facts(path) if path.suffix.lower() in MOVIE_SUFFIXES and not segment.picture.frames else None
        )
        if facts is None:
            return RecordClock(start, segment.source.end - start, segment.rate)
        return RecordClock(start, facts.duration, facts.rate, facts.drop_frame)


def _in_one_spelling(cues: Iterable[Cue]) -> list[Cue]:
    """ANNA and Anna are one speaker, who is written as first in the timeline."""
    ordered = sorted(cues, key=lambda cue: cue.range)
    spelling: dict[str, str] = {}
    for cue in ordered:
        spelling.setdefault(cue.speaker.casefold(), cue.speaker)
    return [replace(cue, speaker=spelling[cue.speaker.casefold()]) for cue in ordered]


def _nearest_first(*sources: list[Cue]) -> list[Cue]:
    """All cues of the first source, and of each later one those that overlap none of the earlier sources'."""
    chosen: list[Cue] = []
    for source in sources:
        taken = united(cue.range for cue in chosen)
        ends = [each.end for each in taken]
        for cue in source:
            place = bisect.bisect_right(ends, cue.range.start)
            if place == len(taken) or taken[place].start >= cue.range.end:
                chosen.append(cue)
    return chosen


def _is_retimed_film(segment: Segment, path: Path) -> bool:
    """Whether it is of a bare film that is shown at another rate than its file's: what lies beside counts as it."""
    return segment.picture is not None and segment.picture.path == path and segment.speed != 1


def _media_cues(segment: Segment, path: Path, beside: _Beside) -> list[_Part]:
    picture = segment.picture
    if picture is None or (picture.path == path and not _is_retimed_film(segment, path)):
        return []
    if not beside.has_any(picture.path):
        return []
    return _onto(segment, beside.cues(picture.path, beside.clock_of(segment), picture.path.name))


def _onto(segment: Segment, cues: Sequence[Cue]) -> list[_Part]:
    """Cues in seconds from a medium's first frame, onto the timeline."""
    if not cues or segment.picture is None:
        return []
    start, path = segment.picture.start, segment.picture.path
    curve = segment.curve.moved(media=-start) if segment.curve else None
    source, near = segment.source.shifted(-start), _FRAMES_NEAR / segment.rate
    return [
        _Part(shown, (path, cue), cue.range.overlap(source) or cue.range, near)
        for cue in cues
        if curve is not None or cue.range.overlap(source) is not None
        for shown in mapped([cue], source, segment.record, segment.speed, curve)
    ]


@dataclass(frozen=True)
class _Part:
    """What a segment shows of a medium's cue. ``media``: when, in the medium; ``near``: what is no time, there and on
    the timeline."""

    cue: Cue
    of: tuple[Path, Cue]
    media: TimeRange
    near: Fraction


def _joined(parts: Iterable[_Part]) -> list[Cue]:
    """A cue that goes on where one clip goes on with what another has shown last is one, and is said once: a film was
    cut there, and nothing left out."""
    joined: list[Cue] = []
    latest: dict[tuple[Path, Cue], tuple[int, _Part]] = {}  # by the medium's cue, and the place among those that came
    for part in sorted(parts, key=lambda part: part.cue.range):
        place, before = latest.get(part.of, (len(joined), None))
        if before is not None and _goes_on(before, part):
            joined[place] = replace(part.cue, range=TimeRange(joined[place].range.start, part.cue.range.end))
        else:
            place = len(joined)
            joined.append(part.cue)
        latest[part.of] = place, part
    return joined


def _goes_on(before: _Part, part: _Part) -> bool:
    seams = part.cue.range.start - before.cue.range.end, part.media.start - before.media.end
    return all(abs(seam) <= part.near for seam in seams)


class _Embedded:
    """The subtitle streams of movies, each movie read once."""

    def __init__(self, finder: PictureFinder) -> None:
        self._finder = finder
        self._read: dict[Path, tuple[Cue, ...]] = {}
        self.warnings: list[str] = []

    def cues(self, segment: Segment) -> list[_Part]:
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
            if not facts or not facts.subtitles:
                return ()
            words = embedded_words(path, facts)
        except MediaError as error:
            self.warnings.append(f"{error}")
            return ()
        self.warnings.extend(words.warnings)
        return words.cues


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
        overlapping = tuple(cue for cue in cues[first:last] if _belongs(cue, segment))
        result.append(replace(segment, cues=overlapping) if overlapping or segment.cues else segment)
    return tuple(result)


def _belongs(cue: Cue, segment: Segment) -> bool:
    """Half a frame at least, for subtitles count in milliseconds and cuts in frames; or half of what is shorter."""
    shared = cue.range.overlap(segment.record)
    return shared is not None and 2 * shared.duration >= min(1 / segment.rate, cue.range.duration)
