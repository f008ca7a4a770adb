"""Figures of credentials: ``python tests/benchmarks/credentials.py [--flips N] [--takes N] [--film N]``.

flips    one bit of a signed take of 5 s is flipped, anywhere in the file, in N copies: how many are found
takes    N signed takes of 5 s: seconds that signing and ``talkies verify`` take, and of these of a processor
film     a run that makes N takes of 3 s by the network: seconds of a processor with neither, with the mark, with both
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from films import write_movie, write_reel
from signed import noise, sign

from talkies.core.credentials.authority import trusted
from talkies.core.credentials.reading import CredentialReader
from talkies.core.errors import MediaError


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--flips", type=int, default=1000)
    parser.add_argument("--takes", type=int, default=1000)
    parser.add_argument("--film", type=int, default=60)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["TALKIES_CREDENTIALS"] = str(folder / "credentials")
        print(f"flips found: {_flips(folder, options.flips)} of {options.flips}", flush=True)
        _takes(folder / "takes", options.takes)
        _film(folder, options.film)


def _flips(folder: Path, count: int) -> int:
    path, other, rng = sign(noise(folder / "take.wav", 5)), folder / "flipped.wav", np.random.default_rng(0)
    data, found = bytearray(path.read_bytes()), 0
    with CredentialReader(trusted()) as reader:
        assert reader.read(path).status == "ours"
        for place, bit in zip(rng.integers(0, len(data), count), rng.integers(0, 8, count), strict=True):
            data[place] ^= 1 << int(bit)
            other.write_bytes(data)
            data[place] ^= 1 << int(bit)
            try:
                found += reader.read(other).status == "altered"
            except MediaError:
                found += 1
    return found


def _takes(folder: Path, count: int) -> None:
    paths = [noise(folder / f"FX_V1-{number:04}_shot_t01.wav", 5, seed=number) for number in range(count)]
    size, started, busy = sum(path.stat().st_size for path in paths), time.perf_counter(), time.process_time()
    for path in paths:
        sign(path)
    seconds, busy = time.perf_counter() - started, time.process_time() - busy
    grown = sum(path.stat().st_size for path in paths) - size
    each = f"{seconds / count * 1000:.1f} ms ({busy / count * 1000:.1f} of a processor)"
    print(f"signing: {each} and {grown / count:.0f} bytes a take", flush=True)
    started, before = time.perf_counter(), _busy()
    command = [sys.executable, "-m", "talkies.plugin.cli", "verify", str(folder), "--json"]
    done = subprocess.run(command, capture_output=True, text=True)
    busy = _busy() - before
    counts = json.loads(done.stdout)["counts"]
    print(
        f"verify: {time.perf_counter() - started:.1f} s ({busy:.1f} of a processor), exit {done.returncode}, {counts}"
    )


def _film(folder: Path, count: int) -> None:
    write_movie(folder / "film.mp4", 3)
    reel = write_reel(folder / "reel.otio", ["film.mp4"] * count)
    asked = ["--task", "foley", "--source", "network", "--background", "off", "--prompt", "footsteps, gravel"]
    for name, more in (("neither", ["--no-mark", "--no-credentials"]), ("mark", ["--no-credentials"]), ("both", [])):
        out, before = str(folder / f"{name}.otio"), _busy()
        command = [sys.executable, "-m", "talkies.plugin.cli", "generate", str(reel), "-o", out, *asked, *more]
        subprocess.run(command, capture_output=True, check=True)
        print(f"{count} takes with {name}: {_busy() - before:.1f} s of a processor", flush=True)


def _busy() -> float:
    """Seconds of a processor that other processes took for us."""
    return sum(os.times()[2:4])


if __name__ == "__main__":
    main()
