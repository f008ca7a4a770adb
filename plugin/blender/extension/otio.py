"""The timeline as an .otio file, which is plain JSON, and the takes of talkies' report as tracks.

    channel 3   |--shot--|   |--shot--|   ─►  video track V1, V2, ... from the lowest channel up
    text strips     |-line-|              ─►  a track of kind Subtitle, more where lines overlap

Knows nothing of Blender, so that it can be tested without it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from .clock import Clock
    from .shots import Line, Noise, Reading, Shot

Item = TypeVar("Item", "Shot", "Line", "Noise")


def rational_time(frames: Fraction | int, rate: Fraction) -> dict[str, Any]:
    return {"OTIO_SCHEMA": "RationalTime.1", "value": float(frames), "rate": float(rate)}


def time_range(start: Fraction | int, duration: Fraction | int, rate: Fraction) -> dict[str, Any]:
    """OTIO's TimeRange; both in frames at ``rate``."""
    return {
        "OTIO_SCHEMA": "TimeRange.1",
        "start_time": rational_time(start, rate),
        "duration": rational_time(duration, rate),
    }


@dataclass(frozen=True)
class Export:
    """``document`` is the timeline, ``ids`` the shots by the names that talkies will give them."""

    document: dict[str, Any]
    ids: Mapping[str, Shot]

    def write(self, path: Path) -> None:
        path.write_text(json.dumps(self.document, indent=1), encoding="utf-8")


def export(found: Reading, clock: Clock, name: str) -> Export:
    """The scene as a timeline that starts at its first frame's timecode."""
    pictures = _apart(found.shots, [shot.channel for shot in found.shots])
    texts = _apart(found.spoken, [()] * len(found.spoken))
    noises = _apart(found.noises, [noise.channel for noise in found.noises])
    portraits = _apart(found.portraits, [portrait.channel for portrait in found.portraits])
    tracks = [
        *(_track(f"V{number}", "Video", row, _clip, clock) for number, row in _numbered(pictures)),
        *(_track(f"Text {number}", "Subtitle", row, _title, clock) for number, row in _numbered(texts)),
        *(_track(row[0].track, "Audio", row, _sound, clock) for row in noises),
        *(_track(row[0].track, "Video", row, _sound, clock) for row in portraits),
    ]
    document = {
        "OTIO_SCHEMA": "Timeline.1",
        "name": name,
        "global_start_time": rational_time(clock.first, clock.rate),
        "tracks": {"OTIO_SCHEMA": "Stack.1", "name": "tracks", "children": tracks},
    }
    ids = {f"V{k}-{n:03d}": shot for k, row in _numbered(pictures) for n, shot in _numbered(row)}
    return Export(document, ids)


def _numbered(items: Iterable[Any]) -> enumerate[Any]:
    return enumerate(items, start=1)


def _apart(items: Sequence[Item], keys: Sequence[tuple[int, ...]]) -> list[list[Item]]:
    """Rows of items that do not overlap, those of one key together, by key."""
    rows: list[tuple[tuple[int, ...], list[Item]]] = []
    for key, item in sorted(zip(keys, items, strict=True), key=lambda pair: (pair[0], pair[1].start, pair[1].end)):
        free = next((row for known, row in rows if known == key and row[-1].end <= item.start), None)
        if free is None:
            rows.append((key, [item]))
        else:
            free.append(item)
    return [row for _, row in rows]


def _track(
    name: str, kind: str, row: Sequence[Item], as_clip: Callable[[Item, Clock], dict[str, Any]], clock: Clock
) -> dict[str, Any]:
    children, position = [], clock.first
    for item in row:
        if item.start > position:
            gap = time_range(0, item.start - position, clock.rate)
            children.append({"OTIO_SCHEMA": "Gap.1", "source_range": gap})
        children.append(as_clip(item, clock))
        position = item.end
    return {"OTIO_SCHEMA": "Track.1", "name": name, "kind": kind, "children": children}


