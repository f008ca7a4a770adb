"""Earlier takes: what an output that exists holds for other segments and departments, which a new run leaves there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from talkies.core.errors import ArgumentError, TalkiesError
from talkies.core.generation.request import Request
from talkies.core.segment import Stem, Take, Timeline
from talkies.core.timeline import read_timeline
from talkies.core.timeline.our_tracks import our_tracks


@dataclass(frozen=True)
class EarlierTakes:
    """``takes`` of an earlier run, and sentences on those that cannot stay."""

    takes: tuple[Take, ...] = ()
    notes: tuple[str, ...] = ()

    def beside(self, new: Iterable[Take]) -> tuple[Take, ...]:
        """Those for whose segment and department no new one was made."""
        made = {(take.segment_id, take.stem) for take in new}
        return tuple(take for take in self.takes if (take.segment_id, take.stem) not in made)


def earlier_takes(request: Request, timeline: Timeline, planned: Mapping[str, Sequence[Stem]]) -> EarlierTakes:
    """Of the output as it is; none where there is none, and with ``replace``.

    Raises ArgumentError where sound would be lost that cannot be read back, unless ``planned``, the stems by segment,
    make all of it anew.
    """
    if request.replace or not request.out.exists():
        return EarlierTakes()
    try:
        return _read(request, timeline)
    except TalkiesError as error:
        if request.task == "both" and all(planned.get(segment.id) for segment in timeline.segments):
            return EarlierTakes()
        problem = f"is there already, and what it holds of other segments cannot be kept ({error.problem})"
        raise ArgumentError(request.out, problem, "add --replace to write it anew, or choose another name") from error


def _read(request: Request, timeline: Timeline) -> EarlierTakes:
    from talkies.core.turnover.from_timeline import takes_in

    earlier = read_timeline(request.out, request.media_dir)
    if not our_tracks(earlier):
        return EarlierTakes()
    then = {segment.id: (segment.clip, segment.record) for segment in earlier.segments}
    now = {segment.id: (segment.clip, segment.record) for segment in timeline.segments}
    takes = takes_in(earlier, request.media_dir)
    staying = tuple(take for take in takes if take.segment_id in now and now[take.segment_id] == then[take.segment_id])
    lost = len(takes) - len(staying)
    note = f"{request.out}: {lost} earlier takes belong to clips that have changed since, and are left out"
    return EarlierTakes(staying, (note,) if lost else ())
