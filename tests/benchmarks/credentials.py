"""Figures of credentials: ``python tests/benchmarks/credentials.py [--flips N] [--takes N]``.

flips    one bit of a signed take of 5 s is flipped, anywhere in the file, in N copies: how many are found
takes    N signed takes of 5 s: seconds that signing and ``talkies verify`` take
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

from signed import noise, sign

from talkies.core.credentials.authority import trusted
from talkies.core.credentials.reading import CredentialReader
from talkies.core.errors import MediaError


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--flips", type=int, default=1000)
    parser.add_argument("--takes", type=int, default=1000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["TALKIES_CREDENTIALS"] = str(folder / "credentials")
        print(f"flips found: {_flips(folder, options.flips)} of {options.flips}")
        _takes(folder / "takes", options.takes)


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
    size, started = sum(path.stat().st_size for path in paths), time.perf_counter()
    for path in paths:
        sign(path)
    seconds = time.perf_counter() - started
    grown = sum(path.stat().st_size for path in paths) - size
    print(f"signing: {seconds / count * 1000:.1f} ms and {grown / count:.0f} bytes a take")
    started = time.perf_counter()
    command = [sys.executable, "-m", "talkies.plugin.cli", "verify", str(folder), "--json"]
    done = subprocess.run(command, capture_output=True, text=True)
    print(f"verify: {time.perf_counter() - started:.1f} s, exit {done.returncode}, {json.loads(done.stdout)['counts']}")


if __name__ == "__main__":
    main()
