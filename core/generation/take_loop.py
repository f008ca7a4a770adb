"""The take loop: per segment a look at the picture, then each of its stems, take by take.

:func:`talkies.core.generation.render.render` and :func:`talkies.core.generation.take_orders.make_takes` differ in what
they do with a take that is made (``finish``); everything else about a run's takes is here, once.
"""

from __future__ import annotations

import importlib
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from talkies.core.credentials.signing import Signing
from talkies.core.engines.base import EngineLoader
from talkies.core.errors import ArgumentError, InputError
from talkies.core.events import Event, Failed, Finished, Progress, TakeReady
from talkies.core.files.atomic import write_atomically
from talkies.core.generation.made_from import MADE_FROM, MadeFrom
from talkies.core.generation.maker import Maker
from talkies.core.generation.planning.plan import Plan, work_of
from talkies.core.generation.planning.settled import SettledTakes
from talkies.core.generation.request import Request
from talkies.core.generation.run_report import summarize
from talkies.core.progress import WarningLog, Work
from talkies.core.segment import Segment, Stem, Take, Timeline
from talkies.core.takes.saving import take_name

if TYPE_CHECKING:
    from talkies.core.generation.resume import Resume
    from talkies.core.sources.remembered import Remembered
    from talkies.core.takes.run_folder import RunFolder

Finish = Callable[[Take, Segment], Take]
"""What becomes of a take that is made; returns it with its final path."""
Beginning = Callable[[Stem], tuple[int, int]]
"""The number of a stem's first take, and how many are skipped, for they are there already."""


class TakeLoop:
    """One run: the takes of a plan, in order; ``takes`` and ``failures`` grow while it goes on, and
    ``papers``, files that go with the takes, by name, None for one that is not to be there. ``edits``: of words and
    voices, for the takes' metadata. ``signing``: of the files, once nothing else is done to them. ``before``: takes
    that a run before this one has finished for it."""

    def __init__(self, request: Request, plan: Plan, watch: Callable[[Progress], None]) -> None:
        self.request, self.plan, self.work = request, plan, Work(plan.work, watch)
        self.log = WarningLog()
        self.log.sentences += plan.engine_notes
        self.signing = Signing(request.credentials, self.log.sentences.append)
        self.takes: list[Take] = []
        self.before: list[Take] = []
        self.failures: list[Failed] = []
        self.papers: dict[str, bytes | None] = {}
        self.edits: dict[str, Any] = {}
        self._started = time.perf_counter()

    def make(
        self,
        load_engine: EngineLoader,
        folder: Path,
        finish: Finish = lambda take, segment: take,
        beginning: Beginning = lambda stem: (1, 0),
        made_before: int = 0,
        kept: SettledTakes = SettledTakes(),  # noqa: B008 - frozen
        remembered: Remembered | None = None,
        run: RunFolder | None = None,
        check: Callable[[MadeFrom], None] | None = None,
    ) -> Iterator[Event]:
        """Loads the engine, where one is needed, and makes all takes in ``folder``.

        Failures wait until there is a take: when all fail, one sentence at the end says why (InputError), unless
        ``made_before`` takes are there already. ``kept``: earlier takes, whose levels and recordings a list keeps;
        ``remembered``: sounds of spots that were made before. ``run``: whose folder it is, where takes of one that
        ended early are taken over. ``check``: may raise before anything is made.
        """
        plan, reported = self.plan, 0
        yield from self.log.new()
        maker = self.maker(load_engine, folder, kept, remembered)
        # levels need it: half a second, while the picture is looked at by code that leaves the interpreter free
        threading.Thread(target=importlib.import_module, args=("scipy.signal",), daemon=True).start()
        made_from, resume = MadeFrom(maker, self.edits), None
        if check is not None:
            check(made_from)
        if run is not None:
            from talkies.core.generation.resume import Resume

            resume = Resume(run, maker, plan)
            if run.receipts.left or run.rescued:
                self.log.sentences += resume.take_over()
                yield from self.log.new()
        for segment in plan.segments:
            for event in takes_of(maker, segment, plan.stems[segment.id], beginning, made_from, resume):
                if isinstance(event, TakeReady):
                    self.takes.append(finish(event.take, segment))
                    yield TakeReady(self.takes[-1])
                else:
                    self.failures.append(event)
                yield from self.log.new()
                if self.takes or made_before:
                    yield from self.failures[reported:]
                    reported = len(self.failures)
        if not self.takes and not made_before:
            raise _nothing_made(plan.timeline, self.failures)

    def maker(
        self,
        load_engine: EngineLoader,
        folder: Path,
        kept: SettledTakes = SettledTakes(),  # noqa: B008 - frozen
        remembered: Remembered | None = None,
    ) -> Maker:
        """What makes the takes in ``folder``, its engines loaded, its recordings cast, its score asked for."""
        request, plan = self.request, self.plan
        names = dict.fromkeys(plan.engines.values())
        with self.work.clock("load"):
            loaded = {name: load_engine(name, plan.weights.get(name), request.device) for name in names}
        engines = {task: loaded[name] for task, name in plan.engines.items()}
        maker = Maker(
            request, plan.timeline, engines, folder, self.work, self.log.sentences, remembered,
            kept=kept, takes=plan.takes,
        )  # fmt: skip
        if plan.music is not None:
            from talkies.core.generation.scores import Scores

            maker.scores = Scores(
                request, plan.timeline, folder, plan.music, self.papers, engines.get("music"), self.log.sentences
            )
        elif request.task == "portrait":
            from talkies.core.engines.pictures import load_pictures
            from talkies.core.generation.portraits import Portraits

            with self.work.clock("load"):
                pictures = load_pictures(request.device)
            maker.portraits = Portraits(request, plan.timeline, folder, pictures, self._there)
        elif plan.spots or plan.backgrounds:
            from talkies.core.generation.spotted import cast_recordings

            if request.task != "background":
                maker.picks = cast_recordings(request, plan, kept)
            maker.rows = plan.backgrounds
        return maker

    def _there(self) -> list[Take]:
        """All takes that this run can use, the newest last."""
        return [*self.before, *self.takes]

    def lay_papers(self, folder: Path) -> None:
        """Writes them beside the takes, in place of those of an earlier run. Raises OSError."""
        for name, content in self.papers.items():
            if content is None:
                (folder / name).unlink(missing_ok=True)
            else:
                write_atomically(folder / name, content)

    def finished(self) -> Finished:
        """The last event, with the report of the run."""
        seconds = {**self.work.seconds, "total": time.perf_counter() - self._started}
        failed = [vars(failure) for failure in self.failures]
        report = summarize(self.request, self.plan.timeline, self.takes, failed, self.log.sentences, seconds)
        return Finished(tuple(self.takes), report)


