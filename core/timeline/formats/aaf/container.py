"""The compound file that an AAF is: its library makes room for whatever sizes it states, so they are checked first."""

from __future__ import annotations

import struct
from pathlib import Path

from talkies.core.errors import TimelineError

_HEADER, _STREAM = 512, 2
_RECORD = struct.Struct("<66xB53xQ")
"""One of the directory: its kind, and the size of what it stands for."""
_SPARE_TABLES = 16


def check_container(path: Path) -> None:
    """That the file can hold what it says it holds. What is no compound file at all is left to the reader.

    Raises TimelineError, and whatever the library makes of a damaged one.
    """
    import aaf2

    size = path.stat().st_size
    with path.open("rb") as file:
        header = file.read(_HEADER)
        if len(header) < _HEADER or _tables(header) > _tables_needed(size, _sector(header)):
            raise _damaged(path)
        container = aaf2.cfb.CompoundFileBinary(file, "rb")
        streams = 0
        for sector in container.dir_fat_chain:
            records = _RECORD.iter_unpack(container.read_sector_data(sector))
            streams += sum(stated for kind, stated in records if kind == _STREAM)
        if streams > size:
            raise _damaged(path)


def _sector(header: bytes) -> int:
    shift: int = struct.unpack_from("<H", header, 30)[0]
    return 4096 if shift == 12 else 512


def _tables(header: bytes) -> int:
    """Sectors that list the sectors of the allocation table."""
    count: int = struct.unpack_from("<I", header, 72)[0]
    return count


def _tables_needed(size: int, sector: int) -> int:
    """As many of those as a file of this size can need, and some to spare."""
    entries = sector // 4
    return size // sector // entries // entries + _SPARE_TABLES


def _damaged(path: Path) -> TimelineError:
    return TimelineError(path, "is damaged: it says that it holds more than the file does", "export it again")
