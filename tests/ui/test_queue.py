"""The queue and its worker: a real process with a small engine, that is also killed."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from talkies.core.takes.take_folder import making
from talkies.ui.queue.panel import ink_of
from talkies.ui.theme import colours
from talkies.ui.work.document import Document
from talkies.ui.work.jobs import Job, overall, seconds_left
from talkies.ui.work.queue import Queue
from talkies.ui.work.state import SegmentSettings
from talkies.ui.work.worker_client import WorkerClient

PATIENCE_MS = 120_000


def wait_until_idle(queue: Queue, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not queue.is_busy and not any(job.is_open for job in queue.jobs), timeout=PATIENCE_MS)


def states(queue: Queue) -> list[str]:
    return [job.state for job in queue.jobs]


def test_segments_get_their_takes_with_their_own_settings(document: Document, queue: Queue, qtbot: QtBot) -> None:
    document.change_settings(["V1-001"], task="foley", takes=2, seed=3)
    document.change_settings(["V1-002"], task="dialogue", level_db=-3)
    document.edit_cue(2, text="Good evening.", voice="kathleen")
    with qtbot.waitSignal(document.takes_changed, timeout=PATIENCE_MS):
        queue.generate(["V1-001", "V1-002"])
    wait_until_idle(queue, qtbot)
    assert states(queue) == ["done", "done"]
    assert [(take.stem, take.number, take.seed) for take in document.takes("V1-001")] == [("FX", 1, 3), ("FX", 2, 4)]
    (spoken,) = document.takes("V1-002")
    assert (spoken.stem, spoken.facts["text"], spoken.facts["voice"]) == ("DX", "Good evening.", "kathleen")
    assert spoken.loudness_lufs is not None
    assert queue.fraction == 1.0
    queue.clear()
    assert queue.jobs == ()


def test_redo_takes_another_seed(document: Document, queue: Queue, qtbot: QtBot) -> None:
    document.change_settings(["V1-001"], task="foley", takes=2, seed=3)
    queue.generate(["V1-001"])
    queue.redo("V1-001")  # while the first is still waiting or running
    queue.redo("V1-001")
    wait_until_idle(queue, qtbot)
    assert [take.seed for take in document.takes("V1-001")] == [3, 4, 5, 6]


def test_pause_finishes_the_segment_and_resume_goes_on(document: Document, queue: Queue, qtbot: QtBot) -> None:
    document.change_settings(["V1-001", "V1-002"], task="foley")
    queue.generate(["V1-001", "V1-002"])
    queue.pause()
    qtbot.waitUntil(lambda: not queue.is_busy, timeout=PATIENCE_MS)
    assert states(queue) == ["done", "waiting"]
    queue.resume()
    wait_until_idle(queue, qtbot)
    assert states(queue) == ["done", "done"]


def test_a_job_that_fails_says_why_and_can_be_tried_again(document: Document, queue: Queue, qtbot: QtBot) -> None:
    document.change_settings(["V1-001"], task="dialogue")
    document.edit_cue(0, text="")
    with qtbot.waitSignal(queue.failed, timeout=PATIENCE_MS) as told:
        (job,) = queue.generate(["V1-001"])
    assert told.args is not None and told.args[0] == job and "no subtitle" in told.args[1]
    assert states(queue) == ["failed"]
    queue.retry([job])
    wait_until_idle(queue, qtbot)
    assert states(queue) == ["failed"]


class TestWithASlowWorker:
    @pytest.fixture
    def worker_command(self, worker_command: list[str]) -> list[str]:
        return [*worker_command, "0.2"]

    def test_cancel_leaves_finished_takes(self, document: Document, queue: Queue, qtbot: QtBot) -> None:
        document.change_settings(["V1-001", "V1-002"], task="foley", takes=50)
        queue.generate(["V1-001", "V1-002"])
        qtbot.waitUntil(lambda: len(document.takes("V1-001")) >= 2, timeout=PATIENCE_MS)
        assert queue.seconds_left is not None and queue.seconds_left > 0
        assert 0 < queue.fraction < 1
        queue.cancel()
        wait_until_idle(queue, qtbot)
        assert states(queue) == ["cancelled", "cancelled"]
        takes = document.takes("V1-001")
        assert 2 <= len(takes) < 50
        assert all(take.path.is_file() for take in takes)

    def test_a_dead_worker_is_started_again_once(self, document: Document, queue: Queue, qtbot: QtBot) -> None:
        document.change_settings(["V1-001"], task="foley", takes=3)
        crashes: list[tuple[str, bool]] = []
        queue.crashed.connect(lambda sentence, again: crashes.append((sentence, again)))
        (job,) = queue.generate(["V1-001"])

        def died(times: int) -> Callable[[], bool]:
            return lambda: len(crashes) == times

        for death in (1, 2):
            qtbot.waitUntil(lambda: queue.is_busy and queue.jobs[0].fraction > 0.2, timeout=PATIENCE_MS)
            os.kill(queue.worker_process_id, signal.SIGKILL)
            qtbot.waitUntil(died(death), timeout=PATIENCE_MS)
        assert [again for _, again in crashes] == [True, False]
        assert states(queue) == ["failed"] and queue.is_paused
        queue.retry([job])
        queue.resume()
        wait_until_idle(queue, qtbot)
        assert states(queue) == ["done"]
        assert {take.seed for take in document.takes("V1-001")} == {0, 1, 2}

    @pytest.mark.skipif(sys.platform == "win32", reason="nothing is killed there as kill -9 does")
    def test_an_engine_that_outlives_its_launcher_is_waited_for(
        self, document: Document, qtbot: QtBot, worker_command: list[str]
    ) -> None:
        launcher = [sys.executable, "-c", "import subprocess, sys; subprocess.run(sys.argv[1:])"]
        queue = Queue(document, WorkerClient([*launcher, *worker_command], document), document)
        document.change_settings(["V1-001"], task="foley", takes=2, seed=5)
        queue.generate(["V1-001"])
        qtbot.waitUntil(lambda: queue.jobs[0].fraction > 0, timeout=PATIENCE_MS)
        os.kill(queue.worker_process_id, signal.SIGKILL)
        qtbot.waitUntil(lambda: document.has_orphan, timeout=PATIENCE_MS)
        assert states(queue) == ["waiting"]
        wait_until_idle(queue, qtbot)
        assert states(queue) == ["done"]
        assert sorted(take.seed for take in document.takes("V1-001")) == [5, 6]
        queue.close()

    def test_closing_the_timeline_ends_the_work_on_it(
        self, document: Document, queue: Queue, qtbot: QtBot, reel: Path
    ) -> None:
        queue.generate(["V1-001"])
        qtbot.waitUntil(lambda: queue.jobs[0].fraction > 0, timeout=PATIENCE_MS)
        document.close()
        assert queue.jobs == () and not queue.is_busy


def test_a_job_waits_while_somebody_else_makes_takes_there(document: Document, queue: Queue, qtbot: QtBot) -> None:
    assert document.store is not None
    said: list[str] = []
    queue.warned.connect(said.append)
    with making(document.store.takes):
        queue.generate(["V1-001"])
        qtbot.waitUntil(lambda: document.has_orphan, timeout=PATIENCE_MS)
        assert states(queue) == ["waiting"] and not queue.is_busy
    wait_until_idle(queue, qtbot)
    assert states(queue) == ["done"] and document.takes("V1-001")
    assert len(said) == 1 and "another talkies is making takes there" in said[0]


def test_a_worker_that_cannot_be_started_is_told(document: Document, qtbot: QtBot, tmp_path: Path) -> None:
    queue = Queue(document, WorkerClient([str(tmp_path / "no-such-program")], document), document)
    told: list[bool] = []
    queue.crashed.connect(lambda _, again: told.append(again))
    queue.generate(["V1-001"])
    qtbot.waitUntil(lambda: told == [True, False], timeout=PATIENCE_MS)
    assert states(queue) == ["failed"]
    queue.close()


def job(state: str, **facts: float) -> Job:
    settings = SegmentSettings(task="foley", takes=2)
    return Job(1, "V1-001", "shot", settings, Fraction(5), {}, state=state, **facts)  # type: ignore[arg-type]


def test_the_time_left_comes_from_the_pace_so_far() -> None:
    """Ten seconds of sound a job: one took 20 s, the second is half done after 10 s, a third waits."""
    jobs = [job("done", seconds=20.0), job("running", seconds=10.0, fraction=0.5), job("waiting"), job("failed")]
    assert overall(jobs) == pytest.approx(0.5)
    assert seconds_left(jobs) == pytest.approx(30.0)
    assert seconds_left([job("waiting")]) is None
    assert overall([]) == 0.0


def test_a_job_that_is_made_in_part_is_not_shown_as_a_success(document: Document, queue: Queue, qtbot: QtBot) -> None:
    """Of a shot whose picture is gone the dialogue can be made, the effects cannot."""
    document.open_timeline().path.with_name("film.mp4").unlink()
    queue.generate(["V1-002"])
    wait_until_idle(queue, qtbot)
    (job,) = queue.jobs
    assert (job.state, job.made) == ("done", 1)
    assert "film.mp4" in job.problem
    assert ink_of(job) == colours().warning
    assert ink_of(replace(job, problem="")) == colours().good
