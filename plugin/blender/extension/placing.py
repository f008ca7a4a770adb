"""Placement of takes on channels: a track is a channel of the sequencer with a name.

What the user made stays: only strips of ours are ever removed, and a channel is only used where it is free. Either
everything is placed or nothing has changed.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import bpy

from . import strips
from .clock import Clock
from .errors import RefusedError
from .otio import Track
from .strips import Described
from .versions import editor_of, strips_of

MOST_CHANNELS = 128


@dataclass(frozen=True)
class Placed:
    """What one placement did; enough to take it back. ``batch`` marks its strips."""

    batch: str
    channels: tuple[int, ...]
    removed: tuple[tuple[Described, str], ...]
    """Strips that made way, each with the name of its channel."""


def place(scene: Any, tracks: Sequence[Track], making_way: Iterable[Any] = ()) -> Placed:
    """New strips instead of ``making_way``; raises RefusedError with the sequencer as it was."""
    editor, batch = editor_of(scene), uuid.uuid4().hex
    removed = take_away(editor, making_way)
    made: list[Any] = []
    try:
        channels = tuple(_place_track(scene, track, batch, made) for track in tracks)
    except Exception:
        take_away(editor, made)
        put_back(editor, removed)
        raise
    return Placed(batch, channels, removed)


def take_back(scene: Any, placed: Placed) -> None:
    """Undoes a placement whatever else was done since. Raises RefusedError, with the sequencer as it was, when
    nothing of it is there any more or what made way cannot come back."""
    editor = editor_of(scene)
    ours = [strip for strip in strips.ours(editor) if strips.metadata_of(strip).get("batch") == placed.batch]
    if not ours:
        raise RefusedError("there is nothing left to undo: the strips that talkies placed last were deleted")
    gone = take_away(editor, ours)
    try:
        put_back(editor, placed.removed)
    except Exception:
        put_back(editor, gone)
        raise


def take_away(editor: Any, ours: Iterable[Any]) -> tuple[tuple[Described, str], ...]:
    """Removes strips; a channel that we named and that is empty then has its old name again."""
    removed = []
    for strip in list(ours):
        channel = editor.channels[strip.channel]
        removed.append((strips.describe(strip), channel.name))
        strips_of(editor).remove(strip)
    for number in {sound.channel for sound, _ in removed}:
        if not any(strip.channel == number for strip in strips_of(editor)):
            editor.channels[number].name = f"Channel {number}"
    return tuple(removed)


def put_back(editor: Any, removed: Iterable[tuple[Described, str]]) -> None:
    """All of them, or none: RefusedError."""
    made: list[Any] = []
    try:
        for sound, channel in removed:
            made.append(strips.make(editor, sound))
            editor.channels[sound.channel].name = channel
    except Exception:
        take_away(editor, made)
        raise


def on_tracks(scene: Any, names: Iterable[str]) -> list[Any]:
    """The strips of ours on channels with these names."""
    editor, wanted = editor_of(scene), set(names)
    return [strip for strip in strips.ours(editor) if editor.channels[strip.channel].name in wanted]


def track_names(scene: Any) -> list[str]:
    """The names of the channels that hold something."""
    editor = editor_of(scene)
    return [editor.channels[number].name for number in sorted({strip.channel for strip in strips_of(editor)})]


def audio_tracks(scene: Any, only: Iterable[int] | None = None) -> list[dict[str, Any]]:
    """The channels that hold sound, as the sequencer has them now (for the panel: see bridge)."""
    return _tracks(scene, strips.sounds(editor_of(scene)), only)


def picture_tracks(scene: Any, only: Iterable[int] | None = None) -> list[dict[str, Any]]:
    """The channels that hold portraits of ours."""
    return _tracks(scene, strips.portraits(editor_of(scene)), only)


def _tracks(scene: Any, found: Iterable[Any], only: Iterable[int] | None) -> list[dict[str, Any]]:
    editor, clock = editor_of(scene), Clock.of(scene)
    wanted = None if only is None else set(only)
    rows: dict[int, list[dict[str, Any]]] = {}
    for strip in found:
        if wanted is None or strip.channel in wanted:
            start, end = strips.audible_range(strip, clock) if strip.type == "SOUND" else _covered(strip, clock)
            clip = {"name": strip.name, "start": str(start), "end": str(end), "file": strips.file_of(strip)}
            rows.setdefault(strip.channel, []).append(clip)
    return [{"name": editor.channels[number].name, "clips": clips} for number, clips in rows.items()]


def _place_track(scene: Any, track: Track, batch: str, made: list[Any]) -> int:
    """The number of the channel; strips are added to ``made`` as they come."""
    editor, clock = editor_of(scene), Clock.of(scene)
    channel = _channel_for(editor, track, clock)
    for clip in track.clips:
        about = {**clip.metadata, "batch": batch}
        sound = strips.strip_for(clip, channel, clock, mute=not track.enabled, metadata=about)
        strip = strips.make(editor, sound)
        made.append(strip)
        _make_relative(strip)
        if strip.channel != channel or (strip.frame_final_start, strip.frame_final_end) != sound.shown:
            raise RefusedError(f"{clip.name}: Blender did not place it correctly; please report this as a bug")
    editor.channels[channel].name = track.name
    return channel


def _channel_for(editor: Any, track: Track, clock: Clock) -> int:
    """The channel of the track's name where it is free, else the first above everything."""
    everything = list(strips_of(editor))
    used: list[int] = sorted({strip.channel for strip in everything})
    for number in used if not track.is_picture else used[-1:]:  # pictures cover what is below them
        if editor.channels[number].name == track.name and not _taken(everything, number, track, clock):
            return number
    number = max(used, default=0) + 1
    if number > MOST_CHANNELS:
        raise RefusedError(f"all {MOST_CHANNELS} channels are in use; free the highest one")
    return number


def _taken(everything: Sequence[Any], number: int, track: Track, clock: Clock) -> bool:
    there = [strip for strip in everything if strip.channel == number]
    return any(clip.overlaps(_covered(strip, clock)) for clip in track.clips for strip in there)


def _covered(strip: Any, clock: Clock) -> tuple[Fraction, Fraction]:
    return clock.seconds(strip.frame_final_start), clock.seconds(strip.frame_final_end)


def _make_relative(strip: Any) -> None:
    """As Blender's own file selector does it, where the user wants that and the .blend file is saved."""
    if bpy.data.filepath and bpy.context.preferences.filepaths.use_relative_paths:
        try:
            holder = strip.sound if strip.type == "SOUND" else strip
            holder.filepath = bpy.path.relpath(str(Path(holder.filepath).absolute()))
        except ValueError:
            return  # on another drive: the absolute path is right
