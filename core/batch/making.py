"""Making one reel: its jobs are listed, and unless they are there, they are made, written down and written down again.

jobs listed ─► all there as they were? ─► kept
             └► "begun" in the ledger ─► made by a worker ─► on the disk ─► "done" or "failed" in the ledger
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from talkies.core.batch.asking import Asked, as_params
from talkies.core.batch.facts import input_facts, is_in_place, mark_of
from talkies.core.batch.helper import Answer, AnyHelper
from talkies.core.batch.ledger import DATA
from talkies.core.batch.records import Job, ReelRecord
from talkies.core.batch.reels import Reel
from talkies.core.errors import CancelledError, OutputError, TalkiesError
from talkies.core.files.dataclass_json import from_json
from talkies.core.generation.made_from import digest
from talkies.core.generation.request import Request
from talkies.core.takes.our_files import receipts_in, remove_files, sounds_in
from talkies.core.takes.run_folder import REPLACED, interrupted_folders

STILLS = f"{DATA}/stills"
_LISTING = 0.02
"""The share of a reel's work that listing its jobs is taken for."""


@dataclass(frozen=True)
class Making:
    """``put``: writes a record to the ledger; ``stopped``: whether somebody wants the batch to end."""

    asked: Asked
    put: Callable[[ReelRecord], None]
    stopped: Callable[[], bool]

    def reel(
        self, helper: AnyHelper, reel: Reel, known: ReelRecord | None, watch: Callable[[float, str], None]
    ) -> bool:
        """Makes it, and writes down what came of it; whether anything was made anew. Raises CancelledError."""
        started = replace(self.blank(reel), inputs=input_facts([str(reel.path)]))
        try:
            request = self.asked.request(reel)
            started = replace(started, asked=digest(self.asked.facts(request)))
            listed = self._listed(helper, request, started, watch)
            if known is not None and known.state == "done" and self._is_there(known, listed):
                self._put(replace(known, asked=listed.asked, inputs=listed.inputs, source=listed.source))
                return False
            started = replace(listed, foreign=_foreign(request.out, known))
            _refuse_strangers(request.out, known)
            self._put(started)
            answer = helper.ask("generate", as_params(request), self.stopped, _from(watch, _LISTING))
            made = self._made(started, answer)
            _sweep(request.out, started.foreign or ())
            self._put(made)
        except CancelledError:
            raise
        except TalkiesError as error:
            self._put(_failed(started, str(error)))
        except OSError as error:  # a name that is too long, a folder that cannot be entered
            said = f"{error.filename or reel.path}: {(error.strerror or type(error).__name__).lower()}"
            self._put(_failed(started, f"{said}; correct the name or the permissions, and use --retry"))
        return True

    def blank(self, reel: Reel) -> ReelRecord:
        """A reel of which nothing is known yet."""
        return ReelRecord(reel.name, str(reel.path), reel.output(self.asked.suffix), "begun")

    def _is_there(self, known: ReelRecord, listed: ReelRecord) -> bool:
        return known.key == listed.key and is_in_place(self.asked.out, known)

    def _put(self, record: ReelRecord) -> None:
        self.put(replace(record, at=time.time()))

    def _listed(
        self, helper: AnyHelper, request: Request, started: ReelRecord, watch: Callable[[float, str], None]
    ) -> ReelRecord:
        """The record with its jobs. Raises WorkerError, CancelledError."""
        stills = f"{STILLS}/{started.reel}"
        wanted = {**as_params(request), "stills": str(self.asked.out / stills)}
        found = helper.ask("jobs", wanted, self.stopped, _from(watch, 0.0, _LISTING)).result
        jobs = tuple(_job(each, stills) for each in found["jobs"])
        inputs = input_facts([*started.inputs, *found["inputs"]])
        return replace(started, key=found["key"], inputs=inputs, jobs=jobs)

    def _made(self, begun: ReelRecord, answer: Answer) -> ReelRecord:
        """What came of it; every file is on the disk before it counts. Raises OutputError."""
        try:
            takes = [self._take(each) for each in answer.result["takes"]]
            mark = mark_of(self.asked.out / begun.output, sync=True)
        except OSError as error:
            problem = f"cannot be read back ({(error.strerror or 'no reason given').lower()})"
            raise OutputError(error.filename or begun.output, problem, "look at the disk, and use --retry") from error
        jobs = settled_jobs(begun.jobs, takes, answer.failed)
        failed = next((job for job in jobs if job.state == "failed"), None)
        settled = replace(begun, jobs=jobs, mark=mark, notes=tuple(answer.result["warnings"]))
        if failed is None:
            return replace(settled, state="done")
        return replace(settled, state="failed", problem=failed.problem)

    def _take(self, described: Mapping[str, Any]) -> Job:
        path = Path(described["path"])
        return Job(
            described["segment"], "", described["stem"], described["number"], described["name"],
            seconds=described["record_out_s"] - described["record_in_s"], state="done",
            file=path.relative_to(self.asked.out).as_posix(), mark=mark_of(path, sync=True),
        )  # fmt: skip


