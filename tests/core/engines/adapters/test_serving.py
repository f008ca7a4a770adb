"""How an adapter answers: sentences for what it refuses, an end where it is cancelled, and no word of a library's."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ADAPTER = """
import time
import numpy as np
from talkies.core.engines.adapters.serving import serve
from talkies.core.errors import EngineError

class Counting:
    manifest = {"sample_rate": 8000}

    def load(self):
        print("a library says what it likes")
        return "ab12"

    def perform(self, job, say):
        if job["steps"] == 0:
            raise EngineError("steps", "are none", "ask for one")
        if job["steps"] < 0:
            raise RuntimeError("weights\\nof nothing")
        for step in range(job["steps"]):
            say("progress", fraction=step / job["steps"])
            time.sleep(0.01)
        return np.zeros(8, np.float32)

adapter = Counting()
serve(adapter, lambda name: setattr(adapter, "manifest", {"sample_rate": 8000, "device": name}))
"""


class Asked:
    """The program, and what it says."""

    def __init__(self, folder: Path) -> None:
        (folder / "counting.py").write_text(ADAPTER)
        self.process = subprocess.Popen(
            [sys.executable, "counting.py"],
            cwd=folder,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def ask(self, number: int | None, method: str, **params: object) -> None:
        assert self.process.stdin is not None
        print(json.dumps({"id": number, "method": method, "params": params}), file=self.process.stdin, flush=True)

    def heard(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        said: dict[str, Any] = json.loads(self.process.stdout.readline())
        return said


@pytest.fixture
def asked(tmp_path: Path) -> Iterator[Asked]:
    with (asked := Asked(tmp_path)).process as process:
        yield asked
        process.kill()


def test_it_loads_once_on_the_users_device_and_keeps_its_libraries_quiet(asked: Asked) -> None:
    asked.ask(1, "load", device="cuda:1")
    manifest = {"sample_rate": 8000, "device": "cuda:1"}
    assert asked.heard() == {
        "id": 1, "event": "result", "result": {"protocol": 1, "manifest": manifest, "weights": "ab12"},
    }  # fmt: skip
    asked.ask(2, "job", steps=0)
    assert asked.heard()["error"] == {"message": "steps: are none; ask for one"}
    asked.ask(None, "quit")
    assert asked.process.wait(10) == 0


def test_a_job_that_is_cancelled_ends_and_the_next_is_made(asked: Asked) -> None:
    asked.ask(1, "job", steps=100_000)
    assert asked.heard()["event"] == "progress"
    asked.ask(None, "cancel", id=1)
    said = [asked.heard()]
    while said[-1]["event"] == "progress":
        said.append(asked.heard())
    assert (said[-1]["id"], said[-1]["event"]) == (1, "error")
    asked.ask(2, "job", steps=1)
    assert [asked.heard()["event"] for _ in range(3)] == ["progress", "block", "result"]


def test_what_nobody_foresaw_is_one_sentence_and_the_next_is_made(asked: Asked) -> None:
    asked.ask(1, "job", steps=-1)
    assert asked.heard()["error"] == {"message": "it failed with RuntimeError (weights of nothing)"}
    asked.ask(2, "job", steps=1)
    assert [asked.heard()["event"] for _ in range(3)] == ["progress", "block", "result"]


def test_it_goes_when_nobody_is_there_any_more(asked: Asked) -> None:
    asked.ask(1, "job", steps=100_000)
    assert asked.heard()["event"] == "progress"
    assert asked.process.stdin is not None
    asked.process.stdin.close()
    assert asked.process.wait(10) == 0
