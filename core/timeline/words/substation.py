"""ASS and SSA (Aegisub): the name field is the speaker; notes in braces and drawings are not speech.

Only events are read, by their own ``Format`` line, so that damaged styles and attached fonts cost nobody his words. In
ASS everything in braces is invisible, ``\\h`` is a hard space, ``\\N`` and ``\\n`` break a row, and what lies between
``{\\p1}`` and ``{\\p0}`` is a drawing. Scripts cut signs into frames and songs into syllables by the thousand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

from talkies.core.errors import SubtitleError
from talkies.core.timeline.words.lines import Line, Parsed
from talkies.core.timeline.words.stamps import decimals

_BRACES = re.compile(r"(?<!\\)\{([^{}]*)\}")
_DRAWING = re.compile(r"\\p(\d{1,4})")
_TIME = re.compile(r"\s*(-?)(\d{1,6}):(\d{1,2}):(\d{1,2})(?:[.:,](\d{1,9}))?\s*")
_ROW = re.compile(r"^[ \t]{0,99}(Format|Dialogue|Comment):([^\r\n]*)", re.MULTILINE)
_DIALOGUE = re.compile(r"^[ \t]{0,99}Dialogue:", re.MULTILINE)
_MOST = 100_000  # lines, before those that belong together are one
_NOBODY = "NTP"  # the name that Sub Station Alpha gives to lines without one
_PIECE = "fx"  # the effect of lines that a karaoke template has made
_FRAME, _GAP = Fraction(1, 4), Fraction(1, 20)  # seconds: longer says something by itself, and so does what comes later
_FIELDS = ("layer", "start", "end", "style", "name", "marginl", "marginr", "marginv", "effect", "text")


def parse_substation(path: Path, text: str, _: object = None) -> Parsed:
    """The dialogue in the file's order. Raises SubtitleError."""
    count = sum(1 for _ in _DIALOGUE.finditer(text))
    if count > _MOST:
        raise SubtitleError(path, f"holds {count} lines, more than any script", "check what it is")
    found = _Found()
    for fields in _events(text):
        found.add(fields)
    if not found.events and "[events]" not in text.lower():
        raise SubtitleError(path, "holds no subtitles that can be read", "export the subtitles again")
    return Parsed(tuple(found.all_lines()), tuple(found.problems()))


@dataclass
class _Found:
    """Lines as they are found: what a typesetter has cut into frames is one line again, and the pieces that a karaoke
    script has made of a song are left out for the song itself, where it is kept as a comment."""

    events: int = 0
    damaged: int = 0
    pieces: int = 0
    lines: list[Line] = field(default_factory=list)
    songs: list[Line] = field(default_factory=list)
    sung: dict[Line, None] = field(default_factory=dict)  # pieces, each once: layers repeat them
    places: dict[tuple[str, str], int] = field(default_factory=dict)

    def add(self, fields: Mapping[str, str]) -> None:
        effect = fields.get("effect", "").strip().lower()
        is_comment = fields["kind"] == "Comment"
        if is_comment and effect != "karaoke":
            return
        self.events += not is_comment
        is_piece = not is_comment and effect == _PIECE
        self.pieces += is_piece
        start, end = _seconds(fields.get("start", "")), _seconds(fields.get("end", ""))
        if start is None or end is None:
            self.damaged += not is_comment
            return
        speaker = " ".join(fields.get("name", fields.get("actor", "")).split())
        speaker = "" if speaker == _NOBODY else speaker
        line = Line(start, end, shown_text(fields["text"]), speaker)
        sung = replace(line, text=f"♪ {' '.join(line.text.split())} ♪")
        if is_comment:
            self.songs.append(sung)
        elif is_piece:
            self.sung[sung] = None
        else:
            self._add(line)

    def _add(self, line: Line) -> None:
        """Another frame of the same words makes them last longer."""
        key = line.text, line.speaker
        place = self.places.get(key)
        before = self.lines[place] if place is not None else None
        is_frame = before is not None and 0 <= line.end - line.start <= _FRAME
        if place is not None and before is not None and is_frame and before.start <= line.start <= before.end + _GAP:
            self.lines[place] = replace(before, end=max(before.end, line.end))
            return
        self.places[key] = len(self.lines)
        self.lines.append(line)

    def all_lines(self) -> list[Line]:
        return [*self.lines, *(self.songs or self.sung)] if self.pieces else self.lines

    def problems(self) -> Iterator[str]:
        if self.damaged:
            yield f"{self.damaged} subtitles with damaged times: left out"
        if self.pieces:
            instead = "the songs they are made of are used" if self.songs else "they are sung, not said"
            yield f"{self.pieces} lines are pieces of karaoke effects: {instead}"


def shown_text(text: str) -> str:
    """What an event shows, its rows parted by line breaks."""
    if "{" not in text and "\\" not in text:
        return text
    shown, drawing = [], False
    for index, piece in enumerate(_BRACES.split(text)):
        if index % 2:
            scales = _DRAWING.findall(piece)
            drawing = int(scales[-1]) > 0 if scales else drawing
        elif not drawing:
            shown.append(piece)
    plain = "".join(shown).replace("\\N", "\n").replace("\\n", "\n").replace("\\h", " ")
    return plain.replace("\\{", "{").replace("\\}", "}")


def _events(text: str) -> Iterator[dict[str, str]]:
    """The fields of each line of dialogue and each comment, by name; the last one, the text, may hold commas."""
    names: tuple[str, ...] = _FIELDS
    for kind, rest in _ROW.findall(text):
        if kind == "Format":
            if "text" in rest.lower():
                names = tuple(name.strip().lower() for name in rest.split(","))
            continue
        values = rest.split(",", len(names) - 1)
        if len(values) == len(names):
            yield {**dict(zip(names, values, strict=True)), "text": values[-1], "kind": kind}
        else:
            yield {"text": "", "kind": kind}


@lru_cache(1 << 12)
def _seconds(stamp: str) -> Fraction | None:
    match = _TIME.fullmatch(stamp)
    if match is None:
        return None
    sign, hours, minutes, seconds, fraction = match.groups()
    whole = int(hours) * 3600 + int(minutes) * 60 + int(seconds)
    value = whole + decimals(fraction)
    return -value if sign else value
