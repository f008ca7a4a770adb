"""JSON lines without input and output: bytes go in, events come out, and what is to be sent comes back as bytes.

Rule 1. A line is one JSON object in UTF-8 and ends with a newline; empty lines are nothing.
Rule 2. What is not such an object is one :class:`Garbage`; the next line is read as if nothing had been.
Rule 3. A line that becomes longer than ``longest`` bytes is Garbage at once, and what follows of it is thrown away, so
        that memory is bounded whatever the other side does.
Rule 4. No bytes (b"") are the other side's end: what it began is its last line, then comes :class:`Closed`, once.

However the bytes are cut into pieces, the events are the same. Whoever holds the pipe (core/hosts/json_lines.py,
plugin/commands/worker.py, ui/work/worker_client.py) reads from it what there is, and does what the events say.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

Message = dict[str, Any]

LONGEST_LINE: Final = 1 << 26
"""Bytes: some hundred thousand clips."""

_SHOWN: Final = 60


@dataclass(frozen=True)
class Received:
    """The other side said this."""

    message: Message


@dataclass(frozen=True)
class Garbage:
    """A line that says nothing. ``start``: its first characters; ``problem``: why, after a subject; ``endless``: it is
    too long, and more of it may come."""

    start: str
    problem: str
    endless: bool = False


@dataclass(frozen=True)
class Closed:
    """The other side says nothing any more."""


Event = Received | Garbage | Closed


class Conversation:
    """One side's half of what is heard; nothing here waits."""

    def __init__(self, longest: int = LONGEST_LINE) -> None:
        self._longest = longest
        self._line = bytearray()
        self._skipping = self._closed = False

    def receive(self, data: bytes) -> list[Event]:
        """The events in the next bytes. After the end (b"") there is nothing to receive: ValueError."""
        if self._closed:
            raise ValueError("the conversation is over")
        if not data:
            self._closed = True
            return [*self._add(b"", ends=True), Closed()]
        *whole, begun = data.split(b"\n")
        events = [event for piece in whole for event in self._add(piece, ends=True)]
        return events + self._add(begun, ends=False)

    def send(self, message: Message, default: Callable[[Any], Any] | None = None) -> bytes:
        """The line that says ``message``; ``default``: makes plain data of what JSON does not know."""
        return json.dumps(message, default=default).encode() + b"\n"

    def _add(self, piece: bytes, *, ends: bool) -> list[Event]:
        """More of the current line; ``ends``: that was all of it."""
        if self._skipping:
            self._skipping = not ends
            return []
        self._line += piece
        if len(self._line) > self._longest:
            self._skipping = not ends
            return [
                Garbage(
                    _start(self._taken()[: 4 * _SHOWN].decode("utf-8", "replace")),
                    f"is a line of more than {self._longest} bytes",
                    endless=not ends,
                )
            ]
        return _events(self._taken()) if ends else []

    def _taken(self) -> bytes:
        line, self._line = bytes(self._line), bytearray()
        return line


def _events(line: bytes) -> list[Event]:
    """Of one whole line: one event, none for an empty one."""
    text = line.decode("utf-8", "replace")
    if not text.strip():
        return []
    try:
        message = json.loads(text)
    except (ValueError, RecursionError) as error:
        return [Garbage(_start(text), f"is not JSON: {error}")]
    return [Received(message) if isinstance(message, dict) else Garbage(_start(text), "is not a JSON object")]


def _start(text: str) -> str:
    return text.strip()[:_SHOWN]
