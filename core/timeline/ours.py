"""Tracks that talkies wrote into a timeline earlier: where their clips lie, and the timeline without them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from talkies.core.segment import StemName, Timeline
from talkies.core.timeline.sounds import OUR_NAME, sound_tracks, track_name
from talkies.core.times import TimeRange


@dataclass(frozen=True)
class OurTrack:
    """``clips``: where they play, seconds from the timeline's first frame."""

    name: str
    stem: StemName
    clips: tuple[TimeRange, ...]


def our_tracks(timeline: Timeline) -> tuple[OurTrack, ...]:
    """The tracks with our names, which every format keeps, in the timeline's order."""
    named = ((track, OUR_NAME.match(track.name)) for track in sound_tracks(timeline))
    return tuple(
        OurTrack(track.name, _stem(match[1]), tuple(clip.record for clip in track.clips))
        for track, match in named
        if match
    )


def without_our_tracks(timeline: Timeline) -> Timeline:
    """The timeline as if we had never written into it."""
    if not our_tracks(timeline):
        return timeline
    document: Any = timeline.document.deepcopy()
    for index in reversed(range(len(document.tracks))):
        if OUR_NAME.match(track_name(document.tracks[index])):
            del document.tracks[index]
    return replace(timeline, document=document)


def _stem(name: str) -> StemName:
    stems: dict[str, StemName] = {"DX": "DX", "FX": "FX", "MX": "MX", "MIX": "MIX"}
    return stems[name]
