"""Subtitle streams inside a movie, as text; pictures of text are left out, with a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

from talkies.core.segment import Cue
from talkies.core.timeline.media.movie_facts import MovieFacts
from talkies.core.timeline.words.languages import language_tag
from talkies.core.timeline.words.lines import Line
from talkies.core.timeline.words.rolling import unrolled
from talkies.core.timeline.words.substation import shown_text
from talkies.core.timeline.words.transcript import Transcript, cues_from_lines


def embedded_words(path: Path, facts: MovieFacts) -> Transcript:
    """The cues of a movie's subtitle streams, in seconds from its first frame. Raises MediaError."""
    import av

    from talkies.core.media.opening import open_media

    cues: list[Cue] = []
    warnings: list[str] = []
    for index in facts.subtitles:
        with open_media(path) as container:
            stream = container.streams[index]
            language = language_tag(stream.metadata.get("language", ""))
            for other in container.streams:
                if other is not stream:
                    other.discard = av.stream.Discard.all  # so that an hour of picture is skipped, not read
            lines: list[Line] = []
            pictures = False
            try:
                for packet in container.demux(stream):
                    found = list(_lines_of_packet(packet, facts.start))
                    pictures = pictures or any(not line.text.strip() for line in found)
                    lines.extend(line for line in found if line.text.strip())
            except (av.error.FFmpegError, ValueError):
                pass  # a damaged end: what was read so far holds
        said = cues_from_lines(unrolled(sorted(lines, key=lambda line: (line.start, line.end))), language)
        cues.extend(said.cues)
        warnings.extend(f"{path.name}: {sentence}" for sentence in said.warnings)
        if pictures and not lines:
            warnings.append(f"{path.name}: holds subtitles as pictures, which are not read; give them as .srt")
    return Transcript(tuple(cues), tuple(dict.fromkeys(warnings)))


def _lines_of_packet(packet: Any, zero: Fraction) -> Iterator[Line]:
    if packet.pts is None or not packet.duration:
        return
    start = Fraction(packet.pts * packet.time_base) - zero
    end = start + Fraction(packet.duration * packet.time_base)
    for subtitle in packet.decode():
        for rect in getattr(subtitle, "rects", None) or [subtitle]:
            text, name = _text_of_rect(rect)
            yield Line(start, end, text, name)


def _text_of_rect(rect: Any) -> tuple[str, str]:
    """libavcodec gives ASS events: ReadOrder,Layer,Style,Name,MarginL,MarginR,MarginV,Effect,Text."""
    raw = getattr(rect, "ass", b"") or b""
    line = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else str(raw)
    fields = line.split(",", 8)
    if len(fields) == 9:
        return shown_text(fields[8]), fields[3].strip()
    plain = getattr(rect, "text", b"") or b""
    return (plain.decode("utf-8", "replace") if isinstance(plain, bytes) else str(plain)), ""
