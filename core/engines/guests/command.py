"""Any program that writes a sound file as an engine: ``command.py MANIFEST PROGRAM ...``, run once for each job.

A script of its own, without anything of talkies. In the program's arguments ``{prompt}``, ``{duration_s}``, ``{seed}``,
``{movie}`` and every other key of a job stand for their values, ``{text}`` for what is said, ``{job}`` for a file with
all of it as JSON, and ``{out}`` for the WAV that it must write. They are arguments in a list: no shell reads them.
"""

from __future__ import annotations

import contextlib
import json
import queue
import re
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

OUT, JOB = "sound.wav", "job.json"
_TICK_S = 0.1


def filled(argv: list[str], job: dict[str, Any]) -> list[str]:
    """The arguments with the job's values; what has no such name stays as it is."""
    text = " ".join(line["text"] for line in job["lines"])
    values = {**job, "text": text, "job": JOB, "out": OUT}

    def value(found: re.Match[str]) -> str:
        name = found[1]
        return found[0] if name not in values else "" if values[name] is None else str(values[name])

    return [re.sub(r"\{(\w+)\}", value, word) for word in argv]


def main() -> None:
    manifest, *argv = sys.argv[1:]
    asked: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(asked,), daemon=True).start()
    while (question := asked.get())["method"] != "quit":
        if question["method"] == "job":
            _run(question["id"], question["params"], argv, asked)
        elif question["method"] != "cancel":
            said = {"protocol": 1, "manifest": json.loads(manifest)}
            _say(question["id"], "result", result=said)


def _run(number: int, job: dict[str, Any], argv: list[str], asked: queue.SimpleQueue[dict[str, Any]]) -> None:
    Path(OUT).unlink(missing_ok=True)  # of a job that failed or was cancelled
    Path(JOB).write_text(json.dumps(job), encoding="utf-8")
    try:
        with Path("errors.txt").open("wb") as errors:
            process = subprocess.Popen(
                filled(argv, job), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors
            )
    except OSError as error:
        _say(number, "error", error={"message": f"{argv[0]} cannot be started ({error.strerror})"})
        return
    while process.poll() is None:
        with contextlib.suppress(queue.Empty):
            if asked.get(timeout=_TICK_S)["method"] in ("cancel", "quit"):
                process.kill()
    if process.returncode or not Path(OUT).is_file():
        lines = Path("errors.txt").read_text(encoding="utf-8", errors="replace").split("\n")
        last = next((line for line in reversed(lines) if line.strip()), "without a word")
        why = f"ended with code {process.returncode}" if process.returncode else "wrote no {out}"
        _say(number, "error", error={"message": f"{Path(argv[0]).name} {why} ({last})"})
        return
    _say(number, "block", file=OUT)
    _say(number, "result", result={})


def _listen(asked: queue.SimpleQueue[dict[str, Any]]) -> None:
    for line in sys.stdin:
        asked.put(json.loads(line))
    asked.put({"method": "quit"})


def _say(number: int, event: str, **content: Any) -> None:
    print(json.dumps({"id": number, "event": event, **content}), flush=True)


if __name__ == "__main__":
    main()
