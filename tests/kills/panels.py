"""The panel, killed, or its worker: takes and queue come back, and exactly what was missing is made."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path
from random import Random
from typing import Any

from kills import fork_server
from kills.campaign import Ended, Ground, Kind, Running, told
from kills.place import Users
from kills.results import broken_takes, leftovers

from talkies.core.segment import Take
from talkies.core.takes.take_folder import read_takes

SHOTS = ("V1-001", "V1-002")
TAKES = 2
SEED = 5
PAUSE_S = "0.05"
WORKER = [sys.executable, "-S", "-E", fork_server.__file__]
QUICK_S = 0.02


class Panels(Kind):
    """Cases of this kind."""

    name = "panel"

    def __init__(self, ground: Ground) -> None:
        super().__init__(ground)
        self.length: tuple[int, float] | None = None

    def try_one(self, rng: Random, is_real: bool) -> list[str]:
        events, seconds = self.length or self._measured()
        users = self._ground.lay("out.otio")
        ended = self._killed(rng, events, seconds)
        problems = [f"after the kill, {each}" for each in users.harmed()]
        problems += [f"after the kill, {each}" for each in broken_takes(users.place, users.ours())]
        again = self._begin(None).end()
        return problems + self._compared(_told(ended), _told(again), again, ended.code == 0) + self._whole(users)

    def _killed(self, rng: Random, events: int, seconds: float) -> Ended:
        """The panel is killed, or its worker and then, half the time, the panel."""
        when, only_panel = rng.uniform(0, 0.85), rng.random() < 0.65
        number = signal.SIGTERM if rng.random() < 0.15 else signal.SIGKILL
        if only_panel and rng.random() < 0.5:
            running = self._begin({"events": {str(max(1, round(when * events))): number}})
            ended = running.end()
        else:
            running = self._begin(None)
            running.process.wait(when * seconds)
            if not only_panel:
                self._kill_worker(running)
                running.process.wait(rng.uniform(0, seconds / 2))
            if only_panel or rng.random() < 0.5:
                running.process.kill(number)
            ended = running.end()
        end = told(ended.code) + ("" if only_panel else ", its worker killed before")
        done = only_panel and any("idle" in line for line in _told(ended))
        self.figures.ends["done before it was killed" if done else end] += 1
        return ended

    def _kill_worker(self, running: Running) -> None:
        """As soon as there is one."""
        for _ in range(200):
            workers = [line["worker"] for line in _told_by(running.said()) if line.get("worker")]
            if workers:
                try:
                    os.kill(workers[-1], signal.SIGKILL)
                except ProcessLookupError:
                    return  # it has done its work
                return
            if running.process.wait(QUICK_S) is not None:
                return

    def _begin(self, dying: dict[str, object] | None) -> Running:
        worker = [*WORKER, self._ground.address, "worker", PAUSE_S]
        return self._ground.begin("panel", ["reel.otio", *worker], dying=dying)

    def _measured(self) -> tuple[int, float]:
        """File events and seconds of a panel that is left alone until all is made."""
        self._ground.lay("out.otio")
        count, began = self._ground.folder / "events", time.monotonic()
        ended = self._begin({"count": str(count)}).end()
        if ended.code != 0:
            raise RuntimeError(f"the panel does not work: {told(ended.code)} {ended.out[-500:]} {ended.err[-500:]}")
        self.length = int(count.read_text()), time.monotonic() - began
        return self.length

    def _compared(self, before: list[dict[str, Any]], now: list[dict[str, Any]], again: Ended, left: bool) -> list[str]:
        """What both panels have told; ``left``: the first was told to end, and did."""
        problems = []
        opened = next((line for line in now if "opened" in line), None)
        if again.code != 0 or opened is None:
            return [f"the next panel: {told(again.code)}, {again.out[-300:]} {again.err[-500:]}"]
        if opened["notes"]:
            problems.append(f"the next panel said {opened['notes']}")
        lost = _takes(before) - _takes(now)
        if lost:
            problems.append(f"lost: {', '.join(sorted(lost))}")
        kept = kept_counts([line["jobs"] for line in before if "jobs" in line], left=left)
        if opened["found"] not in kept and not any("idle" in line for line in before):
            problems.append(f"{opened['found']} jobs came back of {sorted(kept)}")
        problems += sorted({f"a job failed: {each}" for line in before for each in line.get("problems", ())})
        idle = next((line["idle"] for line in now if "idle" in line), ["it never became idle"])
        problems += [f"at the end: {job}" for job in idle if " done" not in job]
        return problems

    def _whole(self, users: Users) -> list[str]:
        """What lies there when the next panel has made all."""
        problems = [f"after the next panel, {each}" for each in users.harmed()]
        problems += [f"after the next panel, {each}" for each in broken_takes(users.place, users.ours())]
        problems += [f"after the next panel {each} is left" for each in leftovers(users.ours())]
        takes = [sidecar.take for sidecar in read_takes(users.place / "reel.talkies" / "takes")[0]]
        made = {(shot, stem): sorted(_seeds(takes, shot, stem)) for shot in SHOTS for stem in ("FX", "BG")}
        if any(found != list(range(SEED, SEED + TAKES)) for found in made.values()):
            problems.append(f"the takes' seeds are {made}")
        if not (users.place / "reel.talkies" / "work.json").is_file():
            problems.append("there is no saved work")
        return problems


def kept_counts(told: list[list[str]], *, left: bool) -> set[int]:
    """How many jobs may come back of those that a panel has told of when they were saved. Where it was killed one more
    change may have been saved; where it was told to end, none."""
    counts = [sum(job.endswith((" waiting", " running")) for job in jobs) for jobs in told]
    if not counts:
        return {0} if left else {0, len(SHOTS)}
    return {counts[-1]} if left else {counts[-1], max(counts[-1] - 1, 0)}


def _seeds(takes: list[Take], shot: str, stem: str) -> list[int]:
    return [take.metadata["seed"] for take in takes if (take.segment_id, take.stem) == (shot, stem)]


def _told(ended: Ended) -> list[dict[str, Any]]:
    return _told_by(ended.out)


def _told_by(text: str) -> list[dict[str, Any]]:
    """What a panel has told, as far as its last line was whole."""
    return [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]


def _takes(lines: list[dict[str, Any]]) -> set[str]:
    return {Path(line["take"]).name for line in lines if "take" in line}
