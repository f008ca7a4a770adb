"""A subtitle as it stands in its file, and what a reader of one format gives."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Line:
    """One subtitle as it stands in the file; times in seconds. ``speaker``: by the format's own field, not a label."""

    start: Fraction
    end: Fraction
    text: str
    speaker: str = ""


def time_to_say(text: str) -> Fraction:
    """Seconds that an unhurried speaker takes, at least one: for what has no length of its own."""
    return max(Fraction(len(text), _CHARACTERS_PER_SECOND), Fraction(1))


_CHARACTERS_PER_SECOND = 15


@dataclass(frozen=True)
class Parsed:
    """What the reader of a format finds: lines in the file's order, a sentence for everything that was repaired or left
    out, the language as a BCP 47 tag, "" where the file names none.

    ``transport``: the lines count on the clock of an MPEG transport stream, as segmented WebVTT does;
    ``local_offset``: by how much (s) it goes ahead of the file's first own times. ``in_timecode``: their times were
    frames of timecode.
    """

    lines: tuple[Line, ...]
    warnings: tuple[str, ...] = ()
    language: str = ""
    transport: bool = False
    local_offset: Fraction = Fraction(0)
    in_timecode: bool = False
