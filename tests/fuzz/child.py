"""The child: does one thing after another with files that it is told of, and says how each ended.

A line on standard input is ``{"target": …, "path": …}``, a line back ``{"outcome": …, "detail": …, "cpu_s": …,
"peak_mb": …}``. More than LIMIT_S of processor time for one file ends the process by SIGPROF, whatever it is in, C code
too. Whatever a library prints goes to standard error.
"""

from __future__ import annotations

import contextlib
import gc
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
_OUT_OF_MEMORY = ("MemoryError", "not enough memory", "bad_alloc")
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
    gc.collect()
    before, memory_before = time.process_time(), begin_peak()
    signal.setitimer(signal.ITIMER_PROF, LIMIT_S)
    try:
        outcome, detail = "said", TARGETS[target](path)
    except BaseException as error:  # noqa: BLE001 - whatever is raised is the finding
        outcome, detail = "raised", f"{type(error).__name__}: {str(error)[:300]} {where(error)}"
    signal.setitimer(signal.ITIMER_PROF, 0)
    used = peak_bytes() - memory_before
    if outcome == "said" and (used > LIMIT_BYTES or any(words in detail for words in _OUT_OF_MEMORY)):
        outcome = "memory"
    return {
        "outcome": outcome,
        "detail": detail,
        "cpu_s": round(time.process_time() - before, 3),
        "peak_mb": max(used, 0) >> 20,
    }


def where(error: BaseException) -> str:
    """The last place of ours that it went through."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "fuzz" not in frame.filename]
    return f"({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""


def begin_peak() -> int:
    """What the process holds now, from where the next peak is measured; where the system cannot begin anew (macOS), the
    highest that it ever held."""
    try:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    except OSError:
        return peak_bytes()
    return _status("VmRSS")


def peak_bytes() -> int:
    """The most that the process held since."""
    try:
        return _status("VmHWM")
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # bytes on macOS


def _status(name: str) -> int:
    for line in Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) << 10
    raise OSError(f"no {name}")


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main()
