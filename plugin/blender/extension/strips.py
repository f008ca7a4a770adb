"""Strips of ours, of sound and of picture: how they are described, made, removed and read back.

    file      |---head---|==== what is heard ====|---tail---|
    strip     ^          ^ frame_final_start     ^ frame_final_end
              frame_start, and sound_offset for the part of a frame by which the file begins later

Blender's traps: a file that is missing gives a strip of one frame without a word, a channel that is taken gives strips
on top of each other, and ``frame_start`` holds whole frames only.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import bpy

from .clock import Clock
from .errors import RefusedError
from .otio import Clip
from .versions import places_within_frames, sound_offset_of, strips_of

KEY = "talkies"
"""The strip's own property that holds what made it, as JSON text."""


@dataclass(frozen=True)
class Described:
    """All of a strip that can be made again; frames are Blender's own."""

    name: str
    file: str
    channel: int
    start: int
    offset_s: float
    shown: tuple[int, int]
    metadata: str
    mute: bool = False
    volume: float = 1.0
    pan: float = 0.0
    kind: str = "SOUND"


def strip_for(clip: Clip, channel: int, clock: Clock, *, mute: bool, metadata: Mapping[str, Any]) -> Described:
    """Where Blender must put a file so that each of its samples lies in its place: to the sample, or to the nearest
    frame where this Blender knows no more; movies lie on frames."""
    begins = clip.start - clip.head
    start = clock.frame_before(begins) if places_within_frames() else round(clock.frame(begins))
    offset = begins - clock.seconds(start)
    shown = clock.frame_before(clip.start), clock.frame_after(clip.end)
    spans = {"start": str(clip.start), "end": str(clip.end), "head": str(clip.head), "tail": str(clip.tail)}
    text = json.dumps({**metadata, **spans})
    kind = "MOVIE" if clip.is_picture else "SOUND"
    return Described(clip.name, str(clip.file), channel, start, float(offset), shown, text, mute, kind=kind)


def make(editor: Any, sound: Described) -> Any:
    """The strip in Blender. Raises RefusedError, with nothing made."""
    what = {"MOVIE": "movie", "SOUND": "sound file"}[sound.kind]
    if not Path(bpy.path.abspath(sound.file)).is_file():
        raise RefusedError(f"{sound.file}: the {what} is not there; generate it again")
    new = strips_of(editor).new_movie if sound.kind == "MOVIE" else strips_of(editor).new_sound
    strip = new(name=sound.name, filepath=sound.file, channel=sound.channel, frame_start=sound.start)
    if strip.frame_duration <= 1 < sound.shown[1] - sound.shown[0]:
        strips_of(editor).remove(strip)
        raise RefusedError(f"{sound.file}: Blender cannot read this {what}; generate it again")
    if sound.kind == "SOUND" and places_within_frames():
        strip.sound_offset = sound.offset_s
    strip.frame_offset_start = sound.shown[0] - sound.start
    strip.frame_offset_end = sound.start + strip.frame_duration - sound.shown[1]
    strip.mute = sound.mute
    if sound.kind == "SOUND":
        strip.volume, strip.pan = sound.volume, sound.pan
    strip[KEY] = sound.metadata
    strip.channel = sound.channel
    return strip


def describe(strip: Any) -> Described:
    """What :func:`make` needs to make this strip again."""
    is_sound = strip.type == "SOUND"
    return Described(
        strip.name,
        strip.sound.filepath if is_sound else strip.filepath,
        strip.channel,
        round(strip.frame_start),
        sound_offset_of(strip),
        (strip.frame_final_start, strip.frame_final_end),
        strip[KEY],
        strip.mute,
        strip.volume if is_sound else 1.0,
        strip.pan if is_sound else 0.0,
        strip.type,
    )


def sounds(editor: Any) -> list[Any]:
    """Every sound strip, by channel and time."""
    return _sorted(strip for strip in strips_of(editor) if strip.type == "SOUND")


def portraits(editor: Any) -> list[Any]:
    """Every movie strip of ours, by channel and time."""
    return _sorted(strip for strip in strips_of(editor) if is_portrait(strip))


def ours(editor: Any) -> list[Any]:
    """Every strip of ours, sound or picture."""
    return [*filter(is_ours, sounds(editor)), *portraits(editor)]


def _sorted(found: Iterable[Any]) -> list[Any]:
    return sorted(found, key=lambda strip: (strip.channel, strip.frame_final_start))


def is_ours(strip: Any) -> bool:
    """Whether it is a sound that talkies has placed."""
    return strip.type == "SOUND" and isinstance(strip.get(KEY), str)


def is_portrait(strip: Any) -> bool:
    """Whether it is a picture that talkies has placed."""
    return strip.type == "MOVIE" and isinstance(strip.get(KEY), str)


def metadata_of(strip: Any) -> dict[str, Any]:
    """What made a strip of ours; {} where somebody has written something else there."""
    try:
        stored = json.loads(strip.get(KEY, ""))
    except (TypeError, ValueError):
        return {}
    return stored if isinstance(stored, dict) else {}


def audible_range(strip: Any, clock: Clock) -> tuple[Fraction, Fraction]:
    """From where to where a strip sounds, seconds from the scene's first frame, as Blender itself has it.

    It cannot sound before its file begins, which may be within a frame.
    """
    begins = file_start(strip, clock)
    start, end = clock.seconds(strip.frame_final_start), clock.seconds(strip.frame_final_end)
    return (begins if start < begins < end else start), end


def file_start(strip: Any, clock: Clock) -> Fraction:
    """Where the first sample of a strip's file lies, shown or not."""
    return clock.seconds(round(strip.frame_start)) + Fraction(sound_offset_of(strip)).limit_denominator(10**6)


def file_of(strip: Any) -> str | None:
    path = strip.filepath if strip.type == "MOVIE" else strip.sound.filepath if strip.sound else None
    return None if path is None else str(bpy.path.abspath(path))
