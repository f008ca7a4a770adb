"""Run folder: where a run stages its files, so that an error leaves nothing behind and loses nothing.

NAME.otio                the new timeline, written last
NAME.takes/              the takes, beside it
NAME.takes.part/         the takes of a run that is not finished; locked as long as that run lives
NAME.takes.interrupted/  finished takes of a run that was killed, or stopped before it could replace older takes

Only the run that holds the lock removes anything, and only what has a name of ours (our_files.py).
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import IO

from talkies.core.errors import CancelledError, OutputError
from talkies.core.files.atomic import output_errors
from talkies.core.files.lock import held, removed
from talkies.core.files.preflight import check_space, nearest_folder
from talkies.core.segment import Take
from talkies.core.takes.our_files import refuse_link, remove_files, sounds_in, unfinished_in


@contextmanager
def run_folder(out: Path, needed_bytes: int, made: Sequence[Take]) -> Iterator[RunFolder]:
    """The folder of one run, open. Raises OutputError, with nothing done, where ``needed_bytes`` have no place.

    ``made`` grows with the takes that are finished: who stops the run keeps them, an error takes everything away.
    """
    run = RunFolder(out)
    try:
        run.open(needed_bytes)
    except BaseException:
        run.abandon()
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
        refuse_link(self.takes, self.staging)
        check_space(nearest_folder(self.out.parent), needed_bytes)
        with output_errors(self.staging):
            self._made = [folder for folder in (self.out.parent, *self.out.parent.parents) if not folder.exists()]
            self._lock = held(self.staging / _LOCK)
            if self._lock is None:
                raise OutputError(
                    self.out, "another run is writing there", "wait until it is done or choose another name"
                )
            if self._replaced_place.is_symlink():
                self._replaced_place.unlink()
            self.rescued = self._set_aside()
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
            self._remove_staging()
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
        self._remove_empty()

    def abandon(self) -> None:
        """Ends a run that could not begin; finished takes of another one stay where they are."""
        self._release()
        self._remove_empty()

    def _remove_empty(self) -> None:
        """Removes the folders that were made for the output, as far as nothing is in them."""
        with contextlib.suppress(OSError):
            for folder in self._made:
                folder.rmdir()

    def _move(self, path: Path, final: Path) -> None:
        """What lies at ``final`` waits in the staging folder until the run has ended well."""
        if final.exists():
            before = self._replaced_place / final.name
            before.parent.mkdir(exist_ok=True)
            final.replace(before)
            self._replaced.append((final, before))
        else:
            self._published.append(final)
        path.replace(final)

    @property
    def _replaced_place(self) -> Path:
        return self.staging / "replaced"

    def _set_aside(self) -> Path | None:
        """Moves the finished takes in the staging folder to one of their own; None when there are none."""
        finished = [path for folder in (self.staging, self._replaced_place) for path in sounds_in(folder)]
        if not finished:
            return None
        name = self.takes.name + ".interrupted"
        places = (self.out.with_name(name if number == 1 else f"{name}-{number}") for number in count(1))
        place = next(place for place in places if not (place.exists() or place.is_symlink()))
        for path in finished:
            target = place / path.relative_to(self.staging)
            target.parent.mkdir(parents=True, exist_ok=True)
            path.replace(target)
        return place

    def _remove_staging(self) -> None:
        if self._lock is None:
            return
        for folder in (self._replaced_place, self.staging):
            remove_files((*sounds_in(folder), *unfinished_in(folder)))
        with contextlib.suppress(OSError):
            self._replaced_place.rmdir()
        self._release()

    def _release(self) -> None:
        if self._lock is not None:
            removed(self._lock, self.staging / _LOCK)
            self._lock = None


_LOCK = ".lock"
