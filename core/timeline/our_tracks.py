"""Tracks that talkies wrote earlier: found, left out, and the names of our files."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any

from talkies.core.segment import STEMS, StemName, Timeline
from talkies.core.timeline.structure.sounds import OUR_NAME, our_picture_tracks, sound_tracks, track_name
from talkies.core.times import TimeRange

_OUR_FILE = re.compile(r"\.talkies(-\d+)?$")


@dataclass(frozen=True)
class OurTrack:
    """``clips``: where they play, seconds from the timeline's first frame."""

    name: str
    stem: StemName
    clips: tuple[TimeRange, ...]


def our_tracks(timeline: Timeline) -> tuple[OurTrack, ...]:
    """The tracks with our names, which every format keeps, in the timeline's order."""
    tracks = (*our_picture_tracks(timeline), *sound_tracks(timeline))
    named = ((track, OUR_NAME.match(track.name)) for track in tracks)
    return tuple(
        OurTrack(track.name, _stem(match[1]), tuple(clip.record for clip in track.clips))
        for track, match in named
        if match
    )


def without_our_tracks(timeline: Timeline, stems: Collection[StemName] = STEMS) -> Timeline:
    """The timeline as if we had never written these departments into it."""
    if not our_tracks(timeline):
        return timeline
    document: Any = timeline.document.deepcopy()
    for index in reversed(range(len(document.tracks))):
        named = OUR_NAME.match(track_name(document.tracks[index]))
        if named is not None and named[1] in stems:
            del document.tracks[index]
    return replace(timeline, document=document)


def _stem(name: str) -> StemName:
    return next(stem for stem in STEMS if stem == name)


def free_name(timeline: Path, suffix: str) -> Path:
    """Where a new timeline may go beside ``timeline``: ``reel.talkies.otio``, then ``reel.talkies-2.otio``."""
    stem = _OUR_FILE.sub("", timeline.name.removesuffix(timeline.suffix))
    endings = (".talkies" if number == 1 else f".talkies-{number}" for number in count(1))
    names = (timeline.with_name(f"{stem}{ending}{suffix}") for ending in endings)
    return next(path for path in names if not path.exists())
