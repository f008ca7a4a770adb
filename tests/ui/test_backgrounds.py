"""Backgrounds in the panel: a lane of their own, a take that is made anew alone, and back into a timeline."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from talkies.ui.timeline.rows import take_rows
from talkies.ui.work.document import Document
from talkies.ui.work.queue import Queue

PATIENCE_MS = 120_000


@pytest.fixture(autouse=True)
def with_backgrounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, without_backgrounds: None) -> None:
    """As for whoever has configured nothing."""
    monkeypatch.setenv("TALKIES_CONFIG", str(tmp_path / "none.toml"))


def wait_until_idle(queue: Queue, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not queue.is_busy and not any(job.is_open for job in queue.jobs), timeout=PATIENCE_MS)


def test_they_have_a_lane_and_are_made_anew_alone(document: Document, queue: Queue, qtbot: QtBot) -> None:
    document.change_settings(["V1-001"], task="foley", seed=3)
    queue.generate(["V1-001"])
    wait_until_idle(queue, qtbot)
    takes = document.takes("V1-001")
    assert [(take.stem, take.seed) for take in takes] == [("FX", 3), ("BG", 3)]
    assert document.timeline is not None
    rows = take_rows(takes)
    assert [row.label for row in rows] == ["Effects", "Backgrounds"]
    queue.redo("V1-001", task="background")
    wait_until_idle(queue, qtbot)
    assert [job.state for job in queue.jobs] == ["done", "done"]
    assert [(take.stem, take.seed) for take in document.takes("V1-001")] == [("FX", 3), ("BG", 3), ("BG", 4)]
