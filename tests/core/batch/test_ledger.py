"""The ledger: what was written is there, whatever happened since, and what is no record is none."""

from __future__ import annotations

import shutil
import signal
import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from talkies.core.batch.ledger import LEDGER, Ledger, ShardLog, SqliteLedger, read_records, shard_log
from talkies.core.batch.records import FileMark, Job, ReelRecord
from talkies.core.errors import OutputError

JOBS = tuple(
    Job("V1-001", "shot", "FX", take, f"FX_V1-001_shot_t0{take}", f"key {take}", 1.5, state="done",
        file=f"a/{take}.wav", mark=FileMark(10, 2**60 + take, "0" * 64))
    for take in (1, 2)
)  # fmt: skip
MAKERS: dict[str, Callable[[Path], Ledger]] = {
    "sqlite": lambda folder: SqliteLedger(folder / LEDGER),
    "shard": lambda folder: ShardLog(shard_log(folder, (2, 8))),
}


def record(number: int, **changes: object) -> ReelRecord:
    stated = {"at": float(number), "jobs": JOBS, "inputs": {"/x": (5, 2**60)}, **changes}
    return ReelRecord(f"{number}.mov", f"/in/{number}.mov", f"{number}.otio", "done", **stated)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", MAKERS)
def test_what_is_put_comes_back(kind: str, tmp_path: Path) -> None:
    ledger = MAKERS[kind](tmp_path)
    for number in range(3):
        ledger.put(record(number))
    ledger.put(record(1, at=9.0, jobs=JOBS[:1], problem="changed"))
    assert read_records(tmp_path) == {
        "0.mov": record(0), "1.mov": record(1, at=9.0, jobs=JOBS[:1], problem="changed"), "2.mov": record(2)
    }  # fmt: skip
    ledger.close()
    assert len(read_records(tmp_path)) == 3


def test_the_newest_of_all_files_counts(tmp_path: Path) -> None:
    for place, at in (((1, 2), 5.0), ((2, 2), 7.0)):
        log = ShardLog(shard_log(tmp_path, place))
        log.put(record(1, at=at, problem=f"at {at}"))
        log.close()
    ledger = SqliteLedger(tmp_path / LEDGER)
    ledger.put(record(1, at=6.0, problem="at 6"))
    ledger.close()
    assert read_records(tmp_path)["1.mov"].problem == "at 7.0"


def test_a_cut_off_line_is_no_record_and_harms_no_other(tmp_path: Path) -> None:
    """Wherever a kill or a power cut has cut it off."""
    path = shard_log(tmp_path, (1, 1))
    log = ShardLog(path)
    log.put(record(1))
    first = path.stat().st_size
    log.put(record(2))
    log.close()
    whole = path.read_bytes()
    for size in range(first, len(whole) - 1, 37):
        path.write_bytes(whole[:size])
        assert set(read_records(tmp_path)) == {"1.mov"}
        again = ShardLog(path)
        again.put(record(3))
        again.close()
        assert set(read_records(tmp_path)) == {"1.mov", "3.mov"}


def test_a_ledger_whose_log_is_cut_off_anywhere_has_all_that_was_put_before(tmp_path: Path) -> None:
    """As a power cut between any two writes of the database leaves it: the earlier record, or all of the new one."""
    there, here = tmp_path / "there", tmp_path / "here"
    there.mkdir()
    ledger = SqliteLedger(there / LEDGER)
    ledger.put(record(1))
    before = (there / f"{LEDGER}-wal").stat().st_size
    ledger.put(record(1, at=2.0, problem="new", jobs=JOBS[:1]))
    whole = (there / f"{LEDGER}-wal").read_bytes()
    found = set()
    for size in {*range(before, len(whole), 1031), len(whole)}:
        shutil.rmtree(here, ignore_errors=True)
        here.mkdir()
        shutil.copy(there / LEDGER, here)
        (here / f"{LEDGER}-wal").write_bytes(whole[:size])
        (there_now,) = read_records(here).values()
        assert there_now in (record(1), record(1, at=2.0, problem="new", jobs=JOBS[:1]))
        found.add(there_now.problem)
        again = SqliteLedger(here / LEDGER)
        again.put(record(5))
        again.close()
        assert len(read_records(here)) == 2
    ledger.close()
    assert found == {"", "new"}


