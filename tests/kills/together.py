"""Two to four runs at once on one output: always one whole result; who comes too late says one sentence.

Some are ``talkies generate``, some a worker that an editor asks for the same; some rounds have panels' workers that
make takes in one folder; in some rounds one of them is killed.
"""

from __future__ import annotations

import json
import signal
from dataclasses import dataclass
from random import Random
from typing import Any

from kills.campaign import Ended, Ground, Kind, Running, told
from kills.place import Users
from kills.results import broken_takes, leftovers, result_at

from talkies.core.takes.take_folder import read_takes

FORMATS = (".otio", ".otio", ".otio", ".stems", ".stems", ".otiod", ".fcpxml", ".mlt")
REFUSED = ("another run is writing there", "another talkies is making takes there")
FOLDER = "reel.talkies/takes"
MADE = 4
"""Takes of a panel's request: effects and backgrounds for two shots."""
SHOTS = ("V1-001", "V1-002")


@dataclass(frozen=True)
class Runner:
    """``by``: generate, worker (asked for a timeline) or make (asked for takes). ``shot``: only this one, or ""."""

    by: str
    seed: int
    shot: str = ""


@dataclass
class Outcome:
    """What became of a runner: done, refused, killed, or a sentence that should not have been."""

    runner: Runner
    ended: Ended
    end: str


class Together(Kind):
    """Rounds."""

    name = "together"

    def __init__(self, ground: Ground) -> None:
        super().__init__(ground)
        self._alone: dict[tuple[str, int, str], dict[str, str]] = {}

    def try_one(self, rng: Random, is_real: bool) -> list[str]:
        out = f"out{rng.choice(FORMATS)}"
        runners, earlier = _runners(rng, out), rng.random() < 0.4
        for runner in (*([Runner("generate", 0)] if earlier else []), *runners):
            if runner.by != "make":
                self._make_reference(out, runner)
        users = self._ground.lay(out)
        if earlier:
            self._ground.run("talkies", _command(out, Runner("generate", 0)))
        outcomes = self._all_at_once(runners, out, rng)
        for outcome in outcomes:
            self.figures.ends[outcome.end.split(":")[0]] += 1
        problems = [f"{each.runner}: {each.end}" for each in outcomes if each.end.startswith("wrong")]
        problems += [f"afterwards, {each}" for each in (*users.harmed(), *broken_takes(users.place, users.ours()))]
        problems += self._timeline(out, outcomes, earlier)
        problems += self._folder(outcomes)
        killed = [each.runner for each in outcomes if each.end == "killed" and each.runner.by != "make"]
        return problems + self._next(out, users, killed)

    def _all_at_once(self, runners: list[Runner], out: str, rng: Random) -> list[Outcome]:
        running = [self._begin(runner, out, number) for number, runner in enumerate(runners)]
        victim = rng.randrange(len(running)) if rng.random() < 0.3 else None
        for runner, each in zip(runners, running, strict=True):
            each.process.wait(rng.choice((0.001, 0.001, rng.uniform(0.001, 0.5), rng.uniform(0.5, 2))))
            each.send("go\n" if runner.by == "generate" else _line(runner, out))
            each.close_input()
        if victim is not None:
            running[victim].process.wait(rng.uniform(0.01, 3))
            running[victim].process.kill(signal.SIGKILL)
        ends = [each.end() for each in running]
        return [Outcome(runner, end, _end_of(runner, end)) for runner, end in zip(runners, ends, strict=True)]

    def _begin(self, runner: Runner, out: str, number: int) -> Running:
        role, arguments = ("released", _command(out, runner)) if runner.by == "generate" else ("worker", ["0.002"])
        return self._ground.begin(role, arguments, f"run{number}")

    def _make_reference(self, out: str, runner: Runner) -> None:
        """Runs it alone, once, on a ground of its own."""
        key = out, runner.seed, runner.shot
        if key not in self._alone:
            self._ground.lay(out)
            self._ground.run("talkies", _command(out, runner))
            result = result_at(self._ground.place / out)
            assert result is not None and not result.problems
            self._alone[key] = result.sounds

    def _reference(self, out: str, runner: Runner) -> dict[str, str]:
        """What such a run makes when it is alone."""
        return self._alone[out, runner.seed, runner.shot]

    def _timeline(self, out: str, outcomes: list[Outcome], earlier: bool) -> list[str]:
        """The result is that of one run, or of runs for different shots."""
        wrote = [each for each in outcomes if each.runner.by != "make"]
        winners = [each.runner for each in wrote if each.end == "done"]
        killed = any(each.end == "killed" for each in wrote)
        if not winners and not killed:
            return ["nobody has made anything"]
        result = result_at(self._ground.place / out)
        if result is None:
            return ["nothing is at the output"] if winners or earlier else []
        if result.problems:
            return list(result.problems)
        perhaps = [each.runner for each in wrote if each.end in ("done", "killed")]
        before = [self._reference(out, Runner("generate", 0))] if earlier else []
        allowed = before + [self._reference(out, runner) for runner in perhaps]
        if perhaps and perhaps[0].shot:
            return _all_kept(result.sounds, [self._reference(out, each) for each in winners], allowed)
        return [] if result.sounds in allowed else ["the result is not that of one of the runs"]

    def _folder(self, outcomes: list[Outcome]) -> list[str]:
        """The takes of the panels' workers: of each that was done, all."""
        makers = [each for each in outcomes if each.runner.by == "make"]
        if not makers:
            return []
        done = [each for each in makers if each.end == "done"]
        if not done and not any(each.end == "killed" for each in makers):
            return ["no worker has made takes"]
        takes = read_takes(self._ground.place / FOLDER)[0]
        seeds = [sidecar.take.metadata["seed"] for sidecar in takes]
        return [
            f"worker {each.runner.seed}: {seeds.count(each.runner.seed)} takes of {MADE}"
            for each in done
            if seeds.count(each.runner.seed) != MADE
        ]

    def _next(self, out: str, users: Users, killed: list[Runner]) -> list[str]:
        """The next run is not kept from anything, and leaves nothing of the others but takes of the killed ones, which
        these go on from when they are asked for again."""
        again = self._ground.run("talkies", _command(out, Runner("generate", 9)))
        problems = [] if again.code == 0 else [f"the next run ended with {told(again.code)}: {again.err[-300:]}"]
        new = result_at(self._ground.place / out)
        problems += new.problems if new else ["the next run made nothing"]
        problems += [f"after the next run, {each}" for each in users.harmed()]
        left = _left(users)
        problems += [f"after the next run {each} is left" for each in left if not (killed and _is_set_aside(each))]
        if any(map(_is_set_aside, left)):
            for runner in killed:
                self._ground.run("talkies", _command(out, runner))
            problems += [f"after the killed run was asked for again {each} is left" for each in _left(users)]
        return problems


