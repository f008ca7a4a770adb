"""Kills talkies at random moments and starts it several times at once, and looks at what is left.

PYTHONPATH=tests python -m kills                          a few of everything
PYTHONPATH=tests python -m kills generate --count 80 --real-every 10 --seed 7 --out FOLDER
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from kills.batching import Batching
from kills.campaign import Kind, ground
from kills.chains import Chains
from kills.generating import Generating
from kills.panels import Panels
from kills.together import Together
from kills.working import Working

KINDS: dict[str, type[Kind]] = {kind.name: kind for kind in (Generating, Working, Panels, Together, Batching, Chains)}


def main() -> int:
    parser = argparse.ArgumentParser(description="Kills talkies, and starts it several times at once.")
    parser.add_argument("kinds", nargs="*", choices=[*KINDS, []], help="what to try; everything by default")
    parser.add_argument("--count", type=int, default=10, help="cases of each kind")
    parser.add_argument("--real-every", type=int, default=0, help="each so many runs use the engine that ships")
    parser.add_argument("--seed", type=int, default=0, help="another seed, other cases")
    parser.add_argument("--out", type=Path, help="a folder for what is found; a new one by default")
    options = parser.parse_args()
    out = options.out or Path(tempfile.mkdtemp(prefix="kills-"))
    found = 0
    with ground(out) as place:
        for kind in options.kinds or KINDS:
            figures = KINDS[kind](place).run(options.count, options.seed, options.real_every)
            print(figures.line(), flush=True)
            for finding in figures.findings:
                print(f"  {finding}", flush=True)
            found += len(figures.findings)
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
