"""talkies inspect: the segments, cues and warnings of a timeline."""

from __future__ import annotations

import argparse
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from talkies.core.segment import Cue, Segment, Timeline


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("timeline", metavar="TIMELINE", type=Path, help="a timeline, a movie or an image sequence")
    parser.add_argument("--media-dir", metavar="DIR", type=Path, help="also search this folder for missing media")
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def run(options: argparse.Namespace) -> int:
    from talkies.core.timeline import read_timeline
    from talkies.plugin.console import print_json, show

    timeline = read_timeline(options.timeline, options.media_dir)
    if options.json:
        print_json(describe(timeline))
    else:
        show(*lines(timeline))
    return 0


def describe(timeline: Timeline) -> dict[str, Any]:
    """The timeline as one JSON document; seconds are floats, exact rates are texts like ``24000/1001``."""
    from talkies.core.timeline import inspect_rows

    return {
        "timeline": str(timeline.path),
        "name": timeline.name,
        "rate": str(timeline.rate),
        "drop_frame": timeline.drop_frame,
        "start": timeline.timecode(Fraction(0)),
        "start_s": float(timeline.start),
        "duration_s": float(timeline.duration),
        "warnings": list(timeline.warnings),
        "segments": inspect_rows(timeline),
    }


def lines(timeline: Timeline) -> list[str]:
    """The same for a reader: one block per segment."""
    count = f"{len(timeline.segments)} segment{'' if len(timeline.segments) == 1 else 's'}"
    head = f"{timeline.name}: {count}, {float(timeline.duration):.3f} s at {_rate(timeline)}"
    body = [line for segment in timeline.segments for line in _block(timeline, segment)]
    return [head, *(f"  ! {warning}" for warning in timeline.warnings), *body]


def _rate(timeline: Timeline) -> str:
    rate = timeline.rate
    text = str(rate) if rate.denominator == 1 else f"{float(rate):.3f} ({rate})"
    return f"{text} fps{' drop-frame' if timeline.drop_frame else ''}"


def _block(timeline: Timeline, segment: Segment) -> list[str]:
    record, source = segment.record, segment.source
    speed = "" if segment.speed == 1 else f"  speed {float(segment.speed):g}"
    if segment.curve is not None:
        speed = f"  speed from {' to '.join(f'{float(piece.speed):g}' for piece in [*segment.curve.pieces()][:6])}"
    media = segment.picture.path.name if segment.picture else "no picture"
    return [
        f"{segment.id}  {segment.clip}  [{segment.track}]",
        f"  record {timeline.timecode(record.start)} - {timeline.timecode(record.end)}  "
        f"{float(record.start):.3f} - {float(record.end):.3f} s",
        f"  source {float(source.start):.3f} - {float(source.end):.3f} s{speed}  {media}",
        *(f"  {_cue_line(timeline, cue)}" for cue in segment.cues),
        *(f"  ! {warning}" for warning in segment.warnings),
    ]


def _cue_line(timeline: Timeline, cue: Cue) -> str:
    text = "".join(letter if letter.isprintable() else " " for letter in cue.text.replace("\n", " / "))
    text_shown = f"[{text}]" if cue.kind == "sound" else f"“{text}”"
    return f"{timeline.timecode(cue.range.start)} {cue.speaker + ': ' if cue.speaker else ''}{text_shown}"
