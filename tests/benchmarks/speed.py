"""Seconds of sound per second of computing for a 60 s segment, end to end, with the share of each stage.

Run by ``make bench``, with the film and the clock of ``talkies evaluate --only speed``; also times ``talkies inspect``
on 10,000 clips. Prints, and judges nothing.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from films import write_movie, write_reel

from talkies.core.evaluation.engine_under_test import EngineChoice
from talkies.core.evaluation.figures.speed import timed_task, write_film
from talkies.core.generation.request import TASKS


def bench_generate(folder: Path, seconds: int, engine: str) -> None:
    film = write_film(folder, seconds)
    for task in TASKS:
        row = timed_task(EngineChoice(engine), film, task, seconds)
        shares = "  ".join(f"{stage} {share:4.0%}" for stage, share in row["share_by_stage"].items())
        print(f"{task:9} {row['sound_s']:6.1f} s of stems ({seconds} s of film) in {row['computing_s']:5.1f} s: "
              f"{row['sound_seconds_per_second']:5.2f} s of sound, {row['film_seconds_per_second']:5.2f} s of film "
              f"per second   {shares}")  # fmt: skip


def bench_inspect(folder: Path) -> None:
    write_movie(folder / "small.mp4")
    reel = write_reel(folder / "long.otio", ["small.mp4"] * 10_000, frames=5)
    for path, what in ((reel, "10,000 clips"), (folder / "small.mp4", "one movie")):
        started = time.perf_counter()
        command = [sys.executable, "-m", "talkies.plugin.cli", "inspect", str(path), "--json"]
        subprocess.run(command, check=True, capture_output=True)
        print(f"inspect   {what}: {time.perf_counter() - started:.2f} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--engine", default="mini")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        bench_inspect(Path(name))
        bench_generate(Path(name), options.seconds, options.engine)


if __name__ == "__main__":
    main()
