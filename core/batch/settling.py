"""What becomes of the planned jobs of a reel, told by the takes and failures of a run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from talkies.core.batch.records import Job


def settled_jobs(planned: tuple[Job, ...], takes: list[Job], failed: list[dict[str, Any]]) -> tuple[Job, ...]:
    """The jobs with what came of each, and a failed one for each failure that is of none of them. Where every event is
    a take of its own, these come in place of their job."""
    names, by_name = {job.name for job in planned}, {take.name: take for take in takes}
    events = [take for take in takes if take.name not in names]
    failures, first_take, jobs = _Failures(failed), "", []
    for job in planned:
        first_take = job.name if job.take == 1 else first_take
        of_job = [each for each in events if _is_part(each, job)]
        events = [each for each in events if each not in of_job]
        jobs += [replace(each, clip=job.clip, still=job.still, key=job.key) for each in of_job]
        take = by_name.get(job.name)
        if take is not None:
            jobs.append(replace(job, state="done", file=take.file, mark=take.mark, seconds=take.seconds))
        elif reason := failures.of(job, first_take, made=bool(of_job)):
            jobs.append(replace(job, state="failed", problem=reason))
        elif not of_job:
            jobs.append(replace(job, state="done"))
    return (*jobs, *failures.others())


class _Failures:
    """What a run has said of the stems that it left out, and which of it is told of some job."""

    def __init__(self, said: list[dict[str, Any]]) -> None:
        self._said, self._told = said, set[int]()

    def of(self, job: Job, first_take: str, *, made: bool) -> str:
        """Why a job has no take: of its stem, else, where nothing of it is ``made``, of another in its segment, for
        a picture takes all with it."""
        place: list[dict[str, str]] = [{"segment": job.segment, "stem": job.stem}, {"segment": job.segment}]
        for wanted in ({"first_take": first_take}, *(() if made else place)):
            for number, each in enumerate(self._said):
                if all(each.get(name) == value for name, value in wanted.items()):
                    self._told.add(number)
                    return str(each.get("message"))
        return ""

    def others(self) -> list[Job]:
        rest = [each for number, each in enumerate(self._said) if number not in self._told]
        return [
            Job(str(each.get("segment")), str(each.get("clip")), str(each.get("stem")), 1, str(each.get("first_take")),
                state="failed", problem=str(each.get("message")))
            for each in rest
        ]  # fmt: skip


def _is_part(take: Job, job: Job) -> bool:
    return (take.segment, take.stem, take.take) == (job.segment, job.stem, job.take)
