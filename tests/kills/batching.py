"""``talkies batch``, killed, or its workers: nothing is lost, doubled or half made; the next call makes the rest."""

from __future__ import annotations

import json
import re
import shutil
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from random import Random

from batches import MADE, write_archive
from kills.campaign import Ended, Ground, Kind, told
from kills.place import Users, contents
from kills.results import broken_takes, leftovers, result_at

from talkies.core.batch.facts import is_in_place
from talkies.core.batch.ledger import DATA, read_records
from talkies.core.errors import OutputError

OUT = "out"
SIGNALS = (signal.SIGKILL,) * 6 + (signal.SIGTERM, signal.SIGINT)
STOPPED = (130, 1)
"""How a batch that was told to end may end: stopped, or it was done already, but for the broken reel."""
_TOLD = re.compile(r"<p>[^<]*(kept from the run before|holds the finished takes)[^<]*</p>\n")
"""What a page tells of the way there."""


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


def case_of(rng: Random) -> Case:
    earlier = None if rng.random() < 0.6 else 0
    victim = rng.choice(("batch", "batch", "worker"))
    signals: tuple[int, ...] = (signal.SIGKILL,) if victim == "worker" else (rng.choice(SIGNALS),)
    if signals[0] != signal.SIGKILL and rng.random() < 0.5:
        signals *= 2
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
        self._strangers: set[str] = set()
        self._wholes: dict[tuple[str, ...], Path] = {}

    def try_one(self, rng: Random, is_real: bool) -> list[str]:
        case = case_of(rng)
        return [f"{case}: {problem}" for problem in self.try_case(case)]

    def try_case(self, case: Case) -> list[str]:
        self._measured(case)
        users = self._laid(case)
        ended = self._killed(case)
        self.figures.ends[f"{case.victim} {told(ended.code)}"] += 1
        problems = [f"after the kill, {each}" for each in self._looked_at(users)]
        if ended.code is None or "internal error" in ended.err or "Traceback" in ended.err:
            problems.append(f"{told(ended.code)}: {ended.err[-300:]}")
        has_begun = (self._ground.place / OUT / DATA).is_dir() or bool(ended.err)  # before, nobody hears a signal
        if case.victim == "batch" and case.signals[0] != signal.SIGKILL and has_begun and ended.code not in STOPPED:
            problems.append(f"told to end, it ended with {told(ended.code)}: {ended.err[-300:]}")
        before = self._finished(case)
        again = self._run(self._command(case.wanted, ("--retry",)))
        problems += [f"after the next run, {each}" for each in (*self._looked_at(users), *self._compared(case, users))]
        if again.code != 1:
            problems.append(f"the next run ended with {told(again.code)}: {again.err[-300:]}")
        if before:
            self.figures.ends["of these with reels that stayed"] += 1
            now = self._finished(case)
            problems += [f"{name} was made again" for name, file in before.items() if now.get(name) != file]
        return problems

    def _command(self, wanted: tuple[str, ...], more: tuple[str, ...] = (), out: str = OUT) -> list[str]:
        return ["batch", str(self._source), "-o", out, "--background", "off", "--shots", "none", *wanted, *more]

    def _run(self, command: list[str], dying: dict[str, object] | None = None, workers: str = "") -> Ended:
        return self._ground.run("batch", [workers, self._ground.address, *command], dying=dying)

    def _laid(self, case: Case) -> Users:
        place = self._ground.place
        shutil.rmtree(place, ignore_errors=True)
        (place / OUT / "1926").mkdir(parents=True)
        stem = f"{Path(MADE[0]).name}.talkies"
        users = Users(place / OUT / "1926", stem, f"{stem}.otio")
        self._strangers = set(contents(place / OUT))
        if case.earlier is not None:
            self._run(self._command(("--seed", str(case.earlier))))
        return users

    def _killed(self, case: Case) -> Ended:
        events, seconds = self._measured(case)
        command = self._command(case.wanted, ("--shard", "1/1") if case.shard else ())
        first = max(1, round(case.when * events))
        wish: dict[str, object] = {"events": {str(first + 2 * index): each for index, each in enumerate(case.signals)}}
        if case.victim == "worker":
            return self._run(command, workers=json.dumps(wish))
        if case.by_event:
            return self._run(command, dying=wish)
        running = self._ground.begin("batch", ["", self._ground.address, *command])
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

    def _looked_at(self, users: Users) -> list[str]:
        """What is wrong with what lies there now."""
        out = self._ground.place / OUT
        problems = users.harmed()
        problems += broken_takes(users.place, users.ours())
        for name in MADE:
            result = result_at(out / f"{name}.talkies.otio")
            problems += result.problems if result is not None else ()
        try:
            records = read_records(out / DATA) if (out / DATA).is_dir() else {}
        except OutputError as error:
            return [*problems, str(error)]
        lost = [name for name, each in records.items() if each.state == "done" and not is_in_place(out, each)]
        return problems + [f"{name} is done in the ledger, and not there" for name in lost]

    def _finished(self, case: Case) -> dict[str, tuple[int, int]]:
        """The timelines of what the ledger knows as made with these options: which file each is."""
        out, alone = self._ground.place / OUT, read_records(self._wholes[case.wanted] / DATA)
        records = read_records(out / DATA) if (out / DATA).is_dir() else {}
        done = (each for name, each in records.items() if each.state == "done" and each.key == alone[name].key)
        facts = {each.output: (out / each.output).stat() for each in done}
        return {name: (each.st_ino, each.st_mtime_ns) for name, each in facts.items()}

    def _compared(self, case: Case, users: Users) -> list[str]:
        """How it differs from a batch that was left alone."""
        out, whole = self._ground.place / OUT, self._wholes[case.wanted]
        problems = [f"{each} is left" for each in leftovers(users.ours())]
        for name in MADE:
            now, alone = (result_at(folder / f"{name}.talkies.otio") for folder in (out, whole))
            if now is None or alone is None or now.sounds != alone.sounds:
                problems.append(f"{name} is another than that of a batch that was left alone")
        ours, theirs = ({name for name in contents(folder) if _counts(name)} for folder in (out, whole))
        if others := (ours - self._strangers) ^ theirs:
            problems.append(f"other files: {sorted(others)[:5]}")
        for name in ("batch.csv", "index.html"):
            if _plain(out / name) != _plain(whole / name):
                problems.append(f"{name} is another")
        return problems


def _counts(name: str) -> bool:
    return not name.startswith(f"{DATA}/") or "/stills/" in name


def _plain(page: Path) -> str:
    return _TOLD.sub("", page.read_text(encoding="utf-8")) if page.is_file() else ""
