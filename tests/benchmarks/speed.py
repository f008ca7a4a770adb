"""Seconds of sound per second of computing for a 60 s segment, end to end, with the share of each stage.

Run by ``make bench``; also times ``talkies inspect`` on 10,000 clips. Prints, and judges nothing.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from fractions import Fraction
from pathlib import Path

import av

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from films import write_movie, write_reel

from talkies.core.render import Finished, render
from talkies.core.request import Request
from talkies.core.training.scenes import render_scene

RATE = Fraction(25)


def write_scene_movie(path: Path, seconds: int) -> None:
    """Rendered scenes one after the other, 640 × 360: a picture as busy as real film."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=RATE)
        stream.width, stream.height, stream.pix_fmt, stream.bit_rate = 640, 360, "yuv420p", 2_000_000
        for seed in range(-(-seconds // 10)):
            scene = render_scene(900_000 + seed, Fraction(10), (640, 360), RATE)
            for image in scene.frames():
                container.mux(stream.encode(av.VideoFrame.from_ndarray(image, "rgb24")))
        container.mux(stream.encode(None))


def cues(seconds: int) -> list[tuple[int, int, str]]:
    """A line of three seconds every six seconds, in frames."""
    line = "The boat moved slowly along the quiet river in the evening."
    return [(second * 25, second * 25 + 75, line) for second in range(1, seconds - 3, 6)]


def bench_generate(folder: Path, seconds: int, engine: str) -> None:
    write_scene_movie(folder / "film.mp4", seconds)
    reel = write_reel(folder / "reel.otio", ["film.mp4"], frames=seconds * 25, cues=cues(seconds))
    for task in ("both", "foley", "dialogue", "joint"):
        started = time.perf_counter()
        request = Request(reel, folder / f"{task}.otio", task=task, engine=engine)  # type: ignore[arg-type]
        report = next(event.report for event in render(request) if isinstance(event, Finished))
        total = time.perf_counter() - started
        stages = {stage: value for stage, value in report["seconds_of_computing"].items() if stage != "total"}
        shares = "  ".join(f"{stage} {value / total:4.0%}" for stage, value in stages.items())
        sound = report["seconds_of_sound"]
        print(f"{task:9} {sound:6.1f} s of stems ({seconds} s of film) in {total:5.1f} s: "
              f"{sound / total:5.2f} s of sound, {seconds / total:5.2f} s of film per second   {shares}")  # fmt: skip


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
