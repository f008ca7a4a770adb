"""Log of one call of a batch: what its workers begin and finish, and who is struck, each in a line that is there at
once. The victims write it, whoever kills them reads it.

    4711 begun              a process is at work
    4711 making             an engine begins a take
    4711 finished KEY       a take is finished: its receipt is written
    4711 taken KEY          a take that an earlier worker had finished is taken over
    4711 struck             it gets a signal that is to end it
    4711 ended CODE         it ends
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from talkies.core.segment import Take
from talkies.core.takes import run_folder
from talkies.core.takes.receipts import Receipt, Receipts


@dataclass(frozen=True)
class Line:
    pid: int
    word: str
    key: str = ""


class Writer:
    """Adds lines to the log at ``path``; "" is none."""

    def __init__(self, path: str) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644) if path else -1

    def tell(self, word: str, key: str = "", pid: int = 0) -> None:
        if self._file >= 0:
            os.write(self._file, f"{pid or os.getpid()} {word} {key}".rstrip().encode() + b"\n")

    def close(self) -> None:
        os.close(self._file)


def read_log(path: Path) -> list[Line]:
    """What it says so far."""
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    parts = (line.split() for line in text.splitlines())
    return [Line(int(pid), word, *key) for pid, word, *key in parts]


def living(lines: Sequence[Line]) -> list[int]:
    """The processes that have begun and are still there."""
    return [line.pid for line in lines if line.word == "begun" and _is_alive(line.pid)]


def strokes(lines: Sequence[Line]) -> tuple[int, int]:
    """How many processes were struck, and how many of them after a take had been begun; those that were through all
    the same do not count."""
    struck, at_work, is_begun = set[int](), set[int](), False
    through = {line.pid for line in lines if line.word == "ended" and line.key in ("0", "1")}
    for line in lines:
        is_begun = is_begun or line.word in ("making", "taken")
        if line.word == "struck" and line.pid not in struck | through:
            struck.add(line.pid)
            at_work |= {line.pid} if is_begun else set()
    return len(struck), len(at_work)


def tell_of_takes(log: Writer) -> None:
    """The runs of this process tell of the takes that they finish and take over."""

    class Told(Receipts):
        def note(self, name: str, key: str, takes: Sequence[Take], warnings: Sequence[str]) -> None:
            super().note(name, key, takes, warnings)
            log.tell("finished", key)

        def taken_over(self, key: str) -> Receipt | None:
            receipt = super().taken_over(key)
            if receipt is not None:
                log.tell("taken", key)
            return receipt

    vars(run_folder)["Receipts"] = Told


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
