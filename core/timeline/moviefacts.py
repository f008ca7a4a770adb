"""What a movie file says of itself, read from its header only; and the subtitles inside it.

PyAV is imported when the first movie is opened, so that timelines without movies pay nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from talkies.core.errors import MediaError
from talkies.core.segment import Cue
from talkies.core.timeline.languages import language_tag
from talkies.core.timeline.transcript import cues_from_text
from talkies.core.times import TimeRange, exact_rate, round_half_up

_TIMECODE = re.compile(r"^(\d\d):(\d\d):(\d\d)([:;.])(\d{2,3})$")


@dataclass(frozen=True)
class MovieFacts:
    """Length (s), rate and the timecode (s) of the first frame; ``subtitles``: indices of text streams."""

    duration: Fraction
    rate: Fraction
    timecode: Fraction = Fraction(0)
    drop_frame: bool = False
    has_video: bool = True
    subtitles: tuple[int, ...] = ()


def movie_facts(path: Path) -> MovieFacts:
    """Read a movie's header. Raises MediaError."""
    container = _open(path)
    with container:
        video = next(iter(container.streams.video), None)
        stream = video or next(iter(container.streams), None)
        if stream is None:
            raise MediaError(path, "holds neither picture nor sound", "check what it is")
        rate = exact_rate(Fraction(video.average_rate or video.guessed_rate or 25)) if video else Fraction(25)
        duration = _duration(container, stream, rate)
        if duration <= 0:
            raise MediaError(path, "does not say how long it is and holds no frames", "export or download it again")
        label = next((s.metadata["timecode"] for s in container.streams if "timecode" in s.metadata), None)
        start, drop = timecode_seconds(label or container.metadata.get("timecode", ""), rate)
        subtitles = tuple(s.index for s in container.streams.subtitles)
    return MovieFacts(duration, rate, start, drop, video is not None, subtitles)


def _open(path: Path) -> Any:
    import av

    if not path.exists():
        raise MediaError(path, "does not exist", "check its name")
    if path.is_file() and path.stat().st_size == 0:
        raise MediaError(path, "is empty (0 bytes)", "export or download it again")
    try:
        return av.open(str(path))
    except (av.error.FFmpegError, OSError, ValueError) as error:
        reason = str(getattr(error, "strerror", "") or error)[:80]
        raise MediaError(path, f"cannot be opened as a movie ({reason})", "export or download it again") from error


def _duration(container: Any, stream: Any, rate: Fraction) -> Fraction:
    if stream.frames and stream.type == "video":
        return stream.frames / rate
    if stream.duration and stream.time_base:
        return Fraction(stream.duration * stream.time_base)
    return Fraction(container.duration, 1_000_000) if container.duration else Fraction(0)


def timecode_seconds(label: str, rate: Fraction) -> tuple[Fraction, bool]:
    """Seconds from 00:00:00:00 of a SMPTE label, and whether it is drop-frame; 0 for no label."""
    match = _TIMECODE.match(label.strip())
    if match is None:
        return Fraction(0), False
    hours, minutes, seconds, frames = (int(match[group]) for group in (1, 2, 3, 5))
    nominal = round_half_up(rate)
    count = (hours * 3600 + minutes * 60 + seconds) * nominal + frames
    drop = match[4] in ";." and nominal % 30 == 0 and rate.denominator == 1001
    if drop:
        total = hours * 60 + minutes
        count -= nominal // 15 * (total - total // 10)
    return count / rate, drop


def embedded_cues(path: Path, streams: tuple[int, ...]) -> tuple[Cue, ...]:
    """The text of a movie's subtitle streams, in seconds from its first frame; pictures of text are left out."""
    import av

    cues: list[Cue] = []
    for index in streams:
        with _open(path) as container:
            stream = container.streams[index]
            language = language_tag(stream.metadata.get("language", ""))
            for other in container.streams:
                if other is not stream:
                    other.discard = av.stream.Discard.all  # so that an hour of picture is skipped, not read
            try:
                for packet in container.demux(stream):
                    cues.extend(_cues_of_packet(packet, language))
            except (av.error.FFmpegError, ValueError):
                continue  # a damaged end: what was read so far holds
    return tuple(cues)


def _cues_of_packet(packet: Any, language: str) -> tuple[Cue, ...]:
    if packet.pts is None or not packet.duration:
        return ()
    start = Fraction(packet.pts * packet.time_base)
    span = TimeRange(start, start + Fraction(packet.duration * packet.time_base))
    cues: list[Cue] = []
    for subtitle in packet.decode():
        for rect in getattr(subtitle, "rects", None) or [subtitle]:
            text, name = _text_of_rect(rect)
            cues.extend(cues_from_text(span, text, name, language))
    return tuple(cues)


def _text_of_rect(rect: Any) -> tuple[str, str]:
    """libavcodec gives ASS events: ReadOrder,Layer,Style,Name,MarginL,MarginR,MarginV,Effect,Text."""
    raw = getattr(rect, "ass", b"") or b""
    line = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else str(raw)
    fields = line.split(",", 8)
    if len(fields) == 9:
        return fields[8], fields[3].strip()
    plain = getattr(rect, "text", b"") or b""
    return (plain.decode("utf-8", "replace") if isinstance(plain, bytes) else str(plain)), ""
