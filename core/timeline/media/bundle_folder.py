"""Where the media of an OTIO bundle lie that this process has read."""

from __future__ import annotations

import tempfile
from pathlib import Path

UNPACKED: dict[tuple[Path, int, int], tempfile.TemporaryDirectory[str]] = {}


def bundle_folder(path: Path) -> Path | None:
    """Where the media of a bundle lie that this process has read; None for any other file."""
    if path.suffix.lower() == ".otiod":
        return path if path.is_dir() else None
    held = UNPACKED.get(bundle_key(path)) if path.suffix.lower() == ".otioz" and path.is_file() else None
    return Path(held.name) if held is not None else None


def bundle_key(path: Path) -> tuple[Path, int, int]:
    state = path.stat()
    return path.resolve(), state.st_mtime_ns, state.st_size
