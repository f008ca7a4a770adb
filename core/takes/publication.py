"""Publication: takes move to their final folder, and can go back as long as the timeline is the one from before.

NAME.takes.part/.published   the names of the takes, what the timeline was like before, and what it will be like
NAME.takes.part/replaced/    what lay in the places of these takes
NAME.takes.part/.finished    the same names, once the timeline is written: there is no way back, only something to sweep

A file that is replaced is there at every moment, the old one or the new one. What is needed for the way back is on the
disk, so that the next run can go it for one that was killed.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from talkies.core.files.atomic import part_of, twin, write_atomically
from talkies.core.takes.our_files import copy_name, is_take_file, remove_files, take_files_in, unfinished_in

_MOST_BYTES = 1 << 24


class Journal(NamedTuple):
    """``out``: the timeline's file name, for runs to other formats share the takes; ``before``: what it was like;
    ``takes``: names of files; ``after``: what ours is like, empty as long as it is not whole, None where an older
    version of ours did not say."""

    out: str
    before: list[int]
    takes: list[str]
    after: list[int] | None = None


class Publication:
    """The takes of one run, on their way from ``staging`` to ``final``; ``out``: the timeline that will name them."""

    def __init__(self, out: Path, final: Path, staging: Path) -> None:
        self._out, self._final, self._staging = out, final, staging
        self._journal, self.replaced = staging / ".published", staging / "replaced"
        self._finished, self._is_settled = staging / ".finished", False

    def move(self, names: Sequence[str]) -> None:
        """Moves these files to the final folder. Raises OSError."""
        self.swept()
        journal = Journal(self._out.name, _state(self._out), list(names), [])
        write_atomically(self._journal, json.dumps(journal._asdict()).encode())
        for name in names:
            path, final, before = self._places(name)
            self._keep(final, before)
            copy = copy_name(name)
            self._keep(self._final / copy, self.replaced / copy)
            path.replace(final)

    def is_begun(self) -> bool:
        """Whether the takes of a run are on their way, and the timeline is not there."""
        journal = self._read(self._journal)
        return journal is not None and not self._is_written(journal) and not self.replaced.is_symlink()

    def expect(self, part: Path) -> None:
        """The timeline is whole and about to take its place. Raises OSError."""
        journal = self._read(self._journal)
        if journal is not None:
            told = journal._replace(after=_state(part))
            write_atomically(self._journal, json.dumps(told._asdict()).encode())

    def expect_no_more(self, part: Path) -> None:
        """It did not take its place, if it is still there under its other name. Raises OSError."""
        journal = self._read(self._journal)
        if journal is not None and journal.after and _state(part) == journal.after:
            write_atomically(self._journal, json.dumps(journal._replace(after=[])._asdict()).encode())

    def undo(self) -> bool:
        """Puts every take back where it was made, and what it has replaced back in its place; whether there was
        something to undo. Once the timeline is written it does nothing. Raises OSError."""
        journal = self._read(self._journal)
        if journal is None or self._is_written(journal):
            return False
        if self.replaced.is_dir():
            self._final.mkdir(exist_ok=True)  # somebody may have removed it since
        for name in journal.takes:
            self._take_back(*self._places(name))
            _put_back(self.replaced / copy_name(name), self._final / copy_name(name))
        self._journal.unlink()
        return True

    def is_done(self) -> bool:
        """Whether the timeline was written after takes had been moved."""
        journal = self._read(self._journal)
        return self._is_settled or (journal is not None and self._is_written(journal))

    def settle(self) -> None:
        """The timeline is written: whoever comes upon what is left knows that it only has to go. Raises OSError."""
        self._is_settled = True
        with contextlib.suppress(FileNotFoundError):  # no take was moved
            self._journal.replace(self._finished)

    def settled(self) -> list[str] | None:
        """The names of the takes of a run that is finished, but for what it left; None where there is none, or where
        nobody knows who has written the timeline."""
        journal = self._read(self._journal)
        if journal is not None:
            return journal.takes if journal.after and self._is_written(journal) else None
        finished = self._read(self._finished)
        return None if finished is None else finished.takes

    def swept(self) -> None:
        """Nothing is left of the run."""
        remove_files([self._finished])

    def forget(self) -> None:
        """There is no way back any more: what was replaced is removed."""
        remove_files([self._journal, part_of(self._journal)])
        remove_files([*take_files_in(self.replaced), *unfinished_in(self.replaced)])
        with contextlib.suppress(OSError):
            self.replaced.rmdir()

    def _is_written(self, journal: Journal) -> bool:
        """Not before it was whole; and a whole one that is no longer under its other name is in its place, or was,
        whoever has saved it since."""
        out = self._out.with_name(journal.out)
        state = _state(out)
        if journal.after is None or state == journal.before:
            return state != journal.before
        return journal.after != [] and (state == journal.after or _state(part_of(out)) != journal.after)

    def _keep(self, final: Path, before: Path) -> None:
        """What lies in a take's place is also at ``before``."""
        if final.is_file():
            self.replaced.mkdir(exist_ok=True)
            twin(final, before)

    def _take_back(self, path: Path, final: Path, before: Path) -> None:
        """Wherever an earlier attempt at moving or taking back has stopped."""
        if path.exists():
            if before.exists() and (not final.exists() or path.samefile(final)):
                before.replace(final)  # it was taken back, but what it replaced was not
            elif before.exists():
                before.unlink()  # it was not moved yet
        elif before.exists():
            if final.exists():
                twin(final, path)
            before.replace(final)
        elif final.exists():
            final.replace(path)

    def _places(self, name: str) -> tuple[Path, Path, Path]:
        return self._staging / name, self._final / name, self.replaced / name

    def _read(self, path: Path) -> Journal | None:
        """The journal; None where there is none that we could have written."""
        try:
            if path.is_symlink() or path.stat().st_size > _MOST_BYTES:
                return None
            journal = json.loads(path.read_bytes())
            takes = [name for name in journal["takes"] if is_take_file(name)]
            if any(place.is_symlink() for name in takes for place in self._places(name)):
                return None
            out = self._out.with_name(str(journal["out"])).name
            return Journal(out, journal["before"], takes, journal.get("after"))
        except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return None


def _put_back(before: Path, final: Path) -> None:
    """What was kept takes its place again; a name of the same file goes, which renaming it would leave."""
    if before.exists():
        if final.exists() and before.samefile(final):
            before.unlink()
        else:
            before.replace(final)


def _state(out: Path) -> list[int]:
    """What tells a timeline from one that is written in its place: every writer writes a new file or folder."""
    try:
        facts = out.stat()
    except (OSError, ValueError):  # a name that no file can have
        return []
    return [facts.st_mtime_ns, 0 if out.is_dir() else facts.st_size]
