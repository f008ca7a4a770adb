"""Flattening a timeline to plain rows of clips, for formats without nested sequences or times between frames.

    document  V1 [ A ][ compound: B C ]      flat  V1     [ A ][ B ][ C ]
              A1 [ wild ]                          A1     [ wild ]

Every clip is there with its exact place, disabled ones too; clips that a compound shows at the same time go to further
rows of the same name. Words (subtitle tracks, text generators) are rows of kind ``Text``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from typing import Any

import opentimelineio as otio

from talkies.core.segment import Timeline
from talkies.core.timeline.cut.walking import Node, View, is_audio, measure, to_range, to_seconds
from talkies.core.timeline.media.bundle_folder import bundle_folder
from talkies.core.timeline.media.pictures import PictureFinder
from talkies.core.timeline.media.urls import MediaFinder
from talkies.core.timeline.structure.sounds import track_name
from talkies.core.timeline.words.titles import is_text_track
from talkies.core.times import TimeRange

PICTURE, SOUND, TEXT = "Video", "Audio", "Text"


@dataclass(frozen=True)
class FlatClip:
    """``record``: seconds from the timeline's first frame; ``source``: what of the media plays, in its own time."""

    item: Any
    record: TimeRange
    source: TimeRange
    speed: Fraction = Fraction(1)
    enabled: bool = True

    @property
    def name(self) -> str:
        return str(self.item.name or "")


@dataclass(frozen=True)
class FlatMix:
    """A transition over a cut: ``before`` and ``after`` it, in seconds."""

    cut: Fraction
    before: Fraction
    after: Fraction


@dataclass(frozen=True)
class FlatTrack:
    """``clips`` in order, without overlap; ``mixes``: the transitions between them."""

    name: str
    kind: str
    clips: tuple[FlatClip, ...]
    mixes: tuple[FlatMix, ...] = ()
    item: Any = field(default=None, repr=False)


@dataclass(frozen=True)
class Note:
    """A marker's words at their place on the timeline."""

    record: TimeRange
    text: str
    color: str


def media_finder(timeline: Timeline) -> PictureFinder:
    """Finds a timeline's media as its reader did."""
    return PictureFinder(MediaFinder(timeline.path, None, bundle_folder(timeline.path)))


def flat_tracks(timeline: Timeline) -> tuple[FlatTrack, ...]:
    """The rows of a timeline, in its own order."""
    rows = []
    for node, view in _tracks(timeline):
        track = node.item
        named = isinstance(track, otio.schema.Track)
        kind = SOUND if is_audio(track) else TEXT if named and is_text_track(track) else PICTURE
        lanes: list[list[FlatClip]] = []
        for clip in _clips(node, view, bool(track.enabled), kind == SOUND):
            home = next((lane for lane in lanes if lane[-1].record.end <= clip.record.start), None)
            if home is None:
                lanes.append([clip])
            else:
                home.append(clip)
        name = track_name(track) if named else str(track.name or "")
        mixes = tuple(_mixes(node, view))
        rows += [
            FlatTrack(name, kind, tuple(lane), () if number else mixes, track) for number, lane in enumerate(lanes)
        ]
    return tuple(rows)


def notes_of(timeline: Timeline) -> tuple[Note, ...]:
    """The markers of the timeline, its tracks and its clips, in order of time."""
    found = []
    for holder in (timeline.document.tracks, *timeline.document.tracks):
        for marker in holder.markers:
            span = to_range(marker.marked_range)
            if span.start >= timeline.start and span.start >= timeline.duration:  # counted from the start timecode
                span = span.shifted(-timeline.start)
            found.append(_note(marker, span))
    for track in flat_tracks(timeline):
        for clip in track.clips:
            for marker in clip.item.markers if clip.speed == 1 else ():
                span = to_range(marker.marked_range).shifted(clip.record.start - clip.source.start)
                found.append(_note(marker, span))
    return tuple(sorted(found, key=lambda note: note.record))


def has_compounds(timeline: Timeline) -> bool:
    """Whether a track holds more than clips, gaps and transitions."""
    tracks = timeline.document.tracks
    return any(isinstance(item, otio.core.Composition) for track in tracks for item in _items(track))


def _items(track: Any) -> Iterator[Any]:
    yield from (track if isinstance(track, otio.schema.Track) else (track,))


def _note(marker: Any, span: TimeRange) -> Note:
    words = (str(marker.name or ""), str(getattr(marker, "comment", "") or ""))
    return Note(span, ": ".join(dict.fromkeys(filter(None, words))), str(marker.color or ""))


def _tracks(timeline: Timeline) -> Iterator[tuple[Node, View]]:
    root = measure(timeline.document.tracks, media_finder(timeline).available)
    whole = View(TimeRange(Fraction(0), root.duration), root.inner, root.speed)
    for offset, child in root.children:
        seen = whole.of_child(offset, child) if child.duration else None
        if seen is not None:
            yield child, seen


def _clips(node: Node, view: View, enabled: bool, sound: bool) -> Iterator[FlatClip]:
    """Every clip under an item; of a stack inside a track of sound only the sound, else only the picture."""
    if isinstance(node.item, otio.schema.Clip):
        yield FlatClip(node.item, view.outer, view.inner, view.speed, enabled)
    for part, (offset, child) in product(view.pieces(), node.children):
        item = child.item
        other = isinstance(item, otio.schema.Track) and is_audio(item) != sound
        if isinstance(item, otio.schema.Gap) or other or child.duration <= 0:
            continue
        seen = part.of_child(offset, child)
        if seen is not None and seen.outer.duration > 0:
            yield from _clips(child, seen, enabled and bool(item.enabled), sound)


def _mixes(node: Node, view: View) -> Iterator[FlatMix]:
    """The transitions between a track's own items."""
    if not isinstance(node.item, otio.schema.Track) or view.speed != 1:
        return
    starts = iter(node.children)
    previous: Any = None
    for item in node.item:
        if isinstance(item, otio.core.Item):
            offset, _ = next(starts)
            cut = view.outer.start + offset - view.inner.start
            if isinstance(previous, otio.schema.Transition) and view.outer.start < cut < view.outer.end:
                yield FlatMix(cut, to_seconds(previous.in_offset), to_seconds(previous.out_offset))
        previous = item
