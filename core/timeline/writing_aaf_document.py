"""A timeline of another kind as an AAF composition: its flat tracks, the media they show, its markers and words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path, PureWindowsPath
from typing import Any

import opentimelineio as otio

from talkies.core.segment import Timeline
from talkies.core.timeline.flattening import (
    PICTURE,
    SOUND,
    TEXT,
    FlatClip,
    FlatTrack,
    Note,
    flat_tracks,
    media_finder,
    notes_of,
)
from talkies.core.timeline.pictures import PictureFinder
from talkies.core.timeline.titles import text_of_clip
from talkies.core.timeline.urls import file_name, path_readings
from talkies.core.timeline.walking import to_range
from talkies.core.timeline.writing_aaf_media import MediaMobs, Medium, size_of, sound_of
from talkies.core.timeline.writing_aaf_tracks import Piece, TrackBuilder, edit_rate
from talkies.core.timeline.writing_base import is_relative, media_folder
from talkies.core.times import TimeRange, exact_rate, to_frame

_FASTEST = 240  # frames per second; more is a sample rate


def add_document(builder: TrackBuilder, media: MediaMobs, timeline: Timeline) -> None:
    """The tracks of a timeline of another kind, and its markers."""
    tracks = flat_tracks(timeline)
    shelf = _Shelf(timeline, media_finder(timeline), tracks)
    notes = list(notes_of(timeline))
    first = None
    for track in tracks:
        if track.kind == TEXT:
            notes += [Note(clip.record, text_of_clip(clip.item, True), "WHITE") for clip in track.clips]
            continue
        for channel in range(1, shelf.channels(track) + 1):
            rate, pieces = _track_pieces(shelf, media, track, channel, builder.rate)
            slot = builder.add(track.name, track.kind, rate, pieces, track.mixes)
            first = first or slot
    if notes and first is not None:
        builder.add_notes(sorted(notes, key=lambda note: note.record), first)


def _track_pieces(
    shelf: _Shelf, media: MediaMobs, track: FlatTrack, channel: int, rate: Fraction
) -> tuple[Fraction, list[Piece]]:
    """The edit rate of a track and its clips in it."""
    shown = [(clip, shelf.medium(clip)) for clip in track.clips]
    clips = [(clip, medium) for clip, medium in shown if medium is not None]
    if track.kind == SOUND:
        places = (
            time for clip, medium in clips for time in (*_edges(clip.record), clip.source.start - medium.span.start)
        )
        rate = edit_rate(places, rate)
    pieces = []
    for clip, medium in clips:
        if track.kind == SOUND and channel > medium.channels:
            continue
        name = clip.name or medium.name
        mob, slot = media.sound(medium, name, channel) if track.kind == SOUND else media.picture(medium, name)
        start, end = (to_frame(edge, rate) for edge in _edges(clip.record))
        offset = max(to_frame(clip.source.start - medium.span.start, rate), 0)
        speed = clip.speed if track.kind == PICTURE else Fraction(1)
        if end > start:
            pieces.append(Piece(start, end, mob, slot, offset, speed, clip.enabled))
    return rate, pieces


def _edges(span: TimeRange) -> tuple[Fraction, Fraction]:
    return span.start, span.end


@dataclass
class _Shelf:
    """The media that the tracks of a timeline show, each described once."""

    timeline: Timeline
    finder: PictureFinder
    tracks: Sequence[FlatTrack]

    def __post_init__(self) -> None:
        spans: dict[str, TimeRange] = {}
        self._media: dict[str, Medium] = {}
        for track in self.tracks:
            for clip in track.clips if track.kind != TEXT else ():
                key, span = self._address(clip), self._span(clip)
                known = spans.get(key, span)
                spans[key] = TimeRange(min(known.start, span.start), max(known.end, span.end))
        for track in self.tracks:
            for clip in track.clips if track.kind != TEXT else ():
                key = self._address(clip)
                if key not in self._media:
                    self._media[key] = self._described(clip, key, spans[key])

    def medium(self, clip: FlatClip) -> Medium | None:
        """What a clip plays; None for what the editor generates."""
        if isinstance(clip.item.media_reference, otio.schema.GeneratorReference):
            return None
        return self._media[self._address(clip)]

    def channels(self, track: FlatTrack) -> int:
        """How many mono tracks a track needs: those of its media, unless it is said to be mono."""
        resolve = track.item.metadata.get("Resolve_OTIO") or {}
        if track.kind == PICTURE or (hasattr(resolve, "get") and resolve.get("Audio Type") == "Mono"):
            return 1
        media = (self.medium(clip) for clip in track.clips)
        return max((medium.channels for medium in media if medium is not None), default=1)

    def _address(self, clip: FlatClip) -> str:
        reference = clip.item.media_reference
        if isinstance(reference, otio.schema.ImageSequenceReference):
            first = reference.target_url_for_image_number(0) if reference.number_of_images_in_sequence() > 0 else ""
            return str(first or reference.target_url_base)
        if isinstance(reference, otio.schema.ExternalReference) and reference.target_url:
            return str(reference.target_url)
        return f"\n{clip.name}"  # no address, only a name

    def _span(self, clip: FlatClip) -> TimeRange:
        reference = clip.item.media_reference
        stated = reference.available_range if reference is not None else None
        if stated is not None:
            known = to_range(stated)
            return TimeRange(known.start, max(known.end, clip.source.end))
        path = self.finder.media.find(self._address(clip)) if "\n" not in self._address(clip) else None
        start = self.finder.unstated_start(path, clip.source) if path is not None else Fraction(0)
        return TimeRange(start, max(start, clip.source.end))

    def _described(self, clip: FlatClip, address: str, span: TimeRange) -> Medium:
        reference = clip.item.media_reference
        stated = reference.available_range.start_time.rate if reference and reference.available_range else 0
        rate = exact_rate(stated) if 1 <= stated <= _FASTEST else self.timeline.rate
        if address.startswith("\n"):
            return Medium(clip.name or "offline", "", None, span, rate)
        path = self.finder.media.find(address)
        url = path.resolve().as_uri() if path is not None else _offline(address, media_folder(self.timeline))
        facts: dict[str, Any] = {**sound_of(path), **size_of(path)} if path is not None and path.is_file() else {}
        return Medium(path.name if path is not None else file_name(address) or address, url, path, span, rate, **facts)


def _offline(address: str, folder: Path) -> str:
    """The URL of a file that is not here."""
    if is_relative(address):
        return (folder.resolve() / (next(iter(path_readings(address)), address))).as_uri()
    if re.match(r"^([A-Za-z]:[/\\]|\\\\)", address):
        return PureWindowsPath(address).as_uri()
    return address
