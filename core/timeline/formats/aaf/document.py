"""A timeline of another kind as an AAF composition: its flat tracks, the media they show, its markers and words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path, PureWindowsPath
from typing import Any

import opentimelineio as otio

from talkies.core.segment import Timeline
from talkies.core.timeline.formats.aaf.media import FULL_HD, MediaMobs, Medium
from talkies.core.timeline.formats.aaf.tracks import Piece, TrackBuilder, edit_rate
from talkies.core.timeline.formats.base import is_relative, media_folder
from talkies.core.timeline.media.urls import path_readings
from talkies.core.timeline.structure.flattening import (
    PICTURE,
    SOUND,
    TEXT,
    FlatClip,
    FlatTrack,
    Note,
    media_finder,
    notes_of,
)
from talkies.core.timeline.structure.media_list import Medium as Facts
from talkies.core.timeline.structure.media_list import audible_tracks, media_of
from talkies.core.timeline.words.titles import text_of_clip
from talkies.core.times import TimeRange, to_frame


def add_document(builder: TrackBuilder, media: MediaMobs, timeline: Timeline) -> None:
    """The tracks of a timeline of another kind, and its markers."""
    tracks = audible_tracks(timeline)
    shelf = _Shelf.of(timeline, tracks)
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


def split_tracks(timeline: Timeline) -> int:
    """How many tracks of sound become several, one for each channel."""
    tracks = audible_tracks(timeline)
    shelf = _Shelf.of(timeline, tracks)
    return sum(shelf.channels(track) > 1 for track in tracks if track.kind == SOUND)


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
        offset = to_frame(clip.source.start - medium.span.start, rate)
        speed = clip.speed if track.kind == PICTURE else Fraction(1)
        if end > start:
            pieces.append(Piece(start, end, mob, slot, offset, speed, clip.enabled))
    return rate, pieces


def _edges(span: TimeRange) -> tuple[Fraction, Fraction]:
    return span.start, span.end


@dataclass(frozen=True)
class _Shelf:
    """The media that the tracks of a timeline show, each described once."""

    media: dict[int, Medium]

    @classmethod
    def of(cls, timeline: Timeline, tracks: Sequence[FlatTrack]) -> _Shelf:
        shown = [track for track in tracks if track.kind != TEXT]
        found = media_of(shown, media_finder(timeline), timeline)
        items = {id(clip.item): clip.item for track in shown for clip in track.clips}
        folder = media_folder(timeline)
        return cls({key: _described(facts, items[key], folder) for key, facts in found.items()})

    def medium(self, clip: FlatClip) -> Medium | None:
        """What a clip plays; None for what the editor generates, and for what has neither address nor name.

        One that begins before its file does counts from another zero (OTIO gives the sound of an AAF no timecode):
        its medium is described from there once more, so that those which count from the timecode stay as they are.
        """
        medium = self.media.get(id(clip.item))
        if medium is None or clip.source.start >= medium.span.start:
            return medium
        zero = min(Fraction(0), clip.source.start)
        return replace(medium, span=TimeRange(zero, max(zero + medium.span.duration, clip.source.end)))

    def channels(self, track: FlatTrack) -> int:
        """How many mono tracks a track needs: those of its media, unless it is said to be mono."""
        resolve = (track.item.metadata.get("Resolve_OTIO") or {}) if track.item is not None else {}
        if track.kind == PICTURE or (hasattr(resolve, "get") and resolve.get("Audio Type") == "Mono"):
            return 1
        media = (self.medium(clip) for clip in track.clips)
        return max((medium.channels for medium in media if medium is not None), default=1)


def _described(facts: Facts, item: Any, folder: Path) -> Medium:
    """A medium in AAF's terms; one that is only known by the clip's name has no address."""
    path, reference = facts.path, item.media_reference
    stated = isinstance(reference, otio.schema.ImageSequenceReference) or bool(getattr(reference, "target_url", ""))
    url = path.resolve().as_uri() if path is not None else _offline(facts.url, folder) if stated else ""
    return Medium(
        path.name if path is not None else facts.name,
        url,
        path,
        TimeRange(facts.start, facts.available.end),
        facts.rate,
        size=(facts.width, facts.height) if facts.width and facts.height else FULL_HD,
        channels=max(facts.channels, 1),
        sample_rate=facts.sample_rate,
    )


def _offline(address: str, folder: Path) -> str:
    """The URL of a file that is not here."""
    if is_relative(address):
        return (folder.resolve() / (next(iter(path_readings(address)), address))).as_uri()
    if re.match(r"^([A-Za-z]:[/\\]|\\\\)", address):
        return PureWindowsPath(address).as_uri()
    return address
