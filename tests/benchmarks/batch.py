"""What a batch adds to a loop that is written by hand: ``python tests/benchmarks/batch.py --reels 12 --pairs 5``.

Both make the same takes of the same films, each in a process of its own, with all processors, in turns: the loop of
docs/python.md, which loads the engine once, and ``talkies batch`` with one worker, with its ledger, hashes, fsync and
contact sheet. Prints the seconds of each and the ratio of their medians: throughput of the batch over the loop's.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from films import write_movie

LOOP = """
import sys
from pathlib import Path
import talkies
engine = talkies.load_engine("mini", None, "auto")
for name in sorted(Path(sys.argv[1]).glob("*.mp4")):
    request = talkies.Request(name, Path(sys.argv[2]) / f"{name.stem}.otio", task="foley")
    *_, finished = talkies.render(request, load_engine=lambda name, weights, device: engine)
    print(len(finished.takes))
"""


def by_hand(films: Path, out: Path) -> list[str]:
    return [sys.executable, "-c", LOOP, str(films), str(out)]


def by_batch(films: Path, out: Path) -> list[str]:
    talkies = [sys.executable, "-m", "talkies.plugin.cli", "batch"]
    return [*talkies, str(films), "-o", str(out), "--task", "foley", "--shots", "none", "--workers", "1"]


def seconds(command: list[str], out: Path) -> tuple[float, int]:
    """Of the wall clock, and how many takes there are then."""
    begun = time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=os.environ)
    return time.monotonic() - begun, len(list(out.rglob("*_t*.wav")))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--reels", type=int, default=12)
    parser.add_argument("--length", type=float, default=20.0, help="of a film, s")
    parser.add_argument("--pairs", type=int, default=5)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        films = Path(folder) / "films"
        films.mkdir()
        for number in range(asked.reels):
            flashes = [0.5 + number / 10 + each for each in range(int(asked.length) - 2)]
            write_movie(films / f"reel{number:03}.mp4", asked.length, flashes=flashes)
        spent: dict[str, list[float]] = {"loop": [], "batch": []}
        for pair in range(asked.pairs):
            for name, command in (("loop", by_hand), ("batch", by_batch)):
                out = Path(folder) / f"{name}{pair}"
                out.mkdir()
                took, takes = seconds(command(films, out), out)
                assert takes == 2 * asked.reels, f"{name} made {takes} takes of {asked.reels} films"
                spent[name].append(took)
                print(f"{name:6} {took:6.1f} s, {takes} takes", flush=True)
        loop, batch = (statistics.median(spent[name]) for name in ("loop", "batch"))
        print(f"throughput of the batch: {loop / batch:.3f} of the loop's ({loop:.1f} s : {batch:.1f} s)")


if __name__ == "__main__":
    main()
