"""Probing media: what a file holds, and one sentence for each way in which it cannot be used."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from talkies.core.errors import MediaError
from talkies.core.times import exact_rate

if TYPE_CHECKING:
    from av.container import InputContainer

_PACKETS_LOOKED_AT = 250
_UNKNOWN_RATE = Fraction(25)
_COMMON_RATES = (
    *(Fraction(rate) for rate in (12, 15, 16, 18, 20, 24, 25, 30, 48, 50, 60, 100, 120, 240)),
    *(Fraction(rate * 1000, 1001) for rate in (24, 30, 48, 60, 120)),
)


@dataclass(frozen=True)
class MediaInfo:
    """One movie or sound file; times in seconds, exact.

    ``start`` is the file's own time stamp of its first picture (most files: 0); times elsewhere in talkies count
    from that picture. ``rate`` is the common rate nearest to the average when ``constant_rate`` is False. Without
    video: size 0, rate 25.
    """

    path: Path
    duration: Fraction
    rate: Fraction
    start: Fraction
    frame_count: int | None
    width: int
    height: int
    has_video: bool
    has_audio: bool
    constant_rate: bool
    subtitle_streams: tuple[int, ...] = ()


def probe(path: Path) -> MediaInfo:
    """Reads the headers and the first packets; decodes nothing. Raises MediaError."""
    with open_media(path) as container:
        return describe(path, container)


def open_media(path: Path) -> InputContainer:
    """The opened file, or a MediaError that says what is wrong with it."""
    import av

    path = Path(path)
    try:
        if path.is_dir():
            raise MediaError(path, "is a folder, not a media file", "name the movie inside it")
        size = path.stat().st_size
    except OSError as error:
        missing = isinstance(error, FileNotFoundError)
        problem = "media is missing or offline" if missing else f"media cannot be opened ({error.strerror})"
        raise MediaError(path, problem, "relink it, or name its folder with --media-dir") from error
    if size == 0:
        raise MediaError(path, "media is empty (0 bytes)", "copy it again")
    try:
        container = av.open(str(path), metadata_errors="replace")
    except (av.error.FFmpegError, OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "unknown format"
        raise MediaError(
            path, f"is not readable media, or is truncated ({reason})", "export or copy it again"
        ) from error
    if not (container.streams.video or container.streams.audio or container.streams.subtitles):
        container.close()
        raise MediaError(path, "holds neither picture nor sound", "name a movie or a sound file")
    return container


def video_stream(container: InputContainer) -> Any | None:
    """The first real video stream; cover pictures of sound files do not count."""
    from av.stream import Disposition

    for stream in container.streams.video:
        still = bool(stream.disposition & Disposition.attached_pic)
        if not still and stream.codec_context is not None:
            return stream
    return None


def describe(path: Path, container: InputContainer) -> MediaInfo:
    """MediaInfo of an open container; moves its reading position."""
    stream = video_stream(container)
    has_audio = bool(container.streams.audio)
    subtitles = tuple(each.index for each in container.streams.subtitles)
    whole = Fraction(container.duration or 0, 1_000_000)
    if stream is None:
        return MediaInfo(Path(path), whole, _UNKNOWN_RATE, Fraction(0), None, 0, 0, False, has_audio, True, subtitles)
    codec = stream.codec_context
    if not codec.width or not codec.height:
        raise MediaError(path, "picture has no size: the file is damaged or truncated", "export or copy it again")
    stated = stream.average_rate or stream.guessed_rate or stream.base_rate or _UNKNOWN_RATE
    rate, constant = _steady_rate(container, stream, exact_rate(float(stated)))
    start = Fraction(stream.start_time or 0) * (stream.time_base or Fraction(1, 1000))
    count = int(stream.frames) or None
    duration = Fraction(stream.duration) * stream.time_base if stream.duration else whole
    if constant and count and abs(Fraction(count) / rate - duration) < 2 / rate:
        duration = Fraction(count) / rate
    return MediaInfo(
        Path(path), duration, rate, start, count, codec.width, codec.height, True, has_audio, constant, subtitles
    )


def _steady_rate(container: InputContainer, stream: Any, rate: Fraction) -> tuple[Fraction, bool]:
    """The exact rate, and whether the first packets' time stamps keep it (within their own resolution).

    Where they keep none, the common rate nearest to the real average: what a container states may be its clock.
    """
    import av

    stamps: list[int] = []
    try:
        for packet in container.demux(stream):
            if packet.pts is not None:
                stamps.append(packet.pts)
            if len(stamps) >= _PACKETS_LOOKED_AT:
                break
    except av.error.FFmpegError:
        pass  # a damaged tail: what was read before it is enough
    stamps = sorted(set(stamps))[: -8 if len(stamps) >= _PACKETS_LOOKED_AT else None]  # the last may lack B-frames
    if len(stamps) < 3:
        return rate, True
    tick = float(stream.time_base)
    measured = exact_rate((len(stamps) - 1) / ((stamps[-1] - stamps[0]) * tick))
    for candidate in dict.fromkeys((rate, measured)):
        if _on_grid([(stamp - stamps[0]) * tick for stamp in stamps], 1 / float(candidate), 1.5 * tick):
            return candidate, True
    whole = float(stream.duration or 0) * tick
    average = stream.frames / whole if stream.frames and whole > 0 else float(measured)
    return min(_COMMON_RATES, key=lambda common: abs(math.log(float(common) / average))), False


def _on_grid(times: list[float], step: float, tolerance: float) -> bool:
    """Whether times (s, from 0) are multiples of ``step``, with few holes (lost frames do not make a rate variable)."""
    frames = round(times[-1] / step)
    late = [time - round(time / step) * step for time in times]
    steady = max(late) - min(late) <= max(2 * tolerance, 0.01 * step)
    return steady and tolerance < 0.2 * step and frames <= 1.03 * (len(times) - 1) + 1
