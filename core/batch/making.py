"""Making one reel: its jobs are listed, and unless they are there, they are made, written down and written down again.

jobs listed ─► all there as they were? ─► kept
             └► "begun" in the ledger ─► made by a worker ─► on the disk ─► "done" or "failed" in the ledger
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from talkies.core.batch.asking import Asked, as_params, refuse_leaving, stated_files
from talkies.core.batch.facts import input_facts, is_as_marked, is_in_place, mark_of, with_times
from talkies.core.batch.helper import Answer, AnyHelper, WorkerError
from talkies.core.batch.ledger import DATA
from talkies.core.batch.records import Begun, FileMark, Job, ReelRecord
from talkies.core.batch.reels import Reel
from talkies.core.batch.settling import settled_jobs
from talkies.core.errors import ArgumentError, CancelledError, OutputError, TalkiesError
from talkies.core.files.dataclass_json import from_json
from talkies.core.generation.made_from import digest
from talkies.core.generation.request import Request
from talkies.core.takes.our_files import receipts_in, remove_files, take_files_in
from talkies.core.takes.receipts import interrupted_folders
from talkies.core.takes.run_folder import REPLACED, RunFolder

STILLS = f"{DATA}/stills"
_LISTING = 0.02
"""The share of a reel's work that listing its jobs is taken for."""
_FAULTS = (TalkiesError, OSError, ValueError, KeyError, AttributeError, TypeError)
"""What a reel, a list or a worker can cause; it costs that reel."""
_LONGEST_SAID = 200


@dataclass(frozen=True)
class Making:
    """``put``: writes a record to the ledger; ``stopped``: whether somebody wants the batch to end."""

    asked: Asked
    put: Callable[[ReelRecord], None]
    stopped: Callable[[], bool]

    def reel(
        self, helper: AnyHelper, reel: Reel, known: ReelRecord | None, watch: Callable[[float, str], None]
    ) -> None:
        """Makes it, unless it is there, and writes down what came of it. Raises CancelledError."""
        started = self.blank(reel, known)
        try:
            _refuse_other_reel(reel, known)
            request = self.asked.request(reel)
            asked = digest(self.asked.facts(request))
            started = replace(started, asked=asked, inputs=input_facts(stated_files(request)))
            listed = self._listed(helper, request, started, watch)
            if known is not None and self._is_there(known, listed):
                self.put(with_times(self.asked.out, replace(known, state="done", problem="", **_anew(listed))))
                return
            lies = [str(self.asked.out / name) for name in (listed.output, *listed.written)]
            started = replace(started, inputs={**listed.inputs, **input_facts(lies)})
            _refuse_strangers(self.asked.out, started)
        except CancelledError:
            raise
        except _FAULTS as error:
            self.put(_unmade(started, known, _sentence(error, reel)))
        else:
            self._make(helper, request, listed, _from(watch, _LISTING))

    def blank(self, reel: Reel, known: ReelRecord | None = None) -> ReelRecord:
        """A reel of which nothing is known yet but what a batch has written for it."""
        output, inputs = reel.output(self.asked.suffix), input_facts([str(reel.path)])
        blank = ReelRecord(reel.name, str(reel.path), output, "begun", inputs=inputs)
        return (
            blank if known is None else replace(blank, foreign=known.foreign, written=known.written, begun=known.begun)
        )

    def _make(
        self, helper: AnyHelper, request: Request, listed: ReelRecord, watch: Callable[[float, str], None]
    ) -> None:
        """Has it made, whatever a batch has written before, and writes down what came of it."""
        before = listed.written.get(listed.output)
        begun = replace(listed, written={**listed.written, listed.output: None})
        try:
            begun = replace(begun, foreign=_foreign(request.out, begun))
            answer = self._unheard(helper, request, begun)
            if answer is None:
                begun = replace(begun, begun=Begun(begun.key, _mark_there(request.out)))
                self.put(begun)
                answer = self._answer(helper, request, begun, watch)
            made = self._made(begun, answer)
            _sweep(request.out, begun.foreign or ())
            self.put(made)
        except CancelledError:
            raise
        except _FAULTS as error:
            kept = before if before is not None and is_as_marked(request.out, before) else None
            failed = replace(begun, mark=kept, written={**begun.written, begun.output: kept})
            self.put(_failed(failed, _sentence(error, Reel(Path(begun.source), begun.reel))))

    def _answer(
        self, helper: AnyHelper, request: Request, begun: ReelRecord, watch: Callable[[float, str], None]
    ) -> Answer:
        """A worker's, who makes the reel; one that dies may have finished it all the same."""
        try:
            return helper.ask("generate", as_params(request), self.stopped, watch)
        except WorkerError:
            answer = self._unheard(helper, request, begun)
            if answer is None:
                raise
            return answer

    def _unheard(self, helper: AnyHelper, request: Request, record: ReelRecord) -> Answer | None:
        """The answer of a worker that has finished a reel, though nobody heard of it; None where none has, or where
        what it made cannot be told from what lay there before."""
        begun, now = record.begun, _mark_there(request.out)
        if begun is None or begun.key != record.key or now is None:
            return None
        if begun.before is not None and begun.before.digest == now.digest:
            return None
        found = helper.ask("jobs", {**as_params(request), "finished": True}, self.stopped).result
        takes = found["takes"] if found["key"] == record.key else []
        return Answer({"takes": takes, "warnings": []}) if takes else None

    def _is_there(self, known: ReelRecord, listed: ReelRecord) -> bool:
        same = (known.output, known.key) == (listed.output, listed.key)
        return same and all(job.state == "done" for job in known.jobs) and is_in_place(self.asked.out, known)

    def _listed(
        self, helper: AnyHelper, request: Request, started: ReelRecord, watch: Callable[[float, str], None]
    ) -> ReelRecord:
        """The record with its jobs. Raises WorkerError, CancelledError."""
        stills = f"{STILLS}/{started.reel}"
        refuse_leaving(self.asked.out, self.asked.out / stills / "any.jpg")
        wanted = {**as_params(request), "stills": str(self.asked.out / stills)}
        found = helper.ask("jobs", wanted, self.stopped, _from(watch, 0.0, _LISTING)).result
        jobs = tuple(_job(each, stills) for each in found["jobs"])
        inputs = {**input_facts(found["inputs"]), **started.inputs}  # those of before the reading count
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
        written, notes = {**begun.written, begun.output: mark}, tuple(answer.result["warnings"])
        settled = replace(begun, jobs=jobs, mark=mark, written=written, notes=notes, begun=None)
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


