"""Redo: takes are made again from their own metadata, sample for sample, or a sentence says why they cannot be.

timeline or take ─► what each says of itself ─► the same plan ─► is all as it was? ─► made ─► levelled as it was
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from talkies.core.engines.base import Engine, EngineLoader, load_engine
from talkies.core.errors import CancelledError, InputError, TalkiesError, in_one_line
from talkies.core.events import Failed, Progress, TakeReady
from talkies.core.files.atomic import part_file
from talkies.core.files.dataclass_json import from_json
from talkies.core.files.preflight import check_space
from talkies.core.generation.made_from import MADE_FROM, MadeFrom, found_from
from talkies.core.generation.made_takes import MadeTake
from talkies.core.generation.planning.cut_shots import read_shots
from talkies.core.generation.planning.plan import BY_RULES, Plan, plan_run
from talkies.core.generation.planning.settled import SettledTakes
from talkies.core.generation.request import Request
from talkies.core.generation.take_loop import TakeLoop
from talkies.core.generation.take_metadata import SAYS, of_a_model
from talkies.core.generation.take_orders import CueEdit, TakeRequest, edited
from talkies.core.mark.payload import MARK
from talkies.core.media.sound import sound_blocks
from talkies.core.media.wav.bwf import SAMPLE_RATE
from talkies.core.segment import Stem, Take
from talkies.core.takes.edited import EDIT
from talkies.core.takes.levels import BALANCED, rebalanced
from talkies.core.takes.pictures import picture_hash
from talkies.core.takes.saving import take_name


@dataclass(frozen=True)
class Redone:
    """What came of one: ``path``, where it was made again, None where it was not, and ``problem`` says why.
    ``is_same``: whether each sample is that of the take that is there, None where none is. ``note``: why it is not
    signed, where it should be."""

    name: str
    path: Path | None = None
    problem: str = ""
    is_same: bool | None = None
    note: str = ""


def redo(
    takes: Sequence[MadeTake],
    folder: Path | None = None,
    *,
    load_engine: EngineLoader = load_engine,
    watch: Callable[[Progress], None] = lambda progress: None,
) -> Iterator[Redone]:
    """Makes takes again, in ``folder``; without one, those whose file is not there in their place, and the others only
    to be compared. ``watch`` as in :func:`talkies.core.generation.render.render`. Raises ArgumentError, OutputError."""
    engines: dict[tuple[str, Path | None, str], Engine] = {}

    def loaded(name: str, weights: Path | None, device: str) -> Engine:
        key = name, weights, device
        if key not in engines:
            engines[key] = load_engine(name, weights, device)
        return engines[key]

    for take in takes:
        with tempfile.TemporaryDirectory() as place:
            try:
                notes = list[str]()
                made = _again(take, Path(place), loaded, watch, notes.append)
                content = picture_hash if made.is_picture else _samples
                is_same = content(take.path) == content(made.path) if take.path.is_file() else None
                target = take.path if folder is None else folder / f"{take.name}{made.path.suffix}"
                if folder is not None or is_same is None:
                    with part_file(target) as part:
                        check_space(target.parent, made.path.stat().st_size)
                        shutil.copyfile(made.path, part)
                yield Redone(take.name, target, is_same=is_same, note="; ".join(notes))
            except CancelledError:
                raise
            except TalkiesError as error:
                yield Redone(take.name, problem=str(error))


def _again(
    take: MadeTake,
    place: Path,
    load_engine: EngineLoader,
    watch: Callable[[Progress], None],
    note: Callable[[str], None],
) -> Take:
    """A take that was made again in ``place``; ``note`` as in :class:`Signing`. Raises TalkiesError where it cannot
    be."""
    order, index = _order(take, place)
    timeline = edited(read_shots(order.request, watch), order)
    plan = plan_run(timeline, order.request, order.voices)
    stem = _stem_of(take, plan)
    loop = TakeLoop(order.request, _only(plan, stem, index), watch)
    loop.signing.note = note
    earlier = Take(stem.segment.id, stem.name, take.name, take.path, stem.record, SAMPLE_RATE)
    kept = SettledTakes((earlier.with_facts(take.metadata),))

    def loaded(name: str, weights: Path | None, device: str) -> Engine:
        engine = load_engine(name, weights, device)
        if name == plan.engines.get(stem.task):
            _check_engine(take, engine, getattr(engine, "device", device))
        return engine

    number = int(take.name.rpartition("_t")[2])
    needed = plan.stems[stem.segment.id] if stem.task == "portrait" else (stem,)
    events = list(
        loop.make(
            loaded,
            place,
            beginning=lambda each: (number, index if each in needed else index + 1),
            kept=kept,
            check=lambda now: _check(take, now, stem),
        )
    )
    for event in events:
        if isinstance(event, TakeReady) and event.take.name == take.name:
            if event.take.metadata.get(SAYS) != take.metadata.get(SAYS):
                raise InputError(take.name, "says dialogue that does not come out as it was")
            again = rebalanced(event.take, take.metadata.get(BALANCED))
            return loop.signing.take(replace(again, path=again.path, metadata=dict(take.metadata)), timeline)
    reasons = [event.reason for event in events if isinstance(event, Failed)]
    raise InputError(take.name, reasons[0] if reasons else "is no take any more of what it was made from")


def _order(take: MadeTake, place: Path) -> tuple[TakeRequest, int]:
    """What was asked for, and the place of the take among those of its stem. Raises InputError."""
    made_from, maker = take.metadata.get(MADE_FROM), take.metadata.get("version")
    if not isinstance(made_from, Mapping) or not isinstance(made_from.get("digests"), Mapping):
        raise InputError(take.name, "does not say what it was made from", _UNKNOWN)
    if EDIT in take.metadata:
        raise InputError(take.name, "was trimmed or faded by hand", "write back the take without its edits")
    if maker != version("talkies"):
        raise InputError(take.name, f"was made by talkies {in_one_line(str(maker))}, and this is {version('talkies')}")
    try:
        stated = found_from(take.folder, dict(made_from["request"]))
        unmarked = of_a_model(str(take.metadata.get("source"))) and MARK not in take.metadata  # as older takes are
        unmarked = unmarked and SAYS not in take.metadata  # a picture has none, but its dialogue may
        own = {"out": str(place / "again.otio")} | ({"mark": False} if unmarked else {})
        request = from_json(Request, {**stated, **own})
        cues = from_json(dict[int, CueEdit], made_from.get("cues", {}))
        voices = from_json(dict[str, str], made_from.get("voices", {}))
        return TakeRequest(request, cues, voices), from_json(int, made_from["index"])
    except (ValueError, TypeError, KeyError, OSError) as error:  # a name that no disk takes among them
        raise InputError(take.name, "says in no way that can be read what it was made from") from error


def why_not(take: MadeTake) -> str:
    """What speaks against making a take again, as far as that is known without trying; "" where nothing does."""
    try:
        order, _ = _order(take, take.folder)
    except TalkiesError as error:
        return str(error)
    name = order.request.timeline.name
    is_there = os.path.lexists(order.request.timeline)
    return "" if is_there else f"{take.name}: the timeline it was made for is not there ({name})"


_UNKNOWN = "give the .otio that was written, or a take of the panel's; other formats do not bring it back"


def _stem_of(take: MadeTake, plan: Plan) -> Stem:
    """The stem of which it is a take, or an event. Raises InputError."""
    number = int(take.name.rpartition("_t")[2])
    for stem in (stem for parts in plan.stems.values() for stem in parts):
        name = take_name(stem.name, stem.segment, stem.speaker, number, stem.part)
        if name == take.name or ("spot" in take.metadata and take.name.startswith(f"{name.rpartition('_t')[0]}_")):
            return stem
    raise InputError(take.name, f"belongs to no shot and no words of {plan.timeline.path.name} as it is now")


def _only(plan: Plan, stem: Stem, index: int) -> Plan:
    """The plan of one take; an engine looks at a shot once for all that it makes of it."""
    by_rules = stem.task in BY_RULES
    stems = (stem,) if by_rules else tuple(each for each in plan.stems[stem.segment.id] if each.task not in BY_RULES)
    engines: dict[str, str] = {each.task: plan.engines[each.task] for each in stems if each.task in plan.engines}
    return replace(plan, segments=(stem.segment,), stems={stem.segment.id: stems}, takes=index + 1, engines=engines)


def _check(take: MadeTake, now: MadeFrom, stem: Stem) -> None:
    """Raises InputError for what is not as it was, and for another maker of portraits."""
    _check_digests(take, now, stem)
    portraits = now.maker.portraits
    if portraits is not None and stem.task == "portrait":
        maker = portraits.maker
        _check_parts_of(take, {"engine": maker.name, "weights": maker.weights_hash, **maker.provenance})


def _check_digests(take: MadeTake, now: MadeFrom, stem: Stem) -> None:
    """Raises InputError for what is not as it was."""
    digests = take.metadata[MADE_FROM]["digests"]
    for part, digest in now.digests(stem).items():
        if digests.get(part) != digest:
            raise InputError(take.name, _CHANGED[part].format(stem.segment.clip))


_CHANGED = {
    "shot": "the cut of {} has changed since it was made",
    "words": "words or voice have changed since it was made",
    "picture": "the picture of {} is not the one it was made for, or not there",
    "list": "its spotting list has been edited since it was made",
    "recordings": "a recording that sounds in it is not the one it was made with, or not there",
    "cut": "the cut, its pictures or its list have changed since it was made, and it follows all of them",
}


def _check_engine(take: MadeTake, engine: Engine, device: str) -> None:
    here = {"engine": engine.name, "weights": engine.weights_hash, "device": device, **engine.provenance}
    _check_parts_of(take, here)


def _check_parts_of(take: MadeTake, here: Mapping[str, Any]) -> None:
    for name, now in here.items():
        then = take.metadata.get(name)
        if isinstance(now, Mapping):
            _check_parts(take, name, then, now)
        elif then != now:
            raise InputError(take.name, f"was made with {name} {str(then)[:16]}, and here it is {str(now)[:16]}")


def _check_parts(take: MadeTake, name: str, then: object, now: Mapping[str, Any]) -> None:
    """As :func:`_check_engine`, of several things by name."""
    if not isinstance(then, Mapping):
        raise InputError(take.name, f"does not say what lay {name} its weights")
    for part in sorted({*then, *now}):
        before, here = (str(each.get(part, "not there"))[:16] for each in (then, now))
        if before != here:
            raise InputError(take.name, f"was made with {before} as {part}, and here it is {here}")


def _samples(path: Path) -> str:
    """A hash of all samples. Raises MediaError."""
    hashed = hashlib.sha256()
    for block in sound_blocks(path, SAMPLE_RATE, mono=False):
        hashed.update(block.tobytes())
    return hashed.hexdigest()
