"""The tree of a batch, judged: what is wrong with it, which of it is finished, how it differs from one left alone."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from kills.place import Users, contents
from kills.results import Result, broken_takes, leftovers, result_at

from talkies.core.batch.facts import is_in_place
from talkies.core.batch.ledger import DATA, read_records
from talkies.core.errors import OutputError

Identity = tuple[tuple[int, ...], ...]
"""Which files a reel is: one that is written again is another."""
_TOLD = re.compile(r"<p>[^<]*(kept from the run before|holds the finished takes)[^<]*</p>\n")
"""What a page tells of the way there."""


@dataclass
class Tree:
    """The folder ``out`` of a batch of ``reels``, where ``strangers`` of its files are the ``users``'."""

    out: Path
    reels: tuple[str, ...]
    users: Users
    strangers: set[str]
    _read: dict[str, tuple[Identity, Result | None]] = field(default_factory=dict)

    @classmethod
    def laid(cls, out: Path, reels: tuple[str, ...]) -> Tree:
        """A new one, with the users' files beside the first reel."""
        first = out / f"{reels[0]}.talkies"
        first.parent.mkdir(parents=True)
        users = Users(first.parent, first.name, f"{first.name}.otio")
        return cls(out, reels, users, set(contents(out)))

    def problems(self) -> list[str]:
        """What is wrong with what lies there now."""
        problems = [*self.users.harmed(), *broken_takes(self.out, self._ours())]
        for name in self.reels:
            result = self._result(name)
            problems += result.problems if result is not None else ()
        try:
            records = read_records(self.out / DATA) if (self.out / DATA).is_dir() else {}
        except OutputError as error:
            return [*problems, str(error)]
        lost = [name for name, each in records.items() if each.state == "done" and not is_in_place(self.out, each)]
        return problems + [f"{name} is done in the ledger, and not there" for name in lost]

    def done(self, whole: Path) -> dict[str, Identity]:
        """What the ledger knows as made as in ``whole``: which files each reel is, its timeline and its takes."""
        alone = read_records(whole / DATA)
        records = read_records(self.out / DATA) if (self.out / DATA).is_dir() else {}
        done = {name: each for name, each in records.items() if each.state == "done" and each.key == alone[name].key}
        return {name: tuple(_facts(self.out / file) for file, _ in each.files()) for name, each in done.items()}

    def compared(self, whole: Path) -> list[str]:
        """How it differs from ``whole``, of a batch that was left alone at the same place."""
        ours = self._ours()
        problems = [f"{each} is left" for each in leftovers(ours)]
        for name in self.reels:
            now, alone = self._result(name), result_at(whole / f"{name}.talkies.otio")
            if now is None or alone is None or now.sounds != alone.sounds:
                problems.append(f"{name} is another than that of a batch that was left alone")
        here, there = ({name for name in names if _counts(name)} for names in (ours, _names(whole)))
        if others := here ^ there:
            problems.append(f"other files: {sorted(others)[:5]}")
        pages = ("batch.csv", "index.html", *(f"{name}.talkies.otio" for name in self.reels))
        return problems + [
            f"{name} has other letters" for name in pages if _text(self.out / name) != _text(whole / name)
        ]

    def _ours(self) -> list[str]:
        return sorted(set(_names(self.out)) - self.strangers)

    def _result(self, name: str) -> Result | None:
        """Read once, as long as its timeline and its takes stay the same files."""
        timeline = self.out / f"{name}.talkies.otio"
        takes = timeline.with_name(f"{timeline.stem}.takes")
        state = tuple(_facts(path) for path in (timeline, *(sorted(takes.iterdir()) if takes.is_dir() else ())))
        if name not in self._read or self._read[name][0] != state:
            self._read[name] = state, result_at(timeline)
        return self._read[name][1]


def _names(place: Path) -> Iterator[str]:
    for folder, _, files in os.walk(place):
        yield from ((Path(folder) / name).relative_to(place).as_posix() for name in files)


def _facts(file: Path) -> tuple[int, ...]:
    if not os.path.lexists(file):
        return ()
    facts = file.lstat()
    return facts.st_ino, facts.st_mtime_ns, facts.st_size


def _counts(name: str) -> bool:
    return not name.startswith(f"{DATA}/") or "/stills/" in name


def _text(page: Path) -> str:
    return _TOLD.sub("", page.read_text(encoding="utf-8")) if page.is_file() else ""
