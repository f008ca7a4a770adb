"""Lists of reels: a table with the column ``reel`` and, if wanted, options of each.

    reel,prompt,language
    1927/first.mov,"footsteps on gravel",
    ../scans/second,,de

Paths start from the list's folder. The other columns are options of ``talkies generate`` (``COLUMNS``); an empty cell
is what the command line says.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from talkies.core.errors import ArgumentError
from talkies.core.files.regular import read_regular
from talkies.core.generation.request import AUTO_SHOTS, DETECT, NO_SHOTS, seconds
from talkies.core.times import AUTO_RATE

REEL = "reel"
TEXTS = ("prompt", "negative_prompt", "background", "voice", "language", "task", "source", "engine", "loudness")
INTEGERS = ("seed", "takes", "steps")
COLUMNS = (*TEXTS, *INTEGERS, "spots", "shots", "rate")
_MOST_BYTES = 64_000_000
_LONGEST_CELL = 1 << 16


@dataclass(frozen=True)
class Row:
    """``reel``: as it stands there; ``options``: fields of a request; ``problem``: why it cannot be used."""

    reel: str
    options: Mapping[str, Any] = field(default_factory=dict)
    problem: str = ""


def listed_rows(path: Path, most: int) -> tuple[list[Row], list[str]]:
    """The rows of a list that name a reel, at most ``most`` + 1, and what the user should know. Raises
    ArgumentError."""
    try:
        text = read_regular(path, _MOST_BYTES, ArgumentError, "list of reels").decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ArgumentError(path, "is not UTF-8 text", "save it as CSV in UTF-8") from error
    header, _, _ = text.partition("\n")
    separator = next((mark for mark in ",;\t" if REEL in _cells(header, mark)), "")
    if not separator:
        raise ArgumentError(path, f"has no column {REEL!r}", "name the columns in its first line: reel,prompt,...")
    columns = _cells(header, separator)
    csv.field_size_limit(_LONGEST_CELL)
    rows: list[Row] = []
    try:
        for cells in csv.reader(io.StringIO(text.partition("\n")[2], newline=""), delimiter=separator):
            row = dict(zip(columns, cells, strict=False))
            if row.get(REEL, "").strip():
                rows.append(_row(path.parent.absolute(), row))
            if len(rows) > most:
                break
    except csv.Error as error:
        raise ArgumentError(path, f"cannot be read as a table ({error})", "save it as CSV again") from error
    unused = [name for name in columns if name and name not in (REEL, *COLUMNS)]
    told = f"{path.name}: {', '.join(unused[:8])} are no options of a reel and are not used"
    return rows, [told] if unused else []


def _cells(line: str, separator: str) -> list[str]:
    found: Sequence[str] = next(csv.reader([line[:_LONGEST_CELL]], delimiter=separator), [])
    return [cell.strip().casefold().replace("-", "_") for cell in found]


def _row(folder: Path, row: Mapping[str, str]) -> Row:
    reel = row[REEL].strip()
    try:
        return Row(reel, {name: _value(folder, name, text) for name in COLUMNS if (text := row.get(name, "").strip())})
    except ValueError as error:
        return Row(reel, problem=f"{error}; correct the list")


def _value(folder: Path, name: str, text: str) -> Any:
    if name in INTEGERS:
        if not (text.isascii() and text.lstrip("-").isdigit() and len(text) < 20):
            raise ValueError(f"its {name} {text[:40]!r} is no whole number")
        return int(text)
    if name == "rate":
        try:
            return AUTO_RATE if text == AUTO_RATE else seconds(text)
        except ValueError as error:
            raise ValueError(f"its rate {text[:40]!r} is no number of frames a second") from error
    if name == "spots":
        if text.casefold() in ("none", "off", "auto"):
            raise ValueError(f"its spots {text!r} is no list of spots; leave the cell empty where there is none")
        return folder / text
    if name == "shots" and text not in (AUTO_SHOTS, NO_SHOTS, DETECT):
        return str(folder / text)
    return str(folder / text) if name == "voice" and (folder / text).is_file() else text
