"""The tree of a batch, judged: what is wrong with it, which of it is finished, how it differs from one left alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from kills.place import Users, contents
from kills.results import broken_takes, leftovers, result_at

from talkies.core.batch.facts import is_in_place
from talkies.core.batch.ledger import DATA, read_records
from talkies.core.errors import OutputError

Identity = tuple[tuple[int, int], ...]
"""Which files a reel is: one that is written again is another."""
_TOLD = re.compile(r"<p>[^<]*(kept from the run before|holds the finished takes)[^<]*</p>\n")
"""What a page tells of the way there."""


def looked_at(out: Path, users: Users, reels: Sequence[str]) -> list[str]:
    """What is wrong with what lies there now."""
    problems = users.harmed()
    problems += broken_takes(users.place, users.ours())
    for name in reels:
        result = result_at(out / f"{name}.talkies.otio")
        problems += result.problems if result is not None else ()
    try:
        records = read_records(out / DATA) if (out / DATA).is_dir() else {}
    except OutputError as error:
        return [*problems, str(error)]
    lost = [name for name, each in records.items() if each.state == "done" and not is_in_place(out, each)]
    return problems + [f"{name} is done in the ledger, and not there" for name in lost]


def identities(out: Path, whole: Path) -> dict[str, Identity]:
    """What the ledger knows as made as in ``whole``: which files each reel is, its timeline and its takes."""
    alone = read_records(whole / DATA)
    records = read_records(out / DATA) if (out / DATA).is_dir() else {}
    done = {name: each for name, each in records.items() if each.state == "done" and each.key == alone[name].key}
    return {name: tuple(_identity(out / file) for file, _ in each.files()) for name, each in done.items()}


def _identity(file: Path) -> tuple[int, int]:
    if not file.exists():
        return 0, 0
    facts = file.stat()
    return facts.st_ino, facts.st_mtime_ns


def compared(out: Path, whole: Path, users: Users, reels: Sequence[str], strangers: set[str]) -> list[str]:
    """How it differs from ``whole``, which was left alone; ``strangers``: what lay there before."""
    problems = [f"{each} is left" for each in leftovers(users.ours())]
    for name in reels:
        now, alone = (result_at(folder / f"{name}.talkies.otio") for folder in (out, whole))
        if now is None or alone is None or now.sounds != alone.sounds:
            problems.append(f"{name} is another than that of a batch that was left alone")
    ours, theirs = ({name for name in contents(folder) if _counts(name)} for folder in (out, whole))
    if others := (ours - strangers) ^ theirs:
        problems.append(f"other files: {sorted(others)[:5]}")
    pages = ("batch.csv", "index.html")
    return problems + [f"{name} is another" for name in pages if _plain(out / name) != _plain(whole / name)]


def differing(out: Path, whole: Path, reels: Sequence[str]) -> list[str]:
    """The timelines that are not, letter by letter, those of a batch that was left alone at the same place."""
    names = [f"{name}.talkies.otio" for name in reels]
    return [f"{name} has other letters" for name in names if _plain(out / name) != _plain(whole / name)]


def _counts(name: str) -> bool:
    return not name.startswith(f"{DATA}/") or "/stills/" in name


def _plain(page: Path) -> str:
    return _TOLD.sub("", page.read_text(encoding="utf-8")) if page.is_file() else ""
