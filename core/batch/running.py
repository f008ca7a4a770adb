"""Running a batch: which reels are settled is known at once, the others go to workers, each reel to one of them."""

from __future__ import annotations

import contextlib
import os
import queue
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO

from talkies.core.batch.asking import Asked, refuse_leaving
from talkies.core.batch.facts import forget_folders, input_facts, is_in_place, with_times
from talkies.core.batch.helper import AnyHelper, Helper
from talkies.core.batch.ledger import DATA, LEDGER, Ledger, ShardLog, SqliteLedger, read_records, shard_log
from talkies.core.batch.making import Making
from talkies.core.batch.records import ReelRecord
from talkies.core.batch.reels import Reel
from talkies.core.errors import CancelledError, OutputError, TalkiesError
from talkies.core.files.atomic import output_errors
from talkies.core.files.lock import held, removed
from talkies.core.files.preflight import check_place
from talkies.core.generation.made_from import digest

_TICK_S = 0.2
_TELLING = 0.02
"""The share of the work after which it can be said how long the rest takes."""
_LATER_S = 0.001
LOCK_WAIT_S = 30.0
"""For the workers of a batch that was killed to notice it."""


@dataclass(frozen=True)
class Order:
    """What to run. ``command``: of a worker; ``on_ray``: workers are spread over a cluster; ``shard``: (i, n), only
    the reels that fall to the i-th of n; ``retry``: what has failed is tried again, though nothing has changed."""

    asked: Asked
    reels: tuple[Reel, ...]
    command: Sequence[str]
    workers: int = 1
    on_ray: bool = False
    shard: tuple[int, int] | None = None
    retry: bool = False

    @property
    def ours(self) -> tuple[Reel, ...]:
        """The reels of this shard."""
        return tuple(reel for reel in self.reels if self.shard is None or reel.is_of(self.shard))


@dataclass(frozen=True)
class Counted:
    """How many reels there are for this run, and how many of them were settled before."""

    reels: int
    settled: int


@dataclass(frozen=True)
class Advanced:
    """``fraction`` of what this run has to make; ``message``: what is going on; ``left_s``: seconds, None unknown."""

    fraction: float
    message: str
    left_s: float | None


@dataclass(frozen=True)
class ReelSettled:
    """One reel is done or has failed."""

    record: ReelRecord


News = Counted | Advanced | ReelSettled