def takes_of(
    maker: Maker,
    segment: Segment,
    stems: Sequence[Stem],
    beginning: Beginning,
    made_from: MadeFrom,
    resume: Resume | None = None,
) -> Iterator[TakeReady | Failed]:
    """The takes of one segment; a stem that its picture or words make impossible is left out. ``resume``: some may be
    there."""
    if not stems:
        return
    done = maker.work.done
    there = {} if resume is None or not resume.taken else {stem: resume.count(stem) for stem in stems}
    are_all_there = all(there.get(stem) == maker.takes for stem in stems)
    look = maker.look(segment, () if are_all_there else stems)
    for stem in stems:
        (first, skip), made, told = beginning(stem), there.get(stem, 0), len(maker.warnings)
        if resume is not None and made:
            yield from (TakeReady(take) for take in resume.takes(stem))
        if made == maker.takes and stem.task != "music":
            continue
        try:
            for take in maker.make(stem, look, first + made, skip + made):
                made_of = made_from.facts(stem, take.number - first + skip)
                take = replace(take, metadata=take.metadata | {MADE_FROM: made_of})
                if resume is not None:
                    resume.note(stem, take, told)
                yield TakeReady(take)
            if resume is not None:
                resume.note_events(stem, told)
        except ArgumentError:
            raise
        except InputError as error:
            if resume is not None:
                resume.forget_events()
            first_take = take_name(stem.name, segment, stem.speaker, 1, stem.part)
            yield Failed(segment.id, segment.clip, stem.name, str(error), first_take)
    maker.work.done = done + work_of(stems, maker.takes)


def _nothing_made(timeline: Timeline, failures: Sequence[Failed]) -> InputError:
    """Every segment failed: the reason if there is but one, else how many and the first reason."""
    reasons = list(dict.fromkeys(failure.reason for failure in failures))
    subject, _, problem = reasons[0].partition(": ")
    if len(reasons) == 1:
        return InputError(subject, problem)
    return InputError(timeline.path, f"none of {len(failures)} sounds could be made; the first because {reasons[0]}")
