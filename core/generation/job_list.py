"""The jobs of a run, before any is made: which takes there will be, and of each a key of all that it is made of.

For many runs in a row (core/batch/): a key is told by content, so that files may be copied or moved; equal keys make
equal takes.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from talkies.core.engines.base import EngineLoader, load_engine
from talkies.core.errors import TalkiesError
from talkies.core.events import Event, Finished, Progress
from talkies.core.files.atomic import write_atomically
from talkies.core.files.dataclass_json import as_json
from talkies.core.files.hashing import file_hash
from talkies.core.generation.made_from import MadeFrom, digest
from talkies.core.generation.maker import Maker
from talkies.core.generation.planning.cut_shots import read_shots
from talkies.core.generation.planning.plan import Plan, plan_run
from talkies.core.generation.request import Request
from talkies.core.generation.resume import ELSEWHERE
from talkies.core.generation.run_report import describe_take
from talkies.core.generation.take_loop import TakeLoop
from talkies.core.generation.unheard import finished_takes
from talkies.core.media.picture import picture_frames
from talkies.core.segment import Picture, Segment, Stem, Timeline
from talkies.core.takes.saving import take_name
from talkies.core.timeline import in_language
from talkies.core.times import TimeRange

STILL_LINES = 108
"""Lines of a still."""
_BY_CONTENT = ("spots", "voice")
"""Fields that may name a file: what is in it is in the digests."""
_LOOKS = 16


@dataclass(frozen=True)
class JobsRequest:
    """The jobs of ``request``; ``stills``: a folder for one still of each segment, None for none; ``finished``: whether
    a run that nobody heard of has made them all is looked at as well."""

    request: Request
    stills: Path | None = None
    finished: bool = False

    @classmethod
    def from_mapping(cls, given: Mapping[str, Any]) -> JobsRequest:
        """As :meth:`Request.from_mapping`, with ``stills`` and ``finished``. Raises ArgumentError."""
        stills = given.get("stills")
        folder = Path(stills) if isinstance(stills, str) and stills else None
        rest = {name: value for name, value in given.items() if name not in ("stills", "finished")}
        return cls(Request.from_mapping(rest), folder, given.get("finished") is True)


def list_jobs(
    order: JobsRequest,
    *,
    read: Callable[[Request, Callable[[Progress], None]], Timeline] = read_shots,
    load_engine: EngineLoader = load_engine,
    watch: Callable[[Progress], None] = lambda progress: None,
) -> Iterator[Event]:
    """Plans a run and makes nothing of it; the last event's report has ``key`` (of all jobs, of the timeline and of the
    places of its files, which the timeline that is written names), ``jobs``
    (each with ``segment``, ``clip``, ``stem``, ``take``, ``name``, ``key``, ``seconds``, ``still``), ``inputs``, the
    files that decide it, and ``takes``, those that are finished (unheard.py). Raises a TalkiesError."""
    request = order.request
    timeline = read(request, watch)
    timeline = in_language(timeline, request.language) if request.language else timeline
    plan = plan_run(timeline, request)
    with tempfile.TemporaryDirectory() as nowhere:
        maker = TakeLoop(request, plan, watch).maker(load_engine, Path(nowhere))
    stills = {segment.id: _still(segment, order.stills) for segment in plan.segments}
    jobs = list(_jobs(plan, maker, stills))
    whole = [[job["name"], job["key"]] for job in jobs]
    inputs = sorted(set(_inputs(request, plan, maker)))
    key = digest([whole, _document(request.timeline), inputs, request.two_pop, request.tail_pop])
    takes = [describe_take(take, timeline) for take in (finished_takes(plan, maker) if order.finished else ())]
    yield Finished((), {"key": key, "jobs": jobs, "inputs": inputs, "takes": takes})


def _jobs(plan: Plan, maker: Maker, stills: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    made_from, of_run = MadeFrom(maker), _of_run(maker)
    for segment in plan.segments:
        for stem in plan.stems[segment.id]:
            of_stem = {**of_run, **_of_engine(maker, stem, plan), "digests": made_from.digests(stem), "stem": stem.name}
            for index in range(plan.takes):
                yield {
                    "segment": segment.id,
                    "clip": segment.clip,
                    "stem": stem.name,
                    "take": index + 1,
                    "name": take_name(stem.name, segment, stem.speaker, index + 1, stem.part),
                    "key": digest({**of_stem, "seed": maker.request.seed + index}),
                    "seconds": float(stem.record.duration),
                    "still": stills[segment.id],
                }


def _of_run(maker: Maker) -> dict[str, Any]:
    request, timeline = maker.request, maker.timeline
    elsewhere = (*ELSEWHERE, *_BY_CONTENT)
    return {
        "version": version("talkies"),
        "timeline": [timeline.name, str(timeline.rate), str(timeline.start), timeline.drop_frame],
        "request": {name: value for name, value in as_json(request).items() if name not in elsewhere},
    }


def _of_engine(maker: Maker, stem: Stem, plan: Plan) -> dict[str, Any]:
    if maker.portraits is not None and stem.task == "portrait":  # it says what its dialogue does
        spoken = [each for each in plan.stems[stem.segment.id] if each.task == "dialogue"]
        says = [[_of_engine(maker, each, plan), MadeFrom(maker).digests(each)] for each in spoken]
        return {"engine": maker.portraits.identity, "says": says}
    engine = maker.engines.get(stem.task)
    if engine is None:
        return {}
    device = getattr(engine, "device", maker.request.device)
    return {"engine": [engine.name, engine.weights_hash, str(device), dict(engine.provenance)]}


def _document(path: Path) -> str:
    """A hash of a timeline's own text; of pictures, which the digests know, nothing."""
    from talkies.core.timeline.media.bare_media import is_media

    if is_media(path) or not path.is_file():
        return ""
    return file_hash(path)


