"""The chunk ``C2PA`` of a WAV file, which stands last: found, and made room for."""

from __future__ import annotations

import os
import struct
from pathlib import Path
from typing import BinaryIO

from talkies.core.errors import InputError
from talkies.core.media.wav.riff import LARGEST

CHUNK = b"C2PA"
LARGEST_CREDENTIAL = 1 << 24  # bytes
_MOST_CHUNKS = 10_000
_HEADER = 8  # bytes, of a chunk


class TooLargeError(InputError):
    """A file that can have no credential, for its size; others can."""


def credential_at(file: BinaryIO) -> tuple[int, int] | None:
    """Where the chunk begins, and how long its content is, bytes; None where there is none, or no RIFF file. Raises
    OSError."""
    size = os.fstat(file.fileno()).st_size
    file.seek(0)
    if file.read(4) != b"RIFF":
        return None
    place = 12
    for _ in range(_MOST_CHUNKS):
        file.seek(place)
        header = file.read(_HEADER)
        if len(header) < _HEADER:
            return None
        length = struct.unpack("<I", header[4:])[0]
        if header[:4] == CHUNK:
            return (place, length) if place + _HEADER + length <= size else None
        place += _HEADER + length + length % 2
    return None


def has_credential(path: Path) -> bool:
    """Whether a WAV file has one, whatever it says and whether it holds or not."""
    try:
        if not path.is_file():
            return False
        with path.open("rb") as file:
            return credential_at(file) is not None
    except OSError:
        return False


def make_room(file: BinaryIO, length: int, path: Path) -> int:
    """A WAV file, open to be changed, gets room for a chunk whose content has ``length`` bytes, in place of one that it
    has; where the chunk begins. ``path``: for the sentence. Raises InputError, OSError."""
    there = credential_at(file)
    if there is not None:
        file.truncate(there[0])
    size = file.seek(0, os.SEEK_END)
    file.write(bytes(size % 2))
    place = size + size % 2
    file.seek(0)
    kind, total = file.read(4), place + _HEADER + length + length % 2
    if kind == b"RF64" or total > LARGEST:
        raise TooLargeError(path, "is larger than 4 GB (RF64), for which C2PA has no credential", "it is left unsigned")
    if kind != b"RIFF":
        raise InputError(path, "is not a WAV file", "it is left unsigned")
    file.seek(4)
    file.write(struct.pack("<I", total - 8))
    return place
