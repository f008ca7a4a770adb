"""Taps: moments that somebody performed while the picture played, and tables of them.

time,force,until            0.52                 01:00:04:12
0.52,0.8,                   1.04                 01:00:05:02
1.04,,2.5                   1.55                 01:00:05:17
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from talkies.core.errors import InputError
from talkies.core.spotting.spot import MOST_SPOTS
from talkies.core.spotting.tables import cells_of

_COLUMNS = ("time", "force", "until")
_SYNONYMS = {"in": "time", "start": "time", "out": "until", "end": "until"}
_SECONDS = re.compile(r"(-?\d{1,9}(?:[.,]\d{1,12})?)\s*s?")


@dataclass(frozen=True)
class Tap:
    """``time`` and ``until`` in seconds, from wherever the performance began; ``until`` is None of a hit,
    ``force`` (0 to 1) of one that nobody measured."""

    time: Fraction
    force: float | None = None
    until: Fraction | None = None


def from_table(path: Path, text: str, position: Callable[[str], Fraction]) -> list[Tap]:
    """Taps of a table whose columns are separated by commas, semicolons or tabs; without a head they are time, force,
    until. Times are seconds, or timecodes, which ``position`` turns into the same seconds (ValueError if it cannot).

    Raises InputError.
    """
    lines = [line for line in text.removeprefix("\ufeff").splitlines() if line.strip()]
    if len(lines) > MOST_SPOTS:
        raise InputError(path, f"has more than {MOST_SPOTS} taps", "part the table")
    separator = next((each for each in ";\t" if any(each in line for line in lines)), ",")
    rows = cells_of(path, "\n".join(lines), separator)
    head = [_SYNONYMS.get(cell.strip().casefold(), cell.strip().casefold()) for cell in rows[0]] if rows else []
    if "time" in head:
        rows, first = rows[1:], 2
    else:
        head, first = list(_COLUMNS), 1
    taps = []
    for number, row in enumerate(rows, start=first):
        cells = {name: cell.strip() for name, cell in zip(head, row, strict=False)}
        taps.append(_tap(path, number, cells, position))
    if not taps:
        raise InputError(path, "has no taps", "write one time to a line, in seconds or as a timecode")
    return sorted(taps, key=lambda tap: tap.time)


def _tap(path: Path, number: int, cells: dict[str, str], position: Callable[[str], Fraction]) -> Tap:
    where = f"line {number}"
    time = _time(path, where, cells.get("time", ""), position)
    until = _time(path, where, cells["until"], position) if cells.get("until") else None
    if until is not None and until < time:
        raise InputError(path, f"{where}: it ends before it begins", "exchange the two times")
    return Tap(time, _force(path, where, cells.get("force", "")), until if until != time else None)


def _time(path: Path, where: str, text: str, position: Callable[[str], Fraction]) -> Fraction:
    if match := _SECONDS.fullmatch(text):
        return Fraction(match[1].replace(",", "."))
    try:
        return position(text)
    except ValueError as error:
        problem = f"{where}: {text[:40]!r} is neither seconds nor a timecode"
        raise InputError(path, problem, "write it like 4.52 or 01:00:04:13") from error


def _force(path: Path, where: str, text: str) -> float | None:
    if not text:
        return None
    match = _SECONDS.fullmatch(text)
    force = float(match[1].replace(",", ".")) if match else -1.0
    if not 0 <= force <= 1:
        cure = "with decimal commas, separate the columns by semicolons"
        raise InputError(path, f"{where}: {text[:40]!r} is not a force from 0 to 1", cure)
    return force
