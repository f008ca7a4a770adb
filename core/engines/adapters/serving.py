"""What every adapter is: a program that answers questions on standard input, line by line. See docs/protocols.md."""

from __future__ import annotations

import contextlib
import json
import sys
import wave
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from talkies.core.arrays import Floats32
from talkies.core.errors import TalkiesError

Job = Mapping[str, Any]
"""A job's parameters, as docs/protocols.md has them."""
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


def serve(adapter: Adapter, use_device: Callable[[str], None] = lambda name: None) -> None:
    """Answers until it is told to go. ``use_device``: told the user's device before the adapter loads. What else is
    printed goes to standard error."""
    weights, is_loaded = None, False
    with contextlib.redirect_stdout(sys.stderr):
        for asked in map(json.loads, sys.stdin):
            if asked["method"] == "quit":
                return
            try:
                if asked["method"] in ("load", "job") and not is_loaded:
                    use_device(asked["params"].get("device", "auto"))
                    weights, is_loaded = adapter.load(), True
                if asked["method"] == "job":
                    _perform(adapter, asked["id"], asked["params"])
                said = {"protocol": 1, "manifest": adapter.manifest, "weights": weights}
            except (ValueError, TalkiesError) as error:
                _say(asked["id"], "error", error={"message": str(error)})
            else:
                if asked["method"] != "cancel":
                    _say(asked["id"], "result", result=said)


def _perform(adapter: Adapter, number: int, job: Job) -> None:
    sound = adapter.perform(job, lambda event, **content: _say(number, event, **content))
    _write(Path("sound.wav"), sound, adapter.manifest["sample_rate"])
    _say(number, "block", file="sound.wav")


def _write(path: Path, sound: Floats32, rate: int) -> None:
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, rate, 0, "NONE", ""))
        file.writeframes((np.clip(sound, -1, 1) * 32767).round().astype("<i2").tobytes())


def _say(number: int, event: str, **content: object) -> None:
    print(json.dumps({"id": number, "event": event, **content}), file=sys.__stdout__, flush=True)
