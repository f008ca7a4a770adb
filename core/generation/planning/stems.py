"""Plan: which sounds a segment gets, before anything is computed; one :class:`Stem` for each file.

A cue belongs to one segment of the timeline, that which it overlaps most, so that it is spoken once even where it
runs over a cut. The dialogue of its speaker then reaches over the cut, as an editor's L-cut or J-cut does, and makes
way in the neighbour::

    picture   |---- shot 1 ----|---- shot 2 ----|
    cue                  |--------|
    DX        |-------- 1 --------|----- 2 -----|
    FX        |------- 1 ------|------- 2 ------|
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from talkies.core.errors import ArgumentError
from talkies.core.generation.planning.portraits import with_portrait
from talkies.core.generation.request import Request, did_you_mean
from talkies.core.segment import Cue, Segment, Stem, Timeline
from talkies.core.times import TimeRange, frame_ceil, frame_floor


def choose_segments(timeline: Timeline, ids: Sequence[str]) -> tuple[Segment, ...]:
    """The segments with these ids, in the timeline's order; all when none is given. ArgumentError names the nearest."""
    known = {segment.id: segment for segment in timeline.segments}
    for wanted in ids:
        if wanted not in known:
            raise ArgumentError(f"segment {wanted!r}", f"is not in {timeline.path.name}", did_you_mean(wanted, known))
    if not known:
        raise ArgumentError(timeline.path, "has no picture on any track", "talkies gives sound to video clips")
    return tuple(segment for segment in timeline.segments if not ids or segment.id in ids)


def owners(timeline: Timeline) -> dict[Cue, Segment]:
    """For each cue the segment that it overlaps most, the earlier one when equal; cues over gaps are absent."""
    best: dict[Cue, tuple[Fraction, Segment]] = {}
    for segment in timeline.segments:
        for cue in segment.cues:
            shared = cue.range.overlap(segment.record)
            if shared and (cue not in best or shared.duration > best[cue][0]):
                best[cue] = (shared.duration, segment)
    return {cue: owner for cue, (_, owner) in best.items()}


def bed_words(request: Request) -> str | None:
    """The words of the beds, "" where each picture says what it is; None where there are none."""
    words = request.background.strip()
    unsaid = words.casefold() in ("", "auto", "off")
    if words.casefold() == "off" or (not words and request.task in ("dialogue", "joint", "music", "portrait")):
        return "" if request.task == "background" else None
    return "" if unsaid else words


def stems_of(
    timeline: Timeline,
    segment: Segment,
    request: Request,
    owner: dict[Cue, Segment],
    voices: Mapping[str, str] | None = None,
    beds: Mapping[str, TimeRange] | None = None,
) -> tuple[Stem, ...]:
    """The stems of one segment, dialogue first. ``voices``: by speaker, before the request's own. ``beds``: where each
    segment has a background, by its id."""
    voices, bed = voices or {}, (beds or {}).get(segment.id)
    under = [Stem(segment, "background", "BG", bed, prompt=bed_words(request) or "")] if bed is not None else []
    own = [cue for cue in segment.cues if cue in owner and owner[cue].id == segment.id]
    spoken = [cue for cue in own if cue.kind == "speech"]
    prompt, sounds = request.prompt.strip(), tuple(cue for cue in segment.cues if cue.kind == "sound")
    if request.task == "joint":
        inside = tuple(cue for cue in spoken if cue.range.overlap(segment.record))
        voice = next((voices[cue.speaker] for cue in inside if cue.speaker in voices), request.voice)
        return (Stem(segment, "joint", "MIX", segment.record, inside, "", prompt, voice, sounds), *under)
    stems = []
    if request.task in ("both", "dialogue", "portrait"):
        for speaker in dict.fromkeys(cue.speaker for cue in spoken):
            said = tuple(cue for cue in spoken if cue.speaker == speaker)
            record, voice = _spoken_range(timeline, segment, said, owner), voices.get(speaker, request.voice)
            stems.append(Stem(segment, "dialogue", "DX", record, said, speaker, voice=voice))
    if request.task in ("both", "foley"):
        stems.append(Stem(segment, "foley", "FX", segment.record, prompt=prompt, sounds=sounds))
    if request.task == "portrait":
        return with_portrait(segment, stems, spoken)
    return (*stems, *under)


def _spoken_range(timeline: Timeline, segment: Segment, own: Sequence[Cue], owner: dict[Cue, Segment]) -> TimeRange:
    """The segment's range, out to the ends of its own cues, back from those that its neighbours speak."""
    start, end = segment.record.start, segment.record.end
    first, last = min(cue.range.start for cue in own), max(cue.range.end for cue in own)
    for cue in segment.cues:
        neighbour = owner.get(cue)
        if neighbour is None or neighbour.id == segment.id or neighbour.track != segment.track:
            continue
        if cue.kind == "speech" and cue.speaker == own[0].speaker:
            if cue.range.start < segment.record.start < cue.range.end <= first:
                start = max(start, frame_ceil(cue.range.end, segment.rate))
            elif last <= cue.range.start < segment.record.end < cue.range.end:
                end = min(end, frame_floor(cue.range.start, segment.rate))
    start = max(min(start, frame_floor(first, segment.rate)), Fraction(0))
    end = min(max(end, frame_ceil(last, segment.rate)), max(segment.record.end, timeline.duration))
    return TimeRange(start, end)
