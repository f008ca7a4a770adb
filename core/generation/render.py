"""The story: a timeline goes in, sound on new tracks comes out.

    read ─► choose segments ─► check the output ─► per segment: look, then make each stem, take by take
         ─► balance ─► write the timeline with the takes on new tracks

:func:`render` is a generator of events; nothing lies at the output until the end, and an error takes away what this
run has made. A cancelled run (CancelledError, Ctrl+C, a closed generator) keeps its finished takes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from talkies.core.engines.base import EngineLoader, load_engine
from talkies.core.errors import CancelledError
from talkies.core.events import Event, Progress
from talkies.core.generation.checks import check_request, warnings_about
from talkies.core.generation.request import Request
from talkies.core.generation.take_loop import TakeLoop
from talkies.core.media.loudness_presets import PRESETS
from talkies.core.segment import Take, Timeline
from talkies.core.takes.levels import balance_takes
from talkies.core.takes.run_folder import Output
from talkies.core.timeline import in_language, read_timeline


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
    loop, output = TakeLoop.of(request, lambda: _read(request), watch), Output(request.out)
    losses = check_request(request, loop.timeline, loop.stems, output)
    loop.log.sentences += [*warnings_about(loop.timeline, loop.segments, loop.owner, request.task), *losses]
    yield from loop.log.new()
    engine = loop.load(load_engine)
    try:
        folder = output.open()
        if output.rescued:
            rescued = f"{output.rescued}: holds the finished takes of an earlier run that was interrupted"
            loop.log.sentences.append(rescued)
        yield from loop.make(engine, folder)
        loop.work.message = "levelling and writing"
        yield Progress(1.0, loop.work.message)
        with loop.work.clock("write"):
            loop.takes = output.publish(balance_takes(loop.takes, PRESETS[request.loudness]))
            _write(loop.timeline, loop.takes, request)
            output.finish()
    except (CancelledError, KeyboardInterrupt, GeneratorExit):
        output.keep(loop.takes)
        raise
    except BaseException:
        output.discard()
        raise
    yield loop.finished(loop.takes)


def _read(request: Request) -> Timeline:
    timeline = read_timeline(request.timeline, request.media_dir)
    return in_language(timeline, request.language) if request.language else timeline


def _write(timeline: Timeline, takes: Sequence[Take], request: Request) -> None:
    from talkies.core.destinations import write_timeline  # late: reading alone stays quick

    write_timeline(timeline, takes, request.out, two_pop=request.two_pop, tail_pop=request.tail_pop)
