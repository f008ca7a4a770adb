"""A film in one piece becomes a timeline of its shots, in a file of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from talkies.core.destinations import preflight, write_timeline
from talkies.core.shots.cutting import can_be_cut, cut_document
from talkies.core.shots.finding import find_shots
from talkies.core.timeline import read_timeline
from talkies.core.times import AskedRate


def cut_film(film: Path, out: Path, rate: AskedRate | None, watch: Callable[[Fraction], None]) -> int:
    """Reads a film, shown at ``rate`` (None: as it states), and writes a timeline that is cut where its shots begin;
    returns how many there are. ``watch`` hears how much of the film was looked at and may raise CancelledError.

    Raises TimelineError, MediaError, ArgumentError and OutputError, and nothing is written then.
    """
    timeline = read_timeline(film, rate=rate)
    preflight(timeline, out)
    whole = can_be_cut(timeline)
    shots = {each.id: find_shots(each, watch) for each in timeline.segments if each.picture and each.id in whole}
    write_timeline(replace(timeline, document=cut_document(timeline, shots)), (), out)
    return sum(map(len, shots.values()))
