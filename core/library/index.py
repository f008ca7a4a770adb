"""The index of the library: one SQLite file in the user's data folder, or where TALKIES_LIBRARY says."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from talkies.core.errors import InputError, OutputError
from talkies.core.files.atomic import output_errors
from talkies.core.files.lock import held, removed
from talkies.core.library.names import weighed_terms
from talkies.core.library.recording import Measures, RecordedHit, Recording

VARIABLE = "TALKIES_LIBRARY"
VERSION = 1
"""Of the index; one of an earlier version is made anew."""

_SCHEMA = """
CREATE TABLE folders (id INTEGER PRIMARY KEY, path TEXT UNIQUE NOT NULL);
CREATE TABLE recordings (
    id INTEGER PRIMARY KEY, folder INTEGER NOT NULL REFERENCES folders ON DELETE CASCADE, path TEXT UNIQUE NOT NULL,
    size INTEGER NOT NULL, changed_ns INTEGER NOT NULL, inode TEXT NOT NULL, digest BLOB NOT NULL,
    problem TEXT NOT NULL, channels INTEGER NOT NULL, category TEXT NOT NULL, description TEXT NOT NULL,
    measures TEXT NOT NULL
);
CREATE INDEX recordings_by_folder ON recordings (folder);
CREATE INDEX recordings_by_size ON recordings (size, changed_ns);
CREATE TABLE terms (id INTEGER PRIMARY KEY, term TEXT UNIQUE NOT NULL);
CREATE TABLE uses (
    term INTEGER NOT NULL REFERENCES terms, recording INTEGER NOT NULL REFERENCES recordings ON DELETE CASCADE,
    weight REAL NOT NULL, PRIMARY KEY (term, recording)
) WITHOUT ROWID;
CREATE INDEX uses_by_recording ON uses (recording);
"""
_WAIT_S = 30
_MOST_ASKED = 500  # values in one question
_CURES = {
    sqlite3.SQLITE_BUSY: "wait until the other talkies is done",
    sqlite3.SQLITE_FULL: "free some space",
    sqlite3.SQLITE_CANTOPEN: f"name another place in {VARIABLE}",
    sqlite3.SQLITE_READONLY: f"change its permissions, or name another place in {VARIABLE}",
}


@dataclass(frozen=True)
class FileMark:
    """What a file was when it was measured. ``digest``: of its size, its ends and samples of its middle."""

    path: Path
    size: int
    changed_ns: int
    inode: str
    digest: bytes = b""


@dataclass(frozen=True)
class Folder:
    """A folder of the library. ``broken``: files in it that could not be read, with the reason."""

    path: Path
    recordings: int
    broken: tuple[tuple[Path, str], ...] = ()


def index_file() -> Path:
    """Where the index is, whether it exists or not."""
    if given := os.environ.get(VARIABLE):
        return Path(given)
    from platformdirs import user_data_path

    return user_data_path("talkies", appauthor=False) / "library.sqlite"


def open_library(path: Path | None = None) -> Library:
    """The library, made when there is none. Raises InputError for a file that is none."""
    return Library(path or index_file())


class Library:
    """Opened once in a thread; ``with`` closes it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._terms: tuple[int, dict[str, int]] | None = None
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(
                path, f"cannot be made ({error.strerror})", f"name another place in {VARIABLE}"
            ) from error
        with self._sentences():
            self._rows = sqlite3.connect(path, timeout=_WAIT_S, isolation_level=None)
            self._rows.execute("PRAGMA journal_mode = WAL")
            self._rows.execute("PRAGMA synchronous = NORMAL")
            self._rows.execute("PRAGMA foreign_keys = ON")
            self._prepare()

    def __enter__(self) -> Library:
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        self._rows.close()

    def _prepare(self) -> None:
        found = self._rows.execute("PRAGMA user_version").fetchone()[0]
        if found == VERSION:
            return
        if found > VERSION:
            cure = f"update talkies, or name another place in {VARIABLE}"
            raise InputError(self.path, "is an index of a newer talkies, or of another program", cure)
        with self.change():
            if self._rows.execute("PRAGMA user_version").fetchone()[0] == VERSION:
                return
            tables = {row[0] for row in self._rows.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            if not found and tables:
                raise InputError(self.path, "is not an index of talkies", f"name another place in {VARIABLE}")
            for name in ("uses", "terms", "recordings", "folders"):
                self._rows.execute(f"DROP TABLE IF EXISTS {name}")
            for statement in _SCHEMA.split(";"):
                self._rows.execute(statement)
            self._rows.execute(f"PRAGMA user_version = {VERSION}")

    @contextmanager
    def _sentences(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            cure = f"delete it and add the folders again, or name another place in {VARIABLE}"
            cure = _CURES.get(getattr(error, "sqlite_errorcode", 0) & 0xFF, cure)
            raise InputError(self.path, f"cannot be used as an index ({error})", cure) from error

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Nobody else adds or removes folders meanwhile. Raises OutputError."""
        place = self.path.with_name(self.path.name + ".lock")
        with output_errors(place):
            lock = held(place)
        if lock is None:
            raise OutputError(self.path, "another talkies is changing the library", "wait until it is done")
        try:
            yield
        finally:
            removed(lock, place)

    @contextmanager
    def change(self) -> Iterator[None]:
        """What is done inside is done whole or not at all."""
        with self._sentences():
            self._rows.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._rows.execute("ROLLBACK")
                raise
            self._rows.execute("COMMIT")

    def folders(self) -> list[Folder]:
        """By path."""
        with self._sentences():
            rows = self._rows.execute(
                "SELECT folders.id, folders.path, COUNT(recordings.id), COUNT(NULLIF(problem, '')) FROM folders"
                " LEFT JOIN recordings ON recordings.folder = folders.id GROUP BY folders.id ORDER BY folders.path"
            ).fetchall()
            broken = self._rows.execute(
                "SELECT folder, path, problem FROM recordings WHERE problem != '' ORDER BY path"
            )
            by_folder: dict[int, list[tuple[Path, str]]] = {}
            for folder, path, problem in broken:
                by_folder.setdefault(folder, []).append((Path(path), problem))
        return [Folder(Path(path), count - bad, tuple(by_folder.get(key, ()))) for key, path, count, bad in rows]

    def folder_key(self, path: Path) -> int:
        """The key of a folder, entered if it is new."""
        self._rows.execute("INSERT OR IGNORE INTO folders (path) VALUES (?)", (str(path),))
        return int(self._rows.execute("SELECT id FROM folders WHERE path = ?", (str(path),)).fetchone()[0])

    def remove_folder(self, path: Path) -> int:
        """Forgets a folder; its files stay where they are. How many recordings it had. Raises InputError, and
        OutputError while another process adds."""
        found = next((folder for folder in self.folders() if folder.path == path), None)
        if found is None:
            raise InputError(path, "is not a folder of the library", "'talkies library list' names them")
        with self.alone(), self.change():
            self._rows.execute("DELETE FROM folders WHERE path = ?", (str(path),))
        return found.recordings

    def marks(self, folder: int) -> dict[Path, FileMark]:
        """What is known of a folder's files."""
        rows = self._rows.execute(
            "SELECT path, size, changed_ns, inode, digest FROM recordings WHERE folder = ?", (folder,)
        )
        return {Path(row[0]): FileMark(Path(row[0]), *row[1:]) for row in rows}

    def same_size(self, mark: FileMark) -> list[FileMark]:
        """Known files of the size and time of one, wherever they lie."""
        rows = self._rows.execute(
            "SELECT path, size, changed_ns, inode, digest FROM recordings WHERE size = ? AND changed_ns = ?",
            (mark.size, mark.changed_ns),
        )
        return [FileMark(Path(row[0]), *row[1:]) for row in rows]

    def enter(self, folder: int, root: Path, mark: FileMark, recording: Recording | None, problem: str = "") -> None:
        """A recording, in the place of what was known of its file; None: one that could not be read."""
        self.forget([mark.path])
        known = recording or Recording(mark.path, Measures(0, 0, 0, 0, 0, 0, 0, 0, (0, 0)))
        measures = json.dumps(astuple(known.measures))
        values = (
            folder, str(mark.path), mark.size, mark.changed_ns, mark.inode, mark.digest, problem, known.channels,
            known.category, known.description, measures,
        )  # fmt: skip
        key = self._rows.execute(
            "INSERT INTO recordings (folder, path, size, changed_ns, inode, digest, problem, channels, category,"
            " description, measures) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values,
        ).lastrowid  # fmt: skip
        if recording is not None:
            self._enter_terms(int(key or 0), root, recording)

    def _enter_terms(self, key: int, root: Path, recording: Recording) -> None:
        inner = recording.path.relative_to(root.parent).parent.parts
        terms = weighed_terms(recording.path, inner, recording.category, recording.description)
        self._rows.executemany("INSERT OR IGNORE INTO terms (term) VALUES (?)", [(term,) for term in terms])
        self._rows.executemany(
            "INSERT OR REPLACE INTO uses (term, recording, weight) SELECT id, ?, ? FROM terms WHERE term = ?",
            [(key, weight, term) for term, weight in terms.items()],
        )

    def move(self, folder: int, root: Path, old: Path, mark: FileMark) -> None:
        """A known file lies elsewhere now, or another copy of it was found: what was measured holds."""
        (recording,) = self._recordings("WHERE path = ?", (str(old),)).values()
        problem = self._rows.execute("SELECT problem FROM recordings WHERE path = ?", (str(old),)).fetchone()[0]
        moved = Recording(
            mark.path, recording.measures, recording.channels, recording.category, recording.description
        )  # fmt: skip
        self.enter(folder, root, mark, None if problem else moved, problem)

    def touch(self, mark: FileMark) -> None:
        """The file is the same, but its inode is another."""
        self._rows.execute("UPDATE recordings SET inode = ? WHERE path = ?", (mark.inode, str(mark.path)))

    def forget(self, paths: Collection[Path]) -> None:
        self._rows.executemany("DELETE FROM recordings WHERE path = ?", [(str(path),) for path in paths])

    def recording(self, path: Path) -> Recording | None:
        """The recording of that path, if it is known and could be read."""
        with self._sentences():
            found = self._recordings("WHERE path = ? AND problem = ''", (str(path),))
        return next(iter(found.values()), None)

    def recordings(self, keys: Sequence[int]) -> dict[int, Recording]:
        """Recordings by their keys; without those that were forgotten since."""
        found: dict[int, Recording] = {}
        with self._sentences():
            for first in range(0, len(keys), _MOST_ASKED):
                some = keys[first : first + _MOST_ASKED]
                found |= self._recordings(f"WHERE id IN ({','.join('?' * len(some))})", some)
        return found

    def _recordings(self, question: str, values: Sequence[Any]) -> dict[int, Recording]:
        rows = self._rows.execute(
            f"SELECT id, path, measures, channels, category, description FROM recordings {question}", values
        )
        return {row[0]: Recording(Path(row[1]), _measures(row[2]), *row[3:]) for row in rows}

    def count(self) -> int:
        """Recordings that could be read."""
        with self._sentences():
            return int(self._rows.execute("SELECT COUNT(*) FROM recordings WHERE problem = ''").fetchone()[0])

    def terms(self) -> dict[str, int]:
        """Every term with its key; read again when the index has changed."""
        with self._sentences():
            changed = self._rows.execute("PRAGMA data_version").fetchone()[0] * (1 << 32) + self._rows.total_changes
            if self._terms is None or self._terms[0] != changed:
                self._terms = (changed, dict(self._rows.execute("SELECT term, id FROM terms").fetchall()))
        return self._terms[1]

    def uses(self, term: int) -> dict[int, float]:
        """Weights of a term by the recording that has it."""
        with self._sentences():
            return dict(self._rows.execute("SELECT recording, weight FROM uses WHERE term = ?", (term,)).fetchall())


def _measures(text: str) -> Measures:
    *plain, steady, hits = json.loads(text)
    return Measures(*[*plain, (steady[0], steady[1]), tuple(RecordedHit(*hit) for hit in hits)])
