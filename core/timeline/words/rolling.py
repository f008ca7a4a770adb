"""Captions that roll up or build up: what stood there already is not said again.

YouTube's own captions show each row twice, in the subtitle in which it is spoken and above the next, with subtitles of
10 ms between; programs that highlight the spoken word show one row many times over.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

from talkies.core.timeline.words.lines import Line

_TOUCHING = Fraction(1, 10)  # seconds between subtitles that roll up
_GLIMPSE = Fraction(1, 20)  # nobody says anything in so little time
_ROWS = 8
_MARKUP = re.compile(r"<[^<>]*>|\{\\[^{}]*\}")


def unrolled(lines: Sequence[Line]) -> list[Line]:
    """Lines in order of time, each with its new rows only; those without any are gone."""
    rows = [_rows(line) for line in lines]
    known = [_known(before, line, rows[index], rows[index + 1]) for index, (before, line) in enumerate(pairwise(lines))]
    rolls = any(0 < count < len(rows[index]) for index, count in enumerate(known, start=1))
    result: list[Line] = []
    for line, shown, count in zip(lines, rows, [0, *known][: len(lines)], strict=True):
        whole = bool(count) and count == len(shown)
        if whole and result and _highlighted(line, result[-1]):
            result[-1] = replace(result[-1], end=max(result[-1].end, line.end))
        elif whole and (rolls or line.end - line.start <= _GLIMPSE):
            continue
        else:
            result.append(line if whole or not count else replace(line, text="\n".join(_texts(line)[count:])))
    return result


def _texts(line: Line) -> list[str]:
    return [row for row in line.text.split("\n") if _plain(row)]


def _rows(line: Line) -> list[str]:
    return [_plain(row) for row in line.text.split("\n") if _plain(row)]


def _plain(row: str) -> str:
    return " ".join(_MARKUP.sub("", row).split())


def _known(before: Line, line: Line, old: list[str], new: list[str]) -> int:
    """How many of the first rows are the last ones of the subtitle before, which this one follows at once."""
    if not before.start < line.start <= before.end + _TOUCHING or before.speaker != line.speaker:
        return 0
    return next((count for count in range(min(len(old), len(new), _ROWS), 0, -1) if old[-count:] == new[:count]), 0)


def _highlighted(line: Line, before: Line) -> bool:
    """The same words with other markup: another of them is lit."""
    return (
        line.text.split() != before.text.split() and _rows(line) == _rows(before) and line.end - line.start > _GLIMPSE
    )
