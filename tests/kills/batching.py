"""``talkies batch``, killed, or its workers: nothing is lost, doubled or half made; the next call makes the rest."""

from __future__ import annotations

import json
import shutil
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from random import Random

from batches import MADE, write_archive
from kills.campaign import Ended, Ground, Kind, told
from kills.trees import Tree

from talkies.core.batch.ledger import DATA

OUT = "out"
SIGNALS = (signal.SIGKILL,) * 6 + (signal.SIGTERM, signal.SIGINT)
STOPPED = (130, 1)
"""How a batch that was told to end may end: stopped, or it was done already, but for the broken reel."""


@dataclass(frozen=True)
class Case:
    """``earlier``: seed of a batch before, None where there is none; ``wanted``: options of the one that is killed;
    ``victim``: the batch or one of its workers, at the part ``when`` of its file events, or of the time."""

    earlier: int | None
    wanted: tuple[str, ...]
    shard: bool
    victim: str
    signals: tuple[int, ...]
    when: float
    by_event: bool


def signals_of(rng: Random) -> tuple[int, ...]:
    """One that kills, or one or two that tell to end."""
    number = rng.choice(SIGNALS)
    return (number, number) if number != signal.SIGKILL and rng.random() < 0.5 else (number,)


def case_of(rng: Random) -> Case:
    earlier = None if rng.random() < 0.6 else 0
    victim = rng.choice(("batch", "batch", "worker"))
    signals: tuple[int, ...] = (signal.SIGKILL,) if victim == "worker" else signals_of(rng)
    by_event = victim == "worker" or rng.random() < 0.7
    wanted = ("--seed", str(rng.randrange(1, 3)), "--takes", rng.choice("12"), "--workers", rng.choice("112"))
    return Case(earlier, wanted, rng.random() < 0.3, victim, signals, rng.uniform(0, 1), by_event)


class Batching(Kind):
    """Cases of this kind."""

    name = "batch"

    def __init__(self, ground: Ground) -> None:
        super().__init__(ground)
        self._source = ground.folder / "archive"
        shutil.rmtree(self._source, ignore_errors=True)
        write_archive(self._source)
        self.lengths: dict[tuple[str, tuple[str, ...], bool], tuple[int, float]] = {}
        self._wholes: dict[tuple[str, ...], Path] = {}

    def try_one(self, rng: Random, is_real: bool) -> list[str]:
        case = case_of(rng)
        return [f"{case}: {problem}" for problem in self.try_case(case)]

    def try_case(self, case: Case) -> list[str]:
        self._measured(case)
        tree = self._laid(case)
        ended = self._killed(case)
        self.figures.ends[f"{case.victim} {told(ended.code)}"] += 1
        problems = [f"after the kill, {each}" for each in tree.problems()]
        if ended.code is None or "internal error" in ended.err or "Traceback" in ended.err:
            problems.append(f"{told(ended.code)}: {ended.err[-300:]}")
        has_begun = (self._ground.place / OUT / DATA).is_dir() or bool(ended.err)  # before, nobody hears a signal
        if case.victim == "batch" and case.signals[0] != signal.SIGKILL and has_begun and ended.code not in STOPPED:
            problems.append(f"told to end, it ended with {told(ended.code)}: {ended.err[-300:]}")
        alone = self._wholes[case.wanted]
        before = tree.done(alone)
        again = self._run(self._command(case.wanted, ("--retry",)))
        problems += [f"after the next run, {each}" for each in (*tree.problems(), *tree.compared(alone))]
        if again.code != 1:
            problems.append(f"the next run ended with {told(again.code)}: {again.err[-300:]}")
        if before:
            self.figures.ends["of these with reels that stayed"] += 1
            now = tree.done(alone)
            problems += [f"{name} was made again" for name, files in before.items() if now.get(name) != files]
        return problems

    def _command(self, wanted: tuple[str, ...], more: tuple[str, ...] = (), out: str = OUT) -> list[str]:
        return ["batch", str(self._source), "-o", out, "--background", "off", "--shots", "none", *wanted, *more]

    def _run(self, command: list[str], dying: dict[str, object] | None = None, workers: str = "") -> Ended:
        return self._ground.run("batch", [workers, "", self._ground.address, *command], dying=dying)

    def _laid(self, case: Case) -> Tree:
        shutil.rmtree(self._ground.place, ignore_errors=True)
        tree = Tree.laid(self._ground.place / OUT, MADE)
        if case.earlier is not None:
            self._run(self._command(("--seed", str(case.earlier))))
        return tree

    def _killed(self, case: Case) -> Ended:
        events, seconds = self._measured(case)
        command = self._command(case.wanted, ("--shard", "1/1") if case.shard else ())
        first = max(1, round(case.when * events))
        wish: dict[str, object] = {"events": {str(first + 2 * index): each for index, each in enumerate(case.signals)}}
        if case.victim == "worker":
            return self._run(command, workers=json.dumps(wish))
        if case.by_event:
            return self._run(command, dying=wish)
        running = self._ground.begin("batch", ["", "", self._ground.address, *command])
        running.process.wait(case.when * seconds)
        for number in case.signals:
            running.process.kill(number)
            running.process.wait(0.01)
        return running.end()

    def _measured(self, case: Case) -> tuple[int, float]:
        """How many file events its victim has, and how long it takes, left alone."""
        key = case.victim, case.wanted, case.shard
        if key not in self.lengths:
            place, count = self._ground.place, self._ground.folder / "events"
            shutil.rmtree(place, ignore_errors=True)
            place.mkdir()
            command, began = self._command(case.wanted, ("--shard", "1/1") if case.shard else ()), time.monotonic()
            wish: dict[str, object] = {"count": str(count)}
            of_worker = case.victim == "worker"
            ended = self._run(command, None if of_worker else wish, json.dumps(wish) if of_worker else "")
            if ended.code != 1:
                raise RuntimeError(f"the batch does not work: {told(ended.code)} {ended.err[-500:]}")
            self.lengths[key] = int(count.read_text()), time.monotonic() - began
            self._wholes.setdefault(case.wanted, self._kept(case.wanted))
        return self.lengths[key]

    def _kept(self, wanted: tuple[str, ...]) -> Path:
        """The tree of a batch that was left alone."""
        whole = self._ground.folder / "whole" / "-".join(wanted)
        shutil.rmtree(whole, ignore_errors=True)
        shutil.copytree(self._ground.place / OUT, whole)
        return whole
