"""Orders to the worker: what jobs ask for, and what spotting lists add to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from talkies.core.files.dataclass_json import as_json, from_json
from talkies.core.generation.request import Task
from talkies.core.spotting.spot import Spot
from talkies.ui.work.document import Document
from talkies.ui.work.jobs import Job
from talkies.ui.work.state import SegmentSettings


def order_of(document: Document, segment_id: str, settings: SegmentSettings) -> dict[str, Any]:
    """What the worker is asked for, of one segment."""
    chosen = {name: value for name, value in as_json(settings).items() if name != "level_db" and value is not None}
    return {**chosen, **_mix(document, settings.task), **document.order(), "segments": [segment_id]}


def _mix(document: Document, task: Task) -> dict[str, Any]:
    """What holds for the whole timeline, as far as a task hears it: nobody who asks for dialogue wants beds with it."""
    mix: dict[str, Any] = as_json(document.mix)
    if task == "dialogue" or not mix["background"]:
        del mix["background"]
    return mix


def job_of(document: Document, number: int, segment_id: str, settings: SegmentSettings, **facts: Any) -> Job:
    """A job for one segment; ``facts``: further fields of it."""
    segment, order = document.segment(segment_id), order_of(document, segment_id, settings)
    return Job(number, segment_id, segment.clip, settings, segment.record.duration, order, **facts)


def listed_order(document: Document, segment_id: str, task: Task, only: Sequence[str] = ()) -> dict[str, Any]:
    """What an order says of the list that a segment's effects are made of; nothing where there is none. Raises
    OutputError when it cannot be written for the worker."""
    if not document.has_list(segment_id) or task == "dialogue":
        return {}
    path = document.list_file()
    return {} if path is None else {"spots": str(path)} | ({"only": list(only)} if only else {})


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
