"""A campaign: many mutated files, one after another, and what came of them. Runs on Linux and macOS."""

from __future__ import annotations

import json
import os
import random
import selectors
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fuzz.mutations import mutate
from fuzz.seeds import SEEDS, Seed, of_folder

STUCK_S = 90.0
"""Seconds after which a child that waits for something (a pipe, a device) is ended."""
RENEWED_AFTER = 400
"""Files after which a new child begins, so that what leaks in one is not told of another."""


@dataclass
class Finding:
    """``number``: which file of the campaign; ``kind``: crashed, hung, stuck, raised, memory."""

    target: str
    number: int
    kind: str
    detail: str
    path: Path


@dataclass
class Figures:
    """What came of a target's files."""

    target: str
    files: int = 0
    said: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)
    longest_cpu_s: float = 0.0
    largest_mb: int = 0

    def line(self) -> str:
        kinds = Counter(finding.kind for finding in self.findings)
        bad = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common()) or "nothing found"
        longest = f"longest {self.longest_cpu_s:.1f} s, largest {self.largest_mb} MB"
        return f"{self.target}: {self.files} files, {self.said['refused']} refused, {bad}; {longest}"


class Child:
    """child.py in a process of its own, begun again when it is gone."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._answered = 0

    def judge(self, target: str, path: Path) -> dict[str, Any]:
        """What the child says of a file, or how it ended."""
        process = self._running()
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write(json.dumps({"target": target, "path": str(path)}) + "\n")
        process.stdin.flush()
        with selectors.DefaultSelector() as ready:
            ready.register(process.stdout, selectors.EVENT_READ)
            heard = ready.select(STUCK_S)
        line = process.stdout.readline() if heard else ""
        if line:
            self._answered += 1
            answer: dict[str, Any] = json.loads(line)
            return answer
        code = process.wait() if heard else None
        self.close()
        if code is None:
            return {"outcome": "stuck", "detail": f"no answer in {STUCK_S:.0f} s"}
        hung = code == -signal.SIGPROF
        return {"outcome": "hung" if hung else "crashed", "detail": f"exit {code}", "cpu_s": 5.0 if hung else 0.0}

    def close(self) -> None:
        if self._process is not None:
            self._process.kill()  # it has nothing to lose
            self._process.communicate()
            self._process = None

    def _running(self) -> subprocess.Popen[str]:
        if self._answered >= RENEWED_AFTER:
            self.close()
        if self._process is None:
            self._answered = 0
            here = Path(__file__).resolve().parents[1]
            environment = {**os.environ, "PYTHONPATH": str(here), "OMP_NUM_THREADS": "1"}
            pipe = subprocess.PIPE
            self._process = subprocess.Popen(
                [sys.executable, "-m", "fuzz.child"],
                stdin=pipe,
                stdout=pipe,
                stderr=subprocess.DEVNULL,
                text=True,
                env=environment,
            )
        return self._process


def run(
    target: str, folder: Path, *, count: int, seed: int = 0, seconds: float = 1e9, real: Path | None = None
) -> Figures:
    """Mutates and tries ``count`` files, or as many as ``seconds`` allow. What was found stays in ``folder/found``."""
    seeds_folder = folder / "seeds"
    seeds_folder.mkdir(parents=True, exist_ok=True)
    seeds = SEEDS[target](seeds_folder)
    if real is not None:
        seeds += of_folder(seeds, real)
    figures, child, end = Figures(target), Child(), time.monotonic() + seconds
    try:
        for number in range(count):
            if time.monotonic() > end:
                break
            path = lay(target, folder / "now", seeds_folder, seeds, random.Random(f"{target} {seed} {number}"))
            _note(figures, number, child.judge(target, path), path, folder / "found")
    finally:
        child.close()
    return figures


def lay(target: str, place: Path, beside: Path, seeds: list[Seed], rng: random.Random) -> Path:
    """A mutated file in a new folder with all that belongs to it; its path."""
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    for companion in (*beside.glob("film.mp4"), *beside.glob("wind.wav"), *beside.glob("known.otio")):
        if target != "media":
            os.link(companion, place / companion.name)
    seed = rng.choice(seeds)
    alike = [other for other in seeds if Path(other.name).suffix == Path(seed.name).suffix]
    path = place / seed.name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    data = mutate(seed.data, rng.choice(alike).data, rng)
    path.write_bytes(data)
    if seed.size > len(data):
        os.truncate(path, seed.size)
    return path


def _note(figures: Figures, number: int, answer: dict[str, Any], path: Path, kept: Path) -> None:
    figures.files += 1
    figures.longest_cpu_s = max(figures.longest_cpu_s, answer.get("cpu_s", 0.0))
    figures.largest_mb = max(figures.largest_mb, answer.get("peak_mb", 0))
    if answer["outcome"] == "said":
        figures.said["refused" if answer["detail"].startswith("talkies:") else "read"] += 1
        return
    place = kept / f"{figures.target}-{number}"
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(path.parent if path.parent.name == "now" else path.parent.parent, place)
    figures.findings.append(Finding(figures.target, number, answer["outcome"], answer["detail"], place))


def each(targets: list[str], folder: Path, **options: Any) -> Iterator[Figures]:
    for target in targets:
        yield run(target, folder / target, **options)
