"""Console output: results as JSON or lines on stdout, one progress bar on stderr."""

from __future__ import annotations

import json
import shutil
import sys
import time
from fractions import Fraction
from pathlib import Path
from typing import Any, TextIO


def print_json(document: Any) -> None:
    """One JSON document on stdout. ASCII only: it survives any console and any pipe."""
    print(json.dumps(document, indent=2, default=plain))


def plain(value: Any) -> Any:
    """JSON's view of our own types: paths as text, exact numbers as floats."""
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, Fraction):
        return float(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def warn(sentence: str) -> None:
    """A warning is one line on stderr, after the bar has made room."""
    print(f"{_CLEAR if sys.stderr.isatty() else ''}talkies: warning: {' '.join(sentence.split())}", file=sys.stderr)


_CLEAR = "\r\x1b[K"


class ProgressLine:
    """On a terminal one line that is drawn again; in a log a line for each new message and every ten percent."""

    def __init__(self, stream: TextIO | None = None, width: int = 24) -> None:
        self._stream = stream if stream is not None else sys.stderr
        self._live = self._stream.isatty()
        self._width = width
        self._drawn = 0.0
        self._last = ("", -1)

    def show(self, fraction: float, message: str) -> None:
        """``fraction`` of the whole work, 0 to 1."""
        fraction = min(max(fraction, 0.0), 1.0)
        if self._live:
            self._draw(fraction, message)
            return
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
