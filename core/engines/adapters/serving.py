"""What every adapter is: a program that answers questions on standard input, line by line. See docs/protocols.md."""

from __future__ import annotations

import contextlib
import json
import queue
import sys
import threading
import wave
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from talkies.core.arrays import Floats32
from talkies.core.errors import TalkiesError

Job = Mapping[str, Any]
"""A job's parameters, as docs/protocols.md has them."""
Questions = queue.SimpleQueue[dict[str, Any]]
Say = Callable[..., None]
"""``say("progress", fraction=0.5)``, ``say("note", message="...")``: while a job is worked at."""


class Adapter(Protocol):
    """``manifest``: as docs/engines.md has it; known before anything heavy is loaded. Whatever it is asked for, it may
    raise ValueError or TalkiesError with a sentence."""

    @property
    def manifest(self) -> Mapping[str, Any]: ...

    def load(self) -> str | None:
        """Makes ready; called before the first job. The sha256 of its weights, if it has any."""

    def perform(self, job: Job, say: Say) -> Floats32:
        """(N,) at the manifest's rate, as long as the job."""


class _CancelledError(Exception):
    """Nobody waits for this job any more."""


def serve(adapter: Adapter, use_device: Callable[[str], None] = lambda name: None) -> None:
    """Answers until it is told to go. ``use_device``: told the user's device before the adapter loads. What else is
    printed goes to standard error. A job that is cancelled ends where it next says something."""
    asked: Questions = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(asked,), daemon=True).start()
    weights, is_loaded = None, False
    with contextlib.redirect_stdout(sys.stderr):
        while (question := asked.get())["method"] != "quit":
            method, number = question["method"], question["id"]
            try:
                if method in ("load", "job") and not is_loaded:
                    use_device(question["params"].get("device", "auto"))
                    weights, is_loaded = adapter.load(), True
                if method == "job":
                    _perform(adapter, number, question["params"], asked)
                said = {"protocol": 1, "manifest": adapter.manifest, "weights": weights}
            except (ValueError, TalkiesError) as error:
                _say(number, "error", error={"message": str(error)})
            else:
                if method != "cancel":
                    _say(number, "result", result=said)


def _listen(asked: Questions) -> None:
    for question in map(json.loads, sys.stdin):
        asked.put(question)
        if question["method"] == "quit":
            return
    asked.put({"method": "quit"})


def _perform(adapter: Adapter, number: int, job: Job, asked: Questions) -> None:
    def say(event: str, **content: object) -> None:
        _heed(asked)
        _say(number, event, **content)

    with contextlib.suppress(_CancelledError):
        sound = adapter.perform(job, say)
        _write(Path("sound.wav"), sound, adapter.manifest["sample_rate"])
        _say(number, "block", file="sound.wav")


def _heed(asked: Questions) -> None:
    """Raises _CancelledError where something was asked during a job: only to cancel it, or to go."""
    if asked.empty():
        return
    question = asked.get()
    if question["method"] != "cancel":
        asked.put(question)
    raise _CancelledError


def _write(path: Path, sound: Floats32, rate: int) -> None:
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, rate, 0, "NONE", ""))
        file.writeframes((np.clip(sound, -1, 1) * 32767).round().astype("<i2").tobytes())


def _say(number: int, event: str, **content: object) -> None:
    print(json.dumps({"id": number, "event": event, **content}), file=sys.__stdout__, flush=True)
