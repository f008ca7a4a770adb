"""Disk cache of small computed things (thumbnails, waveforms), which may vanish at any time.

Every entry carries a checksum: a damaged one is discarded without a word and made again. Whatever the disk refuses
means no more than that the thing is computed again the next time.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
import zlib
from pathlib import Path

_CHECK_BYTES = 4
_PRUNE_EVERY = 64  # writes
_KEPT_SHARE = 0.8  # of the limit, after pruning: so that not every write prunes


class DiskCache:
    """Entries by key in ``folder``, at most ``limit_bytes`` together; those longest unused go first."""

    def __init__(self, folder: Path, limit_bytes: int = 256 << 20) -> None:
        self.folder, self.limit_bytes = folder, limit_bytes
        self._writes = 0

    def read(self, key: str) -> bytes | None:
        """What was written under a key, or None."""
        path = self._path(key)
        try:
            data = path.read_bytes()
            if (
                int.from_bytes(data[:_CHECK_BYTES], "big") != zlib.crc32(data[_CHECK_BYTES:])
                or len(data) < _CHECK_BYTES
            ):
                path.unlink(missing_ok=True)
                return None
            os.utime(path)
        except OSError:
            return None
        return data[_CHECK_BYTES:]

    def write(self, key: str, data: bytes) -> None:
        """Keeps ``data``, whole or not at all."""
        path = self._path(key)
        with contextlib.suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
            part = Path(name)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(zlib.crc32(data).to_bytes(_CHECK_BYTES, "big") + data)
                part.replace(path)
            finally:
                part.unlink(missing_ok=True)
        if self._writes % _PRUNE_EVERY == 0:
            self.prune()
        self._writes += 1

    def prune(self) -> None:
        """Brings the folder below its limit."""
        found = []
        for path in self.folder.glob("*/*"):
            with contextlib.suppress(OSError):
                state = path.stat()
                found.append((state.st_mtime_ns, state.st_size, path))
        total = sum(size for _, size, _ in found)
        if total <= self.limit_bytes:
            return
        for _, size, path in sorted(found):
            if total <= self.limit_bytes * _KEPT_SHARE:
                return
            with contextlib.suppress(OSError):
                path.unlink()
                total -= size

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / key


def media_key(path: Path, *what: object) -> str:
    """The key of something computed from a file as it is now. Raises OSError when there is no such file."""
    state = path.stat()
    facts = (str(path.resolve()), state.st_size, state.st_mtime_ns, *what)
    return hashlib.sha256("\0".join(map(str, facts)).encode("utf-8", "surrogateescape")).hexdigest()
