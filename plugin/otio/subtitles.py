"""Subtitle files as OpenTimelineIO timelines: read .srt .vtt .sbv .ass .ssa .ttml .dfxp .itt, write .srt and .vtt.

A file becomes one track of kind "Subtitle" with a clip for each subtitle, named by its words; what overlaps goes to
further tracks. Words with their markup are in each clip's metadata (``talkies: {"text": ...}``). Times are counted at
``rate`` frames per second (adapter argument, default 24) and keep fractions of a frame, so that nothing is rounded.
"""

from __future__ import annotations

import logging
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio

from talkies.core.errors import ArgumentError, OutputError, TalkiesError
from talkies.core.files.atomic import part_file
from talkies.core.timeline.cut.otio_items import otio_range, tracks_from_row
from talkies.core.timeline.cut.walking import UnusableItemError, clips_of, measure, tracks_of
from talkies.core.timeline.formats.adapters import as_timeline
from talkies.core.timeline.words.frame_counts import FrameClock
from talkies.core.timeline.words.languages import language_of_name
from talkies.core.timeline.words.lines import Line
from talkies.core.timeline.words.subtitle_files import MediaClock, load_lines
from talkies.core.timeline.words.subtitle_writing import one_line, subrip, webvtt
from talkies.core.timeline.words.titles import is_text_track, text_of_clip
from talkies.core.times import TimeRange, exact_rate

_FASTEST = 1000


def read_from_file(filepath: str, rate: float = 24) -> Any:
    """The timeline of a subtitle file. Raises OTIOError with one sentence."""
    path = Path(filepath)
    try:
        clock = _exact(rate)
        read = load_lines(path, MediaClock(frames=FrameClock(clock)))
    except TalkiesError as error:
        raise otio.exceptions.OTIOError(str(error)) from None
    for sentence in read.warnings:
        logging.getLogger("talkies").warning(sentence)
    timeline = otio.schema.Timeline(path.stem)
    row = [(line.start, _clip(line, clock)) for line in read.lines]
    name = f"Subtitles {read.language}".strip()
    timeline.tracks.extend(tracks_from_row(name, "Subtitle", row, clock))
    return timeline


def write_to_file(input_otio: Any, filepath: str) -> str:
    """The subtitle tracks of a timeline as a subtitle file. Raises OTIOError with one sentence."""
    path = Path(filepath)
    suffix = path.suffix.lower()
    try:
        if suffix not in (".srt", ".vtt"):
            raise OutputError(path, "subtitles of this kind are read, but not written", "write an .srt or .vtt")
        found = _subtitles(input_otio)
        lines = sorted((line for _, line in found), key=lambda line: (line.start, line.end))
        if not lines:
            raise OutputError(path, "the timeline has no subtitles on a track of their own", "add a track of subtitles")
        with part_file(path) as part:
            text = subrip(lines) if suffix == ".srt" else webvtt(lines, language_of_name(found[0][0]))
            part.write_text(text, encoding="utf-8", errors="replace", newline="\n")
    except TalkiesError as error:
        raise otio.exceptions.OTIOError(str(error)) from None
    return filepath


def _exact(rate: float) -> Fraction:
    if not isinstance(rate, (int, float)) or not 1 <= rate <= _FASTEST:
        raise ArgumentError(
            "rate", f"{rate!r} is not a number of frames per second", "use one from 1 to 1000, such as 24"
        )
    return exact_rate(rate)


def _clip(line: Line, rate: Fraction) -> Any:
    text = f"<v {line.speaker}>{line.text}" if line.speaker else line.text
    span = otio_range(TimeRange(Fraction(0), line.end - line.start), rate)
    return otio.schema.Clip(one_line(line), source_range=span, metadata={"talkies": {"text": text}})


def _subtitles(document: Any) -> list[tuple[str, Line]]:
    """Every subtitle of a timeline's subtitle tracks, in seconds from its first frame, with the track's name."""
    try:
        root = measure(as_timeline(Path("timeline"), document).document.tracks, lambda clip: None)
        return [
            (str(node.item.name), Line(placed.record.start, placed.record.end, text))
            for node, view in tracks_of(root)
            if is_text_track(node.item)
            for placed in clips_of(node, view)
            if placed.record.duration > 0 and (text := text_of_clip(placed.item, True))
        ]
    except UnusableItemError as error:
        raise OutputError("timeline", str(error), "repair it in the editor and export it again") from error
