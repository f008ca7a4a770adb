"""The text of edit decision lists: events by number, and what another program's list says already.

    004  AX       A     C        01:00:02:05 01:00:04:05 01:00:02:05 01:00:04:05
    * FROM CLIP NAME: DX_V1-002_t01.wav
    * SOURCE FILE: takes/DX_V1-002_t01.wav
    * TRACK: DX talkies

Channels 3 and 4 are said as editors do: ``NONE`` and a line ``AUD  3``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from talkies.core.errors import OutputError, TalkiesError
from talkies.core.files.guards import read_text
from talkies.core.segment import Timeline
from talkies.core.timeline.formats.edl.modes import drop_modes
from talkies.core.timeline.formats.edl.reader import EVENT, TRACK_NOTE, channels_of
from talkies.core.timeline.structure.sounds import OUR_NAME, track_name
from talkies.core.times import TimeRange, timecode, to_frame

CHANNELS = 4
"""Of sound, in one list."""


@dataclass(frozen=True)
class Entry:
    """One event without its number; ``source`` and ``record`` in seconds of timecode."""

    reel: str
    source: TimeRange
    record: TimeRange
    name: str
    file: str = ""
    track: str = ""
    speed: Fraction = Fraction(1)


@dataclass
class EdlList:
    """One EDL: the text before, and what follows: entries with the channels they are on (none: picture). ``rate``: a
    note after the first event, for some readers take no notes before it."""

    label: str = ""
    head: str = ""
    rate: str = ""
    encoding: str = "utf-8"
    used: set[int] = field(default_factory=set)
    entries: list[tuple[Entry, tuple[int, ...]]] = field(default_factory=list)

    def free(self, count: int) -> tuple[int, ...]:
        """The next channels of sound; none when there are not enough."""
        first = max(self.used, default=0) + 1
        return tuple(range(first, first + count)) if first + count - 1 <= CHANNELS else ()

    def add(self, channels: tuple[int, ...], entries: Sequence[Entry]) -> None:
        self.used.update(channels)
        self.entries += [(entry, channels) for entry in entries]


@dataclass
class ListText:
    """A list as text."""

    list: EdlList
    rate: Fraction
    drop: bool

    def bytes(self) -> bytes:
        head = self.list.head
        end = "\r\n" if "\r\n" in head or "\n" not in head else "\n"
        known = [int(match[1]) for line in head.splitlines() if (match := EVENT.match(line))]
        first = max(known, default=0) + 1
        lines = [line for number, entry in enumerate(self.list.entries, first) for line in self._event(number, *entry)]
        if lines and self.list.rate:
            lines.insert(
                lines.index(f"* FROM CLIP NAME: {self.list.entries[0][0].name}") + 1, f"* FRAME RATE: {self.list.rate}"
            )
        if lines and drop_modes(head)[-1:] == [not self.drop]:
            lines.insert(0, f"FCM: {'' if self.drop else 'NON-'}DROP FRAME")
        gap = end if lines and head and not head.endswith("\n") else ""
        return (head + gap + "".join(line + end for line in lines)).encode(self.list.encoding, "replace")

    def _event(self, number: int, entry: Entry, channels: tuple[int, ...]) -> Iterator[str]:
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


def kept_list(timeline: Timeline, out: Path) -> EdlList:
    """The EDL that was read, without the events of our tracks that were taken out since."""
    try:
        read_text(timeline.path)
        data = timeline.path.read_bytes()
    except (TalkiesError, OSError) as error:
        raise OutputError(out, "the source timeline can no longer be read", "read it again") from error
    encoding = _encoding(data)
    kept = {track_name(track) for track in timeline.document.tracks}
    lines = data.decode(encoding).splitlines(keepends=True)
    text = "".join(line for block in _blocks(lines) if not _is_gone(block, kept) for line in block)
    used = {channel for block in _blocks(text.splitlines()) for channel in channels_of(block)}
    return EdlList(head=text, encoding=encoding, used=used)


def _blocks(lines: Sequence[str]) -> Iterator[list[str]]:
    """Each event line with the notes that follow it, and what lies between, as it is."""
    block: list[str] = []
    for line in lines:
        if EVENT.match(line.rstrip("\r\n")) or not re.match(r"\*|AUD\b|M2\b", line, re.IGNORECASE):
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


def one_line(text: str) -> str:
    """On one line, whatever it holds."""
    return "".join(character if character.isprintable() else " " for character in text)