def settled_jobs(planned: tuple[Job, ...], takes: list[Job], failed: list[dict[str, Any]]) -> tuple[Job, ...]:
    """The jobs with what came of each. Where every event is a take of its own, these come in place of their job."""
    by_name = {take.name: take for take in takes}
    reasons = {(each.get("segment"), each.get("stem")): str(each.get("message")) for each in failed}
    of_segment = {segment: reason for (segment, _), reason in reasons.items()}
    jobs: list[Job] = []
    for job in planned:
        take = by_name.pop(job.name, None)
        if take is not None:
            jobs.append(replace(job, state="done", file=take.file, mark=take.mark, seconds=take.seconds))
            continue
        events = [each for each in by_name.values() if _is_part(each, job)]
        for each in events:
            jobs.append(replace(each, clip=job.clip, still=job.still, key=job.key))
            del by_name[each.name]
        reason = reasons.get((job.segment, job.stem)) or of_segment.get(job.segment)
        if not events:
            jobs.append(replace(job, state="done" if reason is None else "failed", problem=reason or ""))
    return tuple(jobs)


def _is_part(take: Job, job: Job) -> bool:
    return (take.segment, take.stem, take.take) == (job.segment, job.stem, job.take)


def _failed(record: ReelRecord, problem: str) -> ReelRecord:
    jobs = tuple(replace(job, state="failed", problem=problem) for job in record.jobs)
    return replace(record, state="failed", jobs=jobs, problem=problem)


def _job(described: Mapping[str, Any], stills: str) -> Job:
    """A job as the worker lists it. Raises ValueError for what no worker says."""
    still = described.get("still")
    return from_json(Job, {**described, "still": f"{stills}/{still}" if still else ""})


def _foreign(out: Path, known: ReelRecord | None) -> tuple[str, ...]:
    """The folders of interrupted takes that are not of this batch: those that were there before it first came."""
    if known is not None and known.foreign is not None:
        return known.foreign
    return tuple(path.name for path in interrupted_folders(out))


def _sweep(out: Path, foreign: tuple[str, ...]) -> None:
    """The reel is made; takes that a killed worker had finished, and that nobody could take over, are of no use."""
    for folder in interrupted_folders(out):
        if folder.name not in foreign:
            for place in (folder / REPLACED, folder):
                remove_files((*sounds_in(place), *receipts_in(place)))
                with suppress(OSError):
                    place.rmdir()


def _refuse_strangers(out: Path, known: ReelRecord | None) -> None:
    if known is None and (out.exists() or out.is_symlink()):
        raise OutputError(out, "is there, and no batch has made it", "move it away or choose another folder")


def _from(watch: Callable[[float, str], None], start: float, end: float = 1.0) -> Callable[[float, str], None]:
    """The part of a reel's work from ``start`` to ``end``."""
    return lambda fraction, message: watch(start + (end - start) * fraction, message)
