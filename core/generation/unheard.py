"""What a run has finished though nobody heard of it: whoever had asked for it was killed meanwhile, or it was killed
itself while it swept up."""

from __future__ import annotations

from collections.abc import Sequence

from talkies.core.errors import TalkiesError
from talkies.core.generation.made_from import MADE_FROM, MadeFrom
from talkies.core.generation.maker import Maker
from talkies.core.generation.planning.plan import Plan
from talkies.core.segment import Take
from talkies.core.takes.run_folder import RunFolder, sweep_up
from talkies.core.takes.saving import take_name
from talkies.core.timeline import read_timeline


def finished_takes(plan: Plan, maker: Maker) -> Sequence[Take]:
    """The takes in the timeline at the output, where each is made of what its plan says and none is missing; else none.
    What such a run has left is swept up. Raises OutputError where another run is at work."""
    from talkies.core.turnover.from_timeline import takes_in

    out = maker.request.out
    sweep_up(out)
    try:
        there = {take.name: take for take in takes_in(read_timeline(out))}
    except TalkiesError:
        return ()
    made_from, folder, found = MadeFrom(maker), RunFolder(out).takes, []
    for segment in plan.segments:
        for stem in plan.stems[segment.id]:
            for index in range(plan.takes):
                take = there.pop(take_name(stem.name, segment, stem.speaker, index + 1, stem.part), None)
                if take is None or take.metadata.get(MADE_FROM) != made_from.facts(stem, index):
                    return ()
                found.append(take)
    return () if there or any(take.path.parent != folder for take in found) else found
