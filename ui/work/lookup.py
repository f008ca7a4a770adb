"""Lookup in the state as widgets ask for it: segments by id, cues as edited, takes by segment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import chain

from talkies.core.segment import Cue, Segment, StemName, Timeline
from talkies.core.timeline.structure.tracks import STEMS
from talkies.ui.work.staleness import Words
from talkies.ui.work.state import TakeChoices, TakeRecord, WorkState


@dataclass(frozen=True)
class Lookup:
    """Made anew when takes come; ``after`` a change of the state, only what changed is."""

    timeline: Timeline | None
    segments: Mapping[str, Segment]
    cues: tuple[Cue, ...]
    takes: Mapping[str, tuple[TakeRecord, ...]]
    words: Words

    @classmethod
    def of(cls, timeline: Timeline | None, state: WorkState, takes: Mapping[str, TakeRecord]) -> Lookup:
        segments = {segment.id: segment for segment in timeline.segments} if timeline is not None else {}
        cues = edited_cues(timeline, state)
        return cls(timeline, segments, cues, _by_segment(state, takes), Words(timeline, cues))

    @cached_property
    def stale(self) -> frozenset[str]:
        """Ids of takes whose words were edited since."""
        return self.words.stale(chain.from_iterable(self.takes.values()))

    def after(self, old: WorkState, new: WorkState, takes: Mapping[str, TakeRecord]) -> Lookup:
        cues = self.cues if new.cues is old.cues else edited_cues(self.timeline, new)
        by_segment = self.takes if new.choices is old.choices else _by_segment(new, takes)
        if (cues, by_segment) == (self.cues, self.takes):
            return self
        words = self.words if cues is self.cues else Words(self.timeline, cues)
        return replace(self, cues=cues, takes=by_segment, words=words)


def edited_cues(timeline: Timeline | None, state: WorkState) -> tuple[Cue, ...]:
    """All cues of the timeline in their places, as they will be spoken."""
    cues = timeline.cues if timeline is not None else ()
    return tuple(state.cues[index].applied(cue) if index in state.cues else cue for index, cue in enumerate(cues))


def sounding(takes: Iterable[TakeRecord]) -> tuple[TakeRecord, ...]:
    """Of one segment's takes those that are chosen: for each stem and speaker the starred one, else the preferred,
    else the newest."""
    best: dict[tuple[StemName, str], TakeRecord] = {}
    for take in takes:
        rival = best.get((take.stem, take.speaker))
        if rival is None or rank_of(take) > rank_of(rival):
            best[take.stem, take.speaker] = take
    return tuple(best.values())


def rank_of(take: TakeRecord) -> tuple[bool, bool, int]:
    """The highest of a place sounds."""
    return take.starred, take.preferred, take.number


def _by_segment(state: WorkState, takes: Mapping[str, TakeRecord]) -> Mapping[str, tuple[TakeRecord, ...]]:
    """By department, who speaks first, and number; removed ones left out."""
    found: dict[str, list[TakeRecord]] = {}
    for take in takes.values():
        choices = state.choices.get(take.id, TakeChoices())
        if not choices.removed:
            found.setdefault(take.segment_id, []).append(replace(take, choices=choices))
    return {key: _in_order(values) for key, values in found.items()}


def _in_order(takes: Iterable[TakeRecord]) -> tuple[TakeRecord, ...]:
    takes = tuple(takes)
    first: dict[tuple[StemName, str], Fraction] = {}
    for take in takes:
        place = take.stem, take.speaker
        first[place] = min(first.get(place, take.record.start), take.record.start)

    def key(take: TakeRecord) -> tuple[int, Fraction, str, int]:
        return STEMS.index(take.stem), first[take.stem, take.speaker], take.speaker, take.number

    return tuple(sorted(takes, key=key))
