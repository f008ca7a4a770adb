"""One session with the panel: starts ``talkies panel --bridge`` and answers what it asks, line by line.

    ← {"id": 2, "method": "read_timeline", "params": {"folder": "..."}}
    → {"id": 2, "result": {"timeline": ".../resolve.otio"}}
    → {"id": 2, "error": {"kind": "TimelineError", "message": "one sentence"}}

The panel is another process: whatever happens to it, Resolve goes on, and what it had made is kept.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from contextlib import suppress
from typing import Any

from .editor import Editor
from .refusal import RefusedError, tell

METHODS = (
    *("hello", "read_timeline", "audio_tracks", "picture_tracks", "add_takes", "add_pictures", "undo"),
    "move_playhead",
)


def run(resolve: Any, program: list[str]) -> int:
    """Opens the panel and returns when it is closed; its exit code. ``program``: the talkies command, as arguments."""
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as complaints:
        try:
            child = subprocess.Popen(
                [*program, "panel", "--bridge"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=complaints,
                encoding="utf-8",
                errors="replace",
                env=clean_environment(dict(os.environ)),
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError as error:
            tell(f"{program[0]}: could not be started ({error}); run 'talkies resolve install' again")
            return 2
        answer_all(Editor(resolve), child)
        code = child.wait()
        if code:
            complaints.seek(0)
            lines = complaints.read().strip().splitlines() or [f"it ended with code {code}"]
            tell(lines[-1].replace("talkies: ", "", 1))
    return code


def answer_all(editor: Editor, child: Any) -> None:
    """Until the panel's stdout ends. When it stops reading there is nobody left to answer."""
    with suppress(OSError), child.stdin, child.stdout:  # closing says once more what could not be said
        for line in child.stdout:
            child.stdin.write(json.dumps(answer(editor, line)) + "\n")
            child.stdin.flush()


def answer(editor: Editor, line: str) -> dict[str, Any]:
    """The answer to one line. Whatever goes wrong is a sentence in it."""
    number = None
    try:
        request = json.loads(line)
        number, method = request.get("id"), request.get("method")
        if method not in METHODS:
            raise RefusedError("ArgumentError", f"method {method!r}: is not known; run 'talkies resolve install' again")
        return {"id": number, "result": getattr(editor, method)(request.get("params") or {})}
    except RefusedError as refusal:
        return {"id": number, "error": {"kind": refusal.kind, "message": refusal.sentence}}
    except Exception as error:  # noqa: BLE001 - Resolve's objects may do anything, and this must go on
        sentence = " ".join(f"DaVinci Resolve failed ({type(error).__name__}: {error}); try again".split())
        return {"id": number, "error": {"kind": "OutputError", "message": sentence}}


def clean_environment(variables: dict[str, str]) -> dict[str, str]:
    """Resolve points Python and the linker at its own libraries; talkies' Python and Qt must not see that."""
    ours = ("PYTHON", "LD_LIBRARY_PATH", "LD_PRELOAD", "DYLD_", "QT_")
    kept = {name: value for name, value in variables.items() if not name.startswith(ours)}
    if "QT_QPA_PLATFORM" in variables and sys.platform == "linux":
        kept["QT_QPA_PLATFORM"] = variables["QT_QPA_PLATFORM"]
    return kept
