"""The queue of segments that get their sound: one after the other, in the worker process.

    generate(ids) ─► waiting ─► running ─► done | failed | cancelled
                        ▲          │ the worker dies: the job waits again, once; then it has failed
                        └─ retry ──┘

Finished takes come to the document as they are made and stay, whatever becomes of their job. What waits or runs is
saved with the work: when the panel ends before it is made, however it ends, it waits again at the next opening, and
the queue is paused until somebody says that it shall go on. While another process makes takes there, a job waits.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QElapsedTimer, QObject, Signal

from talkies.core.errors import TalkiesError
from talkies.ui.work import orders
from talkies.ui.work.document import Document
from talkies.ui.work.jobs import Job, fresh, overall, seconds_left, timed
from talkies.ui.work.state import SegmentSettings, TakeRecord
from talkies.ui.work.worker_client import WorkerClient

_RESTARTS: Final = 1


class Queue(QObject):
    """Jobs in the order in which they are done, of one document. What waits when it opens another timeline is kept."""

    jobs_changed = Signal()
    """A job came, went, or changed its state."""
    progress_changed = Signal()
    """The running job got further."""
    warned = Signal(str)
    """Something the person should know, one sentence; the work goes on."""
    failed = Signal(int, str)
    """A job has failed: its id and the sentence that says why."""
    found = Signal(int)
    """So many jobs were left from an earlier panel; they wait, and the queue is paused."""
    crashed = Signal(str, bool)
    """The worker died: a sentence, and whether it was started again by itself. If not, the queue is paused."""

    def __init__(self, document: Document, client: WorkerClient, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._client = document, client
        self._jobs: dict[int, Job] = {}
        self._numbers = count(1)
        self._running: tuple[int, int] | None = None  # job id, the request's number
        self._paused = self._stopping = False
        self._crashes = self._kept = 0
        self._path = None if document.timeline is None else document.timeline.path
        self._watch = QElapsedTimer()
        self.jobs_changed.connect(self._keep)
        client.answered.connect(self._on_message)
        client.died.connect(self._worker_died)
        document.timeline_changed.connect(self._other_timeline)
        document.orphan_left.connect(self._next)

    # What there is

    @property
    def jobs(self) -> tuple[Job, ...]:
        return tuple(self._jobs.values())

    @property
    def is_paused(self) -> bool:
        return self._paused

    @property
    def kept_count(self) -> int:
        """How many jobs are left from an earlier panel and wait for a word; 0 once the queue has gone on."""
        return self._kept if self._paused else 0

    @property
    def is_busy(self) -> bool:
        return self._running is not None

    @property
    def fraction(self) -> float:
        """Of all jobs in the list, 0 to 1."""
        return overall(self._timed())

    @property
    def seconds_left(self) -> float | None:
        """An estimate, None as long as there is nothing to estimate from."""
        return seconds_left(self._timed())

    @property
    def worker_process_id(self) -> int:
        """0 as long as there is none."""
        return self._client.process_id

    # What a person does

    def generate(self, ids: Iterable[str], **changes: Any) -> tuple[int, ...]:
        """One job for each segment with its settings as they are now, and ``changes`` of them (``seed=7, takes=1`` for
        another try). Returns the jobs' ids."""
        settings = self._document.settings_of
        return self._add([self._job(each, replace(settings(each), **changes)) for each in ids])

    def spot(self, ids: Iterable[str]) -> tuple[int, ...]:
        """One job for each segment, which finds what sounds in it: the document gets a list. Returns the jobs' ids."""
        return self._add([self._job(each, self._document.settings_of(each), kind="spots") for each in ids])

    def score(self, ids: Iterable[str], **changes: Any) -> tuple[int, ...]:
        """One job for the music of segments, from the first of them to the last, with the first one's settings and
        ``changes`` of them. Returns the job's id."""
        chosen = orders.in_order(self._document, ids)
        settings = [replace(self._document.settings_of(first), **{**changes, "task": "music"}) for first in chosen[:1]]
        return self._add([self._job(chosen[0], each, kind="music", only=chosen) for each in settings])

    def rescore(self, take: TakeRecord) -> tuple[int, ...]:
        """Another piece on the plan of the one that a take belongs to."""
        ids, changes = orders.scored_again(self._document, take, self.jobs)
        return self.score(ids, **changes)

    def redo_spots(self, spot_ids: Iterable[str]) -> tuple[int, ...]:
        """One more take of each shot that has these spots, of the same seed as the one that sounds: nothing but these
        spots is made anew."""
        document, shots = self._document, orders.by_shot(self._document, spot_ids)
        return self._add([self._job(key, orders.again(document, key), only=ids) for key, ids in shots.items()])

    def redo(self, segment_id: str, **changes: Any) -> tuple[int, ...]:
        """One more take of a segment, with a seed that none of its takes has; ``changes`` as in :meth:`generate`."""
        seed = orders.unused_seed(self._document, segment_id, self.jobs)
        return self.generate([segment_id], **{**changes, "seed": seed, "takes": 1})

    def pause(self) -> None:
        """The running segment is finished, then the queue waits."""
        self._paused = True
        self.jobs_changed.emit()

    def resume(self) -> None:
        self._paused, self._crashes, self._kept = False, 0, 0
        self.jobs_changed.emit()
        self._next()

    def cancel(self, job_ids: Iterable[int] | None = None) -> None:
        """Cancels jobs, all unless given; takes that are finished stay."""
        for job_id in tuple(self._jobs) if job_ids is None else job_ids:
            job = self._jobs[job_id]
            if job.state == "waiting":
                self._put(replace(job, state="cancelled"))
            elif self._running is not None and self._running[0] == job_id:
                self._stopping = True
                self._client.request("cancel", {"id": self._running[1]})
                self._put(replace(job, message=self.tr("stopping")))
        self.jobs_changed.emit()

    def retry(self, job_ids: Iterable[int]) -> None:
        """Jobs that failed or were cancelled wait again, at the end."""
        for job_id in job_ids:
            if not self._jobs[job_id].is_open:
                self._put(fresh(self._jobs.pop(job_id)))
        self._crashes = 0
        self.jobs_changed.emit()
        self._next()

    def discard_kept(self) -> None:
        """Forgets what waits, where it was left from an earlier panel."""
        self.cancel()
        self.clear()
        self.resume()

    def clear(self) -> None:
        """Forgets the jobs that have ended."""
        self._jobs = {job.id: job for job in self.jobs if job.is_open}
        self.jobs_changed.emit()

    def close(self) -> None:
        """Ends the worker; returns when it is gone. What waits is kept for the next opening."""
        self._jobs, self._running = {}, None
        self._client.stop()
        self._document.find_takes()

    # What happens

    def _add(self, jobs: Iterable[Job]) -> tuple[int, ...]:
        new = {job.id: job for job in jobs}
        self._jobs.update(new)
        self.jobs_changed.emit()
        self._next()
        return tuple(new)

    def _job(self, segment_id: str, settings: SegmentSettings, **facts: Any) -> Job:
        return orders.job_of(self._document, next(self._numbers), segment_id, settings, **facts)

    def _next(self) -> None:
        waiting = next((job for job in self.jobs if job.state == "waiting"), None)
        if waiting is None or self._paused or self._running is not None or self._document.has_orphan:
            return
        self._watch.start()
        self._stopping = False
        self._running = waiting.id, 0
        self._put(begun := replace(orders.begun(self._document, waiting), message=self.tr("starting")))
        try:
            self._running = waiting.id, self._client.request(*orders.request_of(self._document, begun))
        except TalkiesError as error:
            self._end(replace(self._jobs[waiting.id], state="failed", message="", problem=str(error)))
        self.jobs_changed.emit()

    def _on_message(self, number: int, message: dict[str, Any]) -> None:
        if self._running is None or self._running[1] != number:
            if message.get("event") == "take":  # of a request that was cancelled: it is finished all the same
                self._document.add_finished(Path(message["path"]))
            return
        job, error = self._jobs[self._running[0]], message.get("error", {})
        match message.get("event"):
            case "progress":
                if not job.fraction:  # the engine is loaded once: that time says nothing about the pace
                    self._watch.start()
                self._put(replace(job, fraction=float(message["fraction"]), message=str(message["message"])))
                self.progress_changed.emit()
            case "take":
                self._put(replace(job, made=job.made + 1))
                self._document.add_finished(Path(message["path"]))
            case "warning" | "failed" as event:
                if event == "failed":
                    self._put(replace(job, problem=str(message["message"])))
                self.warned.emit(str(message["message"]))
            case "result":
                self._crashes = 0
                if job.kind == "spots":
                    spots = orders.spots_in(message["result"])
                    job = replace(job, made=self._document.take_spotted(job.segment_id, spots))
                self._end(replace(job, state="done", fraction=1.0, message=""))
            case "error" if error["kind"] == "CancelledError":
                self._end(replace(job, state="cancelled", message=""))
            case "error" if error["kind"] == "BusyError":
                self.warned.emit(str(error["message"]))
                self._document.find_takes()  # and again, until nobody makes any there
                self._end(replace(job, state="waiting", fraction=0.0, message=""))
            case "error":
                self._end(replace(job, state="failed", message="", problem=str(error["message"])))
                self.failed.emit(job.id, str(error["message"]))

    def _end(self, job: Job) -> None:
        self._running = None
        self._put(replace(job, seconds=self._watch.elapsed() / 1000))
        self.jobs_changed.emit()
        self._next()

    def _worker_died(self, last_stderr_line: str) -> None:
        """The worker is dead. What it had finished is on the disk."""
        self._document.find_takes()
        running, self._running = self._running, None
        if running is None:
            return
        job, again = self._jobs[running[0]], self._crashes < _RESTARTS
        if self._stopping:
            self._end(replace(job, state="cancelled", message=""))
            return
        self._crashes += 1
        why = f" ({last_stderr_line})" if last_stderr_line else ""
        if again:
            self._put(replace(job, state="waiting", fraction=0.0, message=""))
            sentence = self.tr("The generator stopped unexpectedly{why}; it was started again.")
        else:
            self._paused = True
            problem = self.tr("the generator stopped unexpectedly{why}").format(why=why)
            self._put(replace(job, state="failed", message="", problem=problem))
            sentence = self.tr("The generator stopped unexpectedly again{why}. Finished takes are kept; try once more?")
        self.jobs_changed.emit()
        self.crashed.emit(sentence.format(why=why), again)
        self._next()

    def _other_timeline(self) -> None:
        """What was in the queue waits for its timeline to be opened again; what waited for this one comes back."""
        running, self._running = self._running, None
        if running is not None:
            self._client.request("cancel", {"id": running[1]})
        timeline, waiting = self._document.timeline, self._document.state.queue
        same, had_jobs = timeline is not None and timeline.path == self._path, bool(self._jobs)
        self._path = None if timeline is None else timeline.path
        jobs = orders.jobs_of_kept(self._document, self._numbers, waiting)
        self._jobs = {job.id: job for job in jobs}
        if not same:
            self._kept, self._paused = len(jobs), bool(jobs)
        if jobs or had_jobs:
            self.jobs_changed.emit()
        if jobs and not same:
            self.found.emit(len(jobs))
        self._next()

    def _keep(self) -> None:
        """Saves what is still to be made."""
        if self._document.timeline is not None:
            self._document.keep_queue(orders.left(self._document, self.jobs))

    def _put(self, job: Job) -> None:
        self._jobs[job.id] = job

    def _timed(self) -> list[Job]:
        """The jobs, the running one with its seconds so far."""
        return timed(self.jobs, self._watch.elapsed() / 1000 if self._running is not None else 0.0)
