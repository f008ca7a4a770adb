"""JSON lines without input and output: bytes go in, messages come out. What says nothing is dropped.

A small copy of talkies' core/hosts/conversation.py, for nothing of talkies can be imported inside Blender; a test
compares the two.
"""

from __future__ import annotations

import json
from typing import Any

LONGEST_LINE = 1 << 26
"""Bytes; what follows of a longer line is thrown away, so that memory is bounded."""


class Lines:
    """What one process says."""

    def __init__(self, longest: int = LONGEST_LINE) -> None:
        self._longest = longest
        self._line = bytearray()
        self._skipping = False

    def receive(self, data: bytes) -> list[dict[str, Any]]:
        """The messages in the next bytes; b"" ends the last line."""
        *whole, begun = data.split(b"\n")
        messages = [message for piece in whole for message in self._add(piece, ends=True)]
        return messages + self._add(begun, ends=not data)

    def send(self, message: dict[str, Any]) -> bytes:
        """The line that says ``message``."""
        return json.dumps(message).encode() + b"\n"

    def _add(self, piece: bytes, *, ends: bool) -> list[dict[str, Any]]:
        if self._skipping:
            self._skipping = not ends
            return []
        self._line += piece
        if len(self._line) > self._longest:
            self._line, self._skipping = bytearray(), not ends
        if not ends:
            return []
        line, self._line = bytes(self._line), bytearray()
        return _messages(line)


def _messages(line: bytes) -> list[dict[str, Any]]:
    try:
        message = json.loads(line.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return []
    return [message] if isinstance(message, dict) else []
