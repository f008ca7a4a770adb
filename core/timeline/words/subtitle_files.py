"""Subtitle files: SubRip, WebVTT, SubViewer (.sbv), ASS/SSA, TTML (.ttml .dfxp .itt), as they are found.

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
from talkies.core.timeline.words.language_check import language_doubts
from talkies.core.timeline.words.languages import language_of_file
from talkies.core.timeline.words.lines import Line, Parsed
from talkies.core.timeline.words.rolling import unrolled
from talkies.core.timeline.words.substation import parse_substation
from talkies.core.timeline.words.timed_text import parse_timed_text
from talkies.core.timeline.words.transcript import cues_from_lines

_WRAP = Fraction(2**33, 90_000)
"""Seconds after which the clock of a transport stream begins again."""
_BEGINNING = 2000  # characters that tell what a file is
_MOST_SUBTITLES = 20_000  # one every other second of eleven hours
_LONGEST, _MOST_ROWS = 400_000, 200  # characters and rows of one subtitle
_COUNTED = re.compile(r"^[^\w\n]{0,8}\d{1,6}\s?[:：]|^dialogue:|<(?:\w{1,40}:)?p\s", re.MULTILINE | re.IGNORECASE)
"""What every subtitle has once: a row that begins with a time, or what ASS and TTML have instead. In TTML each word may
have a time too."""


@dataclass(frozen=True)
class SubtitleLines:
    """A file's subtitles as they stand in it, in order of time, with a sentence for everything that was repaired."""

    lines: tuple[Line, ...]
    warnings: tuple[str, ...] = ()
    language: str = ""


@dataclass(frozen=True)
class SubtitleFile:
    """What a file gives: its cues in order of time, and a sentence for everything that was repaired or left out."""

    cues: tuple[Cue, ...]
    warnings: tuple[str, ...] = ()
    language: str = ""


def read_subtitles(path: Path) -> tuple[Cue, ...]:
    """The cues of a subtitle file, in seconds from its zero. Raises SubtitleError."""
    return load_subtitles(path).cues


def load_subtitles(path: Path, transport_start: Fraction | None = None, lead: Fraction = Fraction(0)) -> SubtitleFile:
    """The cues of a subtitle file with its language and what was repaired.

    ``transport_start``: the time stamp (s) of the first picture of the transport stream beside it, by which segmented
    WebVTT counts; None where there is none. ``lead``: seconds that the movie beside it plays before its first picture:
    all others count from its beginning, as players do. Raises SubtitleError.
    """
    path = Path(path)
    read = load_lines(path, transport_start, lead)
    said = cues_from_lines(read.lines, read.language)
    doubts = [*said.warnings, *language_doubts(said.cues, read.language)]
    if not said.cues:
        doubts.append("holds no words")
    warnings = (*read.warnings, *(f"{path.name}: {sentence}" for sentence in doubts))
    return SubtitleFile(tuple(sorted(said.cues, key=lambda cue: cue.range)), warnings, read.language)


def load_lines(path: Path, transport_start: Fraction | None = None, lead: Fraction = Fraction(0)) -> SubtitleLines:
    """The subtitles of a file, markup and all. Raises SubtitleError."""
    suffix = path.suffix.lower()
    text, encoding = decode(path) if suffix in (*SUBTITLE_SUFFIXES, *TEXT_SUFFIXES) else ("", "")
    if not encoding or (suffix in TEXT_SUFFIXES and not reads_as_subtitles(text)):
        cure = f"give one of {' '.join(SUBTITLE_SUFFIXES)}"
        raise SubtitleError(path, "is not a known kind of subtitle file", cure)
    if not text.strip("\ufeff \t\r\n\0"):
        raise SubtitleError(path, "is empty", "export the subtitles again")
    sentences = [] if encoding == "utf-8" else [f"is not UTF-8; it was read as {encoding}"]
    _refuse_too_many(path, sum(1 for _ in _COUNTED.finditer(text)))  # reading them would take minutes
    parsed = _parser(text)(path, text)
    _refuse_too_many(path, len(parsed.lines))
    _refuse_too_long(path, parsed)
    if not parsed.lines and not parsed.warnings and not _may_be_empty(text):
        raise SubtitleError(path, "holds no subtitles that can be read", "export the subtitles again")
    parsed, clock = _on_media_clock(parsed, transport_start, lead)
    lines, repairs = repaired(parsed.lines)
    sentences += [*parsed.warnings, *clock, *repairs]
    language = language_of_file(path.name) or parsed.language
    return SubtitleLines(tuple(lines), tuple(f"{path.name}: {sentence}" for sentence in sentences), language)


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
    return bool(re.search(r"^.{0,40}\d\d:\d\d[.,]\d{1,3} {0,3}--> {0,3}\d\d:", beginning, re.MULTILINE)) or (
        _parser(beginning) is not _subrip
    )


def _parser(text: str) -> Callable[[Path, str], Parsed]:
    """By what the file says it is; the rest is SubRip, or nothing."""
    beginning = text[:_BEGINNING].lstrip("\ufeff \t\r\n")
    if beginning.startswith("WEBVTT"):
        return lambda path, text: parse_webvtt(text.lstrip("\ufeff \t\r\n"))
    if re.match(r"\[script info\]|\[v4\+? styles\]|\[events\]", beginning, re.IGNORECASE):
        return parse_substation
    if re.match(r"<\?xml|<!--|<!doctype|<(?:[a-z]{1,20}:)?tt[\s>]", beginning, re.IGNORECASE):
        return parse_timed_text
    return _subrip


def _subrip(path: Path, text: str) -> Parsed:
    parsed = parse_subrip(text)
    if not parsed.lines:
        why = f" ({'; '.join(parsed.warnings)})" if parsed.warnings else ""
        raise SubtitleError(path, f"holds no subtitles that can be read{why}", "export the subtitles again")
    return parsed


def _may_be_empty(text: str) -> bool:
    """WebVTT, ASS and TTML say what they are; a SubRip file without subtitles could be anything."""
    return _parser(text) is not _subrip


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


SUBTITLE_SUFFIXES = (".srt", ".vtt", ".sbv", ".ass", ".ssa", ".ttml", ".dfxp", ".itt")
TEXT_SUFFIXES = (".txt",)
"""Read where they hold subtitles: :func:`reads_as_subtitles`."""
