"""Stale takes: those that speak words, or are made of a spotting list, which were edited since they were made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property

from talkies.core.generation.planning.stems import owners
from talkies.core.segment import Cue, Segment, Timeline, joined_text
from talkies.core.spotting.made_of import SPOTS, sounds_otherwise
from talkies.core.spotting.spot import Spot
from talkies.core.timeline.spoken import in_language, with_cues
from talkies.core.times import TimeRange
from talkies.ui.work.state import TakeRecord

_Said = Mapping[tuple[str, str], str]


class Words:
    """What is said on a timeline with these ``cues``, as they are edited; worked out when it is first asked for."""

    def __init__(self, timeline: Timeline | None, cues: Iterable[Cue]) -> None:
        self._timeline = timeline
        self._cues = tuple(sorted((cue for cue in cues if cue.text.strip()), key=lambda cue: cue.range))

    def stale(self, takes: Iterable[TakeRecord]) -> frozenset[str]:
        """The ids of takes whose words are no longer those of their segment and speaker."""
        worded = [
            take for take in takes if take.stem in ("DX", "MIX", "PX") and take.facts.get("text") and not take.lost
        ]
        if self._timeline is None or not worded:
            return frozenset()
        return frozenset(
            take.id
            for take in worded
            if all(said.get((take.segment_id, take.speaker), "") != take.facts["text"] for said in self._readings)
        )

    @cached_property
    def _readings(self) -> tuple[_Said, ...]:
        return () if self._timeline is None else tuple(_readings(self._timeline, self._cues))


def _readings(timeline: Timeline, cues: tuple[Cue, ...]) -> Iterator[_Said]:
    """What is said in each segment by each speaker, and by all ("" for a mix), in every language that there is."""
    edited = replace(timeline, cues=cues, segments=with_cues(timeline.segments, cues)[0])
    yield _said(edited)
    for language in {cue.language for cue in cues if cue.language}:
        yield _said(in_language(edited, language))


def _said(timeline: Timeline) -> _Said:
    owner = owners(timeline)
    return {key: text for segment in timeline.segments for key, text in _in_segment(segment, owner)}


def _in_segment(segment: Segment, owner: Mapping[Cue, Segment]) -> Iterator[tuple[tuple[str, str], str]]:
    own = [cue for cue in segment.cues if cue in owner and owner[cue].id == segment.id and cue.kind == "speech"]
    if own:
        yield (segment.id, ""), joined_text(own)
    for speaker in dict.fromkeys(cue.speaker for cue in own):
        yield (segment.id, speaker), joined_text(cue for cue in own if cue.speaker == speaker)


class Listed:
    """Whether takes are made of other spots than their shots have by now; asked anew only for a list that changed."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[Segment, tuple[Spot, ...], TimeRange, bool]] = {}

    def is_stale(self, take: TakeRecord, segment: Segment, spots: tuple[Spot, ...]) -> bool:
        """``spots``: the list of the take's shot, none where it has none."""
        known = self._known.get(take.id)
        if known is None or known[0] is not segment or known[1] is not spots or known[2] != take.record:
            known = self._known[take.id] = segment, spots, take.record, _is_of_others(take, segment, spots)
        return known[3]


def _is_of_others(take: TakeRecord, segment: Segment, spots: tuple[Spot, ...]) -> bool:
    made = take.facts.get(SPOTS)
    if not isinstance(made, Mapping):
        return False
    if take.stem == "BG":
        return sounds_otherwise(made, [spot for spot in spots if spot.kind == "background"], segment, take.record)
    whole = TimeRange(take.record.start - take.head_handle, take.record.end + take.tail_handle)
    return sounds_otherwise(made, [spot for spot in spots if spot.kind != "background"], segment, whole)
