"""Media list of a flat timeline: each file once, as formats with such a list want them described."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio

from talkies.core.errors import MediaError
from talkies.core.segment import Timeline
from talkies.core.timeline.cut.walking import to_range
from talkies.core.timeline.media.bare_media import is_media
from talkies.core.timeline.media.pictures import PictureFinder
from talkies.core.timeline.media.urls import file_name
from talkies.core.timeline.structure.flattening import SOUND, FlatClip, FlatTrack, flat_tracks
from talkies.core.timeline.structure.sounds import sound_tracks
from talkies.core.times import TimeRange, exact_rate

_FASTEST = 240  # frames per second; more is a sample rate


@dataclass(frozen=True)
class Medium:
    """``url``: the address in the timeline; ``path``: the file on this machine, None when it is not here.
    ``available``: media time (s) that there is, at least what is used; ``start``: the media time of the first frame.
    ``channels``: of its sound, 0 where no file states them; ``frames``: those of an image sequence."""

    url: str
    name: str
    path: Path | None
    available: TimeRange
    start: Fraction
    rate: Fraction
    has_video: bool
    has_audio: bool
    channels: int = 0
    sample_rate: int = 48_000
    width: int = 0
    height: int = 0
    frames: tuple[Path | None, ...] = ()


@dataclass
class _Use:
    """What the clips say of one medium."""

    url: str
    path: Path | None = None
    frames: tuple[Path | None, ...] = ()
    rates: list[Fraction] = field(default_factory=list)
    ranges: list[TimeRange] = field(default_factory=list)
    sources: list[TimeRange] = field(default_factory=list)
    kinds: set[str] = field(default_factory=set)
    clips: list[int] = field(default_factory=list)


def audible_tracks(timeline: Timeline) -> tuple[FlatTrack, ...]:
    """The flat tracks; a bare movie's own sound is one of them, which no OTIO document says."""
    tracks = flat_tracks(timeline)
    if not is_media(timeline.path):
        return tracks
    return (*tracks, *(FlatTrack(own.name, SOUND, tracks[0].clips) for own in sound_tracks(timeline)))


def media_of(tracks: Iterable[FlatTrack], finder: PictureFinder, timeline: Timeline) -> dict[int, Medium]:
    """The medium of every clip that has one, by the ``id`` of the clip's OTIO item."""
    uses: dict[str, _Use] = {}
    for track in tracks:
        for clip in track.clips:
            found = _use(clip, finder)
            if found is None:
                continue
            use = uses.setdefault(found.url, found)
            use.clips.append(id(clip.item))
            use.kinds.add(track.kind)
            use.sources.append(clip.source)
            stated = clip.item.media_reference.available_range if clip.item.media_reference is not None else None
            if stated is not None:
                use.ranges.append(to_range(stated))
            use.rates += [
                exact_rate(span.duration.rate) for span in (stated, clip.item.source_range) if span is not None
            ]
    return {key: medium for use in uses.values() for medium in (_medium(use, finder, timeline),) for key in use.clips}


def _use(clip: FlatClip, finder: PictureFinder) -> _Use | None:
    """Which medium a clip plays; an offline one is known by the clip's name, a generated one is none."""
    reference: Any = clip.item.media_reference
    if isinstance(reference, otio.schema.GeneratorReference):
        return None
    if isinstance(reference, otio.schema.ImageSequenceReference):
        picture = finder.find(clip.item, clip.source).picture
        frames = picture.frames if picture is not None else ()
        return _Use(str(reference.target_url_for_image_number(0)), next(filter(None, frames), None), frames)
    url = str(getattr(reference, "target_url", "") or "")
    if url:
        picture = finder.find(clip.item, clip.source).picture if any(mark in url for mark in "%#@") else None
        frames = picture.frames if picture is not None else ()
        return _Use(url, next(filter(None, frames), None) or finder.media.find(url), frames)
    return _Use(clip.name) if clip.name else None


def _medium(use: _Use, finder: PictureFinder, timeline: Timeline) -> Medium:
    path = use.path if use.path is not None and use.path.is_file() else None
    facts = _facts(path) if path is not None and not use.frames else {}
    rate = next((rate for rate in use.rates if 1 <= rate <= _FASTEST), timeline.rate)
    duration = facts.pop("duration", Fraction(0))
    if path is not None and not use.ranges and duration:
        start = finder.unstated_start(path, use.sources[0])
        use.ranges.append(TimeRange(start, start + duration))
    start = min((span.start for span in use.ranges), default=Fraction(0))
    spans = [*use.ranges, *use.sources]
    available = TimeRange(min(span.start for span in spans), max(span.end for span in spans))
    known = {"rate": rate, "has_video": use.kinds != {SOUND}, "has_audio": SOUND in use.kinds, **facts}
    return Medium(use.url, file_name(use.url) or use.url, path, available, start, frames=use.frames, **known)


def _facts(path: Path) -> dict[str, Any]:
    """What the file itself says; nothing when it cannot be opened."""
    from talkies.core.media.opening import open_media, sound_stream
    from talkies.core.media.probing import describe

    try:
        with open_media(path) as container:
            info = describe(path, container)
            sound = sound_stream(container)
            facts = {"duration": info.duration, "has_video": info.has_video, "has_audio": info.has_audio}
            facts |= {"width": info.width, "height": info.height}
            if info.has_video:
                facts["rate"] = info.rate
            if sound is not None:
                facts |= {"channels": sound.channels, "sample_rate": sound.sample_rate}
            return facts
    except MediaError:
        return {}
