"""Subtitle files as they are found: SubRip, WebVTT, SubViewer (.sbv .sub), MicroDVD and MPL2 (.sub), ASS/SSA, TTML
(.ttml .dfxp .itt .xml), lists of timecodes.

What a file is decides its content, not its name: many an .srt holds WebVTT. Reversed times are swapped and overlaps
kept, times before 0 are cut off there; lines with damaged times are left out; all with a warning.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

from talkies.core.errors import SubtitleError
from talkies.core.segment import Cue
from talkies.core.timeline.words.block_files import parse_subrip, parse_webvtt
from talkies.core.timeline.words.decoding import decode
from talkies.core.timeline.words.frame_counts import NO_RATE, FrameClock, counts_rows, parse_counted
from talkies.core.timeline.words.language_check import language_doubts
from talkies.core.timeline.words.languages import language_of_file
from talkies.core.timeline.words.lines import Line, Parsed
from talkies.core.timeline.words.rolling import unrolled
from talkies.core.timeline.words.stamps import is_full
from talkies.core.timeline.words.substation import parse_substation
from talkies.core.timeline.words.timed_text import parse_timed_text
from talkies.core.timeline.words.transcript import cues_from_lines

_WRAP = Fraction(2**33, 90_000)
"""Seconds after which the clock of a transport stream begins again."""
_BEGINNING = 2000  # characters that tell what a file is
_MOST_SUBTITLES = 20_000  # one every other second of eleven hours
_MOST_OF_A_SCRIPT = 20_000_000  # bytes
_LONGEST, _MOST_ROWS = 400_000, 200  # characters and rows of one subtitle
_COUNTED = re.compile(r"^[^\w\n]{0,8}\d{1,9}\s?[:：;}\]]|<(?:\w{1,40}:)?p\s", re.MULTILINE | re.IGNORECASE)
"""What every subtitle has once: a row that begins with a time or a frame, or what TTML has instead. In TTML each word
may have a time too."""
_SCRIPT = re.compile(r"\[(?:script info|v4\+{0,2} styles|fonts|graphics|aegisub [a-z ]{1,30}|events)\]", re.IGNORECASE)
_TIMED = re.compile(r"<(?:[a-z]{1,20}:)?tt[\s>]", re.IGNORECASE)


@dataclass(frozen=True)
class MediaClock:
    """What a file counts by that does not say it itself; None and 0 where there is nothing beside it.

    ``transport``: the time stamp (s) of the first picture of the transport stream, by which segmented WebVTT counts.
    ``lead``: seconds that the movie plays before its first picture: all others count from its beginning, as players
    do. ``frames``: how frames are counted.
    """

    transport: Fraction | None = None
    lead: Fraction = Fraction(0)
    frames: FrameClock | None = None


@dataclass(frozen=True)
class SubtitleLines:
    """A file's subtitles as they stand in it, in order of time, with a sentence for everything that was repaired."""

    lines: tuple[Line, ...]
    warnings: tuple[str, ...] = ()
    language: str = ""
    in_timecode: bool = False


@dataclass(frozen=True)
class SubtitleFile:
    """What a file gives: its cues in order of time, and a sentence for everything that was repaired or left out;
    ``in_timecode``: its times were frames of timecode."""

    cues: tuple[Cue, ...]
    warnings: tuple[str, ...] = ()
    language: str = ""
    in_timecode: bool = False


def read_subtitles(path: Path) -> tuple[Cue, ...]:
    """The cues of a subtitle file, in seconds from its zero. Raises SubtitleError."""
    return load_subtitles(path).cues


def load_subtitles(path: Path, clock: MediaClock = MediaClock()) -> SubtitleFile:
    """The cues of a subtitle file with its language and what was repaired. Raises SubtitleError."""
    path = Path(path)
    read = load_lines(path, clock)
    said = cues_from_lines(read.lines, read.language)
    doubts = [*said.warnings, *language_doubts(said.cues, read.language)]
    if not said.cues:
        doubts.append("holds no words")
    warnings = (*read.warnings, *(f"{path.name}: {sentence}" for sentence in doubts))
    cues = tuple(sorted(said.cues, key=lambda cue: cue.range))
    return SubtitleFile(cues, warnings, read.language, read.in_timecode)


