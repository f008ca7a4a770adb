"""Stale takes: those that speak words which were edited since they were made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from talkies.core.generation.planning.stems import owners
from talkies.core.segment import Cue, Segment, Timeline
from talkies.core.timeline.spoken import in_language, with_cues
from talkies.ui.work.state import TakeRecord

_Said = Mapping[tuple[str, str], str]


def stale_takes(timeline: Timeline | None, cues: Iterable[Cue], takes: Iterable[TakeRecord]) -> frozenset[str]:
    """The ids of takes whose words are no longer those of their segment and speaker; ``cues`` as they are edited."""
    worded = [take for take in takes if take.stem in ("DX", "MIX") and take.facts.get("text") and not take.lost]
    if timeline is None or not worded:
        return frozenset()
    readings = list(
        _readings(timeline, tuple(sorted((cue for cue in cues if cue.text.strip()), key=lambda cue: cue.range)))
    )
    return frozenset(
        take.id
        for take in worded
        if all(said.get((take.segment_id, take.speaker), "") != take.facts["text"] for said in readings)
    )


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
        yield (segment.id, ""), _joined(own)
    for speaker in dict.fromkeys(cue.speaker for cue in own):
        yield (segment.id, speaker), _joined(cue for cue in own if cue.speaker == speaker)


def _joined(cues: Iterable[Cue]) -> str:
    """As a take's metadata has it."""
    return " / ".join(cue.text for cue in cues)
