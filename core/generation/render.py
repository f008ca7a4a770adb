"""The story: a timeline goes in, sound on new tracks comes out.

    read ─► choose segments ─► check the output ─► per segment: look, then make each stem, take by take
         ─► balance ─► write the timeline with the takes on new tracks

:func:`render` is a generator of events; nothing lies at the output until the end, and an error takes away what this
run has made. A cancelled run (CancelledError, Ctrl+C, a closed generator) keeps its finished takes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from talkies.core.engines.base import EngineLoader, load_engine
from talkies.core.errors import ArgumentError, CancelledError, InputError
from talkies.core.events import Event, Failed, Finished, Progress, TakeReady, Warned
from talkies.core.generation.disk_space import STEMS_FOLDER, continuous_bytes, needed_bytes
from talkies.core.generation.maker import Maker, Work, effort
from talkies.core.generation.plan import Stem, choose_segments, owners, plan
from talkies.core.generation.request import Request, Task, did_you_mean
from talkies.core.generation.run_report import summarize
from talkies.core.media.loudness import PRESETS
from talkies.core.segment import Cue, Segment, Take, Timeline
from talkies.core.takes.levels import balance_takes
from talkies.core.takes.run_folder import Output
from talkies.core.timeline import in_language, read_timeline
from talkies.core.turnover.span import Pops

__all__ = [
    "EngineLoader",
    "Event",
    "Failed",
    "Finished",
    "Progress",
    "TakeReady",
    "Warned",
    "load_engine",
    "render",
]


def render(
    request: Request,
    *,
    load_engine: EngineLoader = load_engine,
    watch: Callable[[Progress], None] = lambda progress: None,
) -> Iterator[Event]:
    """Generates what ``request`` asks for and yields events; the last one is :class:`Finished`.

    ``watch`` is called many times a second from inside the work, where a generator cannot yield; it may raise
    CancelledError. Raises a TalkiesError, with nothing written, for unusable input, an output that cannot be written,
    and when no segment at all could be given sound.
    """
    started = time.perf_counter()
    timeline = _read(request)
    segments = choose_segments(timeline, request.segments)
    owner = owners(timeline)
    stems = {segment.id: plan(timeline, segment, request, owner) for segment in segments}
    output = Output(request.out)
    _check(request, timeline, stems, output)
    said = Said([*warnings_about(timeline, segments, owner, request.task), *_losses(timeline, request.out)])
    yield from said.news()
    work = Work(sum((effort(parts, request.takes) for parts in stems.values()), Fraction(0)), watch)
    with work.clock("load"):
        engine = load_engine(request.engine, request.weights, request.device)
    takes: list[Take] = []
    failures: list[Failed] = []
    told = 0
    try:
        maker = Maker(request, timeline, engine, output.open(), work, said.sentences)
        if output.rescued:
            said.sentences.append(f"{output.rescued}: holds the finished takes of an earlier run that was interrupted")
            yield from said.news()
        for segment in segments:
            for event in takes_of(maker, segment, stems[segment.id]):
                if isinstance(event, TakeReady):
                    takes.append(event.take)
                    yield event
                else:
                    failures.append(event)
                yield from said.news()
                yield from failures[told:] if takes else ()  # when all fail, one sentence at the end says why
                told = len(failures) if takes else 0
        if not takes:
            raise nothing_made(timeline, failures)
        work.message = "levelling and writing"
        yield Progress(1.0, work.message)
        with work.clock("write"):
            takes = output.publish(balance_takes(takes, PRESETS[request.loudness]))
            _write(timeline, takes, request)
            output.finish()
    except (CancelledError, KeyboardInterrupt, GeneratorExit):
        output.keep(takes)
        raise
    except BaseException:
        output.discard()
        raise
    seconds = {**work.seconds, "total": time.perf_counter() - started}
    failed = [vars(failure) for failure in failures]
    yield Finished(tuple(takes), summarize(request, timeline, takes, failed, said.sentences, seconds))


def _read(request: Request) -> Timeline:
    timeline = read_timeline(request.timeline, request.media_dir)
    return in_language(timeline, request.language) if request.language else timeline


def _write(timeline: Timeline, takes: Sequence[Take], request: Request) -> None:
    from talkies.core.timeline import write_timeline  # late: reading alone stays quick
    from talkies.core.turnover.stems_writer import StemsFolder

    if request.two_pop or request.tail_pop:
        StemsFolder(Pops(request.two_pop, request.tail_pop)).write(timeline, takes, request.out)
    else:
        write_timeline(timeline, takes, request.out)


def _losses(timeline: Timeline, out: Path) -> tuple[str, ...]:
    """What the format of ``out`` has no place for; said before anything is made."""
    from talkies.core import destinations

    return destinations.losses(timeline, out)


def _check(request: Request, timeline: Timeline, stems: Mapping[str, Sequence[Stem]], output: Output) -> None:
    """Everything about the arguments that can be known before the work begins."""
    check_made(request, stems)
    from talkies.core.destinations import check_output

    check_output(timeline, request.out)
    _check_pops(request)
    output.check(needed_bytes(stems, request) + continuous_bytes(timeline, stems, request))


def check_made(request: Request, stems: Mapping[str, Sequence[Stem]]) -> None:
    """Raises ArgumentError when there would be nothing to make, or no such loudness."""
    if request.loudness not in PRESETS:
        raise ArgumentError(
            "--loudness", f"there is no preset {request.loudness!r}", did_you_mean(request.loudness, PRESETS)
        )
    if not any(stems.values()):
        raise ArgumentError(
            request.timeline, "has no subtitle over the chosen segments", "add subtitles, or use --task foley"
        )


def _check_pops(request: Request) -> None:
    """Raises ArgumentError where a pop has no room."""
    if (request.two_pop or request.tail_pop) and request.out.suffix.lower() != STEMS_FOLDER:
        option = "--two-pop" if request.two_pop else "--tail-pop"
        cure = f"write a stems folder (NAME{STEMS_FOLDER}), or use 'talkies turnover'"
        raise ArgumentError(option, "there is no room for it before and after a timeline", cure)


def takes_of(
    maker: Maker,
    segment: Segment,
    stems: Sequence[Stem],
    beginning: Callable[[Stem], tuple[int, int]] = lambda stem: (1, 0),
) -> Iterator[TakeReady | Failed]:
    """The takes of one segment; a stem that its picture or words make impossible is left out.

    ``beginning``: the number of a stem's first take, and how many are skipped, for they are there already.
    """
    if not stems:
        return
    done = maker.work.done
    looked = maker.look(segment, stems)
    for stem in stems:
        try:
            for take in maker.make(stem, looked, *beginning(stem)):
                yield TakeReady(take)
        except ArgumentError:
            raise
        except InputError as error:
            yield Failed(segment.id, segment.clip, stem.name, str(error))
    maker.work.done = done + effort(stems, maker.request.takes)


def warnings_about(
    timeline: Timeline, segments: Sequence[Segment], owner: Mapping[Cue, Segment], task: Task
) -> list[str]:
    """What the reader noticed about the timeline and the chosen segments, and words that nobody will speak."""
    sentences = [*timeline.warnings, *segment_warnings(segments)]
    languages = {cue.language for cue in owner} or {cue.language for cue in timeline.cues}
    lost = [cue for cue in timeline.cues if cue.kind == "speech" and cue not in owner and cue.language in languages]
    if lost and task != "foley":
        where = timeline.timecode(lost[0].range.start)
        sentences.append(f"{len(lost)} subtitles lie over no picture and are not spoken, the first at {where}")
    return sentences


def segment_warnings(segments: Iterable[Segment]) -> list[str]:
    """What the reader noticed about segments that have a picture; the others fail, and say why."""
    return [
        f"segment {segment.id} ({segment.clip}): {warning}"
        for segment in segments
        if segment.picture is not None
        for warning in segment.warnings
    ]


def nothing_made(timeline: Timeline, failures: Sequence[Failed]) -> InputError:
    """Every segment failed: the reason if there is but one, else how many and the first reason."""
    reasons = list(dict.fromkeys(failure.reason for failure in failures))
    subject, _, problem = reasons[0].partition(": ")
    if len(reasons) == 1:
        return InputError(subject, problem)
    return InputError(timeline.path, f"none of {len(failures)} sounds could be made; the first because {reasons[0]}")


@dataclass
class Said:
    """Warnings, each told once."""

    sentences: list[str]
    _told: int = 0

    def news(self) -> Iterator[Warned]:
        """What has been added since the last time; repetitions are dropped."""
        self.sentences[:] = list(dict.fromkeys(self.sentences))
        for sentence in self.sentences[self._told :]:
            yield Warned(sentence)
        self._told = len(self.sentences)
