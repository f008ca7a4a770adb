"""Shots in a plan: a film in one piece is cut before anything is planned, so that each shot is a segment of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from talkies.core.errors import ArgumentError, MediaError, OutputError, TalkiesError
from talkies.core.events import Progress
from talkies.core.generation.request import AUTO_SHOTS, DETECT, NO_SHOTS, STEMS_FOLDER, Request
from talkies.core.segment import Segment, Timeline
from talkies.core.timeline import read_timeline
from talkies.core.timeline.media import bare_media
from talkies.core.timeline.our_tracks import our_tracks
from talkies.core.timeline.reading import with_document
from talkies.core.times import TimeRange, to_frame

if TYPE_CHECKING:
    from talkies.core.shots.finding import Shot

ShotReader = Callable[[Request, Callable[[Progress], None]], Timeline]
"""What reads the timeline of a request, as :func:`read_shots`."""


def read_shots(request: Request, watch: Callable[[Progress], None] = lambda progress: None) -> Timeline:
    """The request's timeline, cut into shots where it asks for that; a sentence among its warnings says into how many.

    ``watch`` hears that a picture is looked at and may raise CancelledError. Raises as :func:`read_timeline` does;
    ArgumentError for the rate of a timeline, OutputError for a format that would give the cuts away.
    """
    timeline = read_timeline(request.timeline, request.media_dir, request.rate)
    if request.rate is not None and not bare_media.is_media(request.timeline):
        raise ArgumentError("--rate", f"{request.timeline.name} has a rate of its own", "it is for films and scans")
    shots = _usual(request, timeline) if request.shots == AUTO_SHOTS else request.shots
    return timeline if shots == NO_SHOTS else _cut(timeline, replace(request, shots=shots), watch)


def _usual(request: Request, timeline: Timeline) -> str:
    """A bare film is cut, unless a list speaks of it as it is, a folder of stems is written, which holds no cut, or an
    earlier run has left it whole, whose takes would not fit any more."""
    if not bare_media.is_media(request.timeline) or request.spots or request.out.suffix.lower() == STEMS_FOLDER:
        return NO_SHOTS
    return NO_SHOTS if _is_there_whole(request, timeline) else DETECT


def _is_there_whole(request: Request, timeline: Timeline) -> bool:
    """Whether takes for the film in one piece are in the output, and shall stay."""
    if request.replace or not request.out.exists():
        return False
    try:
        earlier = read_timeline(request.out, request.media_dir)
    except TalkiesError:
        return False
    spans = [[segment.record for segment in each.segments] for each in (earlier, timeline)]
    return bool(our_tracks(earlier)) and spans[0] == spans[1]


def _cut(timeline: Timeline, request: Request, watch: Callable[[Progress], None]) -> Timeline:
    from talkies.core.destinations import is_given_back_uncut  # late: reading alone stays quick
    from talkies.core.shots.cutting import cut_document
    from talkies.core.shots.film import shots_of
    from talkies.core.timeline.formats.losses import counted

    if is_given_back_uncut(timeline, request.out):
        raise OutputError(request.out, "a timeline of this format is given back uncut", "write an .otio")
    notes: list[str] = []

    def refused(segment: Segment, error: MediaError) -> None:
        notes.append(f"segment {segment.id} ({segment.clip}) stays whole: {error}")

    if request.shots == DETECT:
        shots = shots_of(timeline, timeline.segments, partial(_told, watch), refused)
    else:
        shots = _given(timeline, read_timeline(Path(request.shots)))
    found = [shot for each in shots.values() for shot in each]
    cards = sum(shot.is_card for shot in found)
    told = f", {counted(cards, 'title card')} among them, on which no effect sounds" if cards else ""
    if len(found) > len(shots) or told:
        notes.append(f"{timeline.path.name}: cut into {counted(len(found), 'shot')}{told}")
    again = with_document(timeline, cut_document(timeline, shots), request.media_dir)
    return replace(again, warnings=(*again.warnings, *notes))


def _told(watch: Callable[[Progress], None], segment: Segment, share: Fraction) -> None:
    watch(Progress(0.0, f"finding the shots of {segment.clip}"))


def _given(timeline: Timeline, cut: Timeline) -> dict[str, Sequence[Shot]]:
    """The shots of the segments as another timeline, which begins where this one does, has its cuts."""
    from talkies.core.shots.cutting import can_be_cut

    whole = can_be_cut(timeline)
    edges = {edge for each in cut.segments for edge in (each.record.start, each.record.end)}
    return {each.id: _between(each, edges) for each in timeline.segments if each.picture and each.id in whole}


def _between(segment: Segment, edges: Iterable[Fraction]) -> list[Shot]:
    from talkies.core.shots.finding import Shot

    inside = sorted({_on_frame(edge, segment) for edge in edges})
    between = [edge for edge in inside if segment.record.start < edge < segment.record.end]
    return [Shot(TimeRange(*ends)) for ends in pairwise([segment.record.start, *between, segment.record.end])]


def _on_frame(time: Fraction, segment: Segment) -> Fraction:
    return to_frame(time, segment.rate) / segment.rate
