"""Lookup in the state as widgets ask for it: segments by id, cues as edited, takes by segment."""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property, partial
from itertools import chain

from talkies.core.segment import STEMS, Cue, Segment, StemName, Timeline
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
        return cls(timeline, segments, cues, _by_segment(state, takes, cues), Words(timeline, cues))

    @cached_property
    def stale(self) -> frozenset[str]:
        """Ids of takes whose words were edited since."""
        return self.words.stale(chain.from_iterable(self.takes.values()))

    def after(self, old: WorkState, new: WorkState, takes: Mapping[str, TakeRecord]) -> Lookup:
        cues = self.cues if new.cues is old.cues else edited_cues(self.timeline, new)
        same = new.choices is old.choices and cues is self.cues
        by_segment = self.takes if same else _by_segment(new, takes, cues)
        if (cues, by_segment) == (self.cues, self.takes):
            return self
        words = self.words if cues is self.cues else Words(self.timeline, cues)
        return replace(self, cues=cues, takes=by_segment, words=words)


def edited_cues(timeline: Timeline | None, state: WorkState) -> tuple[Cue, ...]:
    """All cues of the timeline in their places, as they will be spoken."""
    cues = timeline.cues if timeline is not None else ()
    return tuple(state.cues[index].applied(cue) if index in state.cues else cue for index, cue in enumerate(cues))


def sounding(takes: Iterable[TakeRecord]) -> tuple[TakeRecord, ...]:
    """Of one segment's takes those that are chosen: of each sound the starred one, else the preferred, else the
    newest."""
    best: dict[tuple[str, StemName, str, str], TakeRecord] = {}
    for take in takes:
        rival = best.get(take.sound)
        if rival is None or rank_of(take) > rank_of(rival):
            best[take.sound] = take
    return tuple(best.values())


def rank_of(take: TakeRecord) -> tuple[bool, bool, bool, int]:
    """The highest of a place sounds; music that makes way for speech before the same without."""
    return take.starred, take.preferred, take.makes_way, take.number


def _by_segment(
    state: WorkState, takes: Mapping[str, TakeRecord], cues: Iterable[Cue]
) -> Mapping[str, tuple[TakeRecord, ...]]:
    """By department, who speaks first, and number; removed ones left out."""
    found: dict[str, list[TakeRecord]] = {}
    for take in takes.values():
        choices = state.choices.get(take.id, TakeChoices())
        if not choices.removed:
            found.setdefault(take.segment_id, []).append(replace(take, choices=choices))
    lines = _lines_by_speaker(cues)
    return {key: tuple(sorted(values, key=partial(_order_of, lines))) for key, values in found.items()}


_Lines = Mapping[str, list[tuple[Fraction, Fraction]]]
"""By speaker: end and start of each line, in order."""


def _lines_by_speaker(cues: Iterable[Cue]) -> _Lines:
    found: dict[str, list[tuple[Fraction, Fraction]]] = {}
    for cue in cues:
        if cue.kind == "speech":
            found.setdefault(cue.speaker, []).append((cue.range.end, cue.range.start))
    return {speaker: sorted(lines) for speaker, lines in found.items()}


def _order_of(lines: _Lines, take: TakeRecord) -> tuple[int, Fraction, str, int]:
    start = take.record.start if take.cue else _first_word(lines, take)
    return STEMS.index(take.stem), start, take.speaker, take.number


def _first_word(lines: _Lines, take: TakeRecord) -> Fraction:
    """When its speaker begins in its shot; the shot's start for what nobody says."""
    own = lines.get(take.speaker, [])
    place = bisect.bisect_right(own, take.record.start, key=lambda line: line[0])
    start = own[place][1] if place < len(own) else take.record.start
    return start if take.record.start < start < take.record.end else take.record.start
