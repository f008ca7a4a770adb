"""Run folder: where a run stages its files, so that an error leaves nothing behind and loses nothing.

NAME.otio                the new timeline, written last
NAME.takes/              the takes, beside it
NAME.takes.part/         the takes of a run that is not finished; locked as long as that run lives
NAME.takes.interrupted/  finished takes of a run that was killed, or stopped before it could replace older takes
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import IO

from talkies.core.errors import CancelledError, OutputError
from talkies.core.files.atomic import output_errors
from talkies.core.files.lock import locked
from talkies.core.files.preflight import check_space, nearest_folder
from talkies.core.segment import Take


@contextmanager
def run_folder(out: Path, needed_bytes: int, made: Sequence[Take]) -> Iterator[RunFolder]:
    """The folder of one run, open. Raises OutputError, with nothing done, where ``needed_bytes`` have no place.

    ``made`` grows with the takes that are finished: who stops the run keeps them, an error takes everything away.
    """
    run = RunFolder(out)
    try:
        run.open(needed_bytes)
    except BaseException:
        run.remove_empty()
        raise
    try:
        yield run
    except (CancelledError, KeyboardInterrupt, GeneratorExit):
        run.keep(made)
        raise
    except BaseException:
        run.discard()
        raise
    run.finish()


class RunFolder:
    """The files of one run that ends with the timeline ``out``."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self.takes = out.with_name(out.stem + ".takes")
        self.staging = out.with_name(out.stem + ".takes.part")
        self.rescued: Path | None = None
        """Where finished takes of a run that was killed lie now."""
        self._published: list[Path] = []
        self._replaced: list[tuple[Path, Path]] = []
        self._made: list[Path] = []
        self._lock: IO[bytes] | None = None

    def open(self, needed_bytes: int) -> Path:
        """The empty folder that takes are made in; finished takes that a killed run has left there are set aside.

        Raises OutputError for what will not work later, before any work is done; that the place of ``out`` takes files
        is known by then (core/destinations.py).
        """
        for folder in (self.takes, self.staging):
            if folder.exists() and not folder.is_dir():
                raise OutputError(folder, "is a file, but the takes belong in a folder of this name", "move it away")
        check_space(nearest_folder(self.out.parent), needed_bytes)
        with output_errors(self.staging):
            missing = [folder for folder in (self.out.parent, *self.out.parent.parents) if not folder.exists()]
            if self.staging.exists():
                self._take_lock(keep=False)
                self.rescued = self._set_aside()
            self._made = missing
            self.staging.mkdir(parents=True)
            self._take_lock(keep=True)
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
                self._move(take.path, final)
                moved.append(replace(take, path=final))
        return moved

    def finish(self) -> None:
        """Ends a run whose timeline is written."""
        self._remove_staging()

    def keep(self, takes: Sequence[Take]) -> None:
        """Ends a run that was stopped: its finished takes stay, and so do those of an earlier run."""
        if any((self.takes / take.path.name).exists() for take in takes if take.path.parent == self.staging):
            with output_errors(self.staging):
                self._set_aside()
        elif takes:
            self.publish(takes)
            self._remove_staging()
        else:
            self.discard()

    def discard(self) -> None:
        """Removes what this run has added and restores what it has replaced; never raises, the error that led here
        matters more."""
        with contextlib.suppress(OSError):
            for path in self._published:
                path.unlink(missing_ok=True)
            for path, before in self._replaced:
                before.replace(path)
        self._remove_staging()
        self.remove_empty()

    def remove_empty(self) -> None:
        """Removes the folders that were made for the output, as far as nothing is in them."""
        with contextlib.suppress(OSError):
            for folder in self._made:
                folder.rmdir()

    def _move(self, path: Path, final: Path) -> None:
        """What lies at ``final`` waits in the staging folder until the run has ended well."""
        if final.exists():
            before = self.staging / "replaced" / final.name
            before.parent.mkdir(exist_ok=True)
            final.replace(before)
            self._replaced.append((final, before))
        else:
            self._published.append(final)
        path.replace(final)

    def _set_aside(self) -> Path | None:
        """Renames the staging folder with its finished takes, or removes it when it holds none."""
        self._release()
        if not any(self.staging.rglob("*.wav")):
            self._remove_staging()
            return None
        for path in self.staging.rglob("*"):
            if path.is_file() and path.suffix != ".wav":
                path.unlink()
        name = self.takes.name + ".interrupted"
        places = (self.out.with_name(name if number == 1 else f"{name}-{number}") for number in count(1))
        return self.staging.rename(next(place for place in places if not place.exists()))

    def _take_lock(self, *, keep: bool) -> None:
        """Raises OutputError when another run works at this output."""
        if not self.staging.is_dir():
            return
        with output_errors(self.staging):
            self._lock = (self.staging / _LOCK).open("ab")
        if not locked(self._lock):
            self._release()
            raise OutputError(self.out, "another run is writing there", "wait until it is done or choose another name")
        if not keep:
            self._release()

    def _release(self) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _remove_staging(self) -> None:
        self._release()
        shutil.rmtree(self.staging, ignore_errors=True)


_LOCK = ".lock"
