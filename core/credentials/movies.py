"""The box of a QuickTime or MP4 file that holds a credential, and the first box, which no signature covers."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from typing import BinaryIO

from talkies.core.credentials.waves import LARGEST_CREDENTIAL

_UUID = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
_BEFORE = bytes(4) + b"manifest\0" + bytes(8)  # version and flags, purpose, no Merkle tree
_MOST_BOXES, _MOST_INSIDE = 200_000, 10_000
_HOLDERS = frozenset(b"moov trak mdia minf stbl dinf edts udta mvex moof traf mfra meta schi tref treg".split())
_LARGEST_FILE = 1 << 62
_LARGEST_FIRST = 4096


class TooManyBoxesError(ValueError):
    """It would take too long to read."""


def first_box(file: BinaryIO) -> bytes:
    """The box ``ftyp``; b"" where a file does not begin with one. Raises OSError."""
    file.seek(0)
    header = file.read(8)
    if len(header) < 8 or header[4:] != b"ftyp":
        return b""
    return header + file.read(min(max(struct.unpack(">I", header[:4])[0] - 8, 0), _LARGEST_FIRST))


def credential_bytes(file: BinaryIO) -> int:
    """How long the longest box that holds a credential is, 0 where there is none. Raises OSError, TooManyBoxesError."""
    return max((size for place, size in _uuid_places(file) if _is_credential(file, place)), default=0)


def credential_in_movie(file: BinaryIO) -> bytes:
    """The content of the only such box in the form that the library gives it, else b"". Raises OSError,
    TooManyBoxesError."""
    found = [(place, size) for place, size in _uuid_places(file) if _is_credential(file, place)]
    if len(found) != 1:
        return b""
    place, size = found[0]
    file.seek(place)
    box = file.read(min(size, LARGEST_CREDENTIAL))
    return box[16 + len(_BEFORE) :] if box[16 : 16 + len(_BEFORE)] == _BEFORE else b""


def refuse_crumbs(file: BinaryIO) -> None:
    """The library takes the square of the number of boxes: three seconds for as many as are allowed here. Raises
    OSError, TooManyBoxesError."""
    count, left = 0, [(0, _size(file))]
    while left:
        for kind, place, end in _boxes(file, *left.pop()):
            count += 1
            if count > _MOST_INSIDE:
                raise TooManyBoxesError
            left += [(place, end)] if kind in _HOLDERS else []


def _is_credential(file: BinaryIO, place: int) -> bool:
    file.seek(place)
    return file.read(16) == _UUID


def _uuid_places(file: BinaryIO) -> Iterator[tuple[int, int]]:
    """Where the content of each box ``uuid`` begins, and how long it is."""
    for count, (kind, place, end) in enumerate(_boxes(file, 0, _size(file))):
        if count > _MOST_BOXES:
            raise TooManyBoxesError
        if kind == b"uuid":
            yield place, end - place


def _boxes(file: BinaryIO, place: int, last: int) -> Iterator[tuple[bytes, int, int]]:
    """Of each box that begins before ``last`` its kind, and where its content begins and ends."""
    while place < last:
        file.seek(place)
        header = file.read(20)
        if len(header) < 8:
            return
        size, kind = struct.unpack(">I4s", header[:8])
        is_long = size == 1 and len(header) >= 16
        before = 16 if is_long else 8
        size = struct.unpack(">Q", header[8:16])[0] if is_long else size or last - place  # 0: all that follows
        if size < before or place + size > _LARGEST_FILE:
            return
        has_version = kind == b"meta" and header[before : before + 4] == bytes(4)
        yield kind, place + before + 4 * has_version, place + size
        place += size


def _size(file: BinaryIO) -> int:
    return os.fstat(file.fileno()).st_size