def _inputs(request: Request, plan: Plan, maker: Maker) -> Iterator[str]:
    """Every file or folder that decides what is made, absolute; of a sequence its folder and some of its frames."""
    stated = (request.timeline, request.weights, request.spots, Path(request.shots), Path(request.music.soundfont))
    voices = (Path(stem.voice) for parts in plan.stems.values() for stem in parts)
    picks = (pick.recording.path for pick in maker.picks.values() if pick is not None)
    for path in (*stated, *voices, *picks):
        if path is not None and path != Path() and path.exists():
            yield str(path.absolute())
    for segment in plan.timeline.segments:
        yield from _of_picture(segment.picture)


def _of_picture(picture: Picture | None) -> Iterator[str]:
    if picture is None:
        return
    frames = [path for path in picture.frames if path is not None]
    for path in (picture.path, *frames[:: -(-len(frames) // _LOOKS) or 1]):
        yield str(path.absolute())


def _still(segment: Segment, folder: Path | None) -> str:
    """The name of a JPEG in ``folder``, of the middle of the segment; "" where nothing is to be seen, or no folder."""
    if folder is None:
        return ""
    import cv2

    try:
        frame = next(picture_frames(_second_half(segment), height=STILL_LINES), None)
        if frame is None:
            return ""
        _, data = cv2.imencode(".jpg", frame.image[..., ::-1])
        folder.mkdir(parents=True, exist_ok=True)
        write_atomically(folder / f"{segment.id}.jpg", data.tobytes())
    except (TalkiesError, OSError):  # whoever makes the sound of it says what is wrong; a still is for people
        return ""
    return f"{segment.id}.jpg"


def _second_half(segment: Segment) -> Segment:
    """From its middle on, as far as nothing retimes it."""
    if segment.curve is not None or segment.speed <= 0:
        return segment
    middle = segment.record.start + segment.record.duration / 2
    source = TimeRange(segment.source_time(middle), segment.source.end)
    return replace(segment, record=TimeRange(middle, segment.record.end), source=source)
