"""Decoding a movie: from any time on, in order, and backwards by chunks; small RGB pictures."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from talkies.core.errors import MediaError
from talkies.core.media.probing import describe, open_media, video_stream
from talkies.core.times import round_half_up

_SNAP = Fraction(1, 900)  # containers that count milliseconds state 24000/1001 no better
_RUN_UPS = (Fraction(0), Fraction(3), Fraction(15))  # seconds earlier to seek, should a file land too late
_CHUNK = Fraction(2)  # seconds of media decoded at a time when playing backwards
_MOST_DAMAGED = 200  # packets in a row that may fail before the rest is given up


class Movie:
    """An open movie. Times are seconds from its first picture. Raises MediaError where there is no picture."""

    def __init__(self, path: Path) -> None:
        self.path = Path(path)
        with open_media(self.path) as container:
            self.info = describe(self.path, container)
        if not self.info.has_video:
            raise MediaError(self.path, "has no picture, only sound", "name the movie this sound belongs to")
        self._container: Any = None
        self._open()

    def _open(self) -> None:
        """(Re)opens the file at its first packet."""
        if self._container is not None:
            self._container.close()
        self._container = open_media(self.path)
        self._stream = self._video()
        self._stream.thread_type = "AUTO"

    def _video(self) -> Any:
        return video_stream(self._container)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._container.close()

    def frames(self, start: Fraction, end: Fraction) -> Iterator[tuple[Fraction, Any]]:
        """(time, av.VideoFrame) in order: first the frame that shows at ``start``, the last begins before ``end``."""
        for run_up in _RUN_UPS:
            decoded = self._decoded_from(max(start - run_up, Fraction(0)))
            first = next(decoded, None)
            if first is not None and first[0] > start and start > run_up:
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

    def scaler(self, height: int) -> Scaler:
        """Makes this movie's frames ``height`` lines high, with square pixels."""
        return Scaler(height, self._stream.sample_aspect_ratio)

    def backwards(self, start: Fraction, end: Fraction, height: int) -> Iterator[tuple[Fraction, NDArray[Any]]]:
        """(time at which the frame begins, small picture) from the one that shows last before ``end`` to ``start``."""
        scaler = self.scaler(height)
        upper = end
        while upper > start:
            lower = max(start, upper - _CHUNK)
            chunk = [(time, scaler(frame)) for time, frame in self.frames(lower, upper)]
            yield from reversed(chunk)
            upper = min(lower, chunk[0][0]) if chunk else lower

    def _decoded_from(self, start: Fraction) -> Iterator[tuple[Fraction, Any]]:
        """All frames from the key frame at or before ``start`` on; damaged packets are stepped over."""
        import av

        origin = self._stream.start_time or 0
        target = origin + int(max(start, Fraction(0)) / self._stream.time_base)
        try:
            self._container.seek(target, stream=self._stream, backward=True)
        except av.error.FFmpegError:  # a bare stream without index: from the beginning
            self._open()
        expected: Fraction | None = None
        damaged = 0
        packets = self._container.demux(self._stream)
        while True:
            try:
                packet = next(packets, None)
                if packet is None:
                    return
                decoded = packet.decode()
                damaged = 0
            except av.error.EOFError:
                return
            except av.error.FFmpegError:
                damaged += 1
                if damaged > _MOST_DAMAGED:
                    return
                continue
            for frame in decoded:
                time = self._time(frame, origin, expected)
                expected = time + 1 / self.info.rate
                yield time, frame

    def _time(self, frame: Any, origin: int, expected: Fraction | None) -> Fraction:
        """Seconds from the first picture; on the exact grid of the rate where the file only rounds to it."""
        stamp = frame.pts if frame.pts is not None else frame.dts
        if stamp is None:
            return expected or Fraction(0)
        time = Fraction(stamp - origin) * Fraction(frame.time_base or self._stream.time_base)
        if self.info.constant_rate:
            exact = round_half_up(time * self.info.rate) / self.info.rate
            if abs(exact - time) <= max(_SNAP, Fraction(self._stream.time_base)):
                return exact
        return time


class Scaler:
    """Turns decoded frames into RGB of a given height: pixels made square, rotation undone, never enlarged."""

    def __init__(self, height: int, pixel_aspect: Fraction | None = None) -> None:
        from av.video.reformatter import VideoReformatter

        self._height = height
        self._aspect = pixel_aspect if pixel_aspect and Fraction(1, 4) <= pixel_aspect <= 4 else Fraction(1)
        self._reformatter = VideoReformatter()

    def __call__(self, frame: Any) -> NDArray[Any]:
        """uint8 (H, W, 3)."""
        turns = round(getattr(frame, "rotation", 0) / 90) % 4
        wide = float(frame.width * self._aspect)
        high = float(frame.height)
        scale = min(self._height / (wide if turns % 2 else high), 1.0)
        width, height = max(round(wide * scale), 8), max(round(high * scale), 8)
        if frame.format.name.startswith(("gbrpf", "gbrapf", "grayf")):
            return np.rot90(_tone_mapped(frame, width, height), turns)
        small = self._reformatter.reformat(frame, width, height, "rgb24", interpolation="AREA")
        image = small.to_ndarray()
        return np.ascontiguousarray(np.rot90(image, turns)) if turns else image


def _tone_mapped(frame: Any, width: int, height: int) -> NDArray[Any]:
    """Scene-linear float (EXR) → display: extended Reinhard with white at 4, then gamma; exposure is never guessed,
    so that it cannot flicker."""
    import cv2

    linear = frame.to_ndarray().astype(np.float32)
    linear = cv2.resize(linear[..., :3] if linear.ndim == 3 else linear, (width, height), interpolation=cv2.INTER_AREA)
    linear = np.maximum(np.nan_to_num(linear, nan=0.0, posinf=64.0, neginf=0.0), 0)
    shown = np.clip(linear * (1 + linear / 16) / (1 + linear), 0, 1) ** (1 / 2.2)
    image = (shown * 255 + 0.5).astype(np.uint8)
    return image if image.ndim == 3 else np.repeat(image[..., None], 3, axis=2)


def decode_check(path: Path) -> str:
    """One sentence when the movie ends earlier than it says (a broken copy), else ""; decodes its last second.

    Raises MediaError when not even its beginning can be decoded.
    """
    with Movie(path) as movie:
        end = movie.info.duration
        tail = [time for time, _ in movie.frames(max(end - 1, Fraction(0)), end)]
        last = tail[-1] if tail else max((time for time, _ in movie.frames(Fraction(0), end)), default=None)
        if last is None:
            raise MediaError(path, "no picture can be decoded: the file is corrupt", "export or copy it again")
        shown = last + 1 / movie.info.rate
        if end - shown > max(2 / movie.info.rate, Fraction(1, 5)):
            return f"{path}: picture ends at {float(shown):.2f} s of {float(end):.2f} s; the copy may be truncated"
    return ""
