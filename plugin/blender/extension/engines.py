"""Which engines the talkies program has: asked in the background when the sidebar's field is first searched."""

from typing import Any

from . import handshake, program
from .child import Child
from .errors import RefusedError

_ID = 1
_ASKING = ("", "asking talkies; type again")

_asked: Child | None = None
_found: list[tuple[str, str]] = []


def search(typed: str, preference: str) -> list[tuple[str, str]]:
    """Engines whose name has what is typed, each with what it makes and its licence; ``preference``: which program is
    asked. Never waits."""
    global _asked
    try:
        _asked = _asked or _ask(preference)
    except RefusedError as problem:
        return [("", str(problem))]
    _listen(_asked)
    if not _found:
        if _asked.ended:
            _asked = None  # it has died without an answer, and is asked again the next time
        return [_ASKING]
    return [(name, about) for name, about in _found if typed.lower() in name]


def forget() -> None:
    """The program may be another one now."""
    global _asked
    _found.clear()
    if _asked is not None:
        _asked.end()
        _asked = None


def _ask(preference: str) -> Child:
    child = Child([str(program.find(preference)), "worker"])
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
