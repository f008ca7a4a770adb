"""Orders to the worker: what jobs ask for, and what spotting lists add to it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from talkies.core.errors import TalkiesError
from talkies.core.files.dataclass_json import as_json, from_json
from talkies.core.generation.request import Task
from talkies.core.segment import Segment
from talkies.core.spotting.spot import Spot
from talkies.ui.work.document import Document
from talkies.ui.work.jobs import Job, kept
from talkies.ui.work.state import KeptJob, SegmentSettings, TakeRecord


def order_of(document: Document, segment_ids: Sequence[str], settings: SegmentSettings) -> dict[str, Any]:
    """What the worker is asked for, of one segment; music is made of several at once."""
    chosen = {name: value for name, value in as_json(settings).items() if name != "level_db" and value is not None}
    music = {"music": as_json(document.music)} if settings.task == "music" else {}
    return {**chosen, **_mix(document, settings.task), **music, **document.order(), "segments": list(segment_ids)}


def _mix(document: Document, task: Task) -> dict[str, Any]:
    """What holds for the whole timeline, as far as a task hears it: nobody who asks for dialogue wants beds with it."""
    mix: dict[str, Any] = as_json(document.mix)
    if task in ("dialogue", "music") or not mix["background"]:
        del mix["background"]
    return mix


def job_of(document: Document, number: int, segment_id: str, settings: SegmentSettings, **facts: Any) -> Job:
    """A job for one segment, or for the music of several; ``facts``: further fields of it."""
    ids: tuple[str, ...] = (segment_id,)
    if facts.get("kind") == "music":
        facts["only"] = ids = in_order(document, facts["only"]) or ids
    segments = [document.segment(each) for each in ids]
    length = max(each.record.end for each in segments) - min(each.record.start for each in segments)
    order = order_of(document, ids, settings)
    return Job(number, segment_id, document.segment(segment_id).clip, settings, length, order, **facts)


def scored_again(document: Document, take: TakeRecord, jobs: Iterable[Job]) -> tuple[list[str], dict[str, Any]]:
    """The segments over which the piece that a take belongs to lies now, and the settings of another one on its plan,
    with a seed that none of its takes has and no job for music will use."""
    span = take.facts.get("span")
    piece = [each for each in document.all_takes if each.stem == "MX" and span and each.facts.get("span") == span]
    there = [each for each in piece if not each.lost] or [take]
    start, end = min(each.record.start for each in there), max(each.record.end for each in there)
    inside = [each.id for each in document.segments if each.record.start < end and start < each.record.end]
    waiting = (job.settings for job in jobs if job.kind == "music" and job.is_open)
    used = [take.seed, *(each.seed for each in piece), *(each.seed + each.takes - 1 for each in waiting)]
    return inside, {"prompt": str(take.facts.get("prompt", "")), "seed": max(used) + 1, "takes": 1}


def listed_order(document: Document, segment_id: str, task: Task, only: Sequence[str] = ()) -> dict[str, Any]:
    """What an order says of the list that a segment's effects are made of, or music has its hits from; nothing where
    there is none. Raises OutputError when it cannot be written for the worker."""
    wanted = document.lists and document.music.hits == "spots" if task == "music" else document.has_list(segment_id)
    if task == "dialogue" or not wanted:
        return {}
    path = document.list_file()
    return {} if path is None else {"spots": str(path)} | ({"only": list(only)} if only else {})


def begun(document: Document, job: Job) -> Job:
    """A job on which work begins, with what is there of it already, where it began before."""
    there = takes_of(document, job)
    before = there if job.before is None else frozenset(job.before)
    made = max(job.made, len(there - before))
    return replace(job, state="running", made=made, before=tuple(sorted(before)))


def request_of(document: Document, job: Job) -> tuple[str, dict[str, Any]]:
    """The worker's method and what it is told, with the list as it is now. Raises OutputError."""
    if job.kind == "spots":
        return "spot", dict(job.order)
    listed = listed_order(document, job.segment_id, job.settings.task, job.only)
    return "make", {**job.order, **listed, "made": job.made}


def takes_of(document: Document, job: Job) -> frozenset[str]:
    """The takes there are of what a job makes; sections of music belong to whichever shot they begin on."""
    if job.kind != "music":
        return document.take_ids(job.segment_id)
    every = (document.take_ids(segment.id) for segment in document.segments)
    return frozenset(key for ids in every for key in ids if document.take(key).stem == "MX")


def left(document: Document, jobs: Iterable[Job]) -> tuple[KeptJob, ...]:
    """The jobs that are not done, as they are saved with the work."""
    return tuple(kept(job, document.segment(job.segment_id), _scored(document, job)) for job in jobs if job.is_open)


def _scored(document: Document, job: Job) -> list[Segment]:
    """The segments that music is for."""
    return [document.segment(each) for each in job.only] if job.kind == "music" else []


def jobs_of_kept(document: Document, numbers: Iterator[int], kept_jobs: Iterable[KeptJob]) -> list[Job]:
    """Saved jobs, which wait again; without those that cannot be asked for."""
    found = []
    for job in kept_jobs:
        with contextlib.suppress(TalkiesError):
            facts = {"before": job.before, "kind": job.kind, "only": job.only}
            found.append(job_of(document, next(numbers), job.segment_id, job.settings, **facts))
    return found


def unused_seed(document: Document, segment_id: str, jobs: Iterable[Job]) -> int:
    """The first seed after those of a segment's takes, and of those that jobs will make."""
    waiting = (job.settings for job in jobs if job.segment_id == segment_id and job.is_open)
    used = [take.seed for take in document.takes(segment_id)]
    used += [settings.seed + settings.takes - 1 for settings in waiting]
    return max([*used, document.settings_of(segment_id).seed - 1]) + 1


def in_order(document: Document, ids: Iterable[str]) -> tuple[str, ...]:
    """Segments as they follow each other on the timeline."""
    wanted = set(ids)
    return tuple(each.id for each in document.segments if each.id in wanted)


def by_shot(document: Document, spot_ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Spots by their shots."""
    found: dict[str, tuple[str, ...]] = {}
    for spot_id in spot_ids:
        shot = document.spot(spot_id).shot
        found[shot] = (*found.get(shot, ()), spot_id)
    return found


def again(document: Document, segment_id: str) -> SegmentSettings:
    """The settings by which the effects that sound in a segment are made again."""
    settings = document.settings_of(segment_id)
    task: Task = "joint" if settings.task == "joint" else "foley"
    seeds = [take.seed for take in document.chosen_takes(segment_id) if take.stem in ("FX", "MIX")]
    return replace(settings, task=task, takes=1, seed=seeds[0] if seeds else settings.seed)


def spots_in(result: Mapping[str, Any]) -> tuple[Spot, ...]:
    """What the worker has found."""
    found: tuple[Spot, ...] = from_json(tuple[Spot, ...], result["spots"])
    return found
