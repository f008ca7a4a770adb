"""Overview of a batch: ``batch.csv`` and the contact sheet (sheet.py), of all that its ledgers know."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from talkies.core.batch.asking import refuse_leaving
from talkies.core.batch.ledger import DATA
from talkies.core.batch.records import Job, ReelRecord
from talkies.core.batch.reels import Reel
from talkies.core.batch.sheet import sheet_pages
from talkies.core.errors import OutputError
from talkies.core.files.atomic import output_errors, write_atomically
from talkies.core.files.lock import held, removed

TABLE = "batch.csv"
COLUMNS = ("reel", "segment", "clip", "stem", "take", "state", "seconds", "file", "problem")
_FORMULA = ("=", "+", "-", "@")
_WAIT_S, _TICK_S = 30.0, 0.1


def write_overview(out: Path, records: Mapping[str, ReelRecord], reels: Sequence[Reel] = ()) -> None:
    """Writes the table and the sheet; ``reels``: those that wait are in it too. Where several shards end at once they
    take turns. Raises OutputError; also for files of these names that no batch has written, which stay."""
    refuse_leaving(out, out / DATA / TABLE)
    rows = sorted((*records.values(), *_waiting(records, reels)), key=lambda record: record.reel)
    pages = {TABLE: table(rows), **sheet_pages(rows)}
    lock_path, until = out / DATA / ".overview.lock", time.monotonic() + _WAIT_S
    with output_errors(lock_path):
        while (lock := held(lock_path)) is None and time.monotonic() < until:
            time.sleep(_TICK_S)
    if lock is None:
        raise OutputError(out / TABLE, "is being written by somebody else", "'talkies batch --status' writes it anew")
    try:
        for name, text in pages.items():
            _refuse_strangers(out / name, text)
        for name, text in pages.items():
            with output_errors(out / name):
                write_atomically(out / name, text.encode("utf-8", "backslashreplace"))
    finally:
        removed(lock, lock_path)


def table(records: Sequence[ReelRecord]) -> str:
    """A row for each job, and one for each reel that has none yet, or whose problem is none of a job."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for record in records:
        writer.writerows([_cell(value) for value in row] for row in _rows(record))
    return text.getvalue()


def _rows(record: ReelRecord) -> Iterator[tuple[object, ...]]:
    if not record.jobs or (record.problem and all(job.problem != record.problem for job in record.jobs)):
        yield (record.reel, "", "", "", "", record.state, "", "", record.problem)
    for job in record.jobs:
        yield (record.reel, job.segment, job.clip, job.stem, job.take, _state(record, job), f"{job.seconds:.3f}",
               job.file, job.problem)  # fmt: skip


def _state(record: ReelRecord, job: Job) -> str:
    return "begun" if job.state == "waiting" and record.state == "begun" else job.state


def _cell(value: object) -> str:
    """Text that a spreadsheet takes for text: one that begins like a formula has an apostrophe before it."""
    text = "".join(character if character.isprintable() else " " for character in str(value))
    return f"'{text}" if text.lstrip().startswith(_FORMULA) else text


def _waiting(records: Mapping[str, ReelRecord], reels: Sequence[Reel]) -> Iterator[ReelRecord]:
    for reel in reels:
        if reel.name not in records:
            yield ReelRecord(reel.name, str(reel.path), "", "waiting")


def _refuse_strangers(path: Path, text: str) -> None:
    """Our files begin alike."""
    if not path.exists() and not path.is_symlink():
        return
    first = text.splitlines()[0].encode()
    try:
        with path.open("rb") as file:
            ours = not path.is_symlink() and file.read(len(first)) == first
    except OSError:
        ours = False
    if not ours:
        raise OutputError(path, "is there, and no batch has written it", "move it away, and use --status")
