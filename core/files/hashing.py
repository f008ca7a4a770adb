"""sha256 of files: by it a take knows what it was made with."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from talkies.core.errors import InputError


def digest_of(file: BinaryIO) -> str:
    """Of what is left of an open file, in hexadecimal. Raises OSError."""
    return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]


def file_hash(path: Path) -> str:
    """Of a whole file, in hexadecimal. Raises OSError."""
    with path.open("rb") as file:
        return digest_of(file)


def checked_hash(path: Path, error: type[InputError]) -> str:
    """As :func:`file_hash`. Raises ``error`` where the file cannot be read."""
    try:
        return file_hash(path)
    except OSError as reason:
        raise error(path, f"cannot be read ({reason.strerror})", "check its permissions") from reason


def hash_of_lines(lines: Iterable[str]) -> str:
    """Of several things, one a line."""
    return hashlib.sha256("\n".join(lines).encode("utf-8", "surrogatepass")).hexdigest()
