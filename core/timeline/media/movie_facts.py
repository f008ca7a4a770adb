"""Movie facts: rate, length, start timecode; and the subtitles inside it.

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
from talkies.core.timeline.words.languages import language_tag
from talkies.core.timeline.words.transcript import cues_from_text
from talkies.core.times import TimeRange, round_half_up

_TIMECODE = re.compile(r"^(\d\d):(\d\d):(\d\d)([:;.])(\d{2,3})$")


@dataclass(frozen=True)
class MovieFacts:
    """Length (s), rate and the timecode (s) of the first frame; ``start``: the file's own time stamp of it."""

    duration: Fraction
    rate: Fraction
    timecode: Fraction = Fraction(0)
    drop_frame: bool = False
    has_video: bool = True
    constant_rate: bool = True
    start: Fraction = Fraction(0)
    subtitles: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()


def movie_facts(path: Path) -> MovieFacts:
    """Read a movie's header. Raises MediaError."""
    from talkies.core.media.opening import open_media
    from talkies.core.media.probing import describe

    with open_media(path) as container:
        info = describe(path, container)
        labels = (holder.metadata.get("timecode", "") for holder in (*container.streams, container))
        timecode, drop = timecode_seconds(next(filter(None, labels), ""), info.rate)
        if not info.has_video and not timecode:
            timecode = _time_reference(container)
    if info.duration <= 0:
        problem = "does not say how long it is, and no picture was found in it"
        raise MediaError(path, problem, "export it again, or put it into a container that says so (.mov)")
    return MovieFacts(
        duration=info.duration,
        rate=info.rate,
        timecode=timecode,
        drop_frame=drop,
        has_video=info.has_video,
        constant_rate=info.constant_rate,
        start=info.start,
        subtitles=info.subtitle_streams,
        notes=info.notes,
    )


def _time_reference(container: Any) -> Fraction:
    """Seconds since midnight in the ``bext`` chunk of a Broadcast WAV; 0 where there is none."""
    samples = container.metadata.get("time_reference", "")
    return Fraction(int(samples), container.streams.audio[0].rate) if samples.isdecimal() else Fraction(0)


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


def embedded_cues(path: Path, facts: MovieFacts) -> tuple[Cue, ...]:
    """The text of a movie's subtitle streams, in seconds from its first frame; pictures of text are left out."""
    import av

    from talkies.core.media.opening import open_media

    cues: list[Cue] = []
    for index in facts.subtitles:
        with open_media(path) as container:
            stream = container.streams[index]
            language = language_tag(stream.metadata.get("language", ""))
            for other in container.streams:
                if other is not stream:
                    other.discard = av.stream.Discard.all  # so that an hour of picture is skipped, not read
            try:
                for packet in container.demux(stream):
                    cues.extend(_cues_of_packet(packet, language, facts.start))
            except (av.error.FFmpegError, ValueError):
                continue  # a damaged end: what was read so far holds
    return tuple(cues)


def _cues_of_packet(packet: Any, language: str, zero: Fraction) -> tuple[Cue, ...]:
    if packet.pts is None or not packet.duration:
        return ()
    start = Fraction(packet.pts * packet.time_base) - zero
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
