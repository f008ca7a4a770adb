"""The worker processes of a batch: whichever way they or the batch end, the reels are made in the end."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from batches import BROKEN, MADE, TEMPLATE, WORKER, identities, order, run, sounds, write_archive
from films import write_movie

from talkies.core.batch.facts import mark_of
from talkies.core.batch.helper import Answer, Helper, WorkerError
from talkies.core.batch.ledger import DATA, read_records
from talkies.core.batch.records import ReelRecord
from talkies.core.batch.running import Advanced, Batch, Counted
from talkies.core.errors import CancelledError

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="these tests end processes as Unix does")


def test_a_worker_that_dies_costs_its_reel(tmp_path: Path) -> None:
    """The first one that is asked for that reel kills itself; the others are made."""
    archive = write_archive(tmp_path / "in")
    dying = tmp_path / "dying.py"
    dying.write_text(
        "import os, signal, sys\nfrom pathlib import Path\n"
        f"sys.path.insert(0, {str(Path(WORKER[1]).parent)!r})\n"
        "from talkies.core.timeline import reading\nread = reading.read_timeline\n"
        "import talkies.core.generation.planning.cut_shots as shots\n"
        "def deadly(path, *rest):\n"
        "    if path.name == 'reel.mov': os.kill(os.getpid(), signal.SIGSEGV)\n"
        "    return read(path, *rest)\n"
        "shots.read_timeline = deadly\nimport tones_worker\n"
        "raise SystemExit(tones_worker.serve_stdio(tones_worker.load_slow_tones))\n"
    )
    batch = run(order([archive], tmp_path / "out", command=(sys.executable, str(dying)), workers=2))
    states = {name: record.state for name, record in batch.records.items()}
    assert states == {MADE[0]: "failed", MADE[1]: "done", BROKEN: "failed"}
    assert "the worker ended by signal 11" in batch.records[MADE[0]].problem


def test_it_stops_when_it_is_closed_and_goes_on_later(archive: Path, made: Path, tmp_path: Path) -> None:
    """In the middle of a take, as Ctrl+C closes it: no worker is left, and the next run makes what is missing."""
    out = tmp_path / "out"
    slow = order([archive], out, command=(*WORKER, "0.4"))
    story = Batch(slow).run()
    for news in story:
        if isinstance(news, Advanced) and "shot 1" in news.message:
            break
    began = time.monotonic()
    story.close()  # type: ignore[attr-defined]
    assert time.monotonic() - began < 10
    records = read_records(out / DATA)
    assert records[MADE[1]].state == "begun"
    assert [job.state for job in records[MADE[1]].jobs] == ["waiting"] * 3
    run(order([archive], out))
    assert sounds(out) == sounds(made)


class Unheard:
    """In the place of :meth:`Helper.ask`: the answer to what a worker has made is lost, ``error`` comes instead."""

    def __init__(self, error: Exception) -> None:
        self._error, self._ask, self.made = error, Helper.ask, 0

    def __call__(self, helper: Helper, method: str, *words: Any) -> Answer:
        answer = self._ask(helper, method, *words)
        if method == "generate":
            self.made += 1
            raise self._error
        return answer

    def __get__(self, helper: Helper, owner: type[Helper]) -> Callable[..., Answer]:
        return partial(self, helper)


@pytest.mark.parametrize("error", [CancelledError("generate", "was stopped"), WorkerError("worker", "it ended")])
def test_a_reel_that_was_finished_unheard_is_not_made_again(
    error: Exception, archive: Path, made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its batch was killed while the worker wrote the timeline, or the worker while it swept up."""
    out, asking = tmp_path / "out", Unheard(error)
    monkeypatch.setattr(Helper, "ask", asking)
    for _ in MADE:
        run(order([archive], out, retry=True))
    assert asking.made == len(MADE)
    before = identities(out)
    monkeypatch.undo()
    batch = run(order([archive], out, retry=True))
    assert [batch.records[name].state for name in MADE] == ["done", "done"]
    assert identities(out) == before and sounds(out) == sounds(made)
    assert batch.records[MADE[1]].jobs == _as_there(read_records(made / DATA)[MADE[1]], out).jobs


def _as_there(record: ReelRecord, out: Path) -> ReelRecord:
    """With the marks that its takes have there."""
    return replace(record, jobs=tuple(replace(job, mark=mark_of(out / job.file)) for job in record.jobs))


