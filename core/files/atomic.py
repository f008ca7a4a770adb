"""A folder that appears whole or not at all, as :func:`talkies.core.media.bwf.part_file` does it for a file."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from talkies.core.media.bwf import output_errors


@contextmanager
def part_folder(out: Path, *, hidden: bool = False) -> Iterator[Path]:
    """An empty folder to fill, ``NAME.part`` beside ``out``; at the end it takes the place of ``out`` with all in it;
    after any failure it is gone and ``out`` is as it was. ``hidden``: its name begins with a dot, where a program reads
    every folder that it sees. Raises OutputError."""
    dot = "." if hidden else ""
    part, old = (out.with_name(f"{dot}{out.name}{end}") for end in (".part", ".old.part"))
    with output_errors(out):
        shutil.rmtree(part, ignore_errors=True)
        try:
            part.mkdir(parents=True)
            yield part
            _replace(part, out, old)
        finally:
            shutil.rmtree(part, ignore_errors=True)


def _replace(part: Path, out: Path, old: Path) -> None:
    """Folders cannot be swapped at once: what is at ``out`` steps aside to ``old`` until the new one is there."""
    if out.exists():
        shutil.rmtree(old, ignore_errors=True)  # where a crash left one, nothing could step aside
        out.rename(old)
    try:
        part.rename(out)
    except OSError:
        if old.exists():
            old.rename(out)
        raise
    shutil.rmtree(old, ignore_errors=True)
