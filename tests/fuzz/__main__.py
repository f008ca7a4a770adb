"""Looks for files that talkies cannot stand, for a minute or a night.

PYTHONPATH=tests python -m fuzz                           a minute of everything
PYTHONPATH=tests python -m fuzz timelines --count 10000   so many files, from that seed on
PYTHONPATH=tests python -m fuzz --real FOLDER             begins with the real files there as well
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from fuzz.campaign import run
from fuzz.seeds import SEEDS


def main() -> int:
    parser = argparse.ArgumentParser(description="Tries mutated files on talkies' readers.")
    parser.add_argument("targets", nargs="*", choices=[*SEEDS, []], help="what to mutate; everything by default")
    parser.add_argument("--count", type=int, default=10**9, help="files for each target")
    parser.add_argument("--seconds", type=float, default=0, help="time for each target; 10 where no count is given")
    parser.add_argument("--seed", type=int, default=0, help="another seed, other files")
    parser.add_argument("--real", type=Path, help="a folder of real files to mutate as well")
    parser.add_argument("--out", type=Path, help="a folder for what is found; a new one by default")
    options = parser.parse_args()
    out = options.out or Path(tempfile.mkdtemp(prefix="fuzz-"))
    seconds = options.seconds or (1e9 if options.count < 10**9 else 10)
    found = 0
    for target in options.targets or SEEDS:
        figures = run(target, out / target, count=options.count, seed=options.seed, seconds=seconds, real=options.real)
        print(figures.line(), flush=True)
        for finding in figures.findings:
            print(f"  {finding.kind} {finding.path}: {finding.detail}")
        found += len(figures.findings)
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
