"""The application around the window: signals of the system."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from windows import PATIENCE_MS, make_window, open_in

from talkies.ui.app import leave_on_signals
from talkies.ui.window import Window
from talkies.ui.work.store import parse

SHOTS = ("V1-001", "V1-002")

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM to catch")


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, worker_command: list[str]) -> Iterator[Window]:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    window = make_window(qtbot, tmp_path, worker_command)
    yield window
    for number, handler in before.items():
        signal.signal(number, handler)
    window.close()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_change_is_finished_before_a_signal_closes_the_window(
    window: Window, qtbot: QtBot, reel: Path, number: signal.Signals
) -> None:
    """It comes while the queue is being saved, before anybody else knows of the jobs."""
    open_in(qtbot, window, reel)
    leave_on_signals(window)
    seen: list[tuple[int, bool]] = []
    window.queue.jobs_changed.connect(lambda: seen.append((len(window.queue.jobs), window.isVisible())))
    window.queue.pause()
    window.document.state_changed.connect(lambda: signal.raise_signal(number))
    window.queue.generate(SHOTS)
    assert seen[-1] == (2, True)
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=PATIENCE_MS)
    assert window.document.timeline is None and not window.queue.worker_process_id
    kept = parse((reel.with_name("reel.talkies") / "work.json").read_bytes(), reel)
    assert tuple(job.segment_id for job in kept.queue) == SHOTS
