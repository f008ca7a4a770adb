"""talkies spot: what sounds when in a timeline, as a list that people can edit."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from talkies.core.segment import Segment, Timeline
    from talkies.core.spotting.spot import Ids, Spot


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("timeline", metavar="TIMELINE", type=Path, help="a timeline, a movie or an image sequence")
    out = ".csv, .json, .edl or .otio; of one that is there, locked spots and other shots stay"
    add("-o", "--out", metavar="LIST", type=Path, required=True, help=out)
    add("--segment", metavar="ID", action="append", default=[], help="only this segment (see inspect); may be repeated")
    add("--prompt", metavar="TEXT", default="", help="what it sounds like, where no subtitle or marker says so")
    add("--engine", metavar="NAME", default="mini", help="what looks at the picture (default: mini)")
    add("--weights", metavar="FILE", type=Path, help="another checkpoint for the engine")
    add("--device", metavar="D", default="auto", help="auto, cpu, cuda, cuda:1 or mps (default: auto)")
    add("--language", metavar="TAG", default="", help="of the subtitles whose sounds are read: en, de, ...")
    add("--media-dir", metavar="DIR", type=Path, help="also search this folder for missing media")


def run(options: argparse.Namespace) -> int:
    from talkies.core.generation.planning.stems import choose_segments
    from talkies.core.spotting.files import check_place, read_spots, write_spots
    from talkies.core.spotting.kept import with_kept
    from talkies.core.spotting.spot import Ids
    from talkies.core.timeline import in_language, read_timeline
    from talkies.plugin.console import show, warn

    timeline = read_timeline(options.timeline, options.media_dir)
    timeline = in_language(timeline, options.language) if options.language else timeline
    check_place(timeline, options.out)
    segments = choose_segments(timeline, options.segment)
    earlier: list[Spot] = []
    if options.out.exists():
        earlier, told = read_spots(options.out, timeline)
        for sentence in told:
            warn(sentence)
    fresh = {segment.id for segment in segments}
    ids = Ids(spot.id for spot in earlier if spot.locked or spot.shot not in fresh)
    found = [spot for spots in _spotted(timeline, segments, options, ids) for spot in spots]
    spots = with_kept(found, earlier, segments)
    write_spots(timeline, spots, options.out)
    held = sum(spot.kind == "sustained" for spot in spots)
    show(f"{options.out}: {len(spots)} spots, {held} of them sustained")
    return 0


def _spotted(
    timeline: Timeline, segments: Sequence[Segment], options: argparse.Namespace, ids: Ids
) -> Iterator[list[Spot]]:
    """Shot by shot, while stderr shows how far it is."""
    from talkies.core.engines.base import load_engine
    from talkies.core.generation.spotted_shots import spotted_shots
    from talkies.plugin.console import ProgressLine, warn

    engine = load_engine(options.engine, options.weights, options.device)
    line = ProgressLine()

    def told(sentence: str) -> None:
        line.clear()
        warn(sentence)

    try:
        yield from spotted_shots(timeline, segments, engine, ids, options.prompt, line.show, told)
    finally:
        line.clear()
