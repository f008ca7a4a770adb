"""A batch of short jobs, killed and called again until it is done: nothing is lost, doubled, half made or made twice.

A chain is one such batch: the calls, its links, are struck at random, all of them or their workers. A kill is a process
that was struck, and cases of this kind are kills, so that the last chain of a campaign makes some more than are asked.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random

from batches import write_short_reels
from kills.batching import OUT, STOPPED, signals_of
from kills.campaign import Ended, Ground, Kind, Running, told
from kills.fork_server import STUCK_S
from kills.trees import Identity, Tree
from kills.worker_log import Line, Writer, living, read_log, strokes

from talkies.core.batch.ledger import DATA
from talkies.core.files.lock import locked

TAKES = 4
"""Of each sound."""
SEED, EARLIER_SEED = "1", "0"
MOST_LINKS = 400
_MOST_TAKES = 8
"""That are finished before a link is struck."""
_MOST_WORKERS = 3
"""That die of themselves before a link is struck."""
_EVENTS_OF_JOB, _EVENTS_OF_BATCH = 28, 18
"""File events."""
_TICK_S = 0.01
LOGS = "logs"


@dataclass(frozen=True)
class Strike:
    """``signals`` to the batch, or to its workers, once ``takes`` more are finished and then ``after_s``."""

    victim: str
    signals: tuple[int, ...]
    takes: int
    after_s: float


@dataclass(frozen=True)
class Link:
    """One call. ``wanted``: its options; ``batch_dying`` and ``worker_dying``: at which of its file events the batch
    or each of its workers dies of itself; ``is_looked_at``: it and its workers have ended before all is looked at and
    the next call comes."""

    wanted: tuple[str, ...]
    batch_dying: dict[str, int]
    worker_dying: dict[str, int]
    strikes: tuple[Strike, ...]
    is_looked_at: bool


def link_of(rng: Random, job_s: float, wanted: tuple[str, ...]) -> Link:
    way = rng.choice(("batch", "batch", "worker", "batch's event", "worker's event"))
    batch_dying = _dying(rng, _EVENTS_OF_BATCH) if way == "batch's event" else {}
    worker_dying = _dying(rng, _EVENTS_OF_JOB * _MOST_TAKES) if way == "worker's event" else {}
    victims = ["worker"] * (rng.randrange(1, 4) if way == "worker" else 0) + ["batch"]
    strikes = tuple(_strike(rng, victim, job_s) for victim in victims)
    return Link(wanted, batch_dying, worker_dying, strikes, rng.random() < 0.75)


def _strike(rng: Random, victim: str, job_s: float) -> Strike:
    takes = rng.randrange(_MOST_TAKES + 1) // (2 if victim == "worker" else 1)
    return Strike(victim, signals_of(rng), takes, rng.uniform(0, job_s * (2 if takes else 8)))


def _dying(rng: Random, events: int) -> dict[str, int]:
    first = rng.randrange(1, events)
    return {str(first + 2 * index): number for index, number in enumerate(signals_of(rng))}


class Chains(Kind):
    """Chains, one after the other; their kills are the cases. ``reels``: how many are in the archive."""

    name = "batches"

    def __init__(self, ground: Ground, reels: int = 25) -> None:
        super().__init__(ground)
        self._source = ground.folder / "short-reels"
        shutil.rmtree(self._source, ignore_errors=True)
        sounds = write_short_reels(self._source, reels)
        self.reels, self.jobs = tuple(sounds), TAKES * sum(sounds.values())
        self._whole, self._earlier = ground.folder / "left-alone", ground.folder / "earlier"
        self._job_s, self._begun_links = 0.0, 0
        self._logs: list[Path] = []

    def try_one(self, rng: Random, is_real: bool) -> list[str]:
        if not self._job_s:
            self._job_s = self._made_alone(EARLIER_SEED, self._earlier)
            self._made_alone(SEED, self._whole)
        earlier = rng.choice(("none", "none", "whole", "begun"))
        shards = rng.choice(((), ("--shard", "1/1"), None))
        self._begun_links = rng.randrange(1, 4) if earlier == "begun" else 0
        links = self._links(rng, shards)
        problems = self._tried(links, self._laid(earlier == "whole"))
        self._count()
        return [f"{earlier} earlier, link {len(self._logs)}: {problem}" for problem in problems]

    def cases_of_last(self) -> int:
        return sum(strokes(read_log(path))[0] for path in self._logs)

    def _links(self, rng: Random, shards: tuple[str, ...] | None) -> Iterator[Link]:
        """``shards``: None is with and without, in turn."""
        for number in range(MOST_LINKS):
            shard = rng.choice(((), ("--shard", "1/1"))) if shards is None else shards
            seed = EARLIER_SEED if number < self._begun_links else SEED
            wanted = ("--seed", seed, "--workers", rng.choice("12"), *shard, *(("--retry",) if number else ()))
            yield link_of(rng, self._job_s, wanted)

    def _tried(self, links: Iterator[Link], tree: Tree) -> list[str]:
        """One chain, to its end or to the first thing that is wrong."""
        known: dict[str, Identity] = {}
        for link in links:
            ended = self._struck(link)
            problems = [*self._ended_wrongly(ended), *(self._seen(tree, known) if link.is_looked_at else ())]
            if problems:
                return [f"{link}, {told(ended.code)}: {problem}" for problem in problems]
            if ended.code == 1 and set(tree.done(self._whole)) == set(self.reels):
                return self._finally(tree, known)
        return [f"it is not done after {MOST_LINKS} calls"]

    @property
    def _out(self) -> Path:
        return self._ground.place / OUT

    def _begun(self, wanted: tuple[str, ...], worker_dying: object = None, batch_dying: object = None) -> Running:
        log = self._ground.place / LOGS / f"{len(self._logs)}"
        self._logs.append(log)
        command = ["batch", str(self._source), "-o", OUT, "--background", "off", "--shots", "none"]
        workers = json.dumps({"events": worker_dying, "log": str(log)}) if worker_dying else ""
        dying = {"events": batch_dying, "log": str(log)} if batch_dying else None
        arguments = [workers, str(log), self._ground.address, *command, "--takes", str(TAKES), *wanted]
        return self._ground.begin("batch", arguments, dying=dying)

    def _made_alone(self, seed: str, kept: Path) -> float:
        """A batch that nobody kills, kept without what lay there before; seconds for each of its jobs."""
        tree = self._laid(False)  # a batch remembers what was there before it
        began = time.monotonic()
        ended = self._begun(("--seed", seed)).end()
        if ended.code != 1 or self._words("finished") != self.jobs:
            raise RuntimeError(f"the batch does not work: {told(ended.code)} {ended.err[-500:]}")
        seconds = time.monotonic() - began
        shutil.rmtree(kept, ignore_errors=True)
        shutil.copytree(self._out, kept, symlinks=True)
        for name in tree.strangers:
            (kept / name).unlink()
        return seconds / self.jobs

    def _laid(self, has_earlier: bool) -> Tree:
        shutil.rmtree(self._ground.place, ignore_errors=True)
        (self._ground.place / LOGS).mkdir(parents=True)
        self._logs = []
        tree = Tree.laid(self._out, self.reels)
        if has_earlier:
            shutil.copytree(self._earlier, self._out, dirs_exist_ok=True)
        return tree

    def _struck(self, link: Link) -> Ended:
        running = self._begun(link.wanted, link.worker_dying, link.batch_dying)
        log = self._logs[-1]
        writer = Writer(str(log))
        for strike in link.strikes:
            self._wait_for(strike, running, log)
            batch, lines = running.process.pid, read_log(log)
            workers = [pid for pid in living(lines) if pid != batch]
            for number in strike.signals:
                for pid in workers if strike.victim == "worker" else [batch]:
                    _send(running, pid, number, writer)
                running.process.wait(_TICK_S)
        writer.close()
        return running.end()

    def _wait_for(self, strike: Strike, running: Running, log: Path) -> None:
        until, before = time.monotonic() + STUCK_S, _count_of(read_log(log))
        while running.process.wait(_TICK_S) is None and time.monotonic() < until:
            now = _count_of(read_log(log))
            if now["finished"] - before["finished"] >= strike.takes or now["struck"] >= _MOST_WORKERS:
                break
        running.process.wait(strike.after_s)

    def _ended_wrongly(self, ended: Ended) -> list[str]:
        lines = read_log(self._logs[-1])
        has_begun = _count_of(lines)["begun"] > 1  # a worker: before, nobody hears a signal
        is_right = ended.code in (*STOPPED, -signal.SIGKILL) or (not has_begun and ended.code != 2)
        if ended.code is None or not is_right or "internal error" in ended.err or (has_begun and "Trace" in ended.err):
            return [f"it ended with {told(ended.code)}: {ended.err[-300:]}"]
        return []

    def _seen(self, tree: Tree, known: dict[str, Identity]) -> list[str]:
        """What is wrong after a link; ``known``: the reels that were done before, which grows."""
        if not _quiet(self._logs[-1], self._out / DATA):
            return ["a worker has not ended"]
        problems = tree.problems()
        if problems:
            return problems
        now = tree.done(self._whole)
        problems = [f"{name} was made again" for name, files in known.items() if now.get(name) != files]
        known |= now
        logs = map(read_log, self._logs[self._begun_links :])
        keys = Counter(line.key for lines in logs for line in lines if line.word == "finished")
        again = [key for key, count in keys.items() if count > 1]
        return [*problems, f"{len(again)} finished takes were made again, such as {again[0]}"] if again else problems

    def _finally(self, tree: Tree, known: dict[str, Identity]) -> list[str]:
        """What is wrong with a batch that is done, and with the call after it, which has nothing to do."""
        problems = self._seen(tree, known)
        ended = self._begun(("--seed", SEED, "--retry")).end()
        problems += [*self._ended_wrongly(ended), *self._seen(tree, known)]
        if any(line.word in ("making", "taken") for line in read_log(self._logs[-1])):
            problems.append("a batch that was done has made something")
        return problems + tree.compared(self._whole)

    def _count(self) -> None:
        ends = self.figures.ends
        logs = [read_log(path) for path in self._logs]
        ends["chains"] += 1
        ends["calls"] += len(logs)
        ends["kills after a take was begun"] += sum(strokes(lines)[1] for lines in logs)
        ends["takes finished"] += self._words("finished")
        ends["takes taken over"] += self._words("taken")

    def _words(self, word: str) -> int:
        return sum(line.word == word for path in self._logs for line in read_log(path))


def _count_of(lines: list[Line]) -> Counter[str]:
    return Counter(line.word for line in lines)


def _send(running: Running, pid: int, number: int, log: Writer) -> None:
    if pid == running.process.pid and running.process.code is not None:
        return
    with suppress(ProcessLookupError):
        os.kill(pid, number)
        log.tell("struck", pid=pid)


def _quiet(log: Path, data: Path) -> bool:
    """Whether a call and its workers have gone; they hold its locks as long as they live. Nothing is changed."""
    until = time.monotonic() + STUCK_S
    while living(read_log(log)) or not all(map(_is_free, data.glob(".*lock"))):
        if time.monotonic() > until:
            return False
        time.sleep(_TICK_S)
    return True


def _is_free(lock: Path) -> bool:
    with suppress(FileNotFoundError), lock.open("r+b") as file:
        return locked(file)
    return True
