"""A folder that appears whole, that only ever replaces one of its own kind, and that carries checksums of its files."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from talkies.core.errors import OutputError
from talkies.core.media.bwf import output_errors

CHECKSUMS = "SHA256SUMS"
_LITTER = (".DS_Store", "Thumbs.db", "desktop.ini")  # what file managers leave everywhere


def check_folder(out: Path) -> None:
    """Raises OutputError unless nothing is at ``out``, an empty folder, or one that talkies filled and nobody else."""
    if not out.exists():
        return
    if not out.is_dir():
        raise OutputError(out, "is a file, and the result is a folder", "choose another name")
    with output_errors(out):
        foreign = sorted(_foreign(out))
    if foreign:
        others = f" and {len(foreign) - 1} more" if len(foreign) > 1 else ""
        problem = f"holds what talkies did not write there ({foreign[0]}{others})"
        raise OutputError(out, problem, "choose another name, or move it out of the way")


@contextmanager
def whole_folder(out: Path) -> Iterator[Path]:
    """An empty folder to fill, ``NAME.part`` beside ``out``; at the end it takes the place of ``out``, with checksums
    of its files in it; after any failure it is gone. Raises OutputError."""
    check_folder(out)
    part = out.with_name(out.name + ".part")
    with output_errors(out):
        shutil.rmtree(part, ignore_errors=True)
        try:
            part.mkdir(parents=True)
            yield part
            (part / CHECKSUMS).write_text(checksums(part), encoding="utf-8", newline="\n")
            _replace(part, out)
        finally:
            shutil.rmtree(part, ignore_errors=True)


def checksums(folder: Path) -> str:
    """A line for each file, as ``sha256sum`` writes it and ``sha256sum --check`` reads it."""
    return "".join(f"{_hash(folder / name)}  {name}\n" for name in sorted(_files(folder) - {CHECKSUMS}))


def _replace(part: Path, out: Path) -> None:
    """Folders cannot be swapped at once: the old one steps aside until the new one is there."""
    old = out.with_name(out.name + ".old.part")
    if out.exists():
        out.rename(old)
    try:
        part.rename(out)
    except OSError:
        if old.exists():
            old.rename(out)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _foreign(folder: Path) -> set[str]:
    """Files that our checksums do not name."""
    listed = folder / CHECKSUMS
    lines = listed.read_text(encoding="utf-8", errors="replace").splitlines() if listed.is_file() else []
    ours = {line.partition("  ")[2] for line in lines} | {CHECKSUMS}
    return {name for name in _files(folder) - ours if Path(name).name not in _LITTER}


def _files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
