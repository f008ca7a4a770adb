"""What every adapter is: a program that answers questions on standard input, line by line. See docs/protocols.md."""

from __future__ import annotations

import argparse
import contextlib
import json
import queue
import sys
import threading
import traceback
import wave
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn, Protocol

import numpy as np

from talkies.core.arrays import Floats32
from talkies.core.errors import ArgumentError, CancelledError, TalkiesError, in_one_line

Job = Mapping[str, Any]
"""A job's parameters, as docs/protocols.md has them."""
Say = Callable[..., None]
"""``say("progress", fraction=0.5)``, ``say("note", message="...")``: while a job is worked at. Raises CancelledError
where nobody waits for it any more."""


class Arguments(argparse.ArgumentParser):
    """What an adapter was added with; what is wrong with it becomes an answer."""

    def error(self, message: str) -> NoReturn:
        raise ArgumentError(self.prog, message, f"it takes {self.format_usage().partition(self.prog)[2]}")


class Adapter(Protocol):
    """``manifest``: as docs/engines.md has it; known before anything heavy is loaded. Each of these may raise a
    TalkiesError, or ValueError with a sentence, which is the answer then; of any other exception the answer has the
    kind, and standard error the rest."""

    @property
    def manifest(self) -> Mapping[str, Any]: ...

    def load(self) -> str | None:
        """Makes ready; called before the first job. The sha256 of its weights, if it has any."""

    def perform(self, job: Job, say: Say) -> Floats32 | Path:
        """(N,) at the manifest's rate, as long as the job; or a file in the folder that it runs in."""


def serve(adapter: Adapter, use_device: Callable[[str], None] = lambda name: None) -> None:
    """Answers until it is told to go. ``use_device``: told the user's device before the adapter loads. What else is
    printed goes to standard error. A job that is cancelled ends where it next says something."""
    asked = _Asked()
    threading.Thread(target=asked.listen, daemon=True).start()
    weights, is_loaded = None, False
    with contextlib.redirect_stdout(sys.stderr):
        while (question := asked.questions.get())["method"] != "quit":
            method, number = question["method"], question["id"]
            try:
                if method in ("load", "job") and not is_loaded:
                    use_device(question["params"].get("device", "auto"))
                    weights, is_loaded = adapter.load(), True
                if method == "job":
                    _perform(adapter, number, question["params"], asked)
                _say(number, "result", result={"protocol": 1, "manifest": adapter.manifest, "weights": weights})
            except (TalkiesError, ValueError) as error:
                _say(number, "error", error={"message": str(error)})
            except Exception as error:  # noqa: BLE001 - whatever a library raises ends the question, not the process
                traceback.print_exc()
                _say(number, "error", error={"message": _unforeseen(error)})


@dataclass(frozen=True)
class _Asked:
    """What comes on standard input, heard while a job is worked at."""

    questions: queue.SimpleQueue[dict[str, Any]] = field(default_factory=queue.SimpleQueue)
    given_up: set[object] = field(default_factory=set)
    is_over: threading.Event = field(default_factory=threading.Event)

    def listen(self) -> None:
        for question in map(json.loads, sys.stdin):
            if question["method"] == "cancel":
                self.given_up.add(question["params"]["id"])
            elif question["method"] == "quit":
                break
            else:
                self.questions.put(question)
        self.is_over.set()
        self.questions.put({"method": "quit"})

    def awaits(self, number: object) -> bool:
        """Whether anybody waits for the answer."""
        return not self.is_over.is_set() and number not in self.given_up


def _perform(adapter: Adapter, number: int, job: Job, asked: _Asked) -> None:
    def say(event: str, **content: object) -> None:
        if not asked.awaits(number):
            raise CancelledError("the job", "was taken back")
        _say(number, event, **content)

    made = adapter.perform(job, say)
    if not isinstance(made, Path):
        made = _written(Path("sound.wav"), made, adapter.manifest["sample_rate"])
    _say(number, "block", file=made.name)


def _unforeseen(error: Exception) -> str:
    why = in_one_line(str(error))
    return f"it failed with {type(error).__name__}{f' ({why})' if why else ''}"


def _written(path: Path, sound: Floats32, rate: int) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, rate, 0, "NONE", ""))
        file.writeframes((np.clip(sound, -1, 1) * 32767).round().astype("<i2").tobytes())
    return path


def _say(number: int, event: str, **content: object) -> None:
    print(json.dumps({"id": number, "event": event, **content}), file=sys.__stdout__, flush=True)
