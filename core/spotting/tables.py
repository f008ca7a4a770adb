"""Spotting lists as tables: CSV that any spreadsheet opens and gives back, and JSON for programs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from talkies.core.errors import InputError
from talkies.core.spotting.rows import COLUMNS, Row
from talkies.core.spotting.spot import MOST_SPOTS

FORMAT = "talkies spots 1"
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")
_MOST_ROWS = MOST_SPOTS + 1


def to_csv(rows: Iterable[Row]) -> str:
    """CSV (RFC 4180) with a byte-order mark, by which spreadsheets know UTF-8. What one would take for a formula begins
    with an apostrophe."""
    text = io.StringIO()
    text.write("\ufeff")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([_guarded(row[column]) for column in COLUMNS])
    return text.getvalue()


def from_csv(path: Path, text: str) -> list[Row]:
    """The rows of a table whose columns are separated by commas, semicolons or tabs, in any order; other columns are
    passed over. Raises InputError."""
    text = text.removeprefix("\ufeff")
    if text[:4].casefold() == "sep=":
        text = text.partition("\n")[2]
    head = text.split("\n", 1)[0]
    separator = max(",;\t", key=head.count)
    table = cells_of(path, text, separator)
    names = [name.strip().casefold() for name in table[0]] if table else []
    if "in" not in names and "media in" not in names:
        problem = "is not a spotting list: it has no column 'in'"
        raise InputError(path, problem, f"its first line names the columns: {', '.join(COLUMNS[:6])} ...")
    return [
        Row(number, {name: _unguarded(cell) for name, cell in zip(names, line, strict=False) if name in COLUMNS})
        for number, line in enumerate(table[1:], start=2)
    ]


def cells_of(path: Path, text: str, separator: str) -> list[list[str]]:
    """The cells of a table, row by row. Raises InputError for what is no table, or too long."""
    try:
        return list(_limited(csv.reader(io.StringIO(text, newline=""), delimiter=separator), path))
    except csv.Error as error:
        raise InputError(path, f"is not a table ({error})", "save it as CSV") from error


def to_json(rows: Iterable[Row], timeline: str, rate: str) -> str:
    """The same cells by name; empty ones are left out."""
    spots = [{column: row[column] for column in COLUMNS if row[column]} for row in rows]
    document = {"format": FORMAT, "timeline": timeline, "rate": rate, "spots": spots}
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def from_json(path: Path, text: str) -> list[Row]:
    """The rows of such a document, or of a bare list; cells may be text, numbers or true. Raises InputError."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(path, f"is not JSON ({str(error)[:80]})", "export the list again") from error
    spots = document.get("spots") if isinstance(document, dict) else document
    if not isinstance(spots, list) or not all(isinstance(spot, dict) for spot in spots):
        raise InputError(path, "is not a spotting list: it has no list of spots", "talkies spot writes one")
    return [
        Row(number, {name: _plain(spot[name]) for name in COLUMNS if name in spot})
        for number, spot in enumerate(_limited(spots, path), start=1)
    ]


def _limited(rows: Iterable[Any], path: Path) -> Iterable[Any]:
    for number, row in enumerate(rows):
        if number > _MOST_ROWS:
            raise InputError(path, f"has more than {MOST_SPOTS} spots", "part the list")
        yield row


def _plain(value: Any) -> str:
    if value is None or value is False:
        return ""
    return "yes" if value is True else str(value)


def _guarded(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


def _unguarded(text: str) -> str:
    text = text.strip()
    return text[1:] if text[:1] == "'" and text[1:].startswith(_FORMULA) else text