WRITER = """
import sys, itertools
from pathlib import Path
from talkies.core.batch.ledger import LEDGER, ShardLog, SqliteLedger, shard_log
from talkies.core.batch.records import Job, ReelRecord
kind, folder = sys.argv[1], Path(sys.argv[2])
ledger = SqliteLedger(folder / LEDGER) if kind == "sqlite" else ShardLog(shard_log(folder, (1, 1)))
for number in itertools.count(int(sys.argv[3])):
    jobs = tuple(Job("V1-001", "shot", "FX", take, f"t{take}", f"{number}") for take in range(20))
    ledger.put(ReelRecord(f"{number}.mov", "x", "x.otio", "done", jobs=jobs, at=float(number)))
    print(number, flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="nothing is killed there as kill -9 does")
@pytest.mark.parametrize("kind", MAKERS)
def test_a_killed_writer_has_lost_nothing_that_it_told_of(kind: str, tmp_path: Path) -> None:
    told = 0
    for pause in (0, 1, 3, 7, 20):
        program = [sys.executable, "-c", textwrap.dedent(WRITER), kind, str(tmp_path), str(told)]
        with subprocess.Popen(program, stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            lines = [writer.stdout.readline() for _ in range(pause + 1)]
            writer.send_signal(signal.SIGKILL)
            lines += writer.stdout.read().splitlines()
        told = int([line for line in lines if line.strip()][-1]) + 1
        records = read_records(tmp_path)
        assert set(records) >= {f"{number}.mov" for number in range(told)}
        assert all([job.key for job in each.jobs] == [name.removesuffix(".mov")] * 20 for name, each in records.items())
    if kind == "sqlite":
        assert sqlite3.connect(tmp_path / LEDGER).execute("PRAGMA integrity_check").fetchone() == ("ok",)


TWO = """
import sys
from pathlib import Path
from talkies.core.batch.ledger import LEDGER, ShardLog, SqliteLedger, shard_log
from talkies.core.batch.records import Job, ReelRecord
kind, folder = sys.argv[1], Path(sys.argv[2])
ledger = SqliteLedger(folder / LEDGER) if kind == "sqlite" else ShardLog(shard_log(folder, (1, 1)))
for number in (1, 2):
    jobs = tuple(Job("V1-001", "shot", "FX", take, f"t{take}", f"{number}") for take in range(3))
    ledger.put(ReelRecord("reel", "x", "x.otio", "done", jobs=jobs, at=float(number)))
    print(number, flush=True)
ledger.close()
"""
CALLS = "openat,pwrite64,write,fsync,fdatasync,ftruncate,unlink,fcntl"


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
@pytest.mark.parametrize("kind", MAKERS)
def test_a_writer_killed_before_any_of_its_system_calls(kind: str, tmp_path: Path) -> None:
    """The first that touches the ledger to the last: what was told of is there, whole, and the next one goes on."""

    def run(number: int) -> tuple[int, int]:
        """How many calls there were, and the last record that it told of, when it dies before call ``number``."""
        folder = tmp_path / str(number)
        folder.mkdir()
        names = [LEDGER, f"{LEDGER}-wal", f"{LEDGER}-journal", "shard-1-of-1.jsonl"]
        paths = [word for name in names for word in ("-P", str(folder / name))]
        dying = ["-e", f"inject={CALLS}:signal=SIGKILL:when={number}"] if number else []
        trace = ["strace", "-f", "-o", str(tmp_path / "calls"), "-e", f"trace={CALLS}", *paths, *dying]
        program = [sys.executable, "-c", TWO, kind, str(folder)]
        told = subprocess.run([*trace, *program], capture_output=True, text=True, timeout=120).stdout.split()
        return len((tmp_path / "calls").read_text().splitlines()) - 1, int(told[-1]) if told else 0

    calls, last = run(0)
    assert calls >= 5 and last == 2
    tellings = set()
    for number in range(1, calls + 1):
        _, told = run(number)
        tellings.add(told)
        found = read_records(tmp_path / str(number))
        assert all([job.key for job in each.jobs] == [f"{each.at:.0f}"] * 3 for each in found.values())
        assert (found["reel"].at if found else 0) in (told, told + 1)
        ledger = MAKERS[kind](tmp_path / str(number))
        ledger.put(record(7, at=9.0))
        ledger.close()
        assert read_records(tmp_path / str(number)) == {**found, "7.mov": record(7, at=9.0)}
    assert tellings >= {0, 1}


def test_records_that_lead_outside_or_make_no_sense_are_none(tmp_path: Path) -> None:
    ledger = SqliteLedger(tmp_path / LEDGER)
    ledger.put(record(1))
    for number, output in enumerate(("/etc/x.otio", "../x.otio", "a/../../x.otio", "a\0.otio"), start=2):
        ledger.put(ReelRecord(f"{number}.mov", "x", output, "done"))
    ledger.put(ReelRecord("7.mov", "x", "x.otio", "done", jobs=(Job("V1", "", "FX", 1, "x", file="../../x.wav"),)))
    ledger.put(record(8))
    ledger._database.execute("UPDATE reels SET record = '[1, 2' WHERE reel = '8.mov'")  # noqa: SLF001 - as vandals do
    ledger.close()
    assert set(read_records(tmp_path)) == {"1.mov"}


def test_what_is_no_ledger_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / LEDGER).write_bytes(b"this is no database, however long it is" * 100)
    with pytest.raises(OutputError, match="is no ledger of a batch"):
        SqliteLedger(tmp_path / LEDGER)
    with pytest.raises(OutputError, match="is no ledger of a batch"):
        read_records(tmp_path)
