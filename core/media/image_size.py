"""How large a picture file says that it is, read from its header: before a decoder takes the memory for it."""

from __future__ import annotations

import struct

_WIDTH, _HEIGHT = 256, 257  # tags of TIFF 6.0
_SHORT = 3  # its type of 16 bits; else 32


def stated_pixels(data: bytes) -> int | None:
    """Width × height of a TIFF or JPEG 2000 file; None for any other, or a damaged one."""
    try:
        if data[:4] in (b"II*\0", b"MM\0*"):
            return _tiff(data, "<" if data[:2] == b"II" else ">")
        at = data.find(b"ihdr", 0, 4096)
        if data[4:8] == b"jP  " and at >= 0:
            height, width = struct.unpack_from(">II", data, at + 4)
            return int(height * width)
    except struct.error:
        pass
    return None


def _tiff(data: bytes, order: str) -> int | None:
    """Of the first picture."""
    (at,) = struct.unpack_from(f"{order}I", data, 4)
    (count,) = struct.unpack_from(f"{order}H", data, at)
    sizes: dict[int, int] = {}
    for entry in range(at + 2, at + 2 + 12 * count, 12):
        tag, kind = struct.unpack_from(f"{order}HH", data, entry)
        if tag in (_WIDTH, _HEIGHT):
            (sizes[tag],) = struct.unpack_from(order + ("H" if kind == _SHORT else "I"), data, entry + 8)
    return sizes[_WIDTH] * sizes[_HEIGHT] if len(sizes) == 2 else None
