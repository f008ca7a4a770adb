"""Earlier takes: what an output that exists holds for other segments and departments, which a new run leaves there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

from talkies.core.destinations import suffix_of
from talkies.core.errors import ArgumentError, TalkiesError, TimelineError
from talkies.core.generation.request import Request
from talkies.core.segment import Stem, StemName, Take, Timeline
from talkies.core.takes.run_folder import put_back
from talkies.core.timeline import read_timeline
from talkies.core.timeline.our_tracks import our_tracks


@dataclass(frozen=True)
class EarlierTakes:
    """``takes`` of an earlier run, and sentences on those that cannot stay."""

    takes: tuple[Take, ...] = ()
    notes: tuple[str, ...] = ()

    def beside(self, new: Iterable[Take], only: bool = False) -> tuple[Take, ...]:
        """Those for whose segment and department no new one was made; where ``only`` some events were, the others."""
        new = tuple(new)
        made = {(take.segment_id, take.stem) for take in new}
        spots = {str(take.metadata.get("spot", "")) for take in new}

        music = [take.record for take in new if take.stem == "MX"]

        def stays(take: Take) -> bool:
            if take.stem == "MX" and any(take.record.overlap(record) for record in music):
                return False  # two scores at once
            spot = str(take.metadata.get("spot", ""))
            return (take.segment_id, take.stem) not in made or (only and bool(spot) and spot not in spots)

        return tuple(take for take in self.takes if stays(take))


def earlier_takes(request: Request, timeline: Timeline, planned: Mapping[str, Sequence[Stem]]) -> EarlierTakes:
    """Of the output as it is, or was before a run that was killed; none where there is none, and with ``replace``.

    Raises ArgumentError where the output is not one of ours, and where sound would be lost that cannot be read back,
    unless ``planned``, the stems by segment, make all of it anew.
    """
    if not request.replace:
        put_back(request.out)
    if request.replace or not request.out.exists():
        return EarlierTakes()
    if suffix_of(request.out) == ".stems":
        return _of_stems(request, timeline, planned)
    try:
        return _read(request, timeline, planned)
    except ArgumentError:
        raise
    except TalkiesError as error:
        ours = not isinstance(error, TimelineError)  # sounds of ours that are not there any more
        if ours and request.task == "both" and all(planned.get(segment.id) for segment in timeline.segments):
            return EarlierTakes()
        problem = f"is there already, and what it holds cannot be kept ({error.problem})"
        raise ArgumentError(request.out, problem, _CURE) from error


_CURE = "add --replace to write it anew, or choose another name"


def _of_stems(request: Request, timeline: Timeline, planned: Mapping[str, Sequence[Stem]]) -> EarlierTakes:
    """Nothing of a stems folder can stay: its tracks are whole ones. So all that it holds must be made anew."""
    anew = {stem.name for stems in planned.values() for stem in stems}
    held = {name for name in get_args(StemName) if any(request.out.glob(f"*_{name}_*.wav"))}
    if held <= anew and all(planned.get(segment.id) for segment in timeline.segments):
        return EarlierTakes()
    raise ArgumentError(request.out, "is there already, and what it holds of other segments cannot be kept", _CURE)


def _read(request: Request, timeline: Timeline, planned: Mapping[str, Sequence[Stem]]) -> EarlierTakes:
    from talkies.core.turnover.from_timeline import takes_in

    earlier = read_timeline(request.out, request.media_dir)
    if not our_tracks(earlier):
        raise ArgumentError(request.out, "is there already and holds no sound that talkies made", _CURE)
    then = {segment.id: (segment.clip, segment.record) for segment in earlier.segments}
    now = {segment.id: (segment.clip, segment.record) for segment in timeline.segments}
    takes = takes_in(earlier, request.media_dir)
    staying = tuple(take for take in takes if take.segment_id in now and now[take.segment_id] == then[take.segment_id])
    spoken = {name for name, stems in planned.items() if _speaks_anew(stems)}
    current = tuple(take for take in staying if not (take.is_picture and take.segment_id in spoken))
    lost, mute = len(takes) - len(staying), len(staying) - len(current)
    changed = f"{request.out}: {lost} earlier takes belong to clips that have changed since, and are left out"
    moved = f"{request.out}: {mute} portraits say what is made anew, and are left out; --task portrait makes them again"
    listed = request.out.with_name(f"{request.out.stem}.PX-talkies.edl")
    unread = f"{listed.name}: is written anew; portraits in it that are not among the chosen segments do not stay"
    is_list = suffix_of(request.out) == ".edl" and listed.exists() and bool(request.segments)
    notes = ((changed, lost), (moved, mute), (unread, is_list and request.task == "portrait"))
    return EarlierTakes(current, tuple(note for note, holds in notes if holds))


def _speaks_anew(stems: Sequence[Stem]) -> bool:
    """Whether a segment gets other dialogue and no picture that says it."""
    tasks = {stem.task for stem in stems}
    return "dialogue" in tasks and "portrait" not in tasks
