"""Receipts: what finished takes are made of, so that the next run goes on from a run that ended early.

    FX_s001_t01.wav  FX_s001_t01.made.json     beside each other, wherever a run that ended early leaves them
    NAME.takes.part/made/FX_s001_t01.wav       the same sound, as long as the run levels its takes

A receipt counts as long as the sounds it names are, byte for byte, those for which it was written.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from talkies.core.files.atomic import twin, write_atomically
from talkies.core.files.dataclass_json import as_json, from_json
from talkies.core.files.hashing import file_hash
from talkies.core.segment import Take
from talkies.core.takes.our_files import is_take_file, receipts_in, remove_files, take_files_in, unfinished_in

_SUFFIX = ".made.json"
_MOST_BYTES = 1 << 24


@dataclass(frozen=True)
class Receipt:
    """``key``: of all that the takes are made of; ``takes`` as they were made, none where nothing sounds; ``hashes``:
    SHA-256 of their files; ``warnings``: what the user was told meanwhile."""

    key: str
    takes: tuple[Take, ...]
    hashes: tuple[str, ...]
    warnings: tuple[str, ...] = ()


def interrupted_folders(final: Path) -> list[Path]:
    """The folders in which finished takes of interrupted runs lie, beside the folder ``final`` of takes. No links."""
    named = re.compile(re.escape(final.name) + r"\.interrupted(-\d+)?")
    there = final.parent.iterdir() if final.parent.is_dir() else ()
    return sorted(path for path in there if named.fullmatch(path.name) and path.is_dir() and not path.is_symlink())


class Receipts:
    """Those of a run that makes its takes in ``staging`` and brings them to ``final``."""

    def __init__(self, final: Path, staging: Path) -> None:
        self._final, self._staging, self._as_made = final, staging, staging / "made"
        self.left: dict[str, tuple[Path, Receipt]] = {}
        """By key: those that runs before this one have left, and where."""
        self._from: dict[str, Path] = {}  # where sounds and receipts that were taken over lay, by name
        self._again: list[Path] = []  # the same sounds in folders of interrupted runs

    def find(self) -> None:
        """Reads those that runs before this one have left."""
        paths = [path for folder in self._folders() for path in receipts_in(folder)]
        found = ((path, _read(path)) for path in paths)
        self.left = {receipt.key: (path, receipt) for path, receipt in found if receipt is not None}

    def note(self, name: str, key: str, takes: Sequence[Take], warnings: Sequence[str]) -> None:
        """Writes the receipt of ``takes`` that lie in the staging folder. Raises OSError."""
        named = tuple(replace(take, path=Path(take.path.name)) for take in takes)
        receipt = Receipt(key, named, tuple(file_hash(take.path) for take in takes), tuple(warnings))
        write_atomically(self._staging / f"{name}{_SUFFIX}", json.dumps(as_json(receipt)).encode())

    def taken_over(self, key: str) -> Receipt | None:
        """The takes of this key, in the staging folder now; None where there are none, or not as they were. Raises
        OSError."""
        path, receipt = self.left.pop(key, (None, None))
        found = [] if receipt is None else self._sounds(receipt)
        if path is None or receipt is None or not all(found):
            return None
        sources = [first for first, *_ in found]
        self._again += [copy for _, *copies in found for copy in copies]
        write_atomically(self._staging / path.name, path.read_bytes())
        self._from |= {each.name: each.parent for each in (path, *sources)}
        for source in sources:
            if source.parent == self._final:  # somebody may use it already
                twin(source, self._staging / source.name)
            else:
                source.replace(self._staging / source.name)
        if path.parent != self._final:
            remove_files([path])
            _remove_empty(path.parent)
        takes = (replace(take, path=self._staging / take.path.name) for take in receipt.takes)
        return replace(receipt, takes=tuple(takes))

    def others(self, folder: Path) -> list[Path]:
        """The sounds in a folder that an interrupted run has left but for copies of those that were taken over."""
        return [path for path in take_files_in(folder) if path not in self._again]

    def put_by(self) -> None:
        """Keeps the takes as they are: their files are about to be levelled. Raises OSError."""
        for name in self.names():
            self._as_made.mkdir(exist_ok=True)
            twin(self._staging / name, self._as_made / name)

    def restore(self) -> None:
        """The takes as they were made, wherever levelling has stopped. Raises OSError."""
        for path in take_files_in(self._as_made):
            place = self._staging / path.name
            if place.exists() and place.samefile(path):
                path.unlink()
            else:
                path.replace(place)

    def names(self) -> list[str]:
        """The sound files in the staging folder that receipts name."""
        receipts = filter(None, map(_read, receipts_in(self._staging)))
        named = [take.path.name for receipt in receipts for take in receipt.takes]
        return [name for name in named if (self._staging / name).is_file()]

    def drop_twins(self) -> None:
        """Removes from the staging folder what lies in its final place already, as it was made."""
        for name, folder in self._from.items():
            path, place = self._staging / name, self._final / name
            if folder == self._final and path.is_file() and place.is_file() and file_hash(path) == file_hash(place):
                remove_files([path])

    def move(self, folder: Path) -> None:
        """Moves all receipts from the staging folder. Raises OSError."""
        for path in receipts_in(self._staging):
            folder.mkdir(exist_ok=True)
            path.replace(folder / path.name)

    def give_back(self) -> None:
        """What was taken over lies again where it was. Raises OSError."""
        for name, folder in self._from.items():
            path = self._staging / name
            if folder != self._final and path.is_file():
                folder.mkdir(exist_ok=True)
                path.replace(folder / name)

    def clear(self) -> None:
        """Removes what is in the staging folder."""
        remove_files((*receipts_in(self._staging), *take_files_in(self._as_made), *unfinished_in(self._as_made)))
        _remove_empty(self._as_made)

    def expire(self, names: Sequence[str]) -> None:
        """Removes the receipts of sounds in the final folder that are levelled by now, those that were taken over,
        copies of these that interrupted runs have left too, and folders that are left with receipts alone."""
        for path in receipts_in(self._final):
            receipt, levelled = _read(path), set(names)
            if path.name in self._from or receipt is None or any(str(take.path) in levelled for take in receipt.takes):
                remove_files([path])
        remove_files(self._again)
        for folder in {*self._from.values(), *(each.parent for each in self._again)} - {self._final}:
            if not take_files_in(folder):
                remove_files(receipts_in(folder))
                _remove_empty(folder)

    def _folders(self) -> Iterator[Path]:
        """Where takes of runs that ended early may lie."""
        yield self._final
        yield from interrupted_folders(self._final)

    def _sounds(self, receipt: Receipt) -> list[list[Path]]:
        """Of each of its sounds, where it lies as it was made: in its final place first."""
        there = [path for folder in self._folders() for path in take_files_in(folder)]
        named = zip(receipt.takes, receipt.hashes, strict=True)
        return [
            [path for path in there if path.name == take.path.name and file_hash(path) == digest]
            for take, digest in named
        ]


def _read(path: Path) -> Receipt | None:
    """A receipt; None for anything that is none, or names what is no sound of ours."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            return None
        receipt = from_json(Receipt, json.loads(path.read_bytes()))
    except (OSError, ValueError, RecursionError):
        return None
    ours = all(is_take_file(str(take.path)) for take in receipt.takes)
    return receipt if ours and len(receipt.takes) == len(receipt.hashes) else None


def _remove_empty(folder: Path) -> None:
    with contextlib.suppress(OSError):
        folder.rmdir()