@pytest.mark.parametrize("what", ["a take is lost", "other options", "edited"])
def test_what_was_finished_unheard_and_is_another_now_is_made_anew(
    what: str, archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, name = tmp_path / "out", MADE[0]
    with monkeypatch.context() as patch:
        patch.setattr(Helper, "ask", Unheard(CancelledError("generate", "was stopped")))
        run(order([archive / name], out))
    takes = sorted(out.rglob("*.wav"))
    before = [path.stat().st_ino for path in takes]
    if what == "a take is lost":
        takes[0].unlink()
    if what == "edited":
        timeline = next(out.rglob("*.otio"))
        timeline.write_text(timeline.read_text().replace(takes[0].stem, "song"))
    template = replace(TEMPLATE, seed=7) if what == "other options" else TEMPLATE
    batch = run(order([archive / name], out, template=template))
    assert [record.state for record in batch.records.values()] == ["done"]
    assert [path.stat().st_ino for path in sorted(out.rglob("*.wav"))] != before


def test_a_film_that_is_replaced_while_it_is_read_is_made_again(archive: Path, tmp_path: Path) -> None:
    """What counts is how it was before anybody read it."""
    film, other, out = tmp_path / "reel.mov", tmp_path / "other.mp4", tmp_path / "out"
    shutil.copy(archive / MADE[0], film)
    write_movie(other, 1, flashes=(0.3,))
    late = tmp_path / "late.py"
    late.write_text(
        "import os, sys\n"
        f"sys.path.insert(0, {str(Path(WORKER[1]).parent)!r})\n"
        "from talkies.core.timeline import reading\nread = reading.read_timeline\n"
        "import talkies.core.generation.planning.cut_shots as shots\n"
        "def late(path, *rest):\n"
        "    found = read(path, *rest)\n"
        f"    if os.path.exists({str(other)!r}): os.replace({str(other)!r}, {str(film)!r})\n"
        "    return found\n"
        "shots.read_timeline = late\nimport tones_worker\n"
        "raise SystemExit(tones_worker.serve_stdio(tones_worker.load_slow_tones))\n"
    )
    run(order([film], out, command=(sys.executable, str(late))))
    assert not other.exists()
    counted, *_ = Batch(order([film], out)).run()
    assert counted == Counted(1, 0)
    assert list(Batch(order([film], out)).run()) == [Counted(1, 1)]


@pytest.mark.parametrize(
    "result",
    [{}, {"key": "k", "jobs": [1], "inputs": []}, {"key": "k", "jobs": [{"take": "x"}], "inputs": []},
     {"key": "k", "jobs": 1, "inputs": 2}, {"key": "k", "jobs": [], "inputs": []}],
)  # fmt: skip
def test_a_worker_that_answers_nonsense_costs_its_reels(
    result: dict[str, object], archive: Path, tmp_path: Path
) -> None:
    """Each of them; the batch goes on to its end."""
    foolish = tmp_path / "foolish.py"
    foolish.write_text(
        "import json, sys\nfor line in sys.stdin:\n"
        "    asked = json.loads(line)\n"
        "    if asked['method'] == 'quit': break\n"
        "    if asked['method'] != 'hello':\n"
        f"        print(json.dumps({{'id': asked['id'], 'event': 'result', 'result': {result!r}}}), flush=True)\n"
    )
    records = run(order([archive], tmp_path / "out", command=(sys.executable, str(foolish)))).records
    assert {record.state for record in records.values()} == {"failed"} and len(records) == 3
    assert all("; " in record.problem and len(record.problem.splitlines()) == 1 for record in records.values())


class Stuck:
    """A helper that cannot even be closed, as one whose node is gone."""

    def ask(self, method: str, params: Mapping[str, Any], stopped: Callable[[], bool], watch: Any = None) -> Answer:
        raise WorkerError("worker", "is gone")

    def close(self) -> None:
        raise RuntimeError("no connection")


def test_a_helper_that_cannot_be_closed_ends_the_run(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It does not wait for ever."""
    monkeypatch.setattr(Batch, "_helpers", lambda batch, reels, lock: [Stuck()])
    told: list[BaseException] = []

    def end() -> None:
        try:
            run(order([archive / "1926"], tmp_path / "out"))
        except RuntimeError as error:
            told.append(error)

    running = threading.Thread(target=end, daemon=True)
    running.start()
    running.join(30)
    assert [str(error) for error in told] == ["no connection"]


def test_a_worker_computes_with_its_share_of_the_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    """Unless the user says how many."""
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    assert Helper((), 3)._environment()["OMP_NUM_THREADS"] == "3"  # noqa: SLF001 - what a process would get
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    assert Helper((), 3)._environment()["OMP_NUM_THREADS"] == "7"  # noqa: SLF001 - likewise


def test_a_second_batch_waits_for_the_workers_of_a_killed_one(archive: Path, made: Path, tmp_path: Path) -> None:
    """They hold its lock until they have noticed."""
    out = tmp_path / "out"
    program = (
        f"import sys; sys.path.insert(0, {str(Path(WORKER[1]).parent)!r})\nfrom batches import *\n"
        f"for news in Batch(order([{str(archive)!r}], Path({str(out)!r}), command=(*WORKER, '0.3'))).run():\n"
        "    print(news, flush=True)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as killed:
        assert killed.stdout is not None
        for line in killed.stdout:
            if "effects for" in line:
                break
        killed.send_signal(signal.SIGKILL)
    run(order([archive], out))
    assert sounds(out) == sounds(made)
