"""A campaign: many cases, one after another, and what came of them."""

from __future__ import annotations

import os
import shutil
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import ClassVar

from kills.fork_server import STUCK_S, Started, serve, start
from kills.place import Users, lay, prepared


@dataclass
class Figures:
    """What came of the cases of a kind. ``ends``: how the victims ended."""

    kind: str
    cases: int = 0
    ends: Counter[str] = field(default_factory=Counter)
    findings: list[str] = field(default_factory=list)

    def line(self) -> str:
        ends = ", ".join(f"{count} {end}" for end, count in sorted(self.ends.items()))
        return f"{self.kind}: {self.cases} cases ({ends}); {len(self.findings) or 'no'} findings"


@dataclass
class Ended:
    """How a process ended and what it said."""

    code: int | None
    out: str
    err: str

    @property
    def sentences(self) -> list[str]:
        """What it said on standard error, without the warnings and the bar."""
        lines = [line for line in self.err.replace("\r", "\n").splitlines() if line.strip()]
        return [line for line in lines if line.startswith("talkies:") and not line.startswith("talkies: warning")]


@dataclass
class Ground:
    """Where cases take place, one after the other; ``place`` is laid anew for each."""

    folder: Path
    address: str
    source: Path

    @property
    def place(self) -> Path:
        return self.folder / "now"

    def lay(self, out: str) -> Users:
        return lay(self.source, self.place, out)

    def begin(self, role: str, arguments: list[str], name: str = "run", **options: object) -> Running:
        return Running(self, role, arguments, name, **options)  # type: ignore[arg-type]

    def run(self, role: str, arguments: list[str], **options: object) -> Ended:
        """A process from its beginning to its end."""
        return self.begin(role, arguments, **options).end()  # type: ignore[arg-type]

    def keep(self, name: str, problems: list[str]) -> None:
        """What was found stays, to be looked at."""
        found = self.folder / "found" / name
        shutil.rmtree(found, ignore_errors=True)
        shutil.copytree(self.place, found, symlinks=True)
        (found / "problems.txt").write_text("".join(f"{each}\n" for each in problems), encoding="utf-8")


class Kind(ABC):
    """Cases of one kind, one after the other on one ground; ``name``: of the kind, which its chance depends on."""

    name: ClassVar[str]

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self.figures = Figures(self.name)

    def run(self, count: int, seed: int, real_every: int = 0) -> Figures:
        """``real_every``: each so many use the engine that ships, where the kind has such; 0: none."""
        for number in range(count):
            if self.figures.cases >= count:
                break
            is_real = real_every > 0 and number % real_every == real_every - 1
            problems = self.try_one(Random(f"{self.name} {seed} {number}"), is_real)  # the same case for these numbers
            self.figures.cases += self.cases_of_last()
            if problems:
                case = f"{self.name}-{seed}-{number}"
                self._ground.keep(case, problems)
                self.figures.findings += [f"{case}: {problem}" for problem in problems]
        return self.figures

    def cases_of_last(self) -> int:
        """How many cases the last one was, for kinds that try several at once."""
        return 1

    @abstractmethod
    def try_one(self, rng: Random, is_real: bool) -> list[str]:
        """One case; a sentence for each thing that is wrong."""


class Running:
    """A process with its streams: standard input is a pipe of ours, the others are files."""

    def __init__(
        self, ground: Ground, role: str, arguments: list[str], name: str, dying: dict[str, object] | None = None
    ) -> None:
        self._said = [ground.folder / f"{name}.{stream}" for stream in ("out", "err")]
        reading, self._writing = os.pipe()
        out, err = (os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644) for path in self._said)
        self.process: Started = start(
            ground.address, role, arguments, cwd=ground.place, streams=(reading, out, err), dying=dying
        )
        for stream in (reading, out, err):
            os.close(stream)

    def send(self, text: str) -> None:
        """Writes to its standard input; one that is dead does not hear it."""
        with suppress(BrokenPipeError):
            os.write(self._writing, text.encode())

    def close_input(self) -> None:
        if self._writing >= 0:
            os.close(self._writing)
            self._writing = -1

    def end(self) -> Ended:
        """Waits until it has ended; one that never does is killed, and has no code."""
        self.close_input()
        code = self.process.wait()
        if code is None:
            self.process.kill(9)
            self.process.wait()
        return Ended(code, *(path.read_text(encoding="utf-8", errors="replace") for path in self._said))

    def said(self) -> str:
        return self._said[0].read_text(encoding="utf-8", errors="replace")


@contextmanager
def ground(folder: Path) -> Iterator[Ground]:
    """Somewhere to try, with a fork server."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in ("now", "source"):
        shutil.rmtree(folder / old, ignore_errors=True)
    address = folder / "door"
    address.unlink(missing_ok=True)
    server = serve(address)
    try:
        yield Ground(folder, str(address), prepared(folder / "source"))
    finally:
        server.communicate()


def told(code: int | None) -> str:
    """An exit code in words."""
    if code is None:
        return f"hung over {STUCK_S:.0f} s"
    return f"exit {code}" if code >= 0 else f"signal {-code}"