def load_lines(path: Path, clock: MediaClock = MediaClock()) -> SubtitleLines:
    """The subtitles of a file, markup and all. Raises SubtitleError."""
    suffix = path.suffix.lower()
    text, encoding = _decoded(path) if suffix in (*SUBTITLE_SUFFIXES, *TEXT_SUFFIXES) else ("", "")
    if not encoding or (suffix in TEXT_SUFFIXES and not reads_as_subtitles(text)):
        cure = f"give one of {' '.join(SUBTITLE_SUFFIXES)}"
        raise SubtitleError(path, "is not a known kind of subtitle file", cure)
    if not text.strip("\ufeff \t\r\n\0"):
        raise SubtitleError(path, "is empty", "export the subtitles again")
    sentences = [] if encoding == "utf-8" else [f"is not UTF-8; it was read as {encoding}"]
    parse = _parser(text)
    if parse is not parse_substation:  # which is quick, and much of it is no subtitle
        _refuse_too_many(path, sum(1 for _ in _COUNTED.finditer(text)))  # reading them would take minutes
    parsed = parse(path, text, clock.frames)
    _refuse_too_many(path, len(parsed.lines))
    _refuse_too_long(path, parsed)
    if not parsed.lines and not parsed.warnings and parse is _subrip:
        raise SubtitleError(path, "holds no subtitles that can be read", "export the subtitles again")
    parsed, counting = _on_media_clock(parsed, clock.transport, clock.lead)
    lines, repairs = repaired(parsed.lines)
    sentences += [*parsed.warnings, *counting, *repairs]
    language = language_of_file(path.name) or parsed.language
    told = tuple(f"{path.name}: {sentence}" for sentence in sentences)
    return SubtitleLines(tuple(lines), told, language, parsed.in_timecode)


def _decoded(path: Path) -> tuple[str, str]:
    """Scripts with fonts in them, and with signs cut into frames, are large."""
    is_script = path.suffix.lower() in (".ass", ".ssa")
    return decode(path, most_bytes=_MOST_OF_A_SCRIPT) if is_script else decode(path)


def _refuse_too_many(path: Path, count: int) -> None:
    if count > _MOST_SUBTITLES:
        raise SubtitleError(path, f"holds {count} subtitles, more than any film", "check what it is")


def _refuse_too_long(path: Path, parsed: Parsed) -> None:
    longest = max((len(line.text) for line in parsed.lines), default=0)
    rows = max((line.text.count("\n") for line in parsed.lines), default=0) + 1
    if longest > _LONGEST or rows > _MOST_ROWS:
        size = f"{longest} characters" if longest > _LONGEST else f"{rows} rows"
        raise SubtitleError(path, f"has a subtitle of {size}, more than anybody reads", "check what it is")


def reads_as_subtitles(text: str) -> bool:
    """Whether a text that may be anything begins like subtitles."""
    beginning = text[:_BEGINNING]
    parser = _parser(beginning)
    if parser is parse_timed_text:
        return bool(_TIMED.search(beginning))
    return parser is not _subrip or any(map(is_full, beginning.splitlines()))


def _parser(text: str) -> Parser:
    """By what the file says it is; the rest is SubRip, or nothing."""
    beginning = text[:_BEGINNING].lstrip("\ufeff \t\r\n")
    if beginning.startswith("WEBVTT"):
        return _webvtt
    if _SCRIPT.match(beginning):
        return parse_substation
    if re.match(r"<\?xml|<!--|<!doctype", beginning, re.IGNORECASE) or _TIMED.match(beginning):
        return parse_timed_text
    return _counted if counts_rows(beginning) else _subrip


