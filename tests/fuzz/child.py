"""The child: does one thing after another with files that it is told of, and says how each ended.

A line on standard input is ``{"target": …, "path": …}``, a line back ``{"outcome": …, "detail": …, "cpu_s": …,
"peak_mb": …}``. More than LIMIT_S of processor time for one file ends the process by SIGPROF, whatever it is in, C code
too. Whatever a library prints goes to standard error.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import signal
import sys
import time
import traceback
from pathlib import Path
from typing import Any

from fuzz.targets import TARGETS

LIMIT_S = 5.0
"""Seconds of processor time for one file."""
LIMIT_BYTES = 1 << 30
"""Memory for one file, beyond what the process has when it begins."""
ADDRESS_SPACE = 6 << 30
"""More than this is refused by the system; libraries reserve some that they never use."""


def main() -> None:
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    for line in sys.stdin:
        request = json.loads(line)
        answers.write(json.dumps(judge(request["target"], Path(request["path"]))) + "\n")
        answers.flush()


def judge(target: str, path: Path) -> dict[str, Any]:
    before, peak_before = time.process_time(), peak_bytes()
    signal.setitimer(signal.ITIMER_PROF, LIMIT_S)
    try:
        outcome, detail = "said", TARGETS[target](path)
    except BaseException as error:  # noqa: BLE001 - whatever is raised is the finding
        outcome, detail = "raised", f"{type(error).__name__}: {str(error)[:300]} {where(error)}"
    signal.setitimer(signal.ITIMER_PROF, 0)
    if outcome == "said" and peak_bytes() - peak_before > LIMIT_BYTES:
        outcome = "memory"
    return {
        "outcome": outcome,
        "detail": detail,
        "cpu_s": round(time.process_time() - before, 3),
        "peak_mb": (peak_bytes() - peak_before) >> 20,
    }


def where(error: BaseException) -> str:
    """The last place of ours that it went through."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "fuzz" not in frame.filename]
    return f"({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""


def peak_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main()
