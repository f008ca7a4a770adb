"""Spots for chosen segments, as the panel requests them: the same orders as takes, and a list instead of sound."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from talkies.core.engines.base import EngineLoader, load_engine
from talkies.core.engines.choice import spotter_for, weights_for
from talkies.core.events import Event, Finished, Progress, Warned
from talkies.core.files.dataclass_json import as_json
from talkies.core.generation.planning.stems import choose_segments
from talkies.core.generation.take_orders import TakeRequest, edited, refuse_cuts
from talkies.core.segment import Timeline
from talkies.core.spotting.spot import Ids
from talkies.core.timeline import read_timeline


@dataclass(frozen=True)
class SpotRequest:
    """Its prompt says what the shots sound like where no subtitle or marker does."""

    order: TakeRequest


def find_spots(
    order: TakeRequest,
    *,
    read: Callable[[Path, Path | None], Timeline] = read_timeline,
    load_engine: EngineLoader = load_engine,
    watch: Callable[[Progress], None] = lambda progress: None,
) -> Iterator[Event]:
    """Looks at the segments of an order; the last event's report has their ``spots``, each as a mapping with exact
    times as text. Raises a TalkiesError."""
    from talkies.core.generation.spotted_shots import spotted_shots  # late: the worker starts without a picture

    request = order.request
    refuse_cuts(request)
    timeline = edited(read(request.timeline, request.media_dir), order)
    segments = choose_segments(timeline, request.segments)
    watch(Progress(0.0, "loading the engine"))
    name = spotter_for(request.engine)
    engine = load_engine(name, weights_for(request.engine, name, request.weights), request.device)
    told: list[str] = []
    found = []
    shots = spotted_shots(
        timeline,
        segments,
        engine,
        Ids(),
        request.prompt,
        lambda share, message: watch(Progress(share, message)),
        told.append,
    )
    for spots in shots:
        yield from (Warned(sentence) for sentence in told)
        told.clear()
        found += [as_json(spot) for spot in spots]
    yield Finished((), {"spots": found})