@dataclass
class Batch:
    """One run of a batch; ``records``: what is known of each reel by its name."""

    order: Order
    records: dict[str, ReelRecord] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._data = self.order.asked.out / DATA
        self._stop, self._writing = threading.Event(), threading.Lock()
        self._news: queue.SimpleQueue[ReelRecord | BaseException | None] = queue.SimpleQueue()
        self._shares: dict[int, tuple[float, str]] = {}

    def run(self) -> Iterator[News]:
        """Makes what is missing. A closed generator, or Ctrl+C, ends the workers: their finished takes stay, and the
        next run goes on. Raises OutputError."""
        refuse_leaving(self.order.asked.out, self._data / LEDGER)
        check_place(self._data / LEDGER)
        with self._alone() as lock, self._ledger() as ledger:
            self.records = read_records(self._data)
            forget_folders()
            ours = self.order.ours
            waiting = [reel for reel in ours if not self.is_settled(reel)]
            self._note_times({reel.name for reel in ours} - {reel.name for reel in waiting}, ledger)
            yield Counted(len(ours), len(ours) - len(waiting))
            if waiting:
                yield from self._work(waiting, ledger, lock)

    def is_settled(self, reel: Reel) -> bool:
        """Whether it needs no worker: nothing that it is made of has changed, and what was made lies there."""
        record = self.records.get(reel.name)
        if record is None or record.state not in ("done", "failed") or (record.state == "failed" and self.order.retry):
            return False
        try:
            asked = digest(self.order.asked.facts(self.order.asked.request(reel)))
        except (TalkiesError, OSError, ValueError, KeyError, AttributeError, TypeError):
            return False
        if record.output != reel.output(self.order.asked.suffix) or record.asked != asked:
            return False
        if input_facts(record.inputs) != dict(record.inputs):
            return False
        return (record.state == "failed" and record.mark is None) or is_in_place(self.order.asked.out, record)

    def _note_times(self, settled: set[str], ledger: Ledger) -> None:
        """What had to be read, for its times were others, need not be read the next time."""
        for name in sorted(settled):
            record = with_times(self.order.asked.out, self.records[name])
            if record != self.records[name]:
                self._put(record, ledger)

    def _work(self, waiting: list[Reel], ledger: Ledger, lock: IO[bytes]) -> Iterator[News]:
        reels = iter(waiting)
        helpers = self._helpers(len(waiting), lock)
        count, began, settled = len(helpers), time.monotonic(), 0
        workers = [
            threading.Thread(target=self._serve, args=(number, reels, ledger, helper))
            for number, helper in enumerate(helpers)
        ]
        try:
            for worker in workers:
                worker.start()
            while count:
                try:
                    news = self._news.get(timeout=_TICK_S)
                except queue.Empty:
                    yield self._advanced(settled, len(waiting), began)
                    continue
                if isinstance(news, ReelRecord):
                    settled += 1
                    yield ReelSettled(news)
                    yield self._advanced(settled, len(waiting), began)
                elif news is None:
                    count -= 1
                else:
                    raise news
        finally:
            self._stop.set()
            for worker in workers:
                _joined(worker)

    def _helpers(self, reels: int, lock: IO[bytes]) -> list[AnyHelper]:
        """The workers, not more than there are ``reels``; those here hold the lock too. Raises MissingExtraError,
        OutputError where there is no cluster."""
        count = max(min(self.order.workers, reels), 1)
        if self.order.on_ray:
            from talkies.core.batch.ray_helper import RayHelper, join_cluster

            return [RayHelper(self.order.command, 1) for _ in range(min(count, join_cluster()))]
        threads, inherited = max(_cores() // count, 1), (lock.fileno(),) if os.name == "posix" else ()
        return [Helper(self.order.command, threads, inherited) for _ in range(count)]

    def _advanced(self, settled: int, total: int, began: float) -> Advanced:
        shares = list(self._shares.values())
        fraction = min((settled + sum(share for share, _ in shares)) / total, 1.0)
        passed = time.monotonic() - began
        left = passed * (1 - fraction) / fraction if fraction > _TELLING else None
        return Advanced(fraction, shares[0][1] if shares else "", left)

    def _serve(self, number: int, reels: Iterator[Reel], ledger: Ledger, helper: AnyHelper) -> None:
        """One worker's thread, until no reel is left."""
        making = Making(self.order.asked, lambda record: self._put(record, ledger), self._stop.is_set)
        try:
            while not self._stop.is_set():
                with self._writing:
                    reel = next(reels, None)
                if reel is None:
                    break
                known = self.records.get(reel.name)
                self._shares[number] = 0.0, reel.name

                def watch(fraction: float, message: str, name: str = reel.name) -> None:
                    self._shares[number] = fraction, f"{name}: {message}"

                making.reel(helper, reel, known, watch)
                self._shares.pop(number, None)
                self._news.put(self.records[reel.name])
        except CancelledError:
            pass
        except BaseException as error:  # noqa: BLE001 - the run ends with it
            self._news.put(error)
        finally:
            self._leave(helper)

    def _leave(self, helper: AnyHelper) -> None:
        """Whatever comes of it, the run hears that this worker has gone."""
        try:
            helper.close()
        except BaseException as error:  # noqa: BLE001 - the run ends with it
            self._news.put(error)
        finally:
            self._news.put(None)

    def _put(self, record: ReelRecord, ledger: Ledger) -> None:
        """``record`` counts from now on, whatever the clocks of other machines have said."""
        with self._writing:
            earlier = self.records.get(record.reel)
            at = time.time() if earlier is None else max(time.time(), earlier.at + _LATER_S)
            record = replace(record, at=at)
            ledger.put(record)
            self.records[record.reel] = record

    @contextmanager
    def _alone(self) -> Iterator[IO[bytes]]:
        """Nobody else runs this batch, or this shard. Raises OutputError."""
        shard = self.order.shard
        path = self._data / (".lock" if shard is None else f".shard-{shard[0]}-of-{shard[1]}.lock")
        until = time.monotonic() + LOCK_WAIT_S
        with output_errors(path):
            while (lock := held(path)) is None:
                if time.monotonic() > until:
                    cure = "wait until it is done; several machines share a batch by --shard"
                    raise OutputError(self.order.asked.out, "another batch is at work there", cure)
                time.sleep(_TICK_S)
        try:
            while time.monotonic() < until and not all(map(_is_free, self._rivals(path))):
                time.sleep(_TICK_S)
            if rival := next((each for each in self._rivals(path) if not _is_free(each)), None):
                name = rival.name.removeprefix(".").removesuffix("lock").removesuffix(".") or "the whole batch"
                cure = "wait until it is done; shards of one batch are all of the same number"
                raise OutputError(self.order.asked.out, f"{name} is at work there", cure)
            yield lock
        finally:
            removed(lock, path)

    def _rivals(self, path: Path) -> list[Path]:
        """The locks of those who may make the same reels: of a whole batch everybody, of a shard those of another
        number."""
        shard, others = self.order.shard, [each for each in self._data.glob(".*lock") if each != path]
        ours = [".overview.lock"] if shard is None else [".overview.lock", *self._shard_locks(shard[1])]
        return [each for each in others if each.name not in ours]

    def _shard_locks(self, count: int) -> list[str]:
        return [each.name for each in self._data.glob(f".shard-*-of-{count}.lock")]

    @contextmanager
    def _ledger(self) -> Iterator[Ledger]:
        shard = self.order.shard
        ledger: Ledger
        ledger = SqliteLedger(self._data / LEDGER) if shard is None else ShardLog(shard_log(self._data, shard))
        try:
            yield ledger
        finally:
            ledger.close()


def _is_free(path: Path) -> bool:
    """Whether nobody holds a lock any more; what a killed one has left of it is removed. Raises OSError."""
    lock = held(path)
    if lock is not None:
        removed(lock, path)
    return lock is not None


def _cores() -> int:
    with contextlib.suppress(AttributeError):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _joined(thread: threading.Thread) -> None:
    """However often somebody presses Ctrl+C meanwhile."""
    while thread.ident is not None and thread.is_alive():
        with contextlib.suppress(KeyboardInterrupt):
            thread.join()
