"""Peak memory of ``talkies generate`` on a short and on a long one-clip timeline: an hour may cost 400 MB more.

    python tests/benchmarks/memory.py                          60 s against 60 minutes
    python tests/benchmarks/memory.py --long 180               quicker
    python tests/benchmarks/memory.py --what beds              backgrounds alone: 10 minutes against 60
    python tests/benchmarks/memory.py --what listed            a list by rules: an engine throughout, a knock a second

Each timeline is generated in a child process of its own, whose peak resident memory the system tells when it ends.
Prints, and judges nothing.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from films import write_reel

SIZE = (160, 90)
RATE = 12
LINE = "The boat moved slowly along the quiet river in the evening."


def images() -> Iterator[np.ndarray]:
    """Four seconds, again and again: a bright square falls, strikes the ground and lies still."""
    width, height = SIZE
    ground = np.random.default_rng(0).integers(60, 100, (height, width, 3), np.uint8)
    while True:
        for number in range(4 * RATE):
            image = ground.copy()
            top = min(int((number / RATE) ** 2 * 20), height - 20)
            image[top : top + 20, 70:90] = 240
            yield image


def write_film(path: Path, seconds: int) -> None:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=RATE)
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
        for _, image in zip(range(seconds * RATE), images(), strict=False):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, "rgb24")))
        container.mux(stream.encode(None))


def write_timeline(folder: Path, seconds: int) -> Path:
    """One clip of the whole length; a line of four seconds every minute."""
    write_film(folder / "film.mp4", seconds)
    cues = [(second * RATE, (second + 4) * RATE, LINE) for second in range(10, seconds - 4, 60)]
    return write_reel(folder / "reel.otio", ["film.mp4"], frames=seconds * RATE, rate=RATE, cues=cues)


def peak_memory(command: list[str]) -> tuple[float, float]:
    """(MB of resident memory at most, seconds) of a command; of this child alone, not of all that there were."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"'{' '.join(command)}' ended with {process.returncode}")
    unit = 1 if sys.platform == "darwin" else 1024
    return usage.ru_maxrss * unit / 1e6, time.perf_counter() - started


def options_of(what: str) -> list[str]:
    """Of the command line."""
    beds = ["--background", "auto"]
    listed = ["--task", "foley", "--background", "off"]
    return {"both": ["--task", "both"], "beds": ["--task", "background", *beds], "listed": listed}[what]


def write_list(path: Path, reel: Path, seconds: int) -> Path:
    """What goes on throughout and follows the square, and a hit each second."""
    from talkies.core.spotting.files import write_spots
    from talkies.core.spotting.spot import Spot
    from talkies.core.timeline import read_timeline

    shot = (timeline := read_timeline(reel)).segments[0].id
    engine = Spot(f"{shot}.00", shot, Fraction(0), Fraction(seconds), "sustained", words="engine", source="rules")
    times = (Fraction(number) + Fraction(1, 2) for number in range(seconds))
    knocks = [
        Spot(f"{shot}.{n:04}", shot, time, time, x=n % 10 / 10, words="wood knock", source="rules")
        for n, time in enumerate(times, start=1)
    ]
    write_spots(timeline, [engine, *knocks], path)
    return path


def bench(seconds: int, options: argparse.Namespace) -> float:
    """Generates one timeline; prints and returns the peak in MB."""
    with tempfile.TemporaryDirectory() as name:
        reel = write_timeline(Path(name), seconds)
        command = [sys.executable, "-m", "talkies.plugin.cli", "generate", str(reel), "-o", f"{name}/out.otio"]
        command += ["--engine", options.engine, "--steps", str(options.steps), *options_of(options.what)]
        if options.what == "listed":
            command += ["--spots", str(write_list(Path(name) / "list.json", reel, seconds))]
        peak, took = peak_memory(command)
    print(f"{seconds:5} s of film: {peak:7.0f} MB at most, {took:6.1f} s of computing", flush=True)
    return peak


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", type=int, metavar="S", help="seconds (default: 60; of beds and lists 600)")
    parser.add_argument("--what", choices=("both", "beds", "listed"), default="both")
    parser.add_argument("--long", type=int, default=3600, metavar="S", help="seconds (default: 3600)")
    parser.add_argument("--engine", default="mini")
    parser.add_argument("--steps", type=int, default=1)
    options = parser.parse_args()
    first = options.short or (60 if options.what == "both" else 600)
    short, long = bench(first, options), bench(options.long, options)
    print(f"difference: {long - short:.0f} MB")


if __name__ == "__main__":
    main()
