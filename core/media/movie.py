"""Decoding a movie: from any time on, in order, and backwards by chunks; small RGB pictures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import chain, islice
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from talkies.core.arrays import Image
from talkies.core.errors import MediaError
from talkies.core.media.opening import open_media, video_stream
from talkies.core.media.probing import probe
from talkies.core.media.scaler import Scaler
from talkies.core.media.timing.clean_points import CleanPoint, clean_points, last_before, leading_pictures
from talkies.core.media.timing.frame_clock import FrameClock, Stamps, order_of_stamps
from talkies.core.media.timing.packets import can_seek, is_searched, packets_of, sought, sound_packets

_RUN_UPS = (Fraction(0), Fraction(3), Fraction(15), Fraction(60))  # seconds earlier to seek, if that lands too late
_ORDER_SEEN = 40  # packets by which one sees whether stamps are in order of decoding
_CHUNK = Fraction(2)  # seconds of media decoded at a time when playing backwards
_MOST_DAMAGED = 200  # packets in a row that may fail before the rest is given up


class Movie:
    """An open movie. Times are seconds from its first picture. Raises MediaError where there is no picture."""

    def __init__(self, path: Path, rate: Fraction | None = None) -> None:
        """``rate``: of a file that states none itself (a bare stream), as its timeline states it."""
        self.path = Path(path)
        self.info = probe(self.path)
        self._own_rate = self.info.rate
        if rate and not self.info.states_rate:
            self.info = self.info.counted_at(rate)
        if not self.info.has_video:
            raise MediaError(self.path, "has no picture, only sound", "name the movie this sound belongs to")
        self._container: Any = None
        self._clean: list[CleanPoint] = []
        self._open()
        self._is_sought = self._can_be_sought()
        self._stamps, self._origin = self._order()

    def _open(self) -> None:
        """(Re)opens the file at its first packet."""
        if self._container is not None:
            self._container.close()
        self._container = open_media(self.path)
        stream: Any = video_stream(self._container)
        stream.thread_type = "AUTO"
        self._stream = stream

    def _can_be_sought(self) -> bool:
        return can_seek(self._container, self._stream, int(self.info.duration * self._own_rate))

    def _order(self) -> tuple[Stamps, int]:
        """What the stamps say, and the one (in ticks) of the first picture."""
        if not self.info.stamped:
            return "none", 0
        first = int(self.info.start / self._stream.time_base)
        if is_searched(self._container) or not self._stream.codec_context.has_b_frames:
            return "shown", first
        stamps, first_decoded = order_of_stamps(self._stream, islice(self._packets(), _ORDER_SEEN))
        self._open()
        return stamps, first if stamps == "shown" else first_decoded

    def _packets(self) -> Iterator[Any]:
        return packets_of(self._container, self._stream)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._container.close()

    def frames(self, start: Fraction, end: Fraction) -> Iterator[tuple[Fraction, Any]]:
        """(time, av.VideoFrame) in order: first the frame that shows at ``start``, the last begins before ``end``."""
        for place in self._places(start):
            decoded = self._decoded_from(place)
            first = next(decoded, None)
            if place is not None and (first is None or first[0] > start):
                continue  # the file was sought too late: run up from further back
            if first is None or first[0] >= end:
                return
            showing = first
            for time, frame in decoded:
                if time >= end:
                    break
                if time > start:
                    yield showing
                showing = (time, frame)
            yield showing
            return

    def _places(self, start: Fraction) -> Iterator[Fraction | None]:
        """Where to begin in order to see what shows at ``start``: nearby if that succeeds; None is the beginning."""
        yield max(start, Fraction(0))
        if self._stamps != "none":
            yield from (start - run_up for run_up in _RUN_UPS[1:] if start > run_up)
        yield None

    def scaler(self, height: int) -> Scaler:
        """Makes this movie's frames ``height`` lines high, with square pixels."""
        return Scaler(height, self._stream.sample_aspect_ratio)

    def backwards(self, start: Fraction, end: Fraction, height: int) -> Iterator[tuple[Fraction, Image]]:
        """(time at which the frame begins, small picture) from the one that shows last before ``end`` to ``start``."""
        scaler = self.scaler(height)
        upper = end
        while upper > start:
            lower = max(start, upper - _CHUNK)
            chunk = [(time, scaler(frame)) for time, frame in self.frames(lower, upper)]
            yield from reversed(chunk)
            upper = min(lower, chunk[0][0]) if chunk else lower

    def _decoded_from(self, start: Fraction | None) -> Iterator[tuple[Fraction, Any]]:
        """All frames from a key frame before ``start`` on, or from the first; none where none is sure to be right."""
        at_start = start is None or self._stamps == "none" or not self._sought(start)
        if at_start:
            self._open()
        begin = self._clean_point(start) if self._stamps == "none" and start else CleanPoint()
        first = begin.pictures / self.info.rate if at_start else None
        clock = FrameClock(
            self._stamps, self._origin, self._stream.time_base, self.info.rate, self.info.constant_rate, first
        )
        packets = islice(sound_packets(self._container, self._stream, at_start=at_start), begin.packet, None)
        head = next(packets, None)
        is_sure = at_start or self._stamps != "decoded" or leading_pictures(head, self._stream) == 0
        if head is None or not is_sure:
            return
        yield from self._decoded(chain([head], packets, [None]), clock)

    def _decoded(self, packets: Iterable[Any], clock: FrameClock) -> Iterator[tuple[Fraction, Any]]:
        """The frames of these packets whose time is known; damaged ones are stepped over."""
        import av

        damaged = 0
        for packet in packets:
            try:
                decoded = self._stream.decode(packet)
                damaged = 0
            except av.error.EOFError:
                return
            except av.error.FFmpegError:
                damaged += 1
                if damaged > _MOST_DAMAGED:
                    return
                continue
            clock.feed(packet)
            for frame in decoded:
                time = clock.time(frame)
                if time is not None:
                    yield time, frame

    def _clean_point(self, start: Fraction) -> CleanPoint:
        """Where to begin in a stream whose pictures are counted. The file is open at its beginning, and again then."""
        if not self._clean:
            packets = sound_packets(self._container, self._stream, at_start=True)
            self._clean = clean_points(packets, self._stream, self._own_rate)
            self._open()
        return last_before(self._clean, int(start * self.info.rate))

    def _sought(self, start: Fraction) -> bool:
        """Whether the file could be sought; a bare stream has no index."""
        if not self._is_sought:
            return False
        return sought(self._container, self._stream, self._origin + int(start / self._stream.time_base))


def decode_check(path: Path) -> str:
    """One sentence when the movie ends earlier than it says (a broken copy), else ""; decodes its last second.

    Raises MediaError when not even its beginning can be decoded.
    """
    with Movie(path) as movie:
        end = movie.info.promised
        tail = [time for time, _ in movie.frames(max(end - 1, Fraction(0)), end)]
        last = tail[-1] if tail else max((time for time, _ in movie.frames(Fraction(0), end)), default=None)
        if last is None:
            raise MediaError(path, "no picture can be decoded: the file is corrupt", "export or copy it again")
        shown = last + 1 / movie.info.rate
        if end - shown > max(2 / movie.info.rate, Fraction(1, 5)):
            return f"{path}: picture ends at {float(shown):.2f} s of {float(end):.2f} s; the copy may be truncated"
    return ""
