"""ASS and SSA (Aegisub): the name field is the speaker; notes in braces and drawings are not speech.

Only events are read, by their own ``Format`` line, so that damaged styles and attached fonts cost nobody his words. In
ASS everything in braces is invisible, ``\\h`` is a hard space, ``\\N`` and ``\\n`` break a row, and what lies between
``{\\p1}`` and ``{\\p0}`` is a drawing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

from talkies.core.errors import SubtitleError
from talkies.core.timeline.words.lines import Line, Parsed
from talkies.core.timeline.words.stamps import decimals

_BRACES = re.compile(r"(?<!\\)\{([^{}]*)\}")
_DRAWING = re.compile(r"\\p(\d{1,4})")
_TIME = re.compile(r"\s*(-?)(\d{1,6}):(\d{1,2}):(\d{1,2})(?:[.:,](\d{1,9}))?\s*")
_FIELDS = ("layer", "start", "end", "style", "name", "marginl", "marginr", "marginv", "effect", "text")


def parse_substation(path: Path, text: str) -> Parsed:
    """The dialogue in the file's order. Raises SubtitleError."""
    lines: list[Line] = []
    events = damaged = 0
    for fields in _events(text):
        events += 1
        start, end = _seconds(fields.get("start", "")), _seconds(fields.get("end", ""))
        if start is None or end is None:
            damaged += 1
            continue
        speaker = " ".join(fields.get("name", fields.get("actor", "")).split())
        lines.append(Line(start, end, shown_text(fields["text"]), speaker))
    if not events and "[events]" not in text.lower():
        raise SubtitleError(path, "holds no subtitles that can be read", "export the subtitles again")
    problems = (f"{damaged} subtitles with damaged times: left out",) if damaged else ()
    return Parsed(tuple(lines), problems)


def shown_text(text: str) -> str:
    """What an event shows, its rows parted by line breaks."""
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
    """The fields of each line of dialogue, by name; the last one, the text, may hold commas."""
    names: tuple[str, ...] = _FIELDS
    for row in text.splitlines():
        kind, colon, rest = row.strip().partition(":")
        if colon and kind == "Format" and "text" in rest.lower():
            names = tuple(name.strip().lower() for name in rest.split(","))
        elif colon and kind == "Dialogue":
            values = rest.split(",", len(names) - 1)
            if len(values) == len(names):
                yield dict(zip(names, values, strict=True)) | {"text": values[-1]}
            else:
                yield {"text": ""}


def _seconds(stamp: str) -> Fraction | None:
    match = _TIME.fullmatch(stamp)
    if match is None:
        return None
    sign, hours, minutes, seconds, fraction = match.groups()
    whole = int(hours) * 3600 + int(minutes) * 60 + int(seconds)
    value = whole + decimals(fraction)
    return -value if sign else value
