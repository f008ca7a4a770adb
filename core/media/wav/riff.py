"""RIFF: the chunks of WAV files, read where they hold text, and written around samples of any number.

    RIFF | JUNK (room for ds64) | fmt | chunks of the caller | data

What grows beyond 4 GB becomes RF64 in place (EBU Tech 3306).
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator, Mapping
from typing import BinaryIO

TEXT_CHUNKS = (b"bext", b"iXML")
LARGEST = 0xFFFFFFFF
"""Bytes that a size of 32 bits can say."""

_LARGEST_TEXT = 1 << 20  # bytes
_MOST_CHUNKS = 200
_RESERVED = bytes(28)
_PCM = bytes.fromhex("0100000000001000800000aa00389b71")  # the GUID that says: integers
_EXTENSIBLE = 0xFFFE
_SPEAKERS = {1: 0x4, 2: 0x3}  # the middle; left and right


def text_chunks(file: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    """Name and content of the chunks that hold text, of a RIFF, RF64 or FORM file; none of any other."""
    head = file.read(12)
    order = {b"RIFF": "<", b"RF64": "<", b"BW64": "<", b"FORM": ">"}.get(head[:4])
    if order is None:
        return
    long_data = None
    for _ in range(_MOST_CHUNKS):
        header = file.read(8)
        if len(header) < 8:
            return
        name, size = header[:4], struct.unpack(order + "I", header[4:])[0]
        start = file.tell()
        if name == b"ds64" and size >= 16:
            long_data = struct.unpack("<QQ", file.read(16))[1]
        elif name == b"data" and size == LARGEST and long_data is not None:
            size = long_data
        elif name in TEXT_CHUNKS and size <= _LARGEST_TEXT:
            yield name, file.read(size)
        file.seek(start + size + size % 2)


class WaveFile:
    """A WAV that is being written to an open file, 24-bit integers. ``chunks``: what stands before the samples; they
    can be replaced by as many bytes at the end."""

    def __init__(self, file: BinaryIO, sample_rate: int, channels: int, chunks: Mapping[bytes, bytes]) -> None:
        self._file, self._channels, self._places = file, channels, dict[bytes, tuple[int, int]]()
        file.write(b"RIFF" + bytes(4) + b"WAVE")
        self._chunk(b"JUNK", _RESERVED)
        self._chunk(b"fmt ", _format(sample_rate, channels))
        for name, content in chunks.items():
            self._chunk(name, content)
        file.write(b"data" + bytes(4))
        self._first = file.tell()

    def write(self, samples: bytes) -> None:
        """More samples, interleaved, little-endian."""
        self._file.write(samples)

    def finish(self, replaced: Mapping[bytes, bytes]) -> None:
        """Says how long everything is; what is ``replaced`` must be as long as it was. The file is on the disk then."""
        file, data = self._file, self._file.tell() - self._first
        file.write(bytes(data % 2))
        whole = file.tell() - 8
        for name, content in replaced.items():
            place, size = self._places[name]
            assert len(content) == size, "a chunk cannot change its length"
            self._at(place, content)
        if whole <= LARGEST:
            self._at(4, struct.pack("<I", whole))
            self._at(self._first - 4, struct.pack("<I", data))
        else:
            frames = data // (3 * self._channels)
            self._at(0, b"RF64" + struct.pack("<I", LARGEST))
            self._at(12, b"ds64" + struct.pack("<IQQQI", len(_RESERVED), whole, data, frames, 0))
            self._at(self._first - 4, struct.pack("<I", LARGEST))
        file.flush()
        os.fsync(file.fileno())

    def _chunk(self, name: bytes, content: bytes) -> None:
        self._file.write(name + struct.pack("<I", len(content)))
        self._places[name] = self._file.tell(), len(content)
        self._file.write(content + bytes(len(content) % 2))

    def _at(self, place: int, content: bytes) -> None:
        self._file.seek(place)
        self._file.write(content)


def _format(sample_rate: int, channels: int) -> bytes:
    """WAVE_FORMAT_EXTENSIBLE of 24-bit integers."""
    frame = 3 * channels
    plain = struct.pack("<HHIIHH", _EXTENSIBLE, channels, sample_rate, sample_rate * frame, frame, 24)
    return plain + struct.pack("<HHI", 22, 24, _SPEAKERS.get(channels, 0)) + _PCM
