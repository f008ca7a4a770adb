"""Console output, the one place that prints: results as JSON or lines on stdout, sentences and a bar on stderr.

Names come from anybody's files: what would move the cursor, change colours or forge a line is shown as an escape.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
import time
from fractions import Fraction
from pathlib import Path
from typing import Any, TextIO


def print_json(document: Any) -> None:
    """One JSON document on stdout, indented for a reader. ASCII only: it survives any console and any pipe."""
    print(json.dumps(document, indent=2 if sys.stdout.isatty() else None, default=plain))


def show(*lines: str) -> None:
    """Lines of a result on stdout, each of them one line."""
    for line in lines:
        print(legible(line))


def say(sentence: str) -> None:
    """A sentence in one line on stderr, after the bar has made room."""
    print(f"{_CLEAR if sys.stderr.isatty() else ''}{legible(' '.join(sentence.split()))}", file=sys.stderr)


def legible(text: str) -> str:
    """The text with control characters as Python writes them: ``\\x1b[31m``, ``\\n``, ``\\u202e``."""
    return _CONTROL.sub(lambda match: match[0].encode("unicode_escape").decode("ascii"), text)


def plain(value: Any) -> Any:
    """JSON's view of our own types: paths as text, exact numbers as floats."""
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, Fraction):
        return float(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def warn(sentence: str) -> None:
    """A warning."""
    say(f"talkies: warning: {sentence}")


_CLEAR = "\r\x1b[K"
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")  # those of direction among them


class ProgressLine:
    """On a terminal one line that is drawn again; in a log a line for each new message and every ten percent."""

    def __init__(self, stream: TextIO | None = None, width: int = 24) -> None:
        self._stream = stream if stream is not None else sys.stderr
        self._live = self._stream.isatty()
        self._width = width
        self._drawn = 0.0
        self._last = ("", -1)

    def show(self, fraction: float, message: str, logged: str = "") -> None:
        """``fraction`` of the whole work, 0 to 1. ``logged``: what a log has instead of a message that counts on."""
        fraction, message = min(max(fraction, 0.0), 1.0), legible(message)
        if self._live:
            self._draw(fraction, message)
            return
        message = logged or message
        key = (message, int(fraction * 10))
        if key != self._last:
            self._last = key
            print(f"{fraction:4.0%} {message}", file=self._stream, flush=True)

    def clear(self) -> None:
        """Leaves an empty line for what comes next."""
        if self._live:
            self._stream.write(_CLEAR)
            self._stream.flush()

    def _draw(self, fraction: float, message: str) -> None:
        now = time.monotonic()
        if now - self._drawn < 0.05 and fraction < 1:
            return
        self._drawn = now
        full = round(fraction * self._width)
        line = f"{'█' * full}{'░' * (self._width - full)} {fraction:4.0%} {message}"
        columns = shutil.get_terminal_size().columns
        self._stream.write(_CLEAR + line[: columns - 1])
        self._stream.flush()
