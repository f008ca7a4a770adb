"""Take folder: finished takes, each with a sidecar that says what it is; nothing in it is ever half there.

    takes/NAME.wav  takes/NAME.json    a finished take: both files; of a picture NAME.mp4 or NAME.mov
    takes/making/                      takes that are being made; locked as long as somebody makes some

A take is made in ``making``, then its sidecar is written, and moving the file out of ``making`` finishes it.
Whoever is killed in between leaves either a finished take or one that :func:`recover` finishes or sweeps away.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from talkies.core.errors import InputError, OutputError
from talkies.core.files.atomic import output_errors, sync_folder, write_atomically
from talkies.core.files.dataclass_json import as_json, from_json
from talkies.core.files.lock import held, removed
from talkies.core.segment import Segment, Take
from talkies.core.takes.our_files import (
    file_beside,
    refuse_link,
    remove_files,
    sidecars_in,
    take_files_in,
    unfinished_in,
)
from talkies.core.times import TimeRange

VERSION = 2
"""Of the sidecars. Version 1 had what a take says of itself in one flat ``metadata``; it is read too."""

_MAKING = "making"
_LOCK = ".lock"


@dataclass(frozen=True)
class SegmentMark:
    """What a segment was when something was made or chosen for it: enough to find it again in a changed timeline."""

    clip: str
    source: TimeRange
    record: TimeRange

    @classmethod
    def of(cls, segment: Segment) -> SegmentMark:
        return cls(segment.clip, segment.source, segment.record)


@dataclass(frozen=True)
class Sidecar:
    """The content of ``NAME.json``. ``take.path`` is the file beside it."""

    version: int
    take: Take
    segment: SegmentMark


class BusyError(OutputError):
    """Another process is making takes."""


@contextmanager
def making(folder: Path) -> Iterator[Path]:
    """The empty place to make takes in, for one process at a time. Raises OutputError when another one is at it."""
    place = folder / _MAKING
    refuse_link(folder, place)
    with output_errors(place):
        lock = held(place / _LOCK)
    if lock is None:
        raise BusyError(folder, "another talkies is making takes there", "wait until it is done")
    with lock:
        _sweep(folder)
        yield place


def deliver(take: Take, segment: Segment, folder: Path) -> Take:
    """Finishes a take that lies in ``making``: the same one with its final path. Raises OutputError."""
    final = folder / take.path.name
    moved = replace(take, path=final)
    with output_errors(final):
        sidecar = Sidecar(VERSION, replace(take, path=Path(final.name)), SegmentMark.of(segment))
        write_atomically(final.with_suffix(".json"), json.dumps(as_json(sidecar), indent=1).encode())
        take.path.replace(final)
        sync_folder(folder)
    return moved


def recover(folder: Path) -> bool:
    """Finishes and removes what a killed process has left; False while another process is working there. Raises
    OutputError for a folder that is a link."""
    try:
        with making(folder):
            return True
    except BusyError:
        return False


def read_takes(folder: Path) -> tuple[list[Sidecar], list[str]]:
    """All finished takes, by name; and a sentence for each that cannot be told what it is (its files stay)."""
    found, notes = [], []
    for path in sidecars_in(folder):
        if file_beside(path) is None:
            continue
        try:
            found.append(read_sidecar(path))
        except InputError as error:
            notes.append(str(error))
    return found, notes


def read_sidecar(path: Path) -> Sidecar:
    """A sidecar of this version or the first. Raises InputError for any other file."""
    try:
        sidecar = _upgraded(from_json(Sidecar, json.loads(path.read_bytes())))
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(path, "does not describe a take", "the sound beside it is kept") from error
    if sidecar.version != VERSION:
        raise InputError(path, "was written by another version of talkies", "the sound beside it is kept")
    file = file_beside(path) or path.with_suffix(".wav")
    return replace(sidecar, take=replace(sidecar.take, name=path.stem, path=file))


def _upgraded(sidecar: Sidecar) -> Sidecar:
    """A sidecar of version 1 as one of today; any other as it is."""
    if sidecar.version != 1:
        return sidecar
    return replace(sidecar, version=VERSION, take=sidecar.take.with_facts(sidecar.take.metadata))


def remove_take(path: Path) -> None:
    """Deletes a take and its sidecar, the sidecar last; what cannot be deleted stays."""
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)
        path.with_suffix(".json").unlink(missing_ok=True)


def remove_empty(folder: Path) -> None:
    """Removes a folder of takes that holds none, unless somebody is making some."""
    place = folder / _MAKING
    with contextlib.suppress(OSError, OutputError):
        refuse_link(folder, place)
        if place.exists() and (lock := held(place / _LOCK)) is not None:
            removed(lock, place / _LOCK)
        folder.rmdir()


def _sweep(folder: Path) -> None:
    """Moves out what has its sidecar already, removes what else of ours is half there. The caller holds the lock."""
    place = folder / _MAKING
    for path in take_files_in(place):
        final = folder / path.name
        if final.with_suffix(".json").is_file() and not final.exists():
            path.replace(final)
        else:
            remove_files([path])
    remove_files(path for path in sidecars_in(folder) if file_beside(path) is None)
    remove_files((*unfinished_in(place), *unfinished_in(folder)))
