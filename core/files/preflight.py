"""Preflight: an unwritable folder, or a disk that is too full, is found before any work is done."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from talkies.core.errors import OutputError
from talkies.core.files.atomic import output_errors

_TRIED_BYTES = 1 << 16


def nearest_folder(folder: Path) -> Path:
    """The folder, or the nearest one above it that exists. Raises OutputError where that cannot be asked."""
    with output_errors(folder):
        return next(place for place in (folder, *folder.absolute().parents) if place.exists())


def same_file(one: Path, other: Path) -> bool:
    """Whether two names are one file, there or not yet."""
    try:
        return one.samefile(other)
    except OSError:  # one of them does not exist
        return one.resolve() == other.resolve()


def check_place(out: Path) -> None:
    """The folder of ``out``, or the nearest one above it that exists, must take new files; a read-only or full place
    is found out here, and not after an hour of work. Raises OutputError; leaves nothing behind."""
    folder = nearest_folder(out.parent)
    if not folder.is_dir():
        raise OutputError(out, f"{folder} is not a folder", "choose another place")
    try:
        with tempfile.TemporaryFile(prefix=".talkies-", suffix=".part", dir=folder) as file:
            file.write(bytes(_TRIED_BYTES))
            file.flush()
    except OSError as error:  # asking for permissions is not enough: read-only disks, network shares, root
        problem = f"the folder {folder} is not writable ({(error.strerror or 'read-only').lower()})"
        raise OutputError(out, problem, "free some space or choose another folder") from error


def check_space(folder: Path, needed_bytes: int, cure: str = "free some space or choose another folder") -> None:
    """Raises OutputError where the disk has not as much room as the takes need."""
    free = shutil.disk_usage(folder).free
    if free < needed_bytes:
        problem = f"has {free / 1e6:.0f} MB free, and the takes need {needed_bytes / 1e6:.0f} MB"
        raise OutputError(folder, problem, cure)
