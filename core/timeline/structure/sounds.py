"""Existing sound of a timeline: its audio tracks clip by clip, and which segments have none under them.

    V1  |---- A ----|---- B ----|---- C ----|
    A1  |-- wild track --|                        A is heard in full, B in part, C is without sound

Reading a timeline leaves its audio tracks aside (no segment comes from them); an editor's window shows them.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

import opentimelineio as otio

from talkies.core.errors import MediaError
from talkies.core.segment import PICTURES, STEMS, Segment, Timeline
from talkies.core.timeline.cut.walking import Node, Placed, View, is_audio, measure, to_range
from talkies.core.timeline.media import bare_media
from talkies.core.timeline.media.bundle_folder import bundle_folder
from talkies.core.timeline.media.pictures import SOUND_SUFFIXES, PictureFinder
from talkies.core.timeline.media.urls import MediaFinder, file_name
from talkies.core.times import TimeRange, united

_WHOLE_SPEED = Fraction(1)

OUR_NAME = re.compile(rf"^({'|'.join(STEMS)}) talkies( \d+)?$")
"""What the tracks are called that talkies writes, whatever format carries them."""
_OUR_PICTURES = re.compile(rf"^{PICTURES} talkies( \d+)?$")


@dataclass(frozen=True)
class SoundClip:
    """One clip of sound.

    ``record``: where it plays, seconds from the timeline's first frame. ``source``: what of the media plays, in media
    time; ``start`` is that of the file's first sample, in a movie of its first picture. ``path`` is None when the media
    is not on this machine; ``problem`` then says so in a sentence. ``enabled``: whether it is heard. ``metadata``: what
    talkies has written about it.
    """

    name: str
    record: TimeRange
    source: TimeRange
    path: Path | None = None
    start: Fraction = Fraction(0)
    speed: Fraction = _WHOLE_SPEED
    enabled: bool = True
    problem: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True)
class SoundTrack:
    """One audio track; ``generated``: talkies wrote it."""

    name: str
    clips: tuple[SoundClip, ...]
    generated: bool = False


def sound_tracks(timeline: Timeline, media_dir: Path | None = None) -> tuple[SoundTrack, ...]:
    """The audio tracks of a timeline in its own order, disabled ones too; a bare movie has its own sound as one."""
    if bare_media.is_media(timeline.path):
        return _own_sound(timeline)
    if timeline.document is None:
        return ()
    finder = PictureFinder(MediaFinder(timeline.path, media_dir, bundle_folder(timeline.path)))
    root = measure(timeline.document.tracks, finder.available)
    whole = View(TimeRange(Fraction(0), root.duration), root.inner, root.speed)
    return tuple(
        _track(child, whole.of_child(offset, child), finder) for offset, child in root.children if _is_audible(child)
    )


def our_picture_tracks(timeline: Timeline, media_dir: Path | None = None) -> tuple[SoundTrack, ...]:
    """The tracks of picture that talkies wrote, as those of sound are told: their portraits, clip by clip."""
    if timeline.document is None or bare_media.is_media(timeline.path):
        return ()
    finder = PictureFinder(MediaFinder(timeline.path, media_dir, bundle_folder(timeline.path)))
    if not any(shows_our_pictures(track) for track in timeline.document.tracks):
        return ()
    root = measure(timeline.document.tracks, finder.available)
    whole = View(TimeRange(Fraction(0), root.duration), root.inner, root.speed)
    ours = ((offset, child) for offset, child in root.children if shows_our_pictures(child.item))
    return tuple(_track(child, whole.of_child(offset, child), finder) for offset, child in ours)


def shows_our_pictures(track: Any) -> bool:
    """Whether it is a track of picture that talkies wrote."""
    kind = getattr(track, "kind", "")
    return kind == otio.schema.TrackKind.Video and is_picture_name(track_name(track))


def is_picture_name(name: str) -> bool:
    """Whether talkies calls its tracks of picture so."""
    return _OUR_PICTURES.match(name) is not None


def track_name(track: Any) -> str:
    """Its name; FCP7's XML has one only in Premiere's own attribute."""
    fcp7 = track.metadata.get("fcp_xml", {})
    return str(track.name or (fcp7.get("@MZ.TrackName", "") if hasattr(fcp7, "get") else ""))


def segments_without_sound(segments: Iterable[Segment], audible: Iterable[TimeRange]) -> tuple[str, ...]:
    """Ids of the segments of which not one frame lies over any of the ranges in which something is heard.

    ``audible``: record ranges of enabled sound clips, takes, or both, in any order. A clip that is only brushed by the
    rounding of a neighbour's sound (less than one frame) is still without sound.
    """
    joined = united(audible)
    starts = [span.start for span in joined]
    return tuple(segment.id for segment in segments if not _sounds(segment, joined, starts))


def _sounds(segment: Segment, joined: Sequence[TimeRange], starts: Sequence[Fraction]) -> bool:
    first = max(bisect.bisect_right(starts, segment.record.start) - 1, 0)
    for span in joined[first:]:
        if span.start >= segment.record.end:
            return False
        common = span.overlap(segment.record)
        if common is not None and common.duration >= min(1 / segment.rate, segment.record.duration):
            return True
    return False


def _own_sound(timeline: Timeline) -> tuple[SoundTrack, ...]:
    """The sound inside a movie that was opened as a timeline of its own."""
    from talkies.core.media.probing import probe

    clips = []
    for segment in timeline.segments:
        picture = segment.picture
        try:
            if picture is None or picture.frames or not probe(picture.path).has_audio:
                continue
        except MediaError:
            continue
        clips.append(SoundClip(segment.clip, segment.record, segment.source, picture.path, picture.start))
    return (SoundTrack("A1", tuple(clips)),) if clips else ()


def _is_audible(node: Node) -> bool:
    return is_audio(node.item)


def _track(node: Node, view: View | None, finder: PictureFinder) -> SoundTrack:
    item = node.item
    placed = _clips(node, view, item.enabled) if view is not None and node.duration else iter(())
    clips = tuple(_clip(each, enabled, finder) for each, enabled in placed if each.record.duration > 0)
    name = track_name(item)
    return SoundTrack(name or "Audio", clips, "talkies" in item.metadata or OUR_NAME.match(name) is not None)


def _clips(node: Node, view: View, enabled: bool) -> Iterator[tuple[Placed, bool]]:
    """Every clip of sound under an item, and whether it is heard; of a stack only its audio tracks are."""
    if isinstance(node.item, otio.schema.Clip):
        yield Placed(node.item, view.outer, view.inner, view.speed, node.warnings), enabled
    for part, (offset, child) in product(view.pieces(), node.children):
        item = child.item
        silent = isinstance(item, otio.schema.Gap) or (isinstance(item, otio.schema.Track) and not is_audio(item))
        if silent or child.duration <= 0:
            continue
        seen = part.of_child(offset, child)
        if seen is not None:
            yield from _clips(child, seen, enabled and item.enabled)


def _clip(placed: Placed, enabled: bool, finder: PictureFinder) -> SoundClip:
    reference = placed.item.media_reference
    path, problem = _media(placed.item, reference, finder.media)
    stated = reference.available_range if reference is not None else None
    start = Fraction(0)
    if stated is not None:
        start = to_range(stated).start
    elif path is not None:
        start = finder.unstated_start(path, placed.source)
    name = str(placed.item.name or (path.name if path else "sound"))
    ours = placed.item.metadata.get("talkies", {})
    metadata = dict(ours) if hasattr(ours, "keys") else {}
    return SoundClip(name, placed.record, placed.source, path, start, placed.speed, enabled, problem, metadata)


def _media(clip: Any, reference: Any, media: MediaFinder) -> tuple[Path | None, str]:
    """The file behind a clip, or the sentence that says why there is none."""
    if isinstance(reference, otio.schema.ExternalReference) and reference.target_url:
        path = media.find(reference.target_url)
        name = file_name(reference.target_url) or reference.target_url[:120]
    else:
        path = media.find_named((str(clip.name),), (*SOUND_SUFFIXES, *bare_media.MOVIE_SUFFIXES))
        name = str(clip.name)
    if path is None or not path.is_file():
        return None, f"the sound {name!r} was not found; relink it, or name its folder with --media-dir"
    return path, ""
