"""Render pipeline: a timeline goes in, sound on new tracks comes out.

    read ─► plan ─► preflight ─► take loop: per segment a look, then each stem, take by take
         ─► balance ─► sign ─► write the timeline with the takes on new tracks

:func:`render` is a generator of events; nothing lies at the output until the end, and an error takes away what this
run has made. A cancelled run (CancelledError, Ctrl+C, a closed generator) keeps its finished takes, and the next run
goes on from those of one that ended early (resume.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from talkies.core.engines.base import EngineLoader, load_engine
from talkies.core.events import Event, Progress
from talkies.core.generation.planning.cut_shots import ShotReader, read_shots
from talkies.core.generation.planning.earlier_takes import earlier_takes
from talkies.core.generation.planning.plan import plan_run
from talkies.core.generation.planning.settled import SettledTakes
from talkies.core.generation.request import Request
from talkies.core.generation.take_loop import TakeLoop
from talkies.core.media.loudness_presets import PRESETS
from talkies.core.segment import Take
from talkies.core.takes.levels import balance_takes
from talkies.core.takes.run_folder import run_folder
from talkies.core.timeline import in_language

if TYPE_CHECKING:
    from talkies.core.sources.remembered import Remembered


def render(
    request: Request,
    *,
    load_engine: EngineLoader = load_engine,
    read: ShotReader = read_shots,
    watch: Callable[[Progress], None] = lambda progress: None,
    remembered: Remembered | None = None,
) -> Iterator[Event]:
    """Generates what ``request`` asks for and yields events; the last one is :class:`Finished`.

    ``watch`` is called many times a second from inside the work, where a generator cannot yield; it may raise
    CancelledError. ``read``: of the timeline, where somebody has just read it. ``remembered``: sounds of spots, for the
    next run of the same process. Raises a TalkiesError, with nothing written, for unusable input, an output that cannot
    be written, and when no segment at all could be given sound.
    """
    from talkies.core.destinations import preflight, write_timeline  # late: reading alone stays quick

    timeline = read(request, watch)
    timeline = in_language(timeline, request.language) if request.language else timeline
    plan = plan_run(timeline, request, keep_earlier=True)
    loop = TakeLoop(request, plan, watch)
    loop.log.sentences += [*plan.warnings, *preflight(timeline, request.out, portraits=request.task == "portrait")]
    yield from loop.log.new()
    with run_folder(request.out, plan.needed_bytes, loop.takes) as run:
        kept = SettledTakes(plan.earlier.takes)
        yield from loop.make(load_engine, run.staging, kept=kept, remembered=remembered, run=run)
        loop.work.message = "levelling and writing"
        yield Progress(1.0, loop.work.message)
        with loop.work.clock("write"):
            earlier = earlier_takes(request, timeline, plan.stems)  # by now, and nobody else writes there any more
            common = None if request.relevel else kept.common_gains(loop.takes, request.loudness)
            common = common if plan.music is None else ()  # it stays below dialogue that is there, or will be
            run.receipts.put_by()
            balanced = balance_takes(loop.takes, PRESETS[request.loudness], common)
            loop.takes[:] = run.publish(loop.signing.takes(balanced, timeline))
            loop.lay_papers(loop.takes[0].path.parent)
            laid = heard(loop.takes, loop.log.sentences.append)
            laid += earlier.beside(loop.takes, only=bool(request.only) and request.clips == "events")
            with run.writing():
                write_timeline(timeline, laid, request.out, two_pop=request.two_pop, tail_pop=request.tail_pop)
    yield from loop.log.new()
    yield loop.finished()


def heard(takes: Sequence[Take], note: Callable[[str], None]) -> list[Take]:
    """The takes in which something sounds; a sentence names the others, which are not laid on the timeline."""
    silent = [take for take in takes if take.is_silent]
    if silent:
        named = ", ".join(f"{take.stem} of {take.segment_id}" for take in silent[:_NAMED])
        more = f" and {len(silent) - _NAMED} more" if len(silent) > _NAMED else ""
        note(f"nothing sounds in {named}{more}: not laid on the timeline")
    return [take for take in takes if not take.is_silent]


_NAMED = 6
