"""Where the picture of a movie begins and how long it lasts, proven: a header or a tag is believed only with an index.

A file that lists its pictures is asked for its list; of any other the tail is read, or all of it where the tail says
nothing. Only packets are read, except where the first picture may not be decodable.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from talkies.core.media.opening import open_media, video_stream
from talkies.core.media.timing.packets import (
    Jump,
    Scan,
    anchored,
    can_seek,
    counts_frames,
    has_index,
    is_bare_mpeg1,
    is_searched,
    jumps,
    packets_of,
    sought,
    sound_packets,
)
from talkies.core.times import round_half_up

if TYPE_CHECKING:
    from av.container import InputContainer

_LOOKED_AT = 250  # pictures at the beginning
_REORDERED = 12  # pictures among which the first that shows is
_TAILS = (Fraction(2), Fraction(10), Fraction(60))  # seconds before the stated end to look for the last picture
_LATE = Fraction(1, 5)  # seconds by which streams of one file may end apart
_JUMP = Fraction(1)  # seconds by which stamps fall only where another recording begins
_LEAP = Fraction(60)  # and seconds by which they rise only there, in a stream that is broadcast
_SHARED = 4096  # bytes of a programme stream for each picture: of less, several share a packet
_CUT_OFF = 2  # FFmpeg's flag of a picture that an edit list hides


@dataclass(frozen=True)
class Head:
    """The beginning of a stream: ``stamps`` (ticks, rising) of its pictures, by which its rate is known."""

    stamps: tuple[int, ...]
    scan: Scan
    is_whole: bool
    """Whether there is no more than was read."""
    average: float | None = None
    """Pictures per second of the whole stream, where it lists them."""


@dataclass(frozen=True)
class Extent:
    """Seconds: the file's own stamp of the first picture, the length from there on, and the length that was promised.

    ``stamped``: whether its stamps say when pictures show; else only their order is known. ``joined``: where they jump.
    """

    start: Fraction
    duration: Fraction
    promised: Fraction
    stamped: bool = True
    joined: Jump = ""


def read_head(container: InputContainer, stream: Any) -> Head:
    """The beginning; of a file that lists its pictures, by that list."""
    if not has_index(container, stream):
        scan = Scan().read(islice(packets_of(container, stream), _LOOKED_AT))
        stamps = sorted(set(scan.stamps))
        if is_searched(container):
            stamps = stamps[: _before_leap(stamps, int(_LEAP / stream.time_base))]
        is_whole = scan.count < _LOOKED_AT
        return Head(tuple(stamps if is_whole else stamps[:-8]), scan, is_whole)  # the last may lack B-frames
    wanted = _REORDERED if counts_frames(container) else 0  # which states the first stamp wrong
    scan = Scan().read(islice(packets_of(container, stream), wanted))
    shown = (entry for entry in stream.index_entries if not entry.flags & _CUT_OFF)
    stamps = sorted({entry.timestamp for entry in islice(shown, _LOOKED_AT)})
    span = _stated(stream)
    return Head(tuple(stamps), scan, False, float(stream.frames / span) if stream.frames and span else None)


def _before_leap(stamps: Sequence[int], far: int) -> int:
    """How many of them, rising, come before they rise by more than ``far`` ticks at once."""
    return next((index for index in range(1, len(stamps)) if stamps[index] - stamps[index - 1] > far), len(stamps))


def extent(path: Path, container: InputContainer, stream: Any, head: Head, rate: Fraction, constant: bool) -> Extent:
    """How far the picture reaches; ``constant``: it keeps ``rate``. Moves the reading position."""
    size = path.stat().st_size
    if has_index(container, stream):
        listed = _by_list(path, container, stream, head, rate, constant, size)
        if listed is not None:
            return listed
    if not head.scan.has_stamps or is_bare_mpeg1(container, stream):
        return _counted(path, rate)
    far = int(max(_JUMP, _REORDERED / rate) / stream.time_base)
    joined: Jump = "back" if head.scan.falls_by(far) else ""
    if is_searched(container) and not joined:
        leap, seen = int(_LEAP / stream.time_base), sorted(head.scan.stamps)
        joined = "ahead" if _before_leap(seen, leap) < len(seen) else ""
        joined = joined or ("" if head.is_whole else jumps(far, leap, container, stream, size))
    if joined:
        return _counted(path, rate, joined)
    found = _by_stamps(path, container, stream, head, rate, constant)
    if constant and container.format.name == "mpeg" and size < _SHARED * found.duration * rate:
        return replace(_counted(path, rate), start=found.start)  # stamps may be a neighbour's
    return found


def _by_stamps(
    path: Path, container: InputContainer, stream: Any, head: Head, rate: Fraction, constant: bool
) -> Extent:
    """From the first picture that can be shown to the last."""
    start = _first_shown(path) if head.scan.has_leading else None
    start = min(head.scan.stamps) if start is None else start
    end = _stated_end(container, stream, start)
    is_read = head.is_whole and not container.streams.audio
    tail, is_short = (head.scan, not is_searched(container)) if is_read else _tail(path, container, stream, start, end)
    last = Fraction(max(tail.stamps) - start) * stream.time_base
    length = tail.last_length * stream.time_base
    duration = (round_half_up(last * rate) + 1) / rate if constant else last + (length or 1 / rate)
    promised = (end - start) * stream.time_base if is_short else duration
    if counts_frames(container):
        promised = stream.frames * stream.time_base
    return Extent(start * stream.time_base, duration, max(promised, duration))


def _stated_end(container: InputContainer, stream: Any, start: int) -> int:
    """The stamp (ticks) at which the file says that it ends; where it says nothing, its start."""
    if not container.duration:
        return start
    return int(Fraction((container.start_time or 0) + container.duration, 1_000_000) / stream.time_base)


def _stated(stream: Any) -> Fraction:
    """Seconds, 0 where the header says nothing."""
    return Fraction(stream.duration or 0) * (stream.time_base or 1)


def _by_list(
    path: Path, container: InputContainer, stream: Any, head: Head, rate: Fraction, constant: bool, size: int
) -> Extent | None:
    """By the file's list of its pictures; None where that is not all (fragments, a capture that was broken off)."""
    entries, stated = stream.index_entries, _stated(stream)
    count = len(entries)
    reach = (entries[count - 1].timestamp - entries[0].timestamp) * stream.time_base + 2 / rate
    is_header = stream.frames and not counts_frames(container)
    if not stated or (not is_header and reach < stated - _LATE):
        return None
    there = count
    while there and entries[there - 1].pos + entries[there - 1].size > size:
        there -= 1
    first = min(head.scan.stamps, default=stream.start_time or 0)
    hidden = _cut_off(entries, range(there))
    if there == count:
        shown = (count - hidden - _cut_off(entries, range(count - 1, -1, -1))) / rate
        is_even = constant and abs(shown - stated) < 2 / rate
        duration = shown if is_even else _shown_until(path, container, stream, first, stated, rate)
    elif there > hidden:
        duration = (entries[there - 1].timestamp - entries[hidden].timestamp) * stream.time_base + 1 / rate
    else:
        duration = Fraction(0)
    return Extent(first * stream.time_base, duration, max(stated, duration))


