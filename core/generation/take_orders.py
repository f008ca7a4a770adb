"""Takes for chosen segments, without a timeline being written: what the panel requests while somebody works.

    read ─► edit the cues ─► choose segments ─► per segment: look, then make each stem, take by take ─► a finished take

:func:`make_takes` is :func:`talkies.core.generation.render.render` up to the point where a take is made; each one is
then finished for good in a folder of takes (core/takes/take_folder.py), whatever happens to those after it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from talkies.core.engines.base import EngineLoader, load_engine
from talkies.core.errors import ArgumentError, TimelineError
from talkies.core.events import Event, Progress
from talkies.core.files.dataclass_json import as_json, from_json
from talkies.core.files.preflight import check_space
from talkies.core.generation.planning.plan import Plan, plan_run
from talkies.core.generation.planning.settled import SettledTakes
from talkies.core.generation.request import NO_SHOTS, Request
from talkies.core.generation.take_loop import TakeLoop
from talkies.core.segment import Cue, Stem, Timeline
from talkies.core.takes.our_files import SUFFIXES
from talkies.core.takes.saving import take_name
from talkies.core.takes.take_folder import deliver, making, read_takes
from talkies.core.timeline import in_language, read_timeline
from talkies.core.times import TimeRange

if TYPE_CHECKING:
    from talkies.core.sources.remembered import Remembered


@dataclass(frozen=True)
class CueEdit:
    """What was changed of one cue; None leaves it as read. ``was_*``: the cue as read, to find it again."""

    was_text: str
    was_start: Fraction
    text: str | None = None
    start: Fraction | None = None
    end: Fraction | None = None
    speaker: str | None = None

    def applied(self, cue: Cue) -> Cue:
        """The cue as it will be spoken."""
        start = cue.range.start if self.start is None else self.start
        end = cue.range.end if self.end is None else self.end
        return replace(
            cue,
            range=TimeRange(start, end),
            text=cue.text if self.text is None else self.text,
            speaker=cue.speaker if self.speaker is None else self.speaker,
        )


@dataclass(frozen=True)
class TakeRequest:
    """``request`` says what is made and how; its ``out`` is the folder of takes. ``cues``: edits by the cue's place in
    the timeline's cues. ``voices``: by speaker, before the request's own. ``made``: how many takes of this request are
    finished already, by a worker that died."""

    request: Request
    cues: Mapping[int, CueEdit] = field(default_factory=dict)
    voices: Mapping[str, str] = field(default_factory=dict)
    made: int = 0

    @classmethod
    def from_mapping(cls, given: Mapping[str, Any]) -> TakeRequest:
        """A take request from JSON: the names of a request, ``folder`` for ``out``, ``cues`` and ``voices``."""
        request = {name: value for name, value in given.items() if name not in ("folder", "cues", "voices", "made")}
        try:
            cues = from_json(dict[int, CueEdit], given.get("cues", {}))
            voices = from_json(dict[str, str], given.get("voices", {}))
            made = from_json(int, given.get("made", 0))
        except ValueError as error:
            raise ArgumentError("take request", f"cannot be read: {error}") from error
        return cls(Request.from_mapping({**request, "out": given.get("folder")}), cues, voices, made)


def make_takes(
    order: TakeRequest,
    *,
    read: Callable[[Path, Path | None], Timeline] = read_timeline,
    load_engine: EngineLoader = load_engine,
    watch: Callable[[Progress], None] = lambda progress: None,
    remembered: Remembered | None = None,
) -> Iterator[Event]:
    """Makes the takes and yields events, each TakeReady with a finished take; the last one is Finished.

    ``watch`` and ``remembered`` as in :func:`render`. Raises a TalkiesError for unusable input, for a folder in which
    another process makes takes, and when no take at all could be made; finished takes stay in any case.
    """
    request, folder = order.request, order.request.out
    if request.clips == "events":
        raise ArgumentError("clips", "events are for a timeline that is written", "make shots, or use generate")
    refuse_cuts(request)
    timeline = edited(read(request.timeline, request.media_dir), order)
    plan = plan_run(timeline, request, order.voices)
    loop = TakeLoop(request, plan, watch)
    loop.edits = {"cues": as_json(order.cues), "voices": dict(order.voices)}
    loop.log.sentences += plan.segment_warnings
    yield from loop.log.new()
    skips = _skips(plan.stems, plan.takes, order.made)
    if request.task == "portrait" and order.made:
        loop.before = sorted((each.take for each in read_takes(folder)[0]), key=lambda take: take.number)
    with making(folder) as place:
        check_space(folder, plan.needed_bytes, "free some space")
        if plan.needs_engine:
            loop.work.say("loading the engine")
        yield from loop.make(
            load_engine,
            place,
            finish=lambda take, segment: deliver(loop.signing.take(take, timeline), segment, folder),
            beginning=lambda stem: (next_number(folder, stem), skips[stem]),
            made_before=order.made,
            kept=_kept(folder, plan) if request.spots is not None else SettledTakes(),
            remembered=remembered,
        )
        loop.lay_papers(folder)
    yield loop.finished()


def refuse_cuts(request: Request) -> None:
    """Raises ArgumentError for what would make another timeline of the one that is looked at."""
    if request.shots != NO_SHOTS or request.rate is not None:
        raise ArgumentError("shots", "are for a timeline that is written", "use generate, or cut the film with shots")


def _kept(folder: Path, plan: Plan) -> SettledTakes:
    """The takes of the same shots that lie there, in the order of their numbers."""
    there = {segment.id: (segment.clip, segment.source) for segment in plan.segments}
    alike = (
        sidecar.take
        for sidecar in read_takes(folder)[0]
        if there.get(sidecar.take.segment_id) == (sidecar.segment.clip, sidecar.segment.source)
    )
    return SettledTakes(tuple(sorted(alike, key=lambda take: take.number)))


def edited(timeline: Timeline, order: TakeRequest) -> Timeline:
    """The timeline with the order's cues in its segments; speech without words is gone. Raises TimelineError when the
    edits belong to another state of the timeline."""
    from talkies.core.timeline.spoken import with_cues

    cues = list(timeline.cues)
    for index, edit in order.cues.items():
        if not 0 <= index < len(cues) or cues[index].text != edit.was_text:
            raise TimelineError(
                timeline.path, "its subtitles have changed since the timeline was opened", "open it again"
            )
        cues[index] = edit.applied(cues[index])
    if order.cues:
        ordered = tuple(sorted((cue for cue in cues if cue.text.strip()), key=lambda cue: cue.range))
        timeline = replace(timeline, cues=ordered, segments=with_cues(timeline.segments, ordered)[0])
    language = order.request.language
    return in_language(timeline, language) if language else timeline


def _skips(stems: Mapping[str, Sequence[Stem]], takes: int, made: int) -> dict[Stem, int]:
    """Of each stem, how many takes are there already when ``made`` were, in the order in which they are made."""
    every = [stem for parts in stems.values() for stem in parts]
    return {stem: min(max(made - index * takes, 0), takes) for index, stem in enumerate(every)}


def next_number(folder: Path, stem: Stem) -> int:
    """The number after the highest that a take of this sound has."""
    prefix = take_name(stem.name, stem.segment, stem.speaker, part=stem.part).removesuffix("01")
    used = (path.stem.removeprefix(prefix) for path in folder.glob(f"{prefix}*") if path.suffix in SUFFIXES)
    return max((int(number) for number in used if number.isdecimal()), default=0) + 1
