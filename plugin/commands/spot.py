"""talkies spot: what sounds when in a timeline, as a list that people can edit."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
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
    from talkies.core.spotting.spot import Ids
    from talkies.core.spotting.spotter import with_kept
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
    from talkies.core.conditioning.picture.look import look_at
    from talkies.core.conditioning.prompt.vocabulary import read_prompt
    from talkies.core.engines.base import load_engine
    from talkies.core.media.handles import HANDLE
    from talkies.core.sight.files import what_is_missing
    from talkies.core.spotting.marked import marked_words
    from talkies.core.spotting.spotter import STEPS, spots_of_shot
    from talkies.plugin.console import ProgressLine, warn

    engine = load_engine(options.engine, options.weights, options.device)
    markers, line, prompt = marked_words(timeline), ProgressLine(), options.prompt.strip()

    def told(sentence: str) -> None:
        line.clear()
        warn(sentence)

    missing = what_is_missing()
    sees = not missing
    if missing and STEPS in read_prompt(prompt).words:
        told(missing)
    try:
        for number, segment in enumerate(segments):
            line.show(number / len(segments), f"analysing {segment.clip}")
            look = look_at(segment, HANDLE, mouth=False, on_warning=told)
            if look.problem is not None:
                told(str(look.problem))
            own = [each for each in markers if segment.record.start <= each.span.start < segment.record.end]
            steps = _steps(segment, told) if sees and look.problem is None else []
            yield spots_of_shot(engine, look, ids, prompt, own, steps)
    finally:
        line.clear()


def _steps(segment: Segment, tell: Callable[[str], None]) -> list[Spot]:
    """Footsteps that the networks of sight see; what fails there is told, and nothing else."""
    from talkies.core.errors import InputError
    from talkies.core.media.picture import picture_frames
    from talkies.core.sight.seen import LINES, seen_spots

    try:
        return seen_spots(segment, picture_frames(segment, height=LINES))
    except InputError as error:
        tell(str(error))
        return []
