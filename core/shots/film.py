"""A film in one piece becomes a timeline of its shots, in a file of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial
from pathlib import Path

from talkies.core.destinations import preflight, write_timeline
from talkies.core.errors import MediaError
from talkies.core.segment import Segment, Timeline
from talkies.core.shots.cutting import can_be_cut, cut_document
from talkies.core.shots.finding import Shot, find_shots
from talkies.core.timeline import read_timeline
from talkies.core.times import AskedRate

Watch = Callable[[Segment, Fraction], None]
"""Hears how much of a segment was looked at; may raise CancelledError."""
Refused = Callable[[Segment, MediaError], None]


def shots_of(
    timeline: Timeline, segments: Iterable[Segment], watch: Watch, refused: Refused | None = None
) -> dict[str, Sequence[Shot]]:
    """The shots of those of the segments that can be cut, by their ids.

    ``refused`` hears of a picture that cannot be read; without it that is raised, a MediaError.
    """
    whole, found = can_be_cut(timeline), dict[str, Sequence[Shot]]()
    for segment in segments:
        if segment.picture and segment.id in whole:
            try:
                found[segment.id] = find_shots(segment, partial(watch, segment))
            except MediaError as error:
                if refused is None:
                    raise
                refused(segment, error)
    return found


def cut_film(film: Path, out: Path, rate: AskedRate | None, watch: Callable[[Fraction], None]) -> int:
    """Reads a film, shown at ``rate`` (None: as it states), and writes a timeline that is cut where its shots begin;
    returns how many there are. ``watch`` hears how much of the film was looked at and may raise CancelledError.

    Raises TimelineError, MediaError, ArgumentError and OutputError, and nothing is written then.
    """
    timeline = read_timeline(film, rate=rate)
    preflight(timeline, out)
    shots = shots_of(timeline, timeline.segments, lambda segment, share: watch(share))
    write_timeline(replace(timeline, document=cut_document(timeline, shots)), (), out)
    return sum(map(len, shots.values()))
