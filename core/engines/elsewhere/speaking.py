"""The engine's half of the talk, line by line (docs/protocols.md); what adapters/serving.py does, without talkies.

While a job is worked at, another thread hears whether anybody still waits; a model that says nothing meanwhile cannot
be stopped, so talkies ends its process.
"""

from __future__ import annotations

import json
import os
import queue
import struct
import sys
import threading
import traceback
import wave
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from .checkout import RefusedError
from .model import Model

Job = dict[str, Any]
Say = Callable[..., None]

_MOST_WORDS = 120
"""Letters of what an exception says."""
_MISSING_S = 0.25
"""That a model may leave out at the end: it is silent there."""
_FULL_SCALE = (1 << 31) - 1


class StoppedError(Exception):
    """Nobody waits for this job any more."""


class Talk:
    """Questions from standard input, answers to standard output; whatever else is printed goes to standard error."""

    def __init__(self) -> None:
        self.questions: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self._given_up: set[object] = set()
        self._is_over = threading.Event()
        self._out = os.fdopen(os.dup(1), "w", encoding="utf-8")
        os.dup2(2, 1)
        threading.Thread(target=self._listen, daemon=True).start()

    def say(self, number: object, event: str, **content: object) -> None:
        self._out.write(json.dumps({"id": number, "event": event, **content}) + "\n")
        self._out.flush()

    def of(self, number: object) -> Say:
        """What a job's news are said by; raises StoppedError where nobody hears them."""

        def say(event: str, **content: object) -> None:
            if self._is_over.is_set() or number in self._given_up:
                raise StoppedError
            self.say(number, event, **content)

        return say

    def _listen(self) -> None:
        for question in map(json.loads, sys.stdin):
            if question["method"] == "cancel":
                self._given_up.add(question["params"]["id"])
            elif question["method"] == "quit":
                break
            else:
                self.questions.put(question)
        self._is_over.set()
        self.questions.put({"method": "quit"})


def serve(model: Model) -> None:
    """Answers until it is told to go. Sounds are written into the folder in which it was started."""
    talk, here, weights = Talk(), Path.cwd(), ""
    for name in ("NUMBA_CACHE_DIR", "MPLCONFIGDIR", "TRITON_CACHE_DIR", "TORCHINDUCTOR_CACHE_DIR"):
        os.environ[name] = str(here)  # it may write nowhere else
    os.environ["HF_HUB_OFFLINE"] = "1"  # it has no network
    while True:
        question = talk.questions.get()
        if question["method"] == "quit":
            return
        number = question["id"]
        try:
            if question["method"] != "hello" and not weights:
                weights = model.loaded(str(question["params"].get("device", "auto")))
            if question["method"] == "job":
                _perform(model, question["params"], here, talk.of(number))
            talk.say(number, "result", result={"protocol": 1, "manifest": model.manifest(), "weights": weights or None})
        except RefusedError as error:
            talk.say(number, "error", error={"message": str(error)})
        except StoppedError:
            talk.say(number, "error", error={"message": "the job was taken back"})
        except Exception as error:  # noqa: BLE001 - whatever a model raises ends the question, not the process
            traceback.print_exc()
            talk.say(number, "error", error={"message": _unforeseen(error)})


def _perform(model: Model, job: Job, here: Path, say: Say) -> None:
    movie = None if job["movie"] is None else str(here / job["movie"])
    rate = int(model.manifest()["sample_rate"])
    sound = fitted(model.made({**job, "movie": movie}, say), int(job["samples"]), rate)
    with wave.open(str(here / "sound.wav"), "wb") as file:
        file.setparams((1, 4, rate, 0, "NONE", ""))
        file.writeframes(struct.pack(f"<{len(sound)}i", *(int(value * _FULL_SCALE) for value in sound)))
    say("block", file="sound.wav")


def fitted(sound: Sequence[float], count: int, rate: int) -> Sequence[float]:
    """No longer than ``count`` samples, and as long where only an end is missing; never beyond full scale."""
    cut = list(sound[:count])
    loudest = max(map(abs, cut), default=0.0)
    if loudest > 1:
        cut = [value / loudest for value in cut]
    missing = count - len(cut)
    return [*cut, *[0.0] * missing] if missing <= _MISSING_S * rate else cut


def _unforeseen(error: Exception) -> str:
    why = " ".join(str(error).split())[:_MOST_WORDS]
    return f"it failed with {type(error).__name__}" + (f" ({why})" if why else "")
