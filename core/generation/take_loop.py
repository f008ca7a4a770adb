"""The take loop: per segment a look at the picture, then each of its stems, take by take.

:func:`talkies.core.generation.render.render` and :func:`talkies.core.generation.take_orders.make_takes` differ in what
they do with a take that is made (``finish``); everything else about a run's takes is here, once.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from talkies.core.errors import ArgumentError, InputError
from talkies.core.events import Event, Failed, Finished, Progress, TakeReady, Warned
from talkies.core.generation.checks import nothing_made
from talkies.core.generation.maker import Maker, Work, effort
from talkies.core.generation.plan import choose_segments, owners, plan
from talkies.core.generation.request import Request
from talkies.core.generation.run_report import summarize
from talkies.core.segment import Cue, Segment, Stem, Take, Timeline

if TYPE_CHECKING:
    from talkies.core.engines.base import Engine, EngineLoader

Finish = Callable[[Take, Segment], Take]
"""What becomes of a take that is made; returns it with its final path."""
Beginning = Callable[[Stem], tuple[int, int]]
"""The number of a stem's first take, and how many are skipped, for they are there already."""


@dataclass
class WarningLog:
    """Warnings, each told once."""

    sentences: list[str] = field(default_factory=list)
    _told: int = 0

    def new(self) -> Iterator[Warned]:
        """What has been added since the last time; repetitions are dropped."""
        self.sentences[:] = list(dict.fromkeys(self.sentences))
        for sentence in self.sentences[self._told :]:
            yield Warned(sentence)
        self._told = len(self.sentences)


@dataclass
class TakeLoop:
    """One run over ``segments``, with the ``stems`` of each by its id; ``owner``: which segment speaks a cue;
    ``started``: by the performance counter, in seconds."""

    request: Request
    timeline: Timeline
    segments: tuple[Segment, ...]
    owner: Mapping[Cue, Segment]
    stems: Mapping[str, tuple[Stem, ...]]
    work: Work
    started: float
    log: WarningLog = field(default_factory=WarningLog)
    takes: list[Take] = field(default_factory=list)
    failures: list[Failed] = field(default_factory=list)

    @classmethod
    def of(
        cls,
        request: Request,
        read: Callable[[], Timeline],
        watch: Callable[[Progress], None],
        voices: Mapping[str, str] | None = None,
    ) -> TakeLoop:
        """What ``request`` asks for of the timeline that is read; ``voices``: by speaker, before the request's own."""
        started, timeline = time.perf_counter(), read()
        segments, owner = choose_segments(timeline, request.segments), owners(timeline)
        stems = {segment.id: plan(timeline, segment, request, owner, voices) for segment in segments}
        work = Work(sum((effort(parts, request.takes) for parts in stems.values()), Fraction(0)), watch)
        return cls(request, timeline, segments, owner, stems, work, started)

    def load(self, load_engine: EngineLoader) -> Engine:
        """The engine that the request names."""
        with self.work.clock("load"):
            return load_engine(self.request.engine, self.request.weights, self.request.device)

    def make(
        self,
        engine: Engine,
        folder: Path,
        finish: Finish = lambda take, segment: take,
        beginning: Beginning = lambda stem: (1, 0),
        made_before: int = 0,
    ) -> Iterator[Event]:
        """Makes all takes in ``folder``. Failures wait until there is a take: when all fail, one sentence at the end
        says why (InputError), unless ``made_before`` takes are there already."""
        maker = Maker(self.request, self.timeline, engine, folder, self.work, self.log.sentences)
        told = 0
        yield from self.log.new()
        for segment in self.segments:
            for event in takes_of(maker, segment, self.stems[segment.id], beginning):
                if isinstance(event, TakeReady):
                    self.takes.append(finish(event.take, segment))
                    yield TakeReady(self.takes[-1])
                else:
                    self.failures.append(event)
                yield from self.log.new()
                if self.takes or made_before:
                    yield from self.failures[told:]
                    told = len(self.failures)
        if not self.takes and not made_before:
            raise nothing_made(self.timeline, self.failures)

    def finished(self, takes: Sequence[Take]) -> Finished:
        """The last event, with the report of the run."""
        seconds = {**self.work.seconds, "total": time.perf_counter() - self.started}
        failed = [vars(failure) for failure in self.failures]
        report = summarize(self.request, self.timeline, takes, failed, self.log.sentences, seconds)
        return Finished(tuple(takes), report)


def takes_of(
    maker: Maker, segment: Segment, stems: Sequence[Stem], beginning: Beginning
) -> Iterator[TakeReady | Failed]:
    """The takes of one segment; a stem that its picture or words make impossible is left out."""
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
