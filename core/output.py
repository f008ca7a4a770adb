"""Where a run puts its files, so that an error leaves nothing behind and nothing that was there is lost.

NAME.otio            the new timeline, written last
NAME.takes/          the takes, beside it
NAME.takes.part/     the takes of a run that is not finished
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from talkies.core.errors import OutputError
from talkies.core.media.bwf import output_errors
from talkies.core.segment import Take


class Output:
    """The files of one run that ends with the timeline ``out``."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self.takes = out.with_name(out.stem + ".takes")
        self.staging = out.with_name(out.stem + ".takes.part")
        self._published: list[Path] = []
        self._made: list[Path] = []

    def check(self, needed_bytes: int) -> None:
        """Says what will not work before any work is done (see also timeline.writing). Raises OutputError."""
        for folder in (self.takes, self.staging):
            if folder.exists() and not folder.is_dir():
                raise OutputError(folder, "is a file, but the takes belong in a folder of this name", "move it away")
        folder = _nearest(self.out.parent)
        _try_writing(folder)
        free = shutil.disk_usage(folder).free
        if free < needed_bytes:
            problem = f"has {free / 1e6:.0f} MB free, and the takes need {needed_bytes / 1e6:.0f} MB"
            raise OutputError(folder, problem, "free some space or choose another folder")

    def open(self) -> Path:
        """The empty folder that takes are made in."""
        with output_errors(self.staging):
            missing = [folder for folder in (self.out.parent, *self.out.parent.parents) if not folder.exists()]
            self.out.parent.mkdir(parents=True, exist_ok=True)
            self._made = missing
            if self.staging.exists():
                shutil.rmtree(self.staging)
            self.staging.mkdir()
        return self.staging

    def publish(self, takes: Sequence[Take]) -> list[Take]:
        """Moves finished takes to their final folder; the same takes with their new paths."""
        moved = []
        with output_errors(self.takes):
            for take in takes:
                if take.path.parent != self.staging or not take.path.exists():
                    moved.append(take)
                    continue
                if not self.takes.exists():
                    self.takes.mkdir()
                    self._made.insert(0, self.takes)
                final = self.takes / take.path.name
                if not final.exists():
                    self._published.append(final)
                take.path.replace(final)
                moved.append(replace(take, path=final))
        self._remove_staging()
        return moved

    def discard(self) -> None:
        """Removes what this run has added; never raises, the error that led here matters more."""
        self._remove_staging()
        with contextlib.suppress(OSError):
            for path in self._published:
                path.unlink(missing_ok=True)
            for folder in self._made:
                folder.rmdir()

    def _remove_staging(self) -> None:
        shutil.rmtree(self.staging, ignore_errors=True)


def _nearest(folder: Path) -> Path:
    """The deepest part of a path that is there."""
    with output_errors(folder):
        return next(place for place in (folder, *folder.absolute().parents) if place.exists())


def _try_writing(folder: Path) -> None:
    """A read-only or full place is found out here, and not after an hour of work."""
    with output_errors(folder), tempfile.TemporaryFile(prefix=".talkies-", suffix=".part", dir=folder) as file:
        file.write(bytes(1 << 16))
        file.flush()
