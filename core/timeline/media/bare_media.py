"""Bare media as one-clip timelines: a movie, a folder of scanned frames, one frame of them, or a frame pattern."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import ceil
from pathlib import Path
from typing import Any

import opentimelineio as otio

from talkies.core.errors import MediaError
from talkies.core.timeline.cut.loaded import Loaded
from talkies.core.timeline.cut.otio_items import play_frame_for_frame
from talkies.core.timeline.media.film_rate import film_rate
from talkies.core.timeline.media.image_sequences import DEFAULT_RATE, IMAGE_SUFFIXES, Sequence, find_sequence, is_part
from talkies.core.timeline.media.movie_facts import MovieFacts, movie_facts
from talkies.core.times import AUTO_RATE, AskedRate, exact_rate, round_half_up

MOVIE_SUFFIXES = (
    *(".mov", ".mp4", ".m4v", ".mxf", ".mkv", ".avi", ".webm", ".mts", ".m2ts", ".ts", ".mpg", ".mpeg", ".m2v", ".vob"),
    *(".wmv", ".asf", ".flv", ".ogv", ".ogm", ".3gp", ".3g2", ".dv", ".dif", ".gif", ".qt", ".f4v", ".y4m", ".divx"),
    *(".m2t", ".trp", ".mod", ".tod", ".evo", ".vro", ".m2p", ".mpe", ".m1v", ".mpv", ".gxf", ".ivf", ".nut", ".mj2"),
    *(".h264", ".264", ".avc", ".h265", ".265", ".hevc", ".mjpeg", ".mjpg", ".apng"),
)
"""No raw camera formats (.r3d, .braw): nothing free decodes them."""
ANIMATED_WEBP = "is an animated WebP, which cannot be decoded here"
_HEAD = 1 << 16  # bytes: an animated PNG says so before its first picture
_ANIMATED = 2  # a flag of WebP's extended header


def is_media(path: Path) -> bool:
    """Whether a path is bare media rather than a timeline file."""
    suffix = path.suffix.lower()
    if path.is_dir():
        return suffix not in (".otiod", ".fcpxmld")
    return suffix in MOVIE_SUFFIXES or suffix in IMAGE_SUFFIXES


def load(path: Path, rate: AskedRate | None = None) -> Loaded:
    """A one-clip timeline of a movie or sequence, shown at ``rate``, or as it states. Raises MediaError."""
    rate = rate if rate is None or rate == AUTO_RATE else exact_rate(rate)
    if (path.suffix.lower() in MOVIE_SUFFIXES and not path.is_dir()) or animation(path) == "png":
        return _of_movie(path, rate)
    if animation(path) == "webp":
        raise MediaError(path, ANIMATED_WEBP, "convert it to .mp4 or .gif")
    sequence = find_sequence(path)
    if sequence is None:
        if not path.exists() and not path.parent.is_dir():
            raise MediaError(path, "does not exist", "check its name")
        problem = "holds no timeline and no picture files" if path.is_dir() else "matches no picture file"
        raise MediaError(path, problem, f"give a folder or pattern of frames ({' '.join(IMAGE_SUFFIXES[:5])} ...)")
    return _of_sequence(path, sequence, None if rate == AUTO_RATE else rate)


def animation(path: Path) -> str:
    """ "png" or "webp" where a picture file of that kind holds many, else ""."""
    if path.suffix.lower() not in (".png", ".webp") or not path.is_file():
        return ""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError:
        return ""  # its reader says why
    if head[8:16] == b"WEBPVP8X" and head[20:21] and head[20] & _ANIMATED:
        return "webp"
    return "png" if head.startswith(b"\x89PNG") and b"acTL" in head[: head.find(b"IDAT")] else ""


def _of_movie(path: Path, asked: AskedRate | None) -> Loaded:
    facts = movie_facts(path)
    if not facts.has_video:
        raise MediaError(path, "has no picture", "give a movie with a video stream")
    shown, notes = film_rate(path, facts, asked)
    loaded = _as_stated(path, facts) if shown == facts.rate else _slowed(path, facts, shown)
    return replace(loaded, warnings=(*loaded.warnings, *(f"{path.name}: {note}" for note in notes)))


def _slowed(path: Path, facts: MovieFacts, rate: Fraction) -> Loaded:
    """Picture for picture at another rate than the file's."""
    time = otio.opentime.RationalTime
    frames, start = max(round_half_up(facts.duration * facts.rate), 1), Fraction(round_half_up(facts.timecode))
    document = _one_clip(path.stem, otio.schema.ExternalReference(path.name), frames, facts.rate, facts.timecode)
    clip = document.tracks[0][0]
    clip.source_range = otio.opentime.TimeRange(clip.source_range.start_time, time(frames, float(rate)))
    play_frame_for_frame(clip, facts.rate, rate)
    document.global_start_time = time(float(start * rate), float(rate))
    return Loaded(document, rate, start, warnings=tuple(f"{path.name}: {note}" for note in facts.notes))


def _as_stated(path: Path, facts: MovieFacts) -> Loaded:
    rate, notes = facts.rate, facts.notes
    if rate < 1:  # no timecode counts that
        rate *= ceil(DEFAULT_RATE / rate)
        notes += (f"shows a picture every {float(1 / facts.rate):g} s: its timeline counts {float(rate):g} a second",)
    frames = max(round_half_up(facts.duration * rate), 1)
    document = _one_clip(path.stem, otio.schema.ExternalReference(path.name), frames, rate, facts.timecode)
    if not facts.constant_rate:
        notes += (f"has no constant frame rate: {float(facts.rate):.3f}, near its average, is used",)
    warnings = tuple(f"{path.name}: {note}" for note in notes)
    return Loaded(document, rate, facts.timecode, facts.drop_frame, warnings)


def _of_sequence(path: Path, sequence: Sequence, rate: Fraction | None) -> Loaded:
    stated = rate or sequence.rate
    used = stated or DEFAULT_RATE
    called = path.absolute().name
    folder = "./" if sequence.folder == path.parent else f"./{sequence.folder.name}/" if sequence.folder == path else ""
    first = next(frame for frame in sequence.frames if frame is not None)
    named = path if is_part(path) else first
    reference = otio.schema.ExternalReference(f"{folder}{named.name}" if folder else str(named))
    warnings = [] if stated else [f"{called}: has no stated frame rate: read at {DEFAULT_RATE} frames per second"]
    if len(sequence.frames) == 1:
        warnings.append(f"{called}: is a single picture, not a sequence")
    warnings += [f"{called}: {sentence}" for sentence in sequence.left_out]
    document = _one_clip(sequence.name, reference, len(sequence.frames), used, Fraction(0))
    return Loaded(document, used, Fraction(0), warnings=tuple(warnings))


def _one_clip(name: str, reference: Any, frames: int, rate: Fraction, start: Fraction) -> Any:
    """``start``: the media's timecode (seconds), which becomes the timeline's."""
    schema, time = otio.schema, otio.opentime.RationalTime
    whole = otio.opentime.TimeRange(time(round_half_up(start * rate), float(rate)), time(frames, float(rate)))
    reference.available_range = whole
    clip = schema.Clip(name=name, media_reference=reference, source_range=whole)
    document = schema.Timeline(name, global_start_time=whole.start_time)
    document.tracks.append(schema.Track("V1", kind=schema.TrackKind.Video, children=[clip]))
    return document
