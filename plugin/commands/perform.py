"""talkies perform: taps, or a voice, while the picture plays become a spotting list."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fractions import Fraction

    from talkies.core.segment import Timeline
    from talkies.core.spotting.performed import Beginning
    from talkies.core.spotting.spot import Spot
    from talkies.core.spotting.taps import Tap

_FRAMES = "frames"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("timeline", metavar="TIMELINE", type=Path, help="a timeline, a movie or an image sequence")
    given = parser.add_mutually_exclusive_group(required=True)
    given.add_argument(
        "--taps",
        metavar="CSV",
        type=Path,
        help="times in seconds or timecode, one to a line; also force (0 to 1), until",
    )
    given.add_argument("--voice", metavar="WAV", type=Path, help="a recording of hums, beat-boxing or claps")
    parser.add_argument("-o", "--out", metavar="LIST", type=Path, required=True, help=".csv, .json, .edl or .otio")
    start = parser.add_mutually_exclusive_group()
    start.add_argument("--shot", metavar="ID", default="", help="it begins with this shot, and is for it alone")
    start.add_argument("--from", dest="start", metavar="TC", default="", help="it begins at this record timecode")
    parser.add_argument("--words", metavar="TEXT", default="", help="what all of it sounds like")
    parser.add_argument(
        "--snap", metavar="LIST", default="", help=f"move each to the nearest spot of this list, or to '{_FRAMES}'"
    )
    parser.add_argument(
        "--latency", metavar="SECONDS", default="0", help="by how much all came late: reaction, recorder (default: 0)"
    )
    parser.add_argument("--media-dir", metavar="DIR", type=Path, help="also search this folder for missing media")


def run(options: argparse.Namespace) -> int:
    from talkies.core.spotting.files import check_place, write_spots
    from talkies.core.timeline import read_timeline
    from talkies.plugin.console import say, show

    timeline = read_timeline(options.timeline, options.media_dir)
    check_place(timeline, options.out)
    spots, told = _performed(timeline, options)
    write_spots(timeline, spots, options.out)
    for sentence in told:
        say(f"talkies: {sentence}")
    held = sum(spot.kind == "sustained" for spot in spots)
    show(f"{options.out}: {len(spots)} spots, {held} of them sustained")
    return 0


def _performed(timeline: Timeline, options: argparse.Namespace) -> tuple[list[Spot], list[str]]:
    """The spots, and sentences for the user."""
    from talkies.core.spotting.files import read_spots
    from talkies.core.spotting.performed import on_frames, performed_spots, snapped

    latency = _latency(options.latency)
    begins, taps, told = _taps(timeline, options)
    spotted: list[Spot] = []
    if options.snap and options.snap != _FRAMES:
        spotted, warnings = read_spots(Path(options.snap), timeline)
        told += warnings
    taken = [spot.id for spot in spotted]
    spots, outside = performed_spots(timeline, taps, begins, options.words, latency, taken)
    if options.snap == _FRAMES:
        spots = on_frames(timeline, spots)
    elif options.snap:
        spots, count = snapped(timeline, spots, spotted)
        told.append(f"{count} of {len(spots)} are at spots of {Path(options.snap).name}")
    return spots, told + outside


def _taps(timeline: Timeline, options: argparse.Namespace) -> tuple[Beginning, list[Tap], list[str]]:
    from talkies.core.spotting.performed import Beginning, beginning, read_taps, read_voice, stated_beginning

    asked, told = beginning(timeline, options.shot, options.start), list[str]()
    if options.taps is not None:
        begins = asked or Beginning()
        return begins, read_taps(options.taps, timeline, begins), told
    if asked is None:
        asked, told = stated_beginning(timeline, options.voice)
    return asked, read_voice(options.voice), told


def _latency(text: str) -> Fraction:
    from talkies.core.errors import ArgumentError
    from talkies.core.generation.request import seconds

    try:
        late = seconds(text.replace(",", "."))
    except ValueError as error:
        raise ArgumentError("--latency", f"{text[:40]!r} is not a number of seconds", "write it like 0.12") from error
    if abs(late) > 5:
        raise ArgumentError("--latency", f"{text[:40]} s is too much", "use --from for where it begins")
    return late
