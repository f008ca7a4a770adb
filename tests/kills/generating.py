"""``talkies generate``, killed: the output is the earlier one or the new one, and the next run makes it whole."""

from __future__ import annotations

import shutil
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from random import Random

from kills.campaign import Ended, Ground, Kind, Running, told
from kills.place import Users
from kills.results import Result, broken_takes, leftovers, result_at

FORMATS = (".otio", ".otio", ".stems", ".stems", ".otioz", ".otiod", ".fcpxml", ".fcpxmld", ".mlt", ".xml", ".aaf")
SIGNALS = (signal.SIGKILL,) * 8 + (signal.SIGTERM, signal.SIGINT)
NO_NEWS = (130, 0)
"""How a run that was told to end may end: stopped, or it was done already."""


@dataclass(frozen=True)
class Case:
    """``earlier``, ``wanted``: the options of a run before, if there was one, and of the one that is killed."""

    out: str
    earlier: tuple[str, ...] | None
    wanted: tuple[str, ...]
    signals: tuple[int, ...]
    when: float
    """At which part of its file events or of its time: 0 to 1."""
    by_event: bool
    role: str = "talkies"


def case_of(rng: Random, role: str = "talkies") -> Case:
    earlier = None if rng.random() < 0.25 else _options(rng, 0)
    signals: tuple[int, ...] = (rng.choice(SIGNALS),)
    if signals[0] != signal.SIGKILL and rng.random() < 0.5:
        signals *= 2  # somebody is impatient
    by_event = rng.random() < 0.7
    late = by_event and rng.random() < 0.6  # publishing and writing are the last part
    when = rng.uniform(0.5, 1) if late else rng.uniform(0, 1)
    wanted = _options(rng, rng.randrange(1, 4))
    if role == "mini":
        wanted, earlier = (*wanted, *_QUICK), earlier and (*earlier, *_QUICK)
    return Case(f"out{rng.choice(FORMATS)}", earlier, wanted, signals, when, by_event, role)


UNREADABLE = "of these with a timeline that only the next run makes readable"
BETWEEN = "of these between the takes' move and the timeline's"
_QUICK = ("--steps", "1")
_KEPT = "kept from the run before"


def _options(rng: Random, seed: int) -> tuple[str, ...]:
    return ("--seed", str(seed), "--handles", rng.choice("01"), "--takes", rng.choice("112"))


