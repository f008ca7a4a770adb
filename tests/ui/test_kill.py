"""Killed at random moments, twenty times: no finished take is lost, and the work opens again."""

from __future__ import annotations

import json
import os
import queue
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from talkies.core.media.sound import read_sound
from talkies.ui.work.document import Document

TIMEOUT_S = 120.0
SESSIONS = 10
"""In each of them the worker is killed, and then the panel."""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="nothing is killed there as kill -9 does"),
]


class Session:
    """A working panel in a process of its own, and all that it has said."""

    def __init__(self, timeline: Path, worker: list[str]) -> None:
        script = Path(__file__).with_name("working_panel.py")
        self.takes: dict[str, int] = {}
        self.saved = 0
        self._process = subprocess.Popen(
            [sys.executable, str(script), str(timeline), *worker], stdout=subprocess.PIPE, text=True
        )
        self._lines: queue.Queue[str] = queue.Queue()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def until(self, fact: str, timeout_s: float = TIMEOUT_S) -> Any:
        """Listens until a fact is told."""
        while True:
            told = self._hear(self._lines.get(timeout=timeout_s))
            if fact in told:
                return told[fact]

    def kill(self) -> None:
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(TIMEOUT_S)
        self._reader.join(TIMEOUT_S)
        while not self._lines.empty():
            self._hear(self._lines.get())

    def _read(self) -> None:
        assert self._process.stdout
        with self._process.stdout as lines:
            for line in lines:
                self._lines.put(line)

    def _hear(self, line: str) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(line) if line.endswith("\n") else {}
        self.saved = told.get("saved", self.saved)
        if "take" in told:
            self.takes[told["take"]] = told["samples"]
        return told


def test_no_finished_take_is_lost_and_the_work_opens_again(qtbot: QtBot, reel: Path, worker_command: list[str]) -> None:
    chance = random.Random(4)
    seen: dict[str, int] = {}
    document = Document()
    for _ in range(SESSIONS):
        session = Session(reel, [*worker_command, "0.02"])
        victim = session.until("worker")
        session.until("take")
        time.sleep(chance.uniform(0, 0.4))
        os.kill(victim, signal.SIGKILL)
        assert session.until("worker") != victim
        time.sleep(chance.uniform(0, 0.4))
        session.kill()
        document.open(reel)
        assert document.store
        qtbot.waitUntil(document.store.sweep, timeout=round(TIMEOUT_S * 1000))  # its worker notices that it is alone
        document.find_takes()
        seen |= session.takes
        check(document, seen, session.saved)
        document.close()
    assert len(seen) >= SESSIONS


def check(document: Document, seen: dict[str, int], saved: int) -> None:
    """All takes that were ever seen are there and whole, and so is the last edit that was saved."""
    assert document.folder
    takes = document.folder / "takes"
    assert {take.id for take in document.all_takes} >= seen.keys()
    assert {path.stem for path in takes.glob("*.wav")} == {take.id for take in document.all_takes}
    for name, samples in seen.items():
        assert read_sound(takes / f"{name}.wav").shape == (1, samples)
    assert [path.name for path in (takes / "making").iterdir()] == [".lock"]
    assert not list(document.folder.rglob("*.json.part"))
    edit = int(document.settings_of("V1-001").prompt.removeprefix("edit ") or 0)
    assert edit >= saved
    assert not any("set aside" in note for note in document.notes)
