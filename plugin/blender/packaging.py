"""Packaging and installing the extension: a zip, or straight into Blender's own folder.

``program.txt`` in an installed copy names the talkies program that put it there, so that Blender finds it without a
word in its preferences; it is not part of the zip.
"""

from __future__ import annotations

import os
import shutil
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from talkies.core.errors import ArgumentError, OutputError
from talkies.core.files.atomic import output_errors, part_file, part_folder
from talkies.plugin.blender.places import OLDEST, FoundBlender, installed_version

SOURCE = Path(__file__).with_name("extension")
NOTE = "program.txt"
_SUFFIXES = (".py", ".toml", ".txt")
_LONG_AGO = (2026, 1, 1, 0, 0, 0)
"""Every zip of the same files is the same."""

Outcome = Literal["installed", "upgraded", "repaired", "up to date"]


@dataclass(frozen=True)
class Installed:
    """What was done in ``folder``; ``before``: the version that was there."""

    outcome: Outcome
    folder: Path
    version: str
    before: str | None


def contents() -> dict[str, bytes]:
    """The extension's files by name."""
    files = [path for path in sorted(SOURCE.iterdir()) if path.suffix in _SUFFIXES and path.name != NOTE]
    return {path.name: path.read_bytes() for path in files}


def version() -> str:
    """As the manifest says."""
    found = installed_version(SOURCE)
    if found is None:
        raise OutputError(SOURCE, "holds no manifest", "install talkies again")
    return found


def package(out: Path | None = None) -> Path:
    """Writes the zip, ``talkies-VERSION.zip`` here unless told otherwise. Raises OutputError."""
    out = out or Path(f"talkies-{version()}.zip")
    if out.is_dir():
        out = out / f"talkies-{version()}.zip"
    with output_errors(out):
        out.parent.mkdir(parents=True, exist_ok=True)
    with part_file(out) as part, zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in contents().items():
            archive.writestr(zipfile.ZipInfo(name, _LONG_AGO), data, zipfile.ZIP_DEFLATED)
    return out


def install(blender: FoundBlender, program: Path | None = None) -> Installed:
    """Puts the extension where this Blender looks for it and reads it back. Raises ArgumentError, OutputError."""
    if blender.is_old:
        oldest = ".".join(map(str, OLDEST))
        raise ArgumentError(blender.path, f"is Blender {blender.version}", f"talkies needs {oldest} or newer")
    return install_into(blender.folder, program or this_program())


def install_into(folder: Path, program: Path | None = None) -> Installed:
    """As :func:`install`, for the folder itself; an older or changed copy is replaced as a whole."""
    before, there = installed_version(folder), _read(folder)
    wanted = contents() | ({NOTE: f"{program}\n".encode()} if program else {})
    if there == wanted:
        return Installed("up to date", folder, version(), before)
    with part_folder(folder, hidden=True) as part:
        for name, data in wanted.items():
            (part / name).write_bytes(data)
    if _read(folder) != wanted:
        raise OutputError(folder, "does not hold what was written there", "check the disk and install again")
    outcome: Outcome = "installed" if before is None else "repaired" if before == version() else "upgraded"
    return Installed(outcome, folder, version(), before)


def is_current(folder: Path) -> bool:
    """Whether the copy in a folder is this version's, file by file."""
    return {name: data for name, data in _read(folder).items() if name != NOTE} == contents()


def this_program() -> Path | None:
    """The talkies program that is running, if Blender can start it as a program of its own."""
    beside = Path(sys.executable).with_name("talkies.exe" if os.name == "nt" else "talkies")
    found = beside if beside.is_file() else shutil.which("talkies")
    return Path(found).absolute() if found else None


def _read(folder: Path) -> dict[str, bytes]:
    """The files of an installed copy by name; Python's own compiled files do not count."""
    if not folder.is_dir():
        return {}
    files = [path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    with output_errors(folder):
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(files)}
