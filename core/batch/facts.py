"""Facts by which a batch knows at once that nothing has changed: of what it reads, and of what it has made.

Size and time of a file are enough while they are the same; where they are not, its content decides.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from talkies.core.batch.records import FileMark, ReelRecord
from talkies.core.files.atomic import sync_folder
from talkies.core.files.hashing import digest_of

Facts = dict[str, tuple[int, ...]]


def input_facts(paths: Iterable[str]) -> Facts:
    """Size and time of each file, of folders their time, () for what is not there; and of what lies beside it under its
    name, such as subtitles."""
    found: Facts = {}
    for each in paths:
        path = Path(each)
        for beside in _named_alike(str(path.parent), path.stem):
            found[beside] = _facts(beside)
        found[each] = _facts(each)
    return found


def forget_folders() -> None:
    """What lies in folders is looked at again."""
    _stems_in.cache_clear()


def _named_alike(folder: str, stem: str) -> tuple[str, ...]:
    return _stems_in(folder).get(stem, ())


@lru_cache(maxsize=256)
def _stems_in(folder: str) -> dict[str, tuple[str, ...]]:
    """The files of a folder by their names up to the first point."""
    stems: dict[str, list[str]] = {}
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if ".talkies." not in entry.name and not entry.name.endswith((".takes", ".talkies")):
                    parts = entry.name.split(".")
                    for end in range(1, len(parts)):
                        stems.setdefault(".".join(parts[:end]), []).append(entry.path)
    except OSError:
        return {}
    return {stem: tuple(sorted(paths)) for stem, paths in stems.items()}


def _facts(path: str) -> tuple[int, ...]:
    try:
        facts = Path(path).stat()
    except (OSError, ValueError):
        return ()
    return (0 if stat.S_ISDIR(facts.st_mode) else facts.st_size, facts.st_mtime_ns)


def mark_of(path: Path, *, sync: bool = False) -> FileMark:
    """Of a file, or of a folder with all in it. ``sync``: it is on the disk, and so is its name, before this returns.
    Raises OSError."""
    if path.is_dir():
        inside = {name: mark_of(path / name, sync=sync) for name in _files_in(path)}
        size, latest = sum(each.size for each in inside.values()), (each.mtime_ns for each in inside.values())
        mark = FileMark(size, max(latest, default=0), _digest_of(inside), inside)
    else:
        with path.open("rb") as file:
            if sync:
                os.fsync(file.fileno())
            facts, digest = os.fstat(file.fileno()), digest_of(file)
        mark = FileMark(facts.st_size, facts.st_mtime_ns, digest)
    if sync:
        sync_folder(path.parent)
    return mark


def _files_in(folder: Path) -> list[str]:
    """All below it, by their names from there."""
    return [each.relative_to(folder).as_posix() for each in sorted(folder.rglob("*")) if each.is_file()]


def _digest_of(inside: Mapping[str, FileMark]) -> str:
    lines = ["folder\n", *(f"{name}\0{mark.digest}\n" for name, mark in inside.items())]
    return hashlib.sha256("".join(lines).encode("utf-8", "surrogatepass")).hexdigest()


def is_in_place(out: Path, record: ReelRecord) -> bool:
    """Whether all that a record names lies there as it was made; a file that was copied or touched is read."""
    return all(mark is not None and is_as_marked(out / name, mark) for name, mark in record.files())


def is_as_marked(path: Path, mark: FileMark) -> bool:
    """Whether a file or folder is as it was when it was marked; a file with another time is read."""
    try:
        if path.is_dir():
            inside = mark.inside
            is_folder = mark.digest == _digest_of(inside)
            return (
                is_folder
                and _files_in(path) == list(inside)
                and all(is_as_marked(path / name, each) for name, each in inside.items())
            )
        facts = path.stat()
        if (facts.st_size, facts.st_mtime_ns) == (mark.size, mark.mtime_ns) and not mark.inside:
            return True
        return facts.st_size == mark.size and mark_of(path).digest == mark.digest
    except OSError:
        return False


def with_times(out: Path, record: ReelRecord) -> ReelRecord:
    """A record of what is in place, with the times that its files have now."""
    jobs = [replace(job, mark=_timed(out / job.file, job.mark)) if job.file else job for job in record.jobs]
    mark = _timed(out / record.output, record.mark)
    written = {**record.written, record.output: mark} if mark is not None else record.written
    return replace(record, jobs=tuple(jobs), mark=mark, written=written)


def _timed(path: Path, mark: FileMark | None) -> FileMark | None:
    if mark is None:
        return None
    inside = {name: _timed(path / name, each) or each for name, each in mark.inside.items()}
    try:
        now = max(each.mtime_ns for each in inside.values()) if inside else path.stat().st_mtime_ns
    except OSError:
        return mark
    return replace(mark, mtime_ns=now, inside=inside)
