"""Subtitle files: SubRip, WebVTT, SubViewer (.sbv) by our own small reader, ASS/SSA and TTML through pysubs2.

Encodings: a byte-order mark decides, then UTF-8, then the likeliest old code page (with a warning). Reversed times
are swapped and overlaps kept, both with a warning; lines with damaged times are left out, with a warning.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

from talkies.core.errors import SubtitleError
from talkies.core.files.guards import safe_xml
from talkies.core.segment import Cue
from talkies.core.timeline.words.languages import language_of_file, language_tag
from talkies.core.timeline.words.transcript import cues_from_text
from talkies.core.times import TimeRange

_MOST_BYTES = 50_000_000
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CODE_PAGES = [
    *("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "koi8_r", "mac_roman"),
    *("shift_jis", "euc_jp", "gb18030", "big5", "euc_kr", "utf_16_le", "utf_16_be"),
]
_STAMP = r"(?:(\d{1,6}):)?(\d{1,2}):(\d{1,2})(?:[.,](\d{1,9}))?"
_TIMES = re.compile(rf"^\s*{_STAMP}\s*(?:-->|,)\s*{_STAMP}(?:\s+.*)?$")
_LOOKS_TIMED = re.compile(r"-->|^\s*\d+:\d\d:\d\d[.,]\w+,\d+:\d\d")


@dataclass(frozen=True)
class Line:
    """One subtitle as it stands in the file; times in seconds."""

    start: Fraction
    end: Fraction
    text: str
    speaker: str = ""


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


def load_subtitles(path: Path) -> SubtitleFile:
    """The cues of a subtitle file with its language and what was repaired. Raises SubtitleError."""
    read = load_lines(Path(path))
    cues = [
        cue
        for line in read.lines
        for cue in cues_from_text(TimeRange(line.start, line.end), line.text, line.speaker, read.language)
    ]
    silent = () if cues else (f"{Path(path).name}: holds no words",)
    return SubtitleFile(tuple(sorted(cues, key=lambda cue: cue.range)), (*read.warnings, *silent), read.language)


def load_lines(path: Path) -> SubtitleLines:
    """The subtitles of a file, markup and all. Raises SubtitleError."""
    parser = PARSERS.get(path.suffix.lower())
    if parser is None:
        raise SubtitleError(path, "is not a known kind of subtitle file", f"give one of {' '.join(PARSERS)}")
    text, encoding = decode(path)
    if not text.strip():
        raise SubtitleError(path, "is empty", "export the subtitles again")
    warnings = [] if encoding == "utf-8" else [f"{path.name}: is not UTF-8; it was read as {encoding}"]
    lines, damage, language = parser(path, text)
    warnings.extend(f"{path.name}: {sentence}" for sentence in damage)
    language = language_of_file(path.name) or language
    lines, repairs = repaired(lines)
    warnings.extend(f"{path.name}: {sentence}" for sentence in repairs)
    return SubtitleLines(tuple(lines), tuple(warnings), language)


def decode(path: Path) -> tuple[str, str]:
    """A file's text and the encoding it was taken for: "utf-8" also for UTF-16 and -32 with their mark."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SubtitleError(path, f"cannot be read ({error.strerror})", "check its name and permissions") from error
    if len(data) > _MOST_BYTES:
        raise SubtitleError(path, f"is {len(data) // 1_000_000} MB, far beyond any subtitle file", "check what it is")
    try:
        for mark, encoding in _BOMS:
            if data.startswith(mark):
                return data.decode(encoding), "utf-8"
        if b"\0" not in data:
            return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    guess = _likeliest(data)
    if guess is None:
        raise SubtitleError(path, "has a text encoding that cannot be determined", "save it as UTF-8")
    return guess


def _likeliest(data: bytes) -> tuple[str, str] | None:
    """An old code page by its statistics; Western European where they leave it open."""
    import charset_normalizer

    zeros = data.count(b"\0")
    if zeros:
        encoding = "utf-16-le" if data[1::2].count(b"\0") > data[::2].count(b"\0") else "utf-16-be"
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            return None
        return (text, encoding) if zeros > len(data) // 5 and "\0" not in text else None
    if sum(byte < 9 or 13 < byte < 32 for byte in data) > len(data) // 100:
        return None
    matches = list(charset_normalizer.from_bytes(data, cp_isolation=_CODE_PAGES))
    if not matches:
        return None
    best = matches[0]
    equals = [match for match in matches if (match.chaos, match.coherence) == (best.chaos, best.coherence)]
    best = next((match for match in equals if match.encoding == "cp1252"), best)
    return str(best), best.encoding


