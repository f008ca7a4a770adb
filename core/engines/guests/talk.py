"""The talk with a guest, without input and output: bytes go in, what was said comes out.

Rule 1. It is asked one thing at a time (``hello``, ``load``, ``job``); ``cancel`` and ``quit`` may be said at any time.
Rule 2. It answers with any number of ``progress``, ``note`` and ``block``, then one ``result`` or ``error``, each with
        the id of what it was asked.
Rule 3. What carries the id of something else is about what was given up, and is not heard.
Rule 4. Anything else that it says is :class:`Garbled`. Its end is :class:`Ended`, once.

The frames are those of the worker (plugin/commands/worker.py), the other way round.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from talkies.core.hosts.conversation import Closed, Conversation, Garbage, Message, Received

PROTOCOL: Final = 1
LONGEST_LINE: Final = 1 << 20  # bytes: sound comes in files
_SHOWN: Final = 200


@dataclass(frozen=True)
class Advanced:
    """It is so far: a share of 0 to 1."""

    share: float


@dataclass(frozen=True)
class Noted:
    """The user should know this ``sentence`` of what it makes."""

    sentence: str


@dataclass(frozen=True)
class Block:
    """The next piece of sound is in this ``file`` of its folder."""

    file: str


@dataclass(frozen=True)
class Answered:
    """It is done."""

    result: Message


@dataclass(frozen=True)
class Refused:
    """It cannot; ``reason`` in its own words."""

    reason: str


@dataclass(frozen=True)
class Garbled:
    """It has said something that means nothing; ``problem``: what, after a subject."""

    problem: str


@dataclass(frozen=True)
class Ended:
    """It says nothing any more."""


Said = Advanced | Noted | Block | Answered | Refused | Garbled | Ended


class Talk:
    """Our half of the talk with one guest."""

    def __init__(self) -> None:
        self._conversation = Conversation(LONGEST_LINE)
        self._last = 0

    def ask(self, method: str, params: Message) -> bytes:
        """The line that asks for something; from now on only its answer is heard."""
        self._last += 1
        return self._conversation.send({"id": self._last, "method": method, "params": params})

    def cancel(self) -> bytes:
        """The line that takes the last question back; its answer is still heard."""
        return self._conversation.send({"id": None, "method": "cancel", "params": {"id": self._last}})

    def quit(self) -> bytes:
        """The line that says goodbye."""
        return self._conversation.send({"id": None, "method": "quit", "params": {}})

    def receive(self, data: bytes) -> Iterator[Said]:
        """What is said in the next bytes, b"" for the end."""
        for event in self._conversation.receive(data):
            match event:
                case Received(message):
                    if message.get("id") == self._last and type(message.get("id")) is int:
                        yield _said(message)
                    elif "id" not in message:
                        yield Garbled("said something without an id on its standard output")
                case Garbage(start, problem):
                    yield Garbled(f"said {_plain(start)!r} on its standard output, which {problem}")
                case Closed():
                    yield Ended()


def _said(message: Message) -> Said:
    match message:
        case {"event": "progress", "fraction": int() | float() as share} if abs(share) <= sys.float_info.max:
            return Advanced(min(max(float(share), 0.0), 1.0))
        case {"event": "note", "message": str(told)} if _plain(told):
            return Noted(_plain(told))
        case {"event": "block", "file": str(file)}:
            return Block(file)
        case {"event": "result", "result": dict(result)}:
            return Answered(result)
        case {"event": "error", "error": {"message": str(reason)}}:
            return Refused(_plain(reason) or "it gave no reason")
    return Garbled(f"said {_plain(str(message.get('event')))!r} in a way that is not understood")


def _plain(text: str) -> str:
    """One short printable line."""
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())[:_SHOWN]
