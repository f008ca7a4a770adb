"""Spotting lists in a plan: which spots each stem is made of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from talkies.core.errors import ArgumentError
from talkies.core.generation.planning.stems import bed_words
from talkies.core.generation.request import Request, did_you_mean
from talkies.core.segment import Segment, Stem, Timeline
from talkies.core.spotting.files import read_spots
from talkies.core.spotting.spot import Spot
from talkies.core.timeline.formats.losses import counted


@dataclass(frozen=True)
class Listed:
    """The spots of a list, in the order of the timeline, its ``backgrounds`` apart, and sentences about it; ``wanted``:
    ids of those that are made, none for all. ``spots_or_none`` is None where there is no list."""

    spots_or_none: tuple[Spot, ...] | None = None
    backgrounds: tuple[Spot, ...] = ()
    notes: tuple[str, ...] = ()
    wanted: tuple[str, ...] = ()

    @property
    def spots(self) -> tuple[Spot, ...]:
        return self.spots_or_none or ()

    @cached_property
    def _by_shot(self) -> dict[str, tuple[Spot, ...]]:
        found: defaultdict[str, list[Spot]] = defaultdict(list)
        for spot in self.spots:
            found[spot.shot].append(spot)
        return {shot: tuple(spots) for shot, spots in found.items()}

    def only(self, segments: Sequence[Segment]) -> tuple[Segment, ...]:
        """The segments whose wanted spots are made; all of them where no spot was named."""
        shots = {spot.shot for spot in (*self.spots, *self.backgrounds) if spot.id in self.wanted}
        return tuple(segment for segment in segments if not self.wanted or segment.id in shots)

    @property
    def remakes_beds(self) -> bool:
        """Whether a background is among those that are wanted."""
        return any(spot.id in self.wanted for spot in self.backgrounds)

    @property
    def _remakes_effects(self) -> bool:
        return not self.wanted or any(spot.id in self.wanted for spot in self.spots)

    def given(self, stems: Sequence[Stem]) -> tuple[Stem, ...]:
        """The stems of a segment, effects with their spots; sounds of subtitles are among these, or unwanted."""
        if self.spots_or_none is None:
            return tuple(stems)
        return tuple(
            replace(stem, spots=self._by_shot.get(stem.segment.id, ()), sounds=())
            if stem.task in ("foley", "joint")
            else stem
            for stem in stems
            if not self.wanted or ((stem.task == "background" or self._remakes_effects) and stem.task != "dialogue")
        )


def listed_spots(timeline: Timeline, request: Request) -> Listed:
    """The request's list. Raises InputError for one that cannot be read, ArgumentError for a spot or a recording that
    is not there."""
    if request.spots is None:
        return Listed()
    found, notes = read_spots(request.spots, timeline)
    spots = tuple(_with_file(spot, request.spots.parent) for spot in found if spot.kind != "background")
    known = {spot.id for spot in found}
    for wanted in request.only:
        if wanted not in known:
            raise ArgumentError(f"spot {wanted!r}", f"is not in {request.spots.name}", did_you_mean(wanted, known))
    beds = tuple(spot for spot in found if spot.kind == "background")
    return Listed(spots, beds, (*notes, *_unmade(beds, request)), request.only)


def _unmade(beds: Sequence[Spot], request: Request) -> Iterator[str]:
    """What of the backgrounds is not heard."""
    if beds and bed_words(request) is None:
        yield f"{counted(len(beds), 'background')} of the list, but no beds are made: ask for them with --background"
    if any(spot.source in ("library", "file") or spot.file for spot in beds):
        yield "backgrounds are made of their words, not of recordings: lay such a one as a sustained spot"


def _with_file(spot: Spot, folder: Path) -> Spot:
    """A spot whose recording is found from the folder of the list."""
    if not spot.file or spot.source not in ("auto", "file"):
        return spot
    path = folder / Path(spot.file).expanduser()
    if not path.is_file():
        raise ArgumentError(f"spot {spot.id}", f"its recording {spot.file} is not there", "correct its row in the list")
    return replace(spot, file=str(path))
