"""The box of a QuickTime or MP4 file that holds a credential, and the first box, which no signature covers."""

from __future__ import annotations

import struct
from typing import BinaryIO

_UUID = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
_BEFORE = bytes(4) + b"manifest\0" + bytes(8)  # version and flags, purpose, no Merkle tree
_MOST_BOXES = 200
_MOST_BYTES = 1 << 24
_LARGEST_FIRST = 4096


def first_box(file: BinaryIO) -> bytes:
    """The box ``ftyp``; b"" where a file does not begin with one. Raises OSError."""
    file.seek(0)
    header = file.read(8)
    if len(header) < 8 or header[4:] != b"ftyp":
        return b""
    return header + file.read(min(max(struct.unpack(">I", header[:4])[0] - 8, 0), _LARGEST_FIRST))


def credential_in_movie(file: BinaryIO) -> bytes:
    """The content of the only such box in the form that the library gives it, else b"". Raises OSError."""
    found = [box for box in _uuid_boxes(file) if box[:16] == _UUID]
    if len(found) != 1 or found[0][16 : 16 + len(_BEFORE)] != _BEFORE:
        return b""
    return found[0][16 + len(_BEFORE) :]


def _uuid_boxes(file: BinaryIO) -> list[bytes]:
    found, place = [], 0
    for _ in range(_MOST_BOXES):
        file.seek(place)
        header = file.read(8)
        if len(header) < 8:
            break
        size, kind = struct.unpack(">I4s", header)
        if size == 1:
            longer = file.read(8)
            size = struct.unpack(">Q", longer)[0] if len(longer) == 8 else 0
        if kind == b"uuid" and 8 < size <= _MOST_BYTES:
            file.seek(place + 8)
            found.append(file.read(size - 8))
        if size < 8:
            break
        place += size
    return found
