"""``talkies worker``, killed: finished takes are whole and stay, and another worker makes exactly what was missing."""

from __future__ import annotations

import json
import signal
import time
from pathlib import Path
from random import Random
from typing import Any

from kills.campaign import Ended, Ground, Kind, Running, told
from kills.place import Users
from kills.results import broken_takes, leftovers, result_at, sound

from talkies.core.takes.take_folder import read_takes, recover

FOLDER = "reel.talkies/takes"
OUT = "out.otio"
PAUSE_S = "0.01"
SOUNDS = 6
"""Dialogue, effects and a background of each of two shots."""
SIGNALS = (signal.SIGKILL,) * 5 + (signal.SIGTERM,)


class Working(Kind):
    """Cases of this kind: takes for the panel, and in a quarter of them a timeline, as Blender asks for it."""

    name = "worker"

    def __init__(self, ground: Ground) -> None:
        super().__init__(ground)
        self.lengths: dict[str, tuple[int, float]] = {}

    def try_one(self, rng: Random, is_real: bool) -> list[str]:
        return self.try_generate(rng) if rng.random() < 0.25 else self.try_make(rng)

    def try_make(self, rng: Random) -> list[str]:
        users = self._ground.lay(OUT)
        takes, seed = rng.choice((1, 2, 3)), rng.randrange(100)
        params = {"timeline": "reel.otio", "folder": FOLDER, "task": "both", "takes": takes, "seed": seed}
        ended = self._killed("make", params, rng)
        problems = self._harm(users, "after the kill")
        recover(self._ground.place / FOLDER)  # as a panel does before it counts
        finished = self._finished(problems)
        for line in _events(ended, "take"):
            name = Path(line["path"]).stem
            if name not in finished:
                problems.append(f"{name} was told of and is not there")
        again = self._ground.begin("worker", [])
        again.send(_line("make", {**params, "made": len(finished)}))
        problems += _answered(again.end())
        problems += self._harm(users, "after the next worker")
        now = self._finished(problems)
        if finished - now:
            problems.append(f"lost: {', '.join(sorted(finished - now))}")
        if len(now) != SOUNDS * takes or set(self._seeds().values()) != {tuple(range(seed, seed + takes))}:
            problems.append(f"{len(now)} takes of {SOUNDS * takes}: {self._seeds()}")
        problems += [f"after the next worker {each} is left" for each in leftovers(users.ours())]
        return problems

    def try_generate(self, rng: Random) -> list[str]:
        users = self._ground.lay(OUT)
        params = {"timeline": "reel.otio", "out": OUT, "seed": rng.randrange(1, 100)}
        self._killed("generate", params, rng)
        left = result_at(self._ground.place / OUT)
        problems = self._harm(users, "after the kill") + list(left.problems if left else ())
        again = self._ground.begin("worker", [])
        again.send(_line("generate", params))
        problems += _answered(again.end())
        new = result_at(self._ground.place / OUT)
        if new is None or new.problems or (left is not None and left.sounds != new.sounds):
            problems.append(f"the result is not the whole one: {new}")
        problems += self._harm(users, "after the next worker")
        problems += [f"after the next worker {each} is left" for each in leftovers(users.ours())]
        return problems

    def _killed(self, method: str, params: dict[str, Any], rng: Random) -> Ended:
        events, seconds = self._length(method, params)
        number, when = rng.choice(SIGNALS), rng.uniform(0, 1)
        if rng.random() < 0.6:
            running = self._begin(method, params, {"events": {str(max(1, round(when * events))): number}})
        else:
            running = self._begin(method, params, None)
            running.process.wait(when * seconds)
            running.process.kill(number)
        running.process.wait()
        ended = running.end()
        self.figures.ends[told(ended.code) if ended.code else "done before it was killed"] += 1
        return ended

    def _begin(self, method: str, params: dict[str, Any], dying: dict[str, object] | None) -> Running:
        """The input ends after the request, so that a worker that is not hit ends as well."""
        running = self._ground.begin("worker", [PAUSE_S], dying=dying)
        running.send(_line(method, params))
        running.close_input()
        return running

    def _length(self, method: str, params: dict[str, Any]) -> tuple[int, float]:
        """File events and seconds of such a request; measured once, on a ground of its own."""
        key = f"{method} {params.get('takes')}"
        if key not in self.lengths:
            users, count = self._ground.lay(OUT), self._ground.folder / "events"
            began = time.monotonic()
            self._begin(method, params, {"count": str(count)}).end()
            self.lengths[key] = int(count.read_text()), time.monotonic() - began
            assert not users.harmed()
            self._ground.lay(OUT)
        return self.lengths[key]

    def _harm(self, users: Users, when: str) -> list[str]:
        found = [*users.harmed(), *broken_takes(users.place, users.ours())]
        return [f"{when}, {each}" for each in found]

    def _finished(self, problems: list[str]) -> set[str]:
        """Finished takes by name: each has a sound that is as long as its sidecar says."""
        sidecars, notes = read_takes(self._ground.place / FOLDER)
        problems += [note for note in notes if "FX_notes" not in note]
        for sidecar in sidecars:
            take = sidecar.take
            if sound(take.path)[0] != take.file_range.samples(take.sample_rate)[1]:
                problems.append(f"{take.name} is not as long as its sidecar says")
        return {sidecar.take.name for sidecar in sidecars}

    def _seeds(self) -> dict[str, tuple[int, ...]]:
        """By sound, the seeds of its takes, sorted."""
        seeds: dict[str, list[int]] = {}
        for sidecar in read_takes(self._ground.place / FOLDER)[0]:
            take = sidecar.take
            seeds.setdefault(f"{take.stem} {take.segment_id} {take.speaker}", []).append(take.metadata["seed"])
        return {name: tuple(sorted(found)) for name, found in seeds.items()}


def _line(method: str, params: dict[str, Any]) -> str:
    return json.dumps({"id": 1, "method": method, "params": params}) + "\n"


def _events(ended: Ended, event: str) -> list[dict[str, Any]]:
    """What a worker has told, as far as its last line was whole."""
    lines = [line for line in ended.out.splitlines(keepends=True) if line.endswith("\n")]
    return [line for line in map(json.loads, lines) if line.get("event") == event]


def _answered(ended: Ended) -> list[str]:
    if ended.code == 0 and len(_events(ended, "result")) == 1:
        return []
    return [f"the next worker: {told(ended.code)}, {_events(ended, 'error')} {ended.err[-300:]}"]
