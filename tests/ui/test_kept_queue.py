"""What waits for its sound outlives the panel, and goes on when somebody says so; nothing is made twice."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from films import write_reel
from pytestqt.qtbot import QtBot

from talkies.ui.queue.panel import QueuePanel
from talkies.ui.work.document import Document
from talkies.ui.work.queue import Queue
from talkies.ui.work.store import parse
from talkies.ui.work.worker_client import WorkerClient

PATIENCE_MS = 120_000


def test_the_queue_is_offered_again_after_a_kill(
    document: Document, qtbot: QtBot, reel: Path, worker_command: list[str]
) -> None:
    first = Queue(document, WorkerClient([*worker_command, "0.05"], document), document)
    document.change_settings(["V1-001", "V1-002"], task="foley", takes=2, seed=5)
    first.generate(["V1-001", "V1-002"], guidance=1.0)
    qtbot.waitUntil(lambda: len(document.takes("V1-001")) >= 1, timeout=PATIENCE_MS)
    assert document.store is not None and document.folder is not None
    document.store.flush()
    on_disk = parse((document.folder / "work.json").read_bytes(), reel)  # all that a kill leaves
    assert [job.segment_id for job in on_disk.queue] == ["V1-001", "V1-002"]
    assert on_disk.queue[0].settings.guidance == 1.0 and on_disk.queue[0].before == ()
    document.change_settings(["V1-001"], seed=99)  # what was asked for stays asked for
    first.close()
    document.close()

    again = Document()
    queue = Queue(again, WorkerClient(worker_command, again), again)
    panel = QueuePanel(again, queue)
    qtbot.addWidget(panel)
    found: list[int] = []
    queue.found.connect(found.append)
    again.open(reel)
    assert found == [2] and queue.kept_count == 2 and queue.is_paused
    assert [job.state for job in queue.jobs] == ["waiting", "waiting"] and not queue.is_busy
    assert not panel.offer.isHidden() and "2 shots were still waiting" in panel.offer_text.text()
    panel.go_on.click()
    qtbot.waitUntil(lambda: all(job.state == "done" for job in queue.jobs), timeout=PATIENCE_MS)
    assert panel.offer.isHidden()
    for segment in ("V1-001", "V1-002"):
        assert sorted(take.seed for take in again.takes(segment)) == [5, 6]
    assert again.state.queue == ()
    queue.close()
    again.close()


def test_music_that_waits_is_for_the_same_shots_after_the_cut_moved(
    document: Document, reel: Path, worker_command: list[str]
) -> None:
    queue = Queue(document, WorkerClient(worker_command, document), document)
    queue.pause()
    queue.score(["V1-001", "V1-002"], prompt="waltz")
    queue.generate(["V1-002"])
    document.close()
    write_reel(reel, ["film.mp4"] * 3, start=25, first="inserted")
    document.open(reel)
    music, effects = queue.jobs
    assert (music.segment_id, music.order["segments"], music.duration) == ("V1-002", ["V1-002", "V1-003"], 2)
    assert effects.order["segments"] == ["V1-003"]
    document.close()
    write_reel(reel, ["film.mp4"], start=25, first="shot 2")
    document.open(reel)
    music, effects = queue.jobs
    assert (music.segment_id, music.order["segments"], music.duration) == ("V1-001", ["V1-001"], 1)
    assert music.settings.prompt == "waltz" and effects.order["segments"] == ["V1-001"]
    queue.close()


@pytest.mark.parametrize("broken", [{"only": ["V9-009"]}, {"only": []}, {"marks": []}, {"segment_id": "V9-009"}])
def test_older_or_damaged_music_is_for_its_own_shot_and_loses_no_other_job(
    document: Document, reel: Path, worker_command: list[str], broken: dict[str, object]
) -> None:
    queue = Queue(document, WorkerClient(worker_command, document), document)
    queue.pause()
    queue.score(["V1-001", "V1-002"])
    queue.generate(["V1-002"])
    assert document.folder is not None
    saved = document.folder / "work.json"
    document.close()
    content = json.loads(saved.read_bytes())
    content["work"]["queue"][0] |= {"marks": []} | broken
    saved.write_text(json.dumps(content))
    document.open(reel)
    assert [job.order["segments"] for job in queue.jobs] == [["V1-001"], ["V1-002"]]
    assert queue.jobs[0].only == ("V1-001",)
    queue.close()


def test_it_can_be_discarded_and_a_cancelled_one_does_not_come_back(
    document: Document, qtbot: QtBot, reel: Path, worker_command: list[str]
) -> None:
    queue = Queue(document, WorkerClient(worker_command, document), document)
    queue.pause()
    queue.generate(["V1-001", "V1-002"])
    queue.cancel([queue.jobs[0].id])
    document.close()
    assert not queue.jobs
    document.open(reel)
    assert [job.segment_id for job in queue.jobs] == ["V1-002"]
    queue.discard_kept()
    assert not queue.jobs and not queue.is_paused and document.state.queue == ()
    document.close()
    document.open(reel)
    assert not queue.jobs and queue.kept_count == 0
    queue.close()