def repaired(lines: list[Line]) -> tuple[list[Line], list[str]]:
    """Lines in order of time, reversed times swapped, empty stretches left out; and what was done, in sentences."""
    reversed_count = sum(line.end < line.start for line in lines)
    ordered = sorted(
        (Line(min(line.start, line.end), max(line.start, line.end), line.text, line.speaker) for line in lines),
        key=lambda line: (line.start, line.end),
    )
    kept = _unrolled([line for line in ordered if line.end > line.start and line.text.strip()])
    overlaps = sum(after.start < before.end for before, after in pairwise(kept))
    silent = sum(line.end == line.start and bool(line.text.strip()) for line in ordered)
    warnings = []
    if reversed_count:
        warnings.append(f"{reversed_count} subtitles end before they start: their times were swapped")
    if silent:
        warnings.append(f"{silent} subtitles have no duration: left out")
    if overlaps:
        warnings.append(f"{overlaps} subtitles start before the one before them ends: they overlap in the result too")
    return kept, warnings


def _unrolled(lines: list[Line]) -> list[Line]:
    """Captions that roll up (YouTube) repeat the row before: what stood there already is not said again."""
    result: list[Line] = []
    for before, line in zip([None, *lines], lines, strict=False):
        rows = line.text.split("\n")
        if before is not None and len(rows) > 1 and line.start == before.end:
            last = before.text.split("\n")[-1].strip()
            if last and _plain(rows[0]) == _plain(last):
                line = replace(line, text="\n".join(rows[1:]))
        result.append(line)
    return result


def _plain(row: str) -> str:
    return re.sub(r"<[^>]*>", "", row).strip()


def _seconds(hours: str | None, minutes: str, seconds: str, fraction: str | None) -> Fraction:
    whole = int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
    return whole + (Fraction(int(fraction), 10 ** len(fraction)) if fraction else Fraction(0))


Parsed = tuple[list[Line], list[str], str]


def parse_blocks(path: Path, text: str) -> Parsed:
    """SubRip, WebVTT and .sbv: a line of times, then lines of text up to an empty line or the next times."""
    rows = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    lines: list[Line] = []
    damaged = 0
    vtt = text.lstrip("\ufeff").startswith("WEBVTT")
    index = 0
    while index < len(rows):
        times = _TIMES.match(rows[index])
        index += 1
        if times is None:
            damaged += bool(_LOOKS_TIMED.search(rows[index - 1]))
            continue
        first = index
        while index < len(rows) and rows[index].strip() and not _LOOKS_TIMED.search(rows[index]):
            index += 1
        body = rows[first:index]
        if index < len(rows) and _TIMES.match(rows[index]) and body and body[-1].strip().isdigit():
            body = body[:-1]  # the number of the next subtitle, with no empty line before it
        start, end = _seconds(*times.groups()[:4]), _seconds(*times.groups()[4:])
        lines.append(Line(start, end, "\n".join(body)))
    if not lines and not (vtt and not damaged):
        raise SubtitleError(path, "holds no subtitles that can be read", "export the subtitles again")
    header = re.search(r"^Language:\s*(\S+)\s*$", text[:1000], re.MULTILINE) if vtt else None
    problems = [f"{damaged} subtitles with damaged times: left out"] if damaged else []
    return lines, problems, language_tag(header[1]) if header else ""


def _parse_pysubs2(path: Path, text: str) -> Parsed:
    """ASS, SSA and TTML. Comments and drawings are not speech; the name field is the speaker."""
    import pysubs2

    kind = path.suffix.lower().lstrip(".")
    language = ""
    if kind in ("ttml", "dfxp", "xml"):
        root = safe_xml(path, text.encode(), SubtitleError)
        language = language_tag(root.get("{http://www.w3.org/XML/1998/namespace}lang", ""))
        kind = "ttml"
    try:
        document = pysubs2.SSAFile.from_string(text, format_=None if kind == "ssa" else kind.replace("dfxp", "ttml"))
    except Exception as error:  # whatever the library trips over, the user needs one sentence
        raise SubtitleError(
            path, f"is not a readable {kind.upper()} file ({_first_line(error)})", "export it again"
        ) from error
    lines = list(_ass_lines(document))
    if not lines and not document.events and kind != "ttml" and "[Events]" not in text:
        raise SubtitleError(path, "holds no subtitles that can be read", "export the subtitles again")
    return lines, [], language


def _ass_lines(document: object) -> Iterator[Line]:
    for event in document.events:  # type: ignore[attr-defined]
        if event.is_comment or event.is_drawing:
            continue
        yield Line(Fraction(event.start, 1000), Fraction(event.end, 1000), event.text, event.name.strip())


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0][:120]


PARSERS: dict[str, Callable[[Path, str], Parsed]] = {
    ".srt": parse_blocks,
    ".vtt": parse_blocks,
    ".sbv": parse_blocks,
    ".ass": _parse_pysubs2,
    ".ssa": _parse_pysubs2,
    ".ttml": _parse_pysubs2,
    ".dfxp": _parse_pysubs2,
}
SUBTITLE_SUFFIXES = tuple(PARSERS)
