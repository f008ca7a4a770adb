"""Markers at the start of each take. Their custom data lists the tracks they stand for, so that both go together.

Frames of markers count from the timeline's first frame, unlike all others; a frame holds one marker, and one that the
user has set there stays.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from .reading import clock_of
from .refusal import call

OURS = "talkies:"
COLOUR = "Cream"


def add(timeline: Any, tracks: list[Any]) -> None:
    """Marks where the takes of these tracks begin."""
    clock = clock_of(timeline)
    wanted: dict[int, list[Any]] = {}
    for track in tracks:
        for clip in track["clips"]:
            frame = clock.frame(Fraction(clip["start"])) - clock.start
            wanted.setdefault(frame, []).append((track["name"], clip["name"]))
    for frame, takes in wanted.items():
        names = {name for name, _ in takes} | _names(_all(timeline).get(frame, {}))
        if frame in _ours(timeline):
            call(timeline, "DeleteMarkerAtFrame", frame)
        note = ", ".join(clip for _, clip in takes)
        call(timeline, "AddMarker", frame, COLOUR, "talkies", note, 1, OURS + "|".join(sorted(names)))


def remove(timeline: Any, names: set[str]) -> list[Any]:
    """Takes away markers that stand for these tracks only; says how to put them back."""
    removed = []
    for frame, marker in sorted(_ours(timeline).items()):
        if _names(marker) <= names:
            call(timeline, "DeleteMarkerAtFrame", frame)
            removed.append((frame, marker))
    return removed


def restore(timeline: Any, removed: list[Any]) -> None:
    for frame, marker in removed:
        data = [marker.get(key) for key in ("color", "name", "note", "duration", "customData")]
        call(timeline, "AddMarker", frame, *data)


def _all(timeline: Any) -> Any:
    """Frame → marker; Resolve gives the frames as floats."""
    return {int(frame): marker for frame, marker in (call(timeline, "GetMarkers") or {}).items()}


def _ours(timeline: Any) -> Any:
    return {frame: marker for frame, marker in _all(timeline).items() if _names(marker)}


def _names(marker: Any) -> set[str]:
    data = str(marker.get("customData") or "")
    return set(data[len(OURS) :].split("|")) if data.startswith(OURS) else set()
