"""Which engines the talkies program has: asked in the background when the sidebar's field is searched."""

import time
from pathlib import Path
from typing import Any

from . import handshake, program
from .child import Child
from .errors import RefusedError

_ID = 1
_ASKING = ("", "asking talkies; type again")

FRESH_S = 60.0
"""After so long the program is asked again: engines may have been added. Until it answers the old list is shown."""

_asked: Child | None = None
_program: Path | None = None
_asked_at = 0.0
_found: list[tuple[str, str]] = []


def search(typed: str, preference: str) -> list[tuple[str, str]]:
    """Engines whose name has what is typed, each with what it makes and its licence; ``preference``: which program is
    asked. Never waits."""
    try:
        _follow(program.find(preference))
    except RefusedError as problem:
        return [("", str(problem))]
    if not _found:
        return [_ASKING]
    return [(name, about) for name, about in _found if typed.lower() in name]


def forget() -> None:
    """Asks anew the next time."""
    global _asked
    _found.clear()
    if _asked is not None:
        _asked.end()
        _asked = None


def _follow(wanted: Path) -> None:
    """Asks a program that was not asked, that has died without an answer, or whose answer is old; and listens."""
    global _asked, _asked_at, _program
    if wanted != _program:
        forget()
        _program = wanted
    if _asked is not None:
        _listen(_asked)
        if _asked.ended and (not _found or time.monotonic() - _asked_at >= FRESH_S):
            _asked = None
    if _asked is None:
        _asked, _asked_at = _ask(wanted), time.monotonic()


def _ask(wanted: Path) -> Child:
    child = Child([str(wanted), "worker"])
    child.send({"id": 0, "method": "hello", "params": handshake.hello()})
    child.send({"id": _ID, "method": "engines", "params": {}})
    child.hang_up()
    return child


def _listen(child: Child) -> None:
    for message in child.messages():
        rows = message.get("result")
        if message.get("id") == _ID and isinstance(rows, list):
            _found[:] = [_shown(row) for row in rows if isinstance(row, dict) and _can_be_chosen(row)]


def _can_be_chosen(row: dict[str, Any]) -> bool:
    return isinstance(row.get("name"), str) and not row.get("problem") and row.get("chosen_by") == "--engine"


def _shown(row: dict[str, Any]) -> tuple[str, str]:
    sold = "" if row.get("sellable") is not False else ", not to be sold"
    return row["name"], f"{', '.join(map(str, row.get('tasks') or ()))}; {row.get('licence')}{sold}"
