"""talkies shots: a film that is one piece is cut where its shots begin, so that each gets sound of its own."""

from __future__ import annotations

import argparse
import re
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from talkies.core.errors import ArgumentError, MediaError, OutputError
from talkies.core.generation.request import RATES, STEMS_FOLDER
from talkies.core.times import AUTO_RATE, AskedRate

if TYPE_CHECKING:
    from talkies.core.segment import Segment, Timeline
    from talkies.core.shots.finding import Shot

RATE = "of a film, whatever it states: 16, 18, 24000/1001 ..., or auto: as its name and its pictures say"
_RATE = r"\d{1,6}(\.\d{1,6}|/\d{1,6})?"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("timeline", metavar="FILM", type=Path, help="a movie, an image sequence, or a timeline")
    add("-o", "--output", metavar="OUT", type=Path, required=True, help="the cut timeline; its suffix picks the format")
    add("--rate", metavar="FPS|auto", type=rate_of, help=RATE)
    add("--segment", metavar="ID", action="append", default=[], help="only this segment (see inspect); may be repeated")
    add("--media-dir", metavar="DIR", type=Path, help="also search this folder for missing media")
    add("--json", action="store_true", help="print one JSON document")


def rate_of(text: str) -> AskedRate:
    """Frames per second of what somebody wrote, or auto. Raises ArgumentError."""
    if text == AUTO_RATE:
        return AUTO_RATE
    try:
        rate = Fraction(text if re.fullmatch(_RATE, text) else "")
    except (ValueError, ZeroDivisionError) as error:
        raise ArgumentError(
            "--rate", f"{text[:40]!r} is no number", "give frames per second: 18, 24000/1001, or auto"
        ) from error
    slowest, fastest = RATES
    if not slowest <= rate <= fastest:
        raise ArgumentError("--rate", f"{text[:40]} is out of range", f"use {slowest} to {fastest} frames per second")
    return rate


def run(options: argparse.Namespace) -> int:
    from dataclasses import replace

    from talkies.core.destinations import preflight, write_timeline
    from talkies.core.generation.planning.stems import choose_segments
    from talkies.core.shots.cutting import cut_document
    from talkies.core.shots.film import shots_of
    from talkies.core.timeline import read_timeline
    from talkies.plugin.console import ProgressLine, print_json, show, warn

    timeline = read_timeline(options.timeline, options.media_dir, options.rate)
    chosen = choose_segments(timeline, options.segment)
    lost = preflight(timeline, options.output)
    _check_format(timeline, options.output)
    for sentence in (*timeline.warnings, *(warning for segment in chosen for warning in segment.warnings), *lost):
        warn(sentence)
    line = ProgressLine()

    def refused(segment: Segment, error: MediaError) -> None:
        line.clear()
        warn(str(error))

    def looked(segment: Segment, share: Fraction) -> None:
        line.show(float(share), f"looking at {segment.clip}")

    try:
        shots = shots_of(timeline, chosen, looked, refused)
    finally:
        line.clear()
    for segment in chosen:
        if not shots.get(segment.id):
            warn(f"segment {segment.id} ({segment.clip}): stays whole")
    write_timeline(replace(timeline, document=cut_document(timeline, shots)), (), options.output)
    found = [shot for each in shots.values() for shot in each]
    if options.json:
        print_json({"output": options.output, "shots": [_row(timeline, shot) for shot in found]})
    else:
        show(*(_line(timeline, shot) for shot in found))
        show(f"{options.output}: {len(found)} shots, {sum(shot.is_card for shot in found)} of them title cards")
    return 0


def _check_format(timeline: Timeline, out: Path) -> None:
    """Raises OutputError where the cuts would not be written."""
    from talkies.core.destinations import is_given_back_uncut, suffix_of

    if is_given_back_uncut(timeline, out):
        raise OutputError(out, "a timeline of this format is given back uncut", "write an .otio, which editors read")
    if suffix_of(out) == STEMS_FOLDER:
        raise OutputError(out, "a folder of stems holds no cut", "write an .otio")


def _row(timeline: Timeline, shot: Shot) -> dict[str, object]:
    start, end = (timeline.timecode(each) for each in (shot.record.start, shot.record.end))
    return {"start": start, "end": end, "join": shot.join, "card": shot.is_card}


def _line(timeline: Timeline, shot: Shot) -> str:
    row = _row(timeline, shot)
    return f"{row['start']}  {row['end']}  {shot.join}{'  card' if shot.is_card else ''}"
