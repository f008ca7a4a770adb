"""Run folder: where a run stages its files, so that an error leaves nothing behind and loses nothing.

NAME.otio                the new timeline, written last
NAME.takes/              the takes, beside it
NAME.takes.part/         the takes of a run that is not finished; locked as long as that run lives (publication.py)
NAME.takes.interrupted/  finished takes of a run that was killed, or stopped before it could replace older takes

With finished takes lie their receipts (receipts.py), by which the next run goes on.

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
from talkies.core.files.atomic import output_errors, step_back, told_before
from talkies.core.files.lock import held, removed
from talkies.core.files.preflight import check_space, nearest_folder
from talkies.core.segment import Take
from talkies.core.takes.our_files import refuse_link, remove_files, take_files_in, unfinished_in
from talkies.core.takes.publication import Publication
from talkies.core.takes.receipts import Receipts


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
        _keep(run, made)
        raise
    except BaseException:
        run.discard()
        raise
    run.finish()


def put_back(out: Path) -> None:
    """What a killed run to ``out`` had begun to replace is there again, so that what is at ``out`` can be read; its
    finished takes stay where they are. Nothing is done while another run is writing there. Raises OutputError."""
    run = RunFolder(out)
    if run.is_half_done():
        refuse_link(run.takes, run.staging)
        run.put_back()


def sweep_up(out: Path) -> None:
    """What a run to ``out`` has left is gone, where it had written its timeline; where it had not, what it replaced is
    put back, and its finished takes are set aside. Raises OutputError where another run is writing there."""
    run = RunFolder(out)
    try:
        run.open(0)
    except BaseException:
        run.abandon()
        raise
    run.discard()


def _keep(run: RunFolder, made: Sequence[Take]) -> None:
    """However often somebody presses Ctrl+C meanwhile: it takes a moment, and can begin again."""
    while True:
        try:
            return run.keep(made)
        except KeyboardInterrupt:
            continue


class RunFolder:
    """The files of one run that ends with the timeline ``out``."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self.takes = out.with_name(out.stem + ".takes")
        self.staging = out.with_name(out.stem + ".takes.part")
        self.rescued: Path | None = None
        """Where finished takes of a run that was killed lie now."""
        self.receipts = Receipts(self.takes, self.staging)
        self._publication = Publication(out, self.takes, self.staging)
        self._made: list[Path] = []
        self._published: list[str] = []
        self._lock: IO[bytes] | None = None

    def open(self, needed_bytes: int) -> Path:
        """The empty folder that takes are made in; what a killed run has left there is undone, and its finished takes
        are set aside.

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
            if self._publication.replaced.is_symlink():
                self._publication.replaced.unlink()
            step_back(self.out)
            finished = self._publication.settled()
            if finished is not None:
                self._sweep(finished)
            if self._publication.is_done():
                self.receipts.clear()
            self._publication.undo()
            self.receipts.restore()
            self.rescued = self._set_aside()
            self._publication.forget()
            self.receipts.find()
        return self.staging

    def is_half_done(self) -> bool:
        """Whether a run has begun to move its takes and not ended."""
        return self._publication.is_begun()

    def put_back(self) -> None:
        try:
            with output_errors(self.staging):
                self._lock = held(self.staging / _LOCK)
                if self._lock is not None:
                    step_back(self.out)
                    self._publication.undo()
        finally:
            self._release()

    def publish(self, takes: Sequence[Take]) -> list[Take]:
        """Moves finished takes to their final folder; the same takes with their new paths."""
        moving = [take for take in takes if take.path.parent == self.staging and take.path.exists()]
        with output_errors(self.takes):
            self._bring([take.path.name for take in moving])
        moved = {take.path for take in moving}
        return [replace(take, path=self.takes / take.path.name) if take.path in moved else take for take in takes]

    @contextmanager
    def writing(self) -> Iterator[None]:
        """The timeline is written meanwhile: what is kept for the way back tells it from anybody else's."""
        with told_before(self.out, self._publication.expect, self._publication.expect_no_more):
            yield

    def _bring(self, names: Sequence[str]) -> None:
        if names and not self.takes.exists():
            self.takes.mkdir()
            self._made.insert(0, self.takes)
        if names:
            self._published += names
            self._publication.move(names)

    def finish(self) -> None:
        """Ends a run whose timeline is written."""
        if self._lock is not None:
            with contextlib.suppress(OSError):  # then the next run sets aside what it would have swept
                self._publication.settle()
            self._sweep(self._published)
            self._release()

    def _sweep(self, published: Sequence[str]) -> None:
        """Removes what a finished run does not need any more; a kill meanwhile leaves the rest to the next run."""
        self.receipts.expire(published)
        self._remove_staged()
        self._publication.swept()

    def keep(self, takes: Sequence[Take]) -> None:
        """Ends a run that was stopped: its finished takes stay, and so do those of an earlier run. One whose timeline
        is written already is finished."""
        if self._publication.is_done():
            self.finish()
            return
        try:
            with output_errors(self.staging):
                self._publication.undo()
                self.receipts.restore()
                self.receipts.drop_twins()
                known = {take.path.name for take in takes} | set(self.receipts.names())
                finished = [path.name for path in take_files_in(self.staging) if path.name in known]
                if any((self.takes / name).exists() for name in finished):
                    self._set_aside()
                elif finished:
                    self._bring(finished)
                    self.receipts.move(self.takes)
        except OutputError:
            self.abandon()
            raise
        if finished:
            self._remove_staging()
        else:
            self.discard()

    def discard(self) -> None:
        """Removes what this run has added and restores what it has replaced; never raises, the error that led here
        matters more. What cannot be restored now is left to the next run."""
        try:
            self._publication.undo()
            self.receipts.restore()
            self.receipts.give_back()
        except OSError:
            self.abandon()
            return
        self._remove_staging()
        self._remove_empty()

    def abandon(self) -> None:
        """Ends a run that could not begin, or cannot put back what it has replaced; all files stay where they are."""
        self._release()
        self._remove_empty()

    def _remove_empty(self) -> None:
        """Removes the folders that were made for the output, as far as nothing is in them."""
        with contextlib.suppress(OSError):
            for folder in self._made:
                folder.rmdir()

    def _set_aside(self) -> Path | None:
        """Moves the finished takes in the staging folder to one of their own; None when there are none."""
        finished = [path for folder in (self.staging, self._publication.replaced) for path in take_files_in(folder)]
        if not finished:
            return None
        name = self.takes.name + ".interrupted"
        places = (self.out.with_name(name if number == 1 else f"{name}-{number}") for number in count(1))
        place = next(place for place in places if not (place.exists() or place.is_symlink()))
        self.receipts.move(place)
        for path in finished:
            target = place / path.relative_to(self.staging)
            target.parent.mkdir(parents=True, exist_ok=True)
            path.replace(target)
        return place

    def _remove_staging(self) -> None:
        if self._lock is not None:
            self._remove_staged()
            self._release()

    def _remove_staged(self) -> None:
        self._publication.forget()
        self.receipts.clear()
        remove_files((*take_files_in(self.staging), *unfinished_in(self.staging)))

    def _release(self) -> None:
        if self._lock is not None:
            removed(self._lock, self.staging / _LOCK)
            self._lock = None


_LOCK = ".lock"
REPLACED = "replaced"
"""Where in such a folder lies what an interrupted run had taken the place of."""
