"""Edit decision lists (CMX 3600) with the takes as events of sound, each of which names its WAV.

    cut.edl                   picture, and up to four channels of sound: as many as CMX 3600 has
    cut.V2.edl                one list for each further track of picture
    cut.FX-talkies-2.edl      and for each further track of sound, and for takes that are alternatives

    004  AX       A     C        01:00:02:05 01:00:04:05 01:00:02:05 01:00:04:05
    * FROM CLIP NAME: DX_V1-002_t01.wav
    * SOURCE FILE: takes/DX_V1-002_t01.wav
    * TRACK: DX talkies

A WAV's timecode (``bext``) is that of its record position, so source and record times of a take are the same, and a
take that begins between frames stays in sync: only its cut is moved, by less than half a frame, into its handle.
An EDL that was read comes back byte for byte, with events added to its end. Channels 3 and 4 are said as editors do:
``NONE`` and a line ``AUD  3``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import ClassVar

import opentimelineio as otio

from talkies.core.errors import OutputError, TalkiesError
from talkies.core.media.bwf import part_file
from talkies.core.segment import Take, Timeline
from talkies.core.timeline.edl import EVENT, TRACK_NOTE, channels_of
from talkies.core.timeline.flat_losses import flat_losses
from talkies.core.timeline.flattening import PICTURE, SOUND, TEXT, FlatClip, FlatTrack, flat_tracks, notes_of
from talkies.core.timeline.guards import read_text
from talkies.core.timeline.losing import counted
from talkies.core.timeline.sounds import OUR_NAME, track_name
from talkies.core.timeline.tracks import Lane, lanes_of
from talkies.core.timeline.urls import path_readings
from talkies.core.timeline.writing_base import Writer, local_file, media_folder
from talkies.core.times import TimeRange, timecode, to_frame

_CHANNELS = 4
_MOST_EVENTS = 999
_RESERVED_REELS = ("AX", "BL", "BLK", "BLACK")
"""Names that mean something to EDL readers: any file, and black."""


class EdlFile(Writer):
    """``.edl``."""

    title: ClassVar[str] = "EDL (CMX 3600) with WAVs"

    def check(self, timeline: Timeline, out: Path) -> None:
        if _is_edl(timeline) and not timeline.path.is_file():
            raise OutputError(out, "the timeline it comes from is gone", "read it again, or write an .otio")
        lists = _Lists(timeline, out)
        lists.refuse_input()
        if not timeline.segments and not any(each.head if _is_edl(timeline) else each.entries for each in lists.lists):
            raise OutputError(out, "the timeline holds no clips that an EDL could list", "write an .otio")

    def losses(self, timeline: Timeline) -> tuple[str, ...]:
        return tuple(_losses(timeline))

    def write(self, timeline: Timeline, takes: Sequence[Take], out: Path) -> None:
        lists = _Lists(timeline, out)
        lists.add_lanes(lanes_of(takes, (track_name(track) for track in timeline.document.tracks)))
        lists.refuse_input()
        for path, text in reversed(lists.texts()):  # the list that names the others comes last
            with part_file(path) as part:
                part.write_bytes(text)


def _is_edl(timeline: Timeline) -> bool:
    return timeline.path.suffix.lower() == ".edl"


@dataclass(frozen=True)
class _Entry:
    """One event without its number; ``source`` and ``record`` in seconds of timecode."""

    reel: str
    source: TimeRange
    record: TimeRange
    name: str
    file: str = ""
    track: str = ""
    speed: Fraction = Fraction(1)


@dataclass
class _List:
    """One EDL: the text before, and what follows: entries with the channels they are on (0: picture)."""

    label: str = ""
    head: str = ""
    encoding: str = "utf-8"
    used: set[int] = field(default_factory=set)
    entries: list[tuple[_Entry, tuple[int, ...]]] = field(default_factory=list)

    def free(self, count: int) -> tuple[int, ...]:
        """The next channels of sound; none when there are not enough."""
        first = max(self.used, default=0) + 1
        return tuple(range(first, first + count)) if first + count - 1 <= _CHANNELS else ()

    def add(self, channels: tuple[int, ...], entries: Sequence[_Entry]) -> None:
        self.used.update(channels)
        self.entries += [(entry, channels) for entry in entries]


class _Lists:
    """The EDLs that a timeline becomes."""

    def __init__(self, timeline: Timeline, out: Path) -> None:
        self.timeline, self.out = timeline, out
        self.lists: list[_List] = []
        self._reels = {f"\n{name}": name for name in _RESERVED_REELS}
        if _is_edl(timeline):
            self.lists.append(_kept(timeline, out))
        else:
            tracks = [track for track in flat_tracks(timeline) if track.kind != TEXT]
            pictures = [track for track in tracks if track.kind == PICTURE]
            self.lists.append(self._new(""))
            for number, track in enumerate(pictures):
                target = self.lists[0] if number == 0 else self._new(f"V{number + 1}")
                target.add((), [self._picture(clip) for clip in track.clips if _is_shown(clip)])
                self.lists += [target] if number else []
            for number, track in enumerate((track for track in tracks if track.kind == SOUND), start=1):
                self._place(f"A{number}", 1, [self._sound(track, clip) for clip in track.clips if _is_shown(clip)])

    def add_lanes(self, lanes: Sequence[Lane]) -> None:
        for lane in lanes:
            entries = [self._take(take, lane.name) for take in lane.takes]
            self._place(lane.name, lane.channels, entries, alone=not lane.enabled)

    def refuse_input(self) -> None:
        """Raises OutputError when one of the lists is the file that was read."""
        for path in self._paths():
            if path.resolve() == self.timeline.path.resolve():
                problem = f"a list of its own for another track ({path.name}) would take the place of what is read"
                raise OutputError(self.out, problem, "choose another name: the input is never changed")

    def texts(self) -> list[tuple[Path, bytes]]:
        rate, drop = self.timeline.rate, self.timeline.drop_frame
        written = (_Text(each, rate, drop).bytes() for each in self.lists)
        return list(zip(self._paths(), written, strict=True))

    def _paths(self) -> list[Path]:
        return [
            self.out.with_name(f"{self.out.stem}.{each.label}.edl") if each.label else self.out for each in self.lists
        ]

    def _place(self, name: str, channels: int, entries: Sequence[_Entry], alone: bool = False) -> None:
        """Onto free channels of the first list, or else into a list of its own."""
        free = () if alone else self.lists[0].free(channels)
        if free:
            self.lists[0].add(free, entries)
        else:
            self.lists.append(self._new(re.sub(r"\W+", "-", name)))
            self.lists[-1].add(tuple(range(1, channels + 1)), entries)

    def _new(self, label: str) -> _List:
        title = _line(f"{self.timeline.name} {label}".strip())[:70]
        mode = "DROP FRAME" if self.timeline.drop_frame else "NON-DROP FRAME"
        rate = f"{float(self.timeline.rate):.3f}".rstrip("0").rstrip(".")
        return _List(label, f"TITLE: {title}\r\nFCM: {mode}\r\n* FRAME RATE: {rate}\r\n\r\n")

    def _take(self, take: Take, track: str) -> _Entry:
        own = take.record.shifted(self.timeline.start)
        return _Entry("AX", own, own, take.path.name, _file(take.path, self.out.parent), track)

    def _sound(self, track: FlatTrack, clip: FlatClip) -> _Entry:
        entry = self._entry(clip, Fraction(1))
        ours = track.name if OUR_NAME.match(track.name) else ""
        return _Entry(entry.reel, entry.source, entry.record, entry.name, entry.file, ours)

    def _picture(self, clip: FlatClip) -> _Entry:
        return self._entry(clip, clip.speed)

    def _entry(self, clip: FlatClip, speed: Fraction) -> _Entry:
        reference = clip.item.media_reference
        url = str(getattr(reference, "target_url", "") or "")
        found = local_file(url, media_folder(self.timeline)) if url else None
        stated = re.sub(r"^/(?=[A-Za-z]:)", "", next(iter(path_readings(url)), url))
        file = _file(found, self.out.parent) if found else _line(stated)
        record = clip.record.shifted(self.timeline.start)
        name = clip.name or (found.name if found else "clip")
        return _Entry(self._reel(clip, url or name), clip.source, record, _line(name), file, speed=speed)

    def _reel(self, clip: FlatClip, key: str) -> str:
        """Eight letters and digits, the same for the same medium: its own reel name, or that of the file."""
        edl = clip.item.metadata.get("cmx_3600") or {}
        stated = str(edl.get("reel", "")) if hasattr(edl, "get") else ""
        if key not in self._reels:
            stem = Path(re.split(r"[/\\]", key)[-1]).stem
            base = (re.sub(r"[^A-Za-z0-9_]", "", stated or stem).upper() or "AX")[:8]
            name, count = base, 1
            while name in self._reels.values():
                count += 1
                name = f"{base[: 8 - len(str(count))]}{count}"
            self._reels[key] = name
        return self._reels[key]


@dataclass
class _Text:
    """A list as text."""

    list: _List
    rate: Fraction
    drop: bool

    def bytes(self) -> bytes:
        head = self.list.head
        end = "\r\n" if "\r\n" in head or "\n" not in head else "\n"
        known = [int(match[1]) for line in head.splitlines() if (match := EVENT.match(line))]
        first = max(known, default=0) + 1
        lines = [line for number, entry in enumerate(self.list.entries, first) for line in self._event(number, *entry)]
        gap = end if lines and head and not head.endswith("\n") else ""
        return (head + gap + "".join(line + end for line in lines)).encode(self.list.encoding, "replace")

    def _event(self, number: int, entry: _Entry, channels: tuple[int, ...]) -> Iterator[str]:
        first, last = to_frame(entry.record.start, self.rate), to_frame(entry.record.end, self.rate)
        last = max(last, first + 1)
        start = to_frame(entry.source.start, self.rate)
        used = last - first if entry.speed == 1 else max(to_frame(entry.source.duration, self.rate), 1)
        times = " ".join(self._label(frame) for frame in (start, start + used, first, last))
        channel = {(): "V", (1,): "A", (2,): "A2", (1, 2): "AA"}.get(channels, "NONE")
        yield f"{number:03}  {entry.reel:<8} {channel:<5} C        {times}"
        if entry.speed != 1:
            at = start + used - 1 if entry.speed < 0 else start
            speed = float(entry.speed * self.rate)
            yield f"M2   {entry.reel:<8}       {speed:0{5 if speed >= 0 else 6}.1f}                {self._label(at)}"
        if channel == "NONE":
            yield "AUD  " + "    ".join(str(number) for number in channels)
        yield f"* FROM CLIP NAME: {entry.name}"
        if entry.file:
            yield f"* SOURCE FILE: {entry.file}"
        if entry.track:
            yield f"* TRACK: {entry.track}"

    def _label(self, frame: int) -> str:
        return timecode(frame / self.rate, self.rate, self.drop)


def _kept(timeline: Timeline, out: Path) -> _List:
    """The EDL that was read, without the events of our tracks that were taken out since."""
    try:
        read_text(timeline.path)
        data = timeline.path.read_bytes()
    except (TalkiesError, OSError) as error:
        raise OutputError(out, "the timeline it comes from cannot be read any more", "read it again") from error
    encoding = _encoding(data)
    kept = {track_name(track) for track in timeline.document.tracks}
    lines = data.decode(encoding).splitlines(keepends=True)
    text = "".join(line for block in _blocks(lines) if not _is_gone(block, kept) for line in block)
    used = {channel for block in _blocks(text.splitlines()) for channel in channels_of(block)}
    return _List("", text, encoding, used)


def _blocks(lines: Sequence[str]) -> Iterator[list[str]]:
    """Each event line with the notes that follow it, and what lies between, as it is."""
    block: list[str] = []
    for line in lines:
        if EVENT.match(line.rstrip("\r\n")) or not re.match(r"\*|AUD\b|M2\b", line):
            if block:
                yield block
            block = []
        block.append(line)
    if block:
        yield block


def _is_gone(block: Sequence[str], kept: set[str]) -> bool:
    names = [match[1] for line in block if (match := TRACK_NOTE.match(line.rstrip("\r\n")))]
    return any(OUR_NAME.match(name) and name not in kept for name in names)


def _encoding(data: bytes) -> str:
    """One in which the file comes back byte for byte."""
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if data.startswith(mark):
            return encoding
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "latin-1"
    return "utf-8"


def _is_shown(clip: FlatClip) -> bool:
    return clip.enabled and not isinstance(clip.item.media_reference, otio.schema.GeneratorReference)


def _file(path: Path, folder: Path) -> str:
    """As people write it: relative to the list when it lies beside or below it."""
    absolute, folder = path.resolve(), folder.resolve()
    return _line(absolute.relative_to(folder).as_posix() if absolute.is_relative_to(folder) else str(absolute))


def _line(text: str) -> str:
    """On one line, whatever it holds."""
    return "".join(character if character.isprintable() else " " for character in text)


def _losses(timeline: Timeline) -> Iterator[str]:
    yield "an EDL names takes and their files, but not how they were made, and counts in whole frames"
    between = sum((segment.record.start * timeline.rate).denominator != 1 for segment in timeline.segments)
    if between:
        yield f"takes of {counted(between, 'clip')} begin between frames: their cuts move to the nearest one, in sync"
    if _is_edl(timeline):
        return
    yield from flat_losses(timeline, "an EDL")
    tracks = flat_tracks(timeline)
    clips = [(track.kind, clip) for track in tracks for clip in track.clips if track.kind != TEXT]
    pictures, sounds = (sum(track.kind == kind for track in tracks) for kind in (PICTURE, SOUND))
    if pictures > 1:
        yield f"{counted(pictures, 'track')} of picture become a list each, beside the first (NAME.V2.edl)"
    if sounds > _CHANNELS:
        yield f"{counted(sounds, 'track')} of sound: an EDL has four channels, the rest become lists of their own"
    elif sounds:
        yield f"{counted(sounds, 'track')} of sound become channels without names, one each also where they are stereo"
    if words := sum(track.kind == TEXT for track in tracks):
        yield f"an EDL has no subtitles: {counted(words, 'track')} of words are left out"
    if notes := len(notes_of(timeline)):
        yield f"{counted(notes, 'marker')} have no place in an EDL"
    if disabled := sum(not clip.enabled for _, clip in clips):
        yield f"{counted(disabled, 'clip')} that are switched off are left out of an EDL"
    speeds = (clip.speed * timeline.rate * 10 for kind, clip in clips if kind == PICTURE)
    if rounded := sum(speed.denominator != 1 for speed in speeds):
        yield f"the speed of {counted(rounded, 'clip')} is rounded to a tenth of a frame per second"
    if len(clips) > _MOST_EVENTS:
        yield f"{len(clips)} events are more than the 999 of CMX 3600, which some programs insist on"