def _shown_until(
    path: Path, container: InputContainer, stream: Any, first: int, stated: Fraction, rate: Fraction
) -> Fraction:
    """How long uneven pictures show: a list adds up their lengths in order of decoding, and of those that are decoded
    last another may show last."""
    if not stream.codec_context.has_b_frames or counts_frames(container):
        return stated
    tail, _ = _tail(path, container, stream, first, first + int(stated / stream.time_base))
    tick: Fraction = stream.time_base
    last = (max(tail.stamps, default=first) - first) * tick
    return max(stated, last + (tail.last_length * tick or 1 / rate))


def _cut_off(entries: Any, order: range) -> int:
    """How many pictures an edit list hides at one end; in order of decoding they may stand among some that show."""
    hidden, after = 0, 0
    for index in order:
        is_hidden = bool(entries[index].flags & _CUT_OFF)
        hidden, after = hidden + is_hidden, 0 if is_hidden else after + 1
        if after > 2 * _REORDERED:
            break
    return hidden


def _tail(path: Path, container: InputContainer, stream: Any, start: int, end: int) -> tuple[Scan, bool]:
    """The last pictures, and whether nothing reaches the stated end; all stamps in ticks."""
    for seconds in _TAILS:
        target = end - int(seconds / stream.time_base)
        if target <= start or not can_seek(container, stream, stream.frames) or not sought(container, stream, target):
            break
        last = _Last(stream)
        packets = last.of_stream(packets_of(container, stream, *container.streams.audio))
        scan = Scan().read(anchored(packets) if is_searched(container) else packets)
        if scan.stamps:
            return scan, not is_searched(container) and last.other < end - _LATE / stream.time_base
    with open_media(path) as again:
        found: Any = video_stream(again)
        return Scan().read(packets_of(again, found)), False


class _Last:
    """Parts the packets of one stream from those of others, and keeps how far the others reach (ticks of the one)."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self.other = -math.inf

    def of_stream(self, packets: Iterable[Any]) -> Iterator[Any]:
        for packet in packets:
            if packet.stream_index == self._stream.index:
                yield packet
            elif packet.pts is not None:
                end = (packet.pts + (packet.duration or 0)) * packet.time_base
                self.other = max(self.other, float(end / self._stream.time_base))


def _counted(path: Path, rate: Fraction, joined: Jump = "") -> Extent:
    """Of a stream whose stamps say nothing all pictures are counted."""
    with open_media(path) as container:
        stream: Any = video_stream(container)
        scan = Scan().read(packets_of(container, stream))
    count = round_half_up(scan.length * stream.time_base * rate) or scan.count
    return Extent(Fraction(0), count / rate, count / rate, stamped=False, joined=joined)


def _first_shown(path: Path) -> int | None:
    """The stamp of the first picture that can be decoded."""
    import av

    with open_media(path) as container:
        stream: Any = video_stream(container)
        for packet in islice(sound_packets(container, stream, at_start=True), _LOOKED_AT):
            with suppress(av.error.FFmpegError):
                for frame in stream.decode(packet):
                    if frame.pts is not None:
                        return int(frame.pts)
    return None
