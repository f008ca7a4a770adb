"""Jobs of the queue, one for each segment; how far all of them are, and how long they will take."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, Literal

from talkies.core.generation.request import MAX_TAKES
from talkies.core.segment import Segment
from talkies.core.takes.take_folder import SegmentMark
from talkies.ui.work.state import JobKind, KeptJob, SegmentSettings

JobState = Literal["waiting", "running", "done", "failed", "cancelled"]

_LOOKING = 0.3  # of the work for a sound
_STEMS = {"both": 3, "foley": 2, "dialogue": 1, "joint": 1, "background": 1, "music": 1, "portrait": 2}


@dataclass(frozen=True)
class Job:
    """``order``: what the worker is asked for. ``problem``: why it failed, one sentence, also of a stem that was left
    out of a job that is done. ``before``: the takes that its segment had when the work began, None until it has.
    ``seconds``: how long it has worked. ``made``: takes, or spots. ``only``: the spots that are made anew;
    of music, the segments that it is for."""

    id: int
    segment_id: str
    clip: str
    settings: SegmentSettings
    duration: Fraction
    order: Mapping[str, Any] = field(repr=False)
    state: JobState = "waiting"
    fraction: float = 0.0
    message: str = ""
    problem: str = ""
    made: int = 0
    before: tuple[str, ...] | None = None
    seconds: float = 0.0
    kind: JobKind = "take"
    only: tuple[str, ...] = ()

    @property
    def work(self) -> float:
        """Seconds of sound to make: only jobs' shares of the whole depend on it."""
        if self.kind == "spots":
            return float(self.duration) * _LOOKING
        return float(self.duration) * min(self.settings.takes, MAX_TAKES) * _STEMS[self.settings.task]

    @property
    def is_open(self) -> bool:
        return self.state in ("waiting", "running")


def kept(job: Job, segment: Segment, scored: Iterable[Segment] = ()) -> KeptJob:
    """A job as it is saved with the work; ``scored``: the segments that music is for."""
    marks = tuple(SegmentMark.of(each) for each in scored)
    return KeptJob(job.segment_id, SegmentMark.of(segment), job.settings, job.before, job.kind, job.only, marks)


def fresh(job: Job) -> Job:
    """The same, as if it had never begun."""
    return replace(job, state="waiting", fraction=0.0, problem="", message="", seconds=0.0, made=0, before=None)


def timed(jobs: Iterable[Job], elapsed_s: float) -> list[Job]:
    """The jobs, the running one with its seconds so far."""
    return [replace(job, seconds=elapsed_s) if job.state == "running" else job for job in jobs]


def overall(jobs: Iterable[Job]) -> float:
    """How much of all jobs is done, 0 to 1; what failed or was cancelled is not to be done any more."""
    wanted = [job for job in jobs if job.is_open or job.state == "done"]
    total = sum(job.work for job in wanted)
    return sum(_done(job) for job in wanted) / total if total else 0.0


def seconds_left(jobs: Iterable[Job]) -> float | None:
    """An estimate from the pace of the work so far; None as long as there is none."""
    jobs = tuple(jobs)
    worked = [job for job in jobs if job.state in ("done", "running") and job.seconds]
    done = sum(_done(job) for job in worked)
    if not done:
        return None
    pace = sum(job.seconds for job in worked) / done
    return pace * sum(job.work - _done(job) for job in jobs if job.is_open)


def _done(job: Job) -> float:
    return job.work * (1.0 if job.state == "done" else job.fraction)