def _webvtt(path: Path, text: str, clock: FrameClock | None) -> Parsed:
    return _with_rate(path, parse_webvtt(text.lstrip("\ufeff \t\r\n"), clock))


def _counted(path: Path, text: str, clock: FrameClock | None) -> Parsed:
    return _with_rate(path, parse_counted(text, clock))


def _subrip(path: Path, text: str, clock: FrameClock | None) -> Parsed:
    parsed = _with_rate(path, parse_subrip(text, clock))
    if not parsed.lines:
        why = f" ({'; '.join(parsed.warnings)})" if parsed.warnings else ""
        raise SubtitleError(path, f"holds no subtitles that can be read{why}", "export the subtitles again")
    return parsed


def _with_rate(path: Path, parsed: Parsed) -> Parsed:
    if NO_RATE in parsed.warnings:
        raise SubtitleError(path, NO_RATE, "keep it beside its film, or export it with milliseconds")
    return parsed


def _on_media_clock(parsed: Parsed, transport_start: Fraction | None, lead: Fraction) -> tuple[Parsed, tuple[str, ...]]:
    """Lines in seconds from the first picture. Those on a transport stream's clock count from the first local time
    beside other media, whose zero cannot be known."""
    if not parsed.transport and not lead:
        return parsed, ()
    sentence = ""
    if not parsed.transport:
        shift = -lead
        sentence = (
            f"counts from the beginning of the sound, {float(lead):.2f} s before the first picture, as players do"
        )
    elif transport_start is None:
        shift = -parsed.local_offset
        if parsed.local_offset:
            sentence = (
                f"counts on the clock of a transport stream ({float(parsed.local_offset):.3f} s), which is not beside "
                "it: its own times are used; keep it beside its .ts, or shift it"
            )
    else:
        shift = -transport_start
        first = min((line.start for line in parsed.lines), default=Fraction(0)) + shift
        shift -= round(first / _WRAP) * _WRAP
    moved = tuple(replace(line, start=line.start + shift, end=line.end + shift) for line in parsed.lines)
    return replace(parsed, lines=moved), (sentence,) if sentence else ()


def repaired(found: tuple[Line, ...]) -> tuple[list[Line], list[str]]:
    """Lines in order of time, reversed times swapped, what lies before 0 and empty stretches left out, rolling captions
    said once; and what was done, in sentences."""
    reversed_count = sum(line.end < line.start for line in found)
    once = dict.fromkeys(found)
    lines = [replace(line, start=min(line.start, line.end), end=max(line.start, line.end)) for line in once]
    early, before = (
        sum(line.start < 0 < line.end for line in lines),
        sum(line.end <= 0 and line.start < 0 for line in lines),
    )
    lines = [replace(line, start=max(line.start, Fraction(0))) for line in lines if line.end > 0 or line.start >= 0]
    lines.sort(key=lambda line: (line.start, line.end))
    kept = unrolled([line for line in lines if line.end > line.start and line.text.strip()])
    silent = sum(line.end == line.start and bool(line.text.strip()) for line in lines)
    overlaps = sum(after.start < line.end for line, after in pairwise(kept))
    counts = (
        (reversed_count, "end before they start: their times were swapped"),
        (early, "start before 0: what is left of them is used"),
        (before, "lie before 0: left out"),
        (silent, "have no duration: left out"),
        (overlaps, "start before the one before them ends: they overlap in the result too"),
    )
    return kept, [f"{count} subtitles {what}" for count, what in counts if count]


Parser = Callable[[Path, str, FrameClock | None], Parsed]
"""What reads the text of a file of one kind, which may count frames. Raises SubtitleError."""
SUBTITLE_SUFFIXES = (".srt", ".vtt", ".sbv", ".ass", ".ssa", ".ttml", ".dfxp", ".itt")
TEXT_SUFFIXES = (".sub", ".txt", ".xml")
"""Read where they hold subtitles: :func:`reads_as_subtitles`."""
