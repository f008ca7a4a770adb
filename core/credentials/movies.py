"""The box of a QuickTime or MP4 file that holds a credential, and the first box, which no signature covers."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO

from talkies.core.credentials.waves import LARGEST_CREDENTIAL

_UUID = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
_BEFORE = bytes(4) + b"manifest\0" + bytes(8)  # version and flags, purpose, no Merkle tree
_MOST_BOXES = 200
_LARGEST_FILE = 1 << 62
_LARGEST_FIRST = 4096


def first_box(file: BinaryIO) -> bytes:
    """The box ``ftyp``; b"" where a file does not begin with one. Raises OSError."""
    file.seek(0)
    header = file.read(8)
    if len(header) < 8 or header[4:] != b"ftyp":
        return b""
    return header + file.read(min(max(struct.unpack(">I", header[:4])[0] - 8, 0), _LARGEST_FIRST))


def credential_bytes(file: BinaryIO) -> int:
    """How long the longest box of the kind is that holds credentials. Raises OSError."""
    return max((size for _, size in _uuid_places(file)), default=0)


def credential_in_movie(file: BinaryIO) -> bytes:
    """The content of the only such box in the form that the library gives it, else b"". Raises OSError."""
    found = []
    for place, size in _uuid_places(file):
        file.seek(place)
        box = file.read(min(size, LARGEST_CREDENTIAL))
        found += [box] if box[:16] == _UUID else []
    if len(found) != 1 or found[0][16 : 16 + len(_BEFORE)] != _BEFORE:
        return b""
    return found[0][16 + len(_BEFORE) :]


def _uuid_places(file: BinaryIO) -> Iterator[tuple[int, int]]:
    """Where the content of each box ``uuid`` begins, and how long it is."""
    place = 0
    for _ in range(_MOST_BOXES):
        file.seek(place)
        header = file.read(16)
        if len(header) < 8:
            return
        size, kind = struct.unpack(">I4s", header[:8])
        is_long = size == 1 and len(header) == 16
        before = 16 if is_long else 8
        size = struct.unpack(">Q", header[8:])[0] if is_long else size
        if size < before or place + size > _LARGEST_FILE:
            return
        if kind == b"uuid":
            yield place + before, size - before
        place += size
