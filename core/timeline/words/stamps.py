"""Time lines of SubRip, WebVTT and .sbv, as people, translators and programs write them.

00:00:01,000 --> 00:00:02,500     what it should be
00:00:01,20 --> 00:00:02,110      unpadded milliseconds, where a file has both: 1.020 s
00 : 00 : 01 . 0 -> 00:00:02:500  blanks, thin arrows, dashes, a colon before three digits
00:00:01,000 → 00:00:02,000       whatever stands between two full times, and signs that nobody sees around them
00:00:01:12 - 00;00;02;00         frames (frame_counts.py), with semicolons where timecode drops some
-00:00:01,000 --> 00:00:02,000    begins before the film
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

_LONGEST = 250  # characters of a time line, with a WebVTT cue's settings
_FEWEST_DIGITS = 4  # 0:01 --> 0:02
_B = r"\s{0,4}"
_CLOCK = rf"(?:(\d{{1,6}}){_B}[:：]{_B})?(\d{{1,2}}){_B}[:：]{_B}(\d{{1,2}})"
_MARK = rf"([.,;，]|[:：](?={_B}\d{{2,3}}(?!\d)))"
_STAMP = rf"([-−]?){_CLOCK}(?:{_B}{_MARK}{_B}(\d{{1,9}}))?"
_FULL = rf"([-−]?)(\d{{1,6}}){_B}[:：]{_B}(\d{{1,2}}){_B}[:：]{_B}(\d{{1,2}}){_B}{_MARK}{_B}(\d{{1,9}})"
_ARROW = r"(?:[-−]{1,3}\s?(?:>|&gt;|›|»|＞|〉)|[—–]\s?[>›»＞〉]|=+>|[→⟶➔➜⇒])"
_TIMES = re.compile(rf"{_B}{_STAMP}{_B}{_ARROW}{_B}{_STAMP}(?:\s.*)?$")
_BARE = re.compile(rf"{_B}{_FULL}{_B}(?:[^\w\s]{{1,4}}|to|\s){_B}{_FULL}{_B}$")  # whatever stands between
_DROPPED = re.compile(r"(?<!\d)(\d{1,3});(\d\d);(\d\d);(\d\d)(?!\d)")  # as Premiere writes it
_DAMAGED = re.compile(
    r"\d\s?-{1,3}(?:>|&gt;)\s?[-−]?\d|^\s{0,9}-?\d{1,6}:\d\d:\d\d[.,:]\w{1,9}\s?[,–—-]\s?\d{1,6}:\d\d"
)


_UNSEEN = str.maketrans(dict.fromkeys([*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xAD]))
"""Marks of the direction of writing, above all: programs leave them around times."""


@dataclass(frozen=True)
class Stamp:
    """``whole`` seconds and the digits after the comma as they stand there; ``mark``: what stands for the comma."""

    negative: bool
    whole: int
    digits: str
    mark: str = ""

    @property
    def is_counted(self) -> bool:
        """Whether the digits are frames, and can be nothing else: there are two after a colon."""
        return len(self.digits) == 2 and self.mark in (":", "：")

    @property
    def may_be_dropped(self) -> bool:
        """Whether it looks like drop-frame timecode."""
        return len(self.digits) == 2 and self.mark == ";"

    def seconds(self, unpadded: bool) -> Fraction:
        """``unpadded``: the digits are a number of milliseconds."""
        value = self.whole + decimals(self.digits.zfill(3) if unpadded else self.digits)
        return -value if self.negative else value


def decimals(digits: str | None) -> Fraction:
    """What the digits after a point are worth, 0 for none."""
    return Fraction(int(digits), 10 ** len(digits)) if digits else Fraction(0)


def without_unseen(row: str) -> str:
    """The row without marks that nobody sees, where it is nothing but a number; else as it is."""
    plain = row.translate(_UNSEEN)
    return plain if plain.strip().isdecimal() else row


def read_times(row: str) -> tuple[Stamp, Stamp] | None:
    """Start and end of a time line, None for any other row."""
    if len(row) > _LONGEST:
        return None
    row = _DROPPED.sub(r"\1:\2:\3;\4", row.translate(_UNSEEN))
    match = _TIMES.match(row) or _BARE.match(row)
    if match is None:
        return None
    groups = match.groups()
    return _stamp(groups[:6]), _stamp(groups[6:])


def is_full(row: str) -> bool:
    """Whether a row is a time line that could be nothing else: two times with something after their seconds."""
    times = read_times(row)
    return times is not None and all(stamp.digits for stamp in times)


def looks_timed(row: str) -> bool:
    """Whether a row is a time line, perhaps a damaged one."""
    digits = sum(map(str.isdigit, row)) if len(row) <= _LONGEST else 0
    if digits < _FEWEST_DIGITS:
        return False
    return read_times(row) is not None or "-->" in row or bool(_DAMAGED.search(row))


def are_unpadded(stamps: Iterable[Stamp]) -> bool:
    """Whether a file writes milliseconds without leading zeros: some have three digits, some fewer, and none of these
    begins with a zero, which would be a decimal's."""
    fractions = {stamp.digits for stamp in stamps if stamp.digits}
    short = {digits for digits in fractions if len(digits) < 3}
    full = any(len(digits) == 3 for digits in fractions)
    return bool(short) and full and not any(len(digits) > 1 and digits.startswith("0") for digits in short)


def _stamp(groups: tuple[str | None, ...]) -> Stamp:
    sign, hours, minutes, seconds, mark, digits = groups
    whole = int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0)
    return Stamp(bool(sign), whole, digits or "", mark or "")