def _left(users: Users) -> list[str]:
    """What finished runs have left but for what the next worker sweeps."""
    return [each for each in leftovers(users.ours()) if not each.startswith("reel.talkies/takes/making/")]


def _is_set_aside(name: str) -> bool:
    """Whether it is a receipt of takes that a killed run has finished."""
    return ".takes.interrupted" in name and name.endswith(".made.json")


def _runners(rng: Random, out: str) -> list[Runner]:
    count = rng.randrange(2, 5)
    if rng.random() < 0.2:
        return [Runner("generate", 1), *(Runner("make", seed) for seed in range(2, count + 2))]
    by_shots = out == "out.otio" and rng.random() < 0.5
    return [
        Runner("worker" if rng.random() < 0.3 else "generate", seed, SHOTS[seed % 2] if by_shots else "")
        for seed in range(1, count + 1)
    ]


def _command(out: str, runner: Runner) -> list[str]:
    shot = ["--segment", runner.shot] if runner.shot else []
    return ["generate", "reel.otio", "-o", out, "--seed", str(runner.seed), "--loudness", "none", *shot]


def _line(runner: Runner, out: str) -> str:
    params: dict[str, Any] = {"timeline": "reel.otio", "seed": runner.seed, "loudness": "none"}
    if runner.by == "make":
        params |= {"folder": FOLDER, "task": "foley"}
    else:
        params |= {"out": out, "segments": [runner.shot] if runner.shot else []}
    method = "make" if runner.by == "make" else "generate"
    return json.dumps({"id": 1, "method": method, "params": params}) + "\n"


def _end_of(runner: Runner, ended: Ended) -> str:
    if ended.code == -signal.SIGKILL:
        return "killed"
    if runner.by == "generate":
        if ended.code == 0:
            return "done"
        said = ended.sentences
    else:
        lines = [json.loads(line) for line in ended.out.splitlines()]
        if any(line["event"] == "result" for line in lines):
            return "done"
        said = [line["error"]["message"] for line in lines if line["event"] == "error"]
    if len(said) == 1 and any(words in said[0] for words in REFUSED) and ended.code in (0, 2):
        return "refused"
    return f"wrong: {told(ended.code)} {said or ended.err[-300:]}"


def _all_kept(sounds: dict[str, str], winners: list[dict[str, str]], allowed: list[dict[str, str]]) -> list[str]:
    """Runs for different shots: each shot has the sound of one run, and none that was made is missing."""
    problems = [f"{name} is of no run" for name, what in sounds.items() if what not in _of(name, allowed)]
    return problems + [f"{name} is lost" for made in winners for name in made if name not in sounds]


def _of(name: str, results: list[dict[str, str]]) -> list[str]:
    return [result[name] for result in results if name in result]