def _clip(shot: Shot, clock: Clock) -> dict[str, Any]:
    rate = clock.rate
    return {
        "OTIO_SCHEMA": "Clip.1",
        "name": shot.name,
        "source_range": time_range(shot.head * rate, shot.end - shot.start, rate),
        "media_reference": shot.reference,
        "effects": [] if shot.speed == 1 else [_retime(shot.speed)],
    }


def _retime(speed: Fraction) -> dict[str, Any]:
    if speed == 0:
        return {"OTIO_SCHEMA": "FreezeFrame.1", "effect_name": "FreezeFrame", "time_scalar": 0.0}
    return {"OTIO_SCHEMA": "LinearTimeWarp.1", "effect_name": "LinearTimeWarp", "time_scalar": float(speed)}


def _title(line: Line, clock: Clock) -> dict[str, Any]:
    return {
        "OTIO_SCHEMA": "Clip.1",
        "name": line.text,
        "source_range": time_range(0, line.end - line.start, clock.rate),
        "media_reference": {"OTIO_SCHEMA": "MissingReference.1"},
    }


def _sound(noise: Noise, clock: Clock) -> dict[str, Any]:
    """At the timeline's rate: some editors take a project's rate from the last clip."""
    return {
        "OTIO_SCHEMA": "Clip.1",
        "name": noise.name,
        "source_range": time_range(noise.head * clock.rate, noise.end - noise.start, clock.rate),
        "media_reference": {"OTIO_SCHEMA": "ExternalReference.1", "target_url": Path(noise.file).absolute().as_uri()},
    }


@dataclass(frozen=True)
class Clip:
    """A sound or a picture on a track: ``start`` and ``end`` in seconds from the timeline's first frame; the file holds
    ``head`` and ``tail`` seconds more."""

    name: str
    file: Path
    start: Fraction
    end: Fraction
    head: Fraction
    tail: Fraction
    metadata: Mapping[str, Any]

    @property
    def is_picture(self) -> bool:
        """Whether it is a movie, which is shown and not heard."""
        return self.metadata.get("stem") == "PX"

    def overlaps(self, other: tuple[Fraction, Fraction]) -> bool:
        return self.start < other[1] and other[0] < self.end


@dataclass(frozen=True)
class Track:
    """Clips that do not overlap; ``enabled`` is False for alternatives, which are there but do not sound."""

    name: str
    clips: tuple[Clip, ...]
    enabled: bool = True

    @property
    def is_picture(self) -> bool:
        return any(clip.is_picture for clip in self.clips)


def tracks_of(
    report: Mapping[str, Any], wanted: Iterable[Mapping[str, Any]], taken_names: Iterable[str]
) -> list[Track]:
    """The tracks of a report with the takes that are wanted; each gets a name that is free here."""
    clips = {take["name"]: clip_of(take) for take in wanted}
    used, tracks = set(taken_names), []
    for track in report["tracks"]:
        placed = tuple(clips[name] for name in track["takes"] if name in clips)
        if placed:
            name = free_name(f"{track['stem']} talkies", used)
            used.add(name)
            tracks.append(Track(name, placed, bool(track["enabled"])))
    return tracks


def clip_of(take: Mapping[str, Any]) -> Clip:
    """A take of a report."""
    times = ("record_in", "record_out", "head_handle", "tail_handle")
    start, end, head, tail = (Fraction(take["exact"][name]) for name in times)
    about = {"segment": take["segment"], "stem": take["stem"], "take": take["number"]}
    return Clip(take["name"], Path(take["path"]), start, end, head, tail, {**about, **take["metadata"]})


def free_name(name: str, used: Iterable[str]) -> str:
    """``FX talkies``, ``FX talkies 2``, ..."""
    taken, count = set(used), 1
    while (candidate := name if count == 1 else f"{name} {count}") in taken:
        count += 1
    return candidate