class Generating(Kind):
    """Cases of this kind."""

    name = "generate"

    def __init__(self, ground: Ground) -> None:
        super().__init__(ground)
        self.lengths: dict[tuple[str, str, str], tuple[int, float]] = {}
        self.wholes: dict[tuple[str, str, tuple[str, ...]], Result] = {}

    def try_one(self, rng: Random, is_real: bool) -> list[str]:
        case = case_of(rng, "mini" if is_real else "talkies")
        return [f"{case}: {problem}" for problem in self.try_case(case)]

    def try_case(self, case: Case) -> list[str]:
        users = self._ground.lay(case.out)
        out = self._ground.place / case.out
        if case.earlier is not None:
            self._ground.run(case.role, self._command(case.out, case.earlier))
        before, earlier = result_at(out), users.ours()
        ended = self._killed(case)
        self.figures.ends[told(ended.code) if ended.code else "done before it was killed"] += 1
        left = result_at(out)
        problems = self._after_the_kill(case, ended, before, left, users)
        if left == before and _was_stopped_late(ended) and not _sounds(users.ours()) - _sounds(earlier):
            problems.append("told to end when all takes were finished, it has kept none")
        settled = left if left == before else self._after_a_run_in_vain(case)
        problems += [f"after a run in vain, {each}" for each in (settled.problems if settled else ())]
        if left is not None and left.problems:
            self.figures.ends[UNREADABLE] += 1
        again = self._ground.run(case.role, self._command(case.out, case.wanted))
        new = result_at(out)
        problems += self._after_the_next(again, new, users)
        if new is not None and new.sounds != (whole := self._undisturbed(case)).sounds:
            problems.append(f"the next run made other sounds than one that was left alone: {_mixed(new, whole, None)}")
        if _KEPT in again.err:
            self.figures.ends["of these gone on from"] += 1
        wholes = [each.sounds for each in (before, new) if each is not None]
        if left is not None and left.sounds not in wholes:
            self.figures.ends[BETWEEN] += 1
        if settled is not None and settled.sounds not in wholes:
            problems.append(f"the result is neither the earlier one nor the new one: {_mixed(settled, before, new)}")
        return problems

    def _undisturbed(self, case: Case) -> Result:
        """What such a run makes that is left alone."""
        key = case.role, Path(case.out).suffix, case.wanted
        if key not in self.wholes:
            spare = f"spare{Path(case.out).suffix}"
            self._ground.run(case.role, self._command(spare, case.wanted))
            found = result_at(self._ground.place / spare)
            assert found is not None
            self.wholes[key] = found
        return self.wholes[key]

    def _after_a_run_in_vain(self, case: Case) -> Result | None:
        """The result once a run has begun that makes nothing: it puts back what the killed one had begun to replace."""
        self._ground.run(case.role, [*self._command(case.out, case.wanted), "--weights", "none.safetensors"])
        return result_at(self._ground.place / case.out)

    def _command(self, out: str, options: tuple[str, ...]) -> list[str]:
        return ["generate", "reel.otio", "-o", out, *options]

    def _killed(self, case: Case) -> Ended:
        events, seconds = self._length(case)
        if case.by_event:
            first = max(1, round(case.when * events))
            dying = {"events": {str(first + 2 * index): number for index, number in enumerate(case.signals)}}
            return self._ground.run(case.role, self._command(case.out, case.wanted), dying=dying)
        running: Running = self._ground.begin(case.role, self._command(case.out, case.wanted))
        running.process.wait(case.when * seconds)
        for number in case.signals:
            running.process.kill(number)
            running.process.wait(0.01)
        return running.end()

    def _length(self, case: Case) -> tuple[int, float]:
        """How many file events and seconds such a run has that is left alone; measured once."""
        key = case.role, case.out, case.wanted[case.wanted.index("--takes") + 1]
        if key not in self.lengths:
            count, place = self._ground.folder / "events", self._ground.place
            spare = f"spare{Path(case.out).suffix}"
            command = self._command(spare, case.wanted)
            self._ground.run(case.role, command)
            began = time.monotonic()
            self._ground.run(case.role, command, dying={"count": str(count)})
            self.lengths[key] = int(count.read_text()), time.monotonic() - began
            _remove(place, spare)
        return self.lengths[key]

    def _after_the_kill(
        self, case: Case, ended: Ended, before: Result | None, left: Result | None, users: Users
    ) -> list[str]:
        problems = [f"after the kill, {each}" for each in users.harmed()]
        if ended.code is None or "internal error" in ended.err or "Traceback" in ended.err:
            problems.append(f"{told(ended.code)}: {ended.err[-300:]}")
        if case.signals[0] != signal.SIGKILL and (ended.code not in NO_NEWS or len(ended.sentences) > 1):
            problems.append(f"told to end, it ended with {told(ended.code)}: {ended.sentences}")
        if case.signals[0] != signal.SIGKILL and left is not None:  # who is told to end tidies up
            problems += [f"told to end, {each}" for each in left.problems]
        if left is None and before is not None:
            problems.append("after the kill nothing is at the output, where an earlier result was")
        problems += [f"after the kill, {each}" for each in broken_takes(users.place, users.ours())]
        return problems

    def _after_the_next(self, again: Ended, new: Result | None, users: Users) -> list[str]:
        problems = [f"after the next run, {each}" for each in users.harmed()]
        if again.code != 0:
            problems.append(f"the next run ended with {told(again.code)}: {again.err[-300:]}")
        if new is None or not new.sounds:
            problems.append("the next run made nothing")
        problems += [f"after the next run, {each}" for each in (new.problems if new else ())]
        problems += [f"after the next run {each} is left" for each in leftovers(users.ours())]
        problems += [f"after the next run, {each}" for each in broken_takes(users.place, users.ours())]
        return problems


def _was_stopped_late(ended: Ended) -> bool:
    return ended.code == NO_NEWS[0] and "levelling and writing" in ended.err


def _sounds(ours: dict[str, str]) -> set[str]:
    """What the sound files hold."""
    return {what for name, what in ours.items() if name.endswith(".wav")}


def _mixed(left: Result, before: Result | None, new: Result | None) -> str:
    old, fresh = before.sounds if before else {}, new.sounds if new else {}
    words = (
        f"{name} {'earlier' if old.get(name) == digest else 'new' if fresh.get(name) == digest else 'other'}"
        for name, digest in left.sounds.items()
    )
    return ", ".join(words)


def _remove(place: Path, name: str) -> None:
    for path in (place / name, place / f"{Path(name).stem}.takes"):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
