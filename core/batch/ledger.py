"""Ledger: what a batch has made, safe from kills and power cuts.

    OUT/batch.data/ledger.sqlite         of a batch on one machine (SQLite, write-ahead log)
    OUT/batch.data/shard-2-of-8.jsonl    of a shard: lines that are only ever added

SQLite's write-ahead log needs memory that is shared between its users, and so does not work over a network; a shard on
a shared disk therefore writes a file of its own, and whoever wants to know all reads all of them. The newest record of
a reel counts.
"""

from __future__ import annotations

import json
import os
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

from talkies.core.batch.records import Job, ReelRecord
from talkies.core.errors import OutputError
from talkies.core.files.atomic import output_errors, sync_folder
from talkies.core.files.dataclass_json import as_json, from_json

DATA = "batch.data"
LEDGER = "ledger.sqlite"
_LONGEST = 1 << 28  # bytes of a line
_WAIT_S = 30.0
_TABLES = """
CREATE TABLE IF NOT EXISTS reels (
    reel TEXT PRIMARY KEY, state TEXT, output TEXT, key TEXT, problem TEXT, at REAL, record TEXT
);
CREATE TABLE IF NOT EXISTS jobs (
    reel TEXT, number INTEGER, segment TEXT, stem TEXT, take INTEGER, state TEXT, key TEXT, file TEXT, problem TEXT,
    record TEXT, PRIMARY KEY (reel, number)
);
"""


class Ledger(ABC):
    """Where one batch, or one shard of it, writes. Not for several threads at once."""

    @abstractmethod
    def put(self, record: ReelRecord) -> None:
        """Writes what is known of a reel now; it is on the disk when this returns. Raises OutputError."""

    @abstractmethod
    def close(self) -> None: ...


class SqliteLedger(Ledger):
    """On a disk of this machine. Raises OutputError for a file that is no ledger."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with _database_errors(path):
            self._database = sqlite3.connect(path, timeout=_WAIT_S, check_same_thread=False, isolation_level=None)
            self._database.execute("PRAGMA journal_mode=WAL")
            self._database.execute("PRAGMA synchronous=FULL")
            self._database.executescript(_TABLES)

    def put(self, record: ReelRecord) -> None:
        rows = [
            (
                record.reel,
                number,
                job.segment,
                job.stem,
                job.take,
                job.state,
                job.key,
                job.file,
                job.problem,
                _text(job),
            )
            for number, job in enumerate(record.jobs)
        ]
        bare = replace(record, jobs=())
        row = (record.reel, record.state, record.output, record.key, record.problem, record.at, _text(bare))
        with _database_errors(self._path), self._transaction():
            self._database.execute("DELETE FROM jobs WHERE reel = ?", (record.reel,))
            self._database.execute("INSERT OR REPLACE INTO reels VALUES (?, ?, ?, ?, ?, ?, ?)", row)
            self._database.executemany("INSERT INTO jobs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._database.execute("COMMIT")
        except BaseException:
            if self._database.in_transaction:
                self._database.execute("ROLLBACK")
            raise

    def close(self) -> None:
        self._database.close()


class ShardLog(Ledger):
    """On a disk that several machines share; each line is one record. A line that a kill has cut off is no record."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with output_errors(path):
            self._file: IO[bytes] = path.open("ab")
            sync_folder(path.parent)
            self._file.write(b"\n")  # whatever was cut off ends here

    def put(self, record: ReelRecord) -> None:
        with output_errors(self._path):
            self._file.write(json.dumps(as_json(record)).encode() + b"\n")
            self._file.flush()
            os.fsync(self._file.fileno())

    def close(self) -> None:
        self._file.close()


def shard_log(folder: Path, shard: tuple[int, int]) -> Path:
    """Where shard i of n writes."""
    return folder / f"shard-{shard[0]}-of-{shard[1]}.jsonl"


def read_records(folder: Path) -> dict[str, ReelRecord]:
    """The newest record of each reel, of all that have written in ``folder``. Raises OutputError for a ledger that is
    none."""
    ledger = folder / LEDGER
    sources = [_of_database(ledger)] if ledger.is_file() else []
    sources += [_of_log(path) for path in sorted(folder.glob("shard-*-of-*.jsonl"))]
    found: dict[str, ReelRecord] = {}
    for record in (record for source in sources for record in source):
        if record.is_safe and (record.reel not in found or found[record.reel].at <= record.at):
            found[record.reel] = record
    return found


def _of_database(path: Path) -> Iterator[ReelRecord]:
    with _database_errors(path), closing(sqlite3.connect(path, timeout=_WAIT_S)) as database:
        if not database.execute("SELECT name FROM sqlite_master WHERE name = 'jobs'").fetchone():
            return  # whoever was making it was killed
        jobs: dict[str, list[str]] = {}
        for reel, text in database.execute("SELECT reel, record FROM jobs ORDER BY reel, number"):
            jobs.setdefault(reel, []).append(text)
        for reel, text in database.execute("SELECT reel, record FROM reels"):
            try:
                record = from_json(ReelRecord, json.loads(text))
                yield replace(record, jobs=tuple(from_json(Job, json.loads(each)) for each in jobs.get(reel, ())))
            except (ValueError, TypeError, RecursionError):
                continue  # as if it had never been made


def _of_log(path: Path) -> Iterator[ReelRecord]:
    with output_errors(path), path.open("rb") as file:
        for line in _lines(file):
            try:
                yield from_json(ReelRecord, json.loads(line))
            except (ValueError, TypeError, RecursionError):
                continue


def _lines(file: IO[bytes]) -> Iterable[bytes]:
    while line := file.readline(_LONGEST):
        if line.strip() and line.endswith(b"\n"):
            yield line


@contextmanager
def _database_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        problem = f"cannot be used ({error})"
        raise OutputError(path, problem, "free some space, or use --shard 1/1 where OUT is on a shared disk") from error
    except sqlite3.Error as error:
        raise OutputError(
            path, f"is no ledger of a batch ({error})", "move it away; what is made is made anew"
        ) from error


def _text(record: Any) -> str:
    return json.dumps(as_json(record))