def _anew(listed: ReelRecord) -> dict[str, Any]:
    """What of a reel that is there may be other than when it was made."""
    return {"asked": listed.asked, "inputs": listed.inputs, "source": listed.source}


def _unmade(started: ReelRecord, known: ReelRecord | None, problem: str) -> ReelRecord:
    """A reel that no worker was asked to make: what was made before stays, and is known when the fault is gone."""
    failed = replace(started, state="failed", problem=problem)
    if known is None:
        return failed
    failed = replace(failed, source=known.source, inputs={**input_facts(known.inputs), **started.inputs})
    if known.mark is None or known.output != started.output:
        return failed
    return replace(failed, key=known.key, jobs=known.jobs, mark=known.mark, notes=known.notes)


def _sentence(error: Exception, reel: Reel) -> str:
    if isinstance(error, TalkiesError):
        return str(error)
    if isinstance(error, OSError):  # a name that is too long, a folder that cannot be entered
        said = (error.strerror or type(error).__name__).lower()
        return f"{error.filename or reel.path}: {said}; correct the name or the permissions, and use --retry"
    said = " ".join(f"{type(error).__name__}: {error}".split())[:_LONGEST_SAID]
    return f"{reel.path}: cannot be made ({said}); try it alone with 'talkies generate', then the batch with --retry"


def _failed(record: ReelRecord, problem: str) -> ReelRecord:
    jobs = tuple(replace(job, state="failed", problem=problem) for job in record.jobs)
    return replace(record, state="failed", key="", jobs=jobs, problem=problem)


def _job(described: Mapping[str, Any], stills: str) -> Job:
    """A job as the worker lists it. Raises ValueError for what no worker says."""
    still = described.get("still")
    return from_json(Job, {**described, "still": f"{stills}/{still}" if still else ""})


def _foreign(out: Path, known: ReelRecord) -> tuple[str, ...]:
    """The folders of interrupted takes that are not of this batch: those that were there before it first came."""
    if known.foreign is not None:
        return known.foreign
    return tuple(path.name for path in interrupted_folders(RunFolder(out).takes))


def _mark_there(out: Path) -> FileMark | None:
    """Of what lies at an output; None where nothing does."""
    return mark_of(out) if out.exists() else None


def _sweep(out: Path, foreign: tuple[str, ...]) -> None:
    """The reel is made; takes that a killed worker had finished, and that nobody could take over, are of no use."""
    for folder in interrupted_folders(RunFolder(out).takes):
        if folder.name not in foreign:
            for place in (folder / REPLACED, folder):
                remove_files((*take_files_in(place), *receipts_in(place)))
                with suppress(OSError):
                    place.rmdir()


def _refuse_strangers(folder: Path, started: ReelRecord) -> None:
    """Only what a batch has written into its ``folder``, and nobody has changed since, may be written over. All formats
    of a reel share its takes."""
    out = folder / started.output
    if out.is_symlink() or (out.exists() and started.output not in started.written):
        raise OutputError(out, "is there, and no batch has made it", "move it away, or give another -o")
    for name, mark in started.written.items():
        if mark is not None and (folder / name).exists() and not is_as_marked(folder / name, mark):
            raise OutputError(
                folder / name, "has been changed since a batch made it", "move it away, or give another -o"
            )


def _refuse_other_reel(reel: Reel, known: ReelRecord | None) -> None:
    """Names are told from what was given, so that two calls may have one name for two reels."""
    if known is None or known.source == str(reel.path):
        return
    with suppress(OSError, ValueError):
        if not Path(known.source).samefile(reel.path):
            problem = f"would be made in the place of {known.source}, which has the same name in this batch"
            raise ArgumentError(reel.path, problem, "give another -o")


def _from(watch: Callable[[float, str], None], start: float, end: float = 1.0) -> Callable[[float, str], None]:
    """The part of a reel's work from ``start`` to ``end``."""
    return lambda fraction, message: watch(start + (end - start) * fraction, message)
