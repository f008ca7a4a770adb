"""Reels: what a batch is asked to make, from folders, patterns, files and lists, each with a name in the tree.

    FOLDER      everything below it: timelines; where a folder has none, its movies, or the folder itself as frames
    PATTERN     what it matches ("reels/**/*.mov"), as it is
    FILE        a timeline or movie
    LIST.csv    a row for each (listed.py), with options of its own

The name of a reel is its path from the folder, from the fixed part of the pattern or from the list's folder; where
several are given, from the current folder. What lies elsewhere is named by its whole path below ``elsewhere``, so that
no two reels share a name and none leads outside.
"""

from __future__ import annotations

import glob
import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Any

from talkies.core.batch.listed import listed_rows
from talkies.core.errors import ArgumentError
from talkies.core.timeline.media.bare_media import MOVIE_SUFFIXES
from talkies.core.timeline.media.image_sequences import IMAGE_SUFFIXES
from talkies.core.timeline.readers import READERS

MOST_REELS = 100_000
ELSEWHERE = "elsewhere"
_MADE = ".talkies"
"""Before the suffix of what a batch writes."""
_OURS = (".takes", ".takes.part", ".talkies", ".stems", "batch.data")
_HEAD = 4096  # bytes
_BUNDLES = (".otiod", ".fcpxmld")


@dataclass(frozen=True)
class Reel:
    """``name``: in the tree, with "/"; ``options``: fields of the request that are this reel's own; ``problem``: why it
    cannot even be asked for."""

    path: Path
    name: str
    options: Mapping[str, Any] = field(default_factory=dict)
    problem: str = ""

    def output(self, suffix: str) -> str:
        """Where its timeline goes, from the batch's folder; ``suffix``: as ``.otio``."""
        return f"{self.name}{_MADE}{suffix}"

    def is_of(self, shard: tuple[int, int]) -> bool:
        """Whether it falls to shard i of n: by its name alone, so that machines agree without asking each other."""
        number = int.from_bytes(hashlib.sha256(self.name.encode("utf-8", "surrogatepass")).digest()[:8], "big")
        return number % shard[1] == shard[0] - 1


def find_reels(given: Sequence[str], out: Path) -> tuple[list[Reel], list[str]]:
    """The reels in order, and what the user should know of them. Raises ArgumentError where there is none, or too
    many."""
    notes: list[str] = []
    base = Path.cwd() if len(given) > 1 else None
    found = list(islice((reel for each in given for reel in _of(each, base, out, notes)), MOST_REELS + 1))
    if len(found) > MOST_REELS:
        raise ArgumentError("batch", f"is more than {MOST_REELS} reels", "divide it into several, each with its own -o")
    if not found:
        raise ArgumentError(", ".join(given)[:200], "holds no timeline and no movie", "check the name or the pattern")
    return list(_once(found, notes)), notes


def _of(given: str, base: Path | None, out: Path, notes: list[str]) -> Iterator[Reel]:
    path = Path(given)
    if "\0" in given:
        raise ArgumentError("batch", "a name holds a zero character", "write the name anew")
    if path.suffix.lower() == ".csv" and not path.is_dir():
        rows, told = listed_rows(path, MOST_REELS)
        notes += told
        for row in rows:
            yield _named(path.parent / row.reel, base or path.parent, row.options, row.problem)
    elif path.is_dir() and path.suffix.lower() not in _BUNDLES:
        for each in _below(path, out, notes):
            yield _named(each, base or (path if each != path else path.absolute().parent))
    elif glob.has_magic(given) and not path.exists():
        for match in sorted(islice(glob.iglob(given, recursive=True), MOST_REELS + 1)):  # noqa: PTH207 - as shells do
            if not _is_ours(Path(match), out):
                yield _named(Path(match), base or _fixed_part(given))
    else:
        yield _named(path, base or path.parent)


def _named(path: Path, base: Path, options: Mapping[str, Any] | None = None, problem: str = "") -> Reel:
    whole, root = (Path(os.path.normpath(each.absolute())) for each in (path, base))
    if whole != root and whole.is_relative_to(root):
        name = whole.relative_to(root).as_posix()
    else:
        drive = [part for part in (whole.drive.strip(":\\/").replace("\\", "_"),) if part]
        name = str(PurePosixPath(ELSEWHERE, *drive, *whole.parts[1:]))
    if not name.isprintable():  # control characters, and bytes that are not UTF-8
        name = "".join(each if each.isprintable() else f"%{ord(each):02X}" for each in name)
        problem = problem or "its name holds what is no text; rename it, or correct the list"
    return Reel(whole, name, options or {}, problem)


def _once(reels: Iterable[Reel], notes: list[str]) -> Iterator[Reel]:
    """Each name once; two that differ in upper and lower case alone would be one file on many disks, and the second
    is a reel that cannot be made."""
    seen: dict[str, Reel] = {}
    twice = 0
    for number, reel in enumerate(reels, start=1):
        known = seen.setdefault(reel.name.casefold(), reel)
        if known is reel:
            yield reel
        elif known.path == reel.path and known.options == reel.options:
            twice += 1
        else:
            problem = f"would be made in the place of {known.name}; give it a batch of its own"
            yield replace(reel, name=f"{reel.name} ({number})", problem=problem)
    if twice:
        notes.append(f"{twice} that were given twice are made once")


def _below(folder: Path, out: Path, notes: list[str]) -> Iterator[Path]:
    beside = 0

    def tell(error: OSError) -> None:
        notes.append(
            f"{error.filename}: cannot be read ({(error.strerror or 'no reason given').lower()}) and is left out"
        )

    for place, folders, files in os.walk(folder, onerror=tell):
        here = Path(place)
        folders[:] = sorted(each for each in folders if not _is_ours(here / each, out) and not each.startswith("."))
        bundles = [here / each for each in folders if Path(each).suffix.lower() in _BUNDLES]
        folders[:] = [each for each in folders if here / each not in bundles]
        paths = [here / each for each in sorted(files) if not each.startswith(".")]
        timelines = [path for path in paths if not _is_ours(path, out) and _is_timeline(path)] + bundles
        movies = [path for path in paths if path.suffix.lower() in MOVIE_SUFFIXES]
        is_sequence = sum(path.suffix.lower() in IMAGE_SUFFIXES for path in paths) > 1
        yield from timelines or movies or ([here] if is_sequence else [])
        beside += len(movies) if timelines else 0
    if beside:
        notes.append(
            f"{folder}: {beside} movies that lie beside timelines are taken for their media; "
            'give a pattern such as "reels/*.mov" to make them too'
        )


def _is_timeline(path: Path) -> bool:
    """By its suffix; archives have much else in XML, and Final Cut's says so at its beginning."""
    suffix = path.suffix.lower()
    if suffix != ".xml":
        return suffix in READERS
    try:
        with path.open("rb") as file:
            return b"<xmeml" in file.read(_HEAD)
    except OSError:
        return True  # its reader says why


def _is_ours(path: Path, out: Path) -> bool:
    """Whether a batch or a run has made it."""
    name = path.name.lower()
    return path.absolute() == out.absolute() or name.endswith(_OURS) or f"{_MADE}." in name


def _fixed_part(pattern: str) -> Path:
    """The folder of a pattern ahead of its first wildcard."""
    parts = Path(pattern).parts
    first = next(number for number, part in enumerate(parts) if glob.has_magic(part))
    return Path(*parts[:first])
