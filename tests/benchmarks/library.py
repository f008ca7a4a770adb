"""Benchmark of the library: ``python tests/benchmarks/library.py FOLDER [PROCESSES]``.

Prints what adding the folder costs, what adding it again costs, what casting and performing spots cost.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from talkies.core.library import Wanted, add_folder, cast, find, hit_sound, open_library, sustained_blocks

SPOTS = 10_000


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Prints seconds by the clock, and seconds of processors, children included."""
    clock, before = time.perf_counter(), os.times()
    yield
    after = os.times()
    spent = sum(after[:4]) - sum(before[:4])
    print(f"{what:28}  {time.perf_counter() - clock:8.2f} s  {spent:8.2f} s of processors")


def main(folder: Path, processes: int | None) -> None:
    with tempfile.TemporaryDirectory() as place, open_library(Path(place) / "library.sqlite") as library:
        for what in ("add", "add again"):
            with timed(what):
                for _ in add_folder(library, folder, processes):
                    pass
        print(f"{library.count()} recordings, {(Path(place) / 'library.sqlite').stat().st_size / 1e6:.1f} MB of index")
        with timed("find"):
            found = find(library, "footsteps gravel")
        print(*(f"  {each.score:.2f} {each.recording.path.name}" for each in found[:5]), sep="\n")
        wanted = [Wanted(str(n), ("footsteps", "wooden door", "glass breaks")[n % 3], seed=n) for n in range(SPOTS)]
        with timed(f"cast {SPOTS} spots"):
            picks = cast(library, wanted)
        with timed("perform 100 hits"):
            for pick in list(picks.values())[:100]:
                if pick is not None:
                    hit_sound(pick, 0.7, 1)
        rain = cast(library, [Wanted("rain", "rain", "sustained", length_s=600)])["rain"]
        with timed("loop 10 minutes"):
            for _ in sustained_blocks(rain, 600 * 48_000, 0.7, 1) if rain is not None else ():
                pass


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else None)
