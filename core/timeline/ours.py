"""Tracks that talkies wrote into a timeline earlier: where their clips lie, and the timeline without them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from talkies.core.errors import OutputError
from talkies.core.segment import StemName, Timeline
from talkies.core.timeline.sounds import sound_tracks
from talkies.core.times import TimeRange

_NAME = re.compile(r"^(DX|FX|MX|MIX) talkies( \d+)?$")


@dataclass(frozen=True)
class OurTrack:
    """``clips``: where they play, seconds from the timeline's first frame."""

    name: str
    stem: StemName
    clips: tuple[TimeRange, ...]


def our_tracks(timeline: Timeline) -> tuple[OurTrack, ...]:
    """The tracks with our names, which every format keeps, in the timeline's order."""
    named = ((track, _NAME.match(track.name)) for track in sound_tracks(timeline))
    return tuple(
        OurTrack(track.name, _stem(match[1]), tuple(clip.record for clip in track.clips))
        for track, match in named
        if match
    )


def without_our_tracks(timeline: Timeline) -> Timeline:
    """The timeline as if we had never written into it. Raises OutputError where its format keeps that from us."""
    if not our_tracks(timeline):
        return timeline
    if timeline.path.suffix.lower() == ".xml":
        raise OutputError(
            timeline.path, "its own tracks can be added to, but not replaced", "choose new tracks, or save it as .otio"
        )
    document: Any = timeline.document.deepcopy()
    for index in reversed(range(len(document.tracks))):
        if _NAME.match(str(document.tracks[index].name)):
            del document.tracks[index]
    return replace(timeline, document=document)


def _stem(name: str) -> StemName:
    stems: dict[str, StemName] = {"DX": "DX", "FX": "FX", "MX": "MX", "MIX": "MIX"}
    return stems[name]
