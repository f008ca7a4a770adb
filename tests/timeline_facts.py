"""What can be said of a timeline, whatever format carries it; what a round trip must bring back.

``facts`` asks our reader for what plays where, and the OTIO document for the rest. ``lost`` names the kinds of facts in
which two timelines differ, ``unnamed`` those of which a writer's losses do not speak.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any

import opentimelineio as otio

from talkies.core.segment import Timeline
from talkies.core.timeline.media.urls import file_name
from talkies.core.timeline.structure.sounds import OUR_NAME, SoundClip, sound_tracks, track_name
from talkies.core.timeline.words.titles import text_of_clip

Facts = dict[str, Any]

_TINY = Fraction(1, 10**5)
"""Seconds: half a sample; times that pass through a format's decimals are not expected to be nearer."""

SAID = {
    "start": r"start timecode|counts from|begins with",
    "shots": r"tracks? of picture|left out|generate",
    "clip names": r"names? |called",
    "record places": r"between frames|nearest|whole frame",
    "source places": r"between frames|nearest|whole frame|image sequence|still|froze|freeze",
    "speeds": r"speed|retime|still|froze|freeze",
    "media": r"image sequence|media|files?\b|nested|called|left out|generate",
    "track names": r"track|names? |left out|generate",
    "sound": r"sound|audio|names? media|generate",
    "sound places": r"between frames|nearest|whole frame|sound|audio|generate",
    "words": r"subtitle|words|text|title|caption",
    "markers": r"marker|nested",
    "transitions": r"transition|mix|dissolve",
    "nesting": r"nested|compound",
    "generated": r"generate|title",
    "effects": r"effect",
    "metadata": r"metadata",
    "duration": r"empty time|between frames|nearest|whole frame|generate",
}
"""How a sentence speaks of each kind of fact."""

_COUNTS = frozenset(("transitions", "nesting", "generated", "effects", "metadata"))
_NAMES = frozenset(("media", "track names", "markers"))
_PER_SHOT = frozenset(("clip names", "record places", "source places", "speeds"))


def facts(timeline: Timeline) -> Facts:
    """Everything that is compared; our own tracks are not part of it."""
    document = timeline.document
    tracks = [track for track in document.tracks if not OUR_NAME.match(track_name(track))]
    items = tuple(item for track in tracks for item in _inside(track))
    sound = _sound(timeline)
    shots = sorted(timeline.segments, key=lambda each: (each.record, each.source, each.clip))
    return {
        "rate": timeline.rate,
        "start": timeline.start,
        "duration": timeline.duration,
        "shots": len(shots),
        "clip names": [shot.clip for shot in shots],
        "record places": [(shot.record.start, shot.record.end) for shot in shots],
        "source places": [(shot.source.start, shot.source.end) for shot in shots],
        "speeds": [shot.speed for shot in shots],
        "media": sorted({_medium(item) for item in items}),
        "track names": [track_name(track) for track in tracks if len(track.find_clips())],
        "sound": [(clip.name, clip.enabled) for clip in sound],
        "sound places": [(clip.record.start, clip.record.end, clip.source.start) for clip in sound],
        "words": sorted((cue.text, cue.speaker, cue.kind, cue.language) for cue in timeline.cues),
        "markers": sorted(str(marker.name) for marker in _markers(document, items)),
        "transitions": sum(isinstance(item, otio.schema.Transition) for item in items),
        "nesting": sum(isinstance(item, otio.core.Composition) for track in tracks for item in track),
        "generated": sum(_is_generated(item) for item in items),
        "effects": sum(not isinstance(effect, otio.schema.LinearTimeWarp) for effect in _effects(items)),
        "metadata": sum(bool(item.metadata) for item in (document, document.tracks, *items)),
    }


def lost(before: Facts, after: Facts) -> set[str]:
    """The kinds of facts that are less than they were, or other."""
    return {kind for kind in before if not _kept(kind, before, after)}


def _kept(kind: str, before: Facts, after: Facts) -> bool:
    one, other = before[kind], after[kind]
    if kind in _COUNTS or (kind == "duration" and other > one):  # takes may last longer than the timeline
        return bool(other >= one)
    if kind in _NAMES:  # what has no name in one format is given one in another
        return not Counter(filter(None, one)) - Counter(other)
    if kind in _PER_SHOT and before["shots"] != after["shots"]:
        return True  # "shots" tells it
    if kind in ("record places", "sound places"):  # in a format without a start timecode, or without empty time first
        moved = [tuple(time + before["start"] - after["start"] for time in places[:2]) + places[2:] for places in one]
        return _same(one, other) or _same(moved, other)
    return _same(one, other)


def unnamed(kinds: Iterable[str], sentences: Iterable[str]) -> set[str]:
    """Of what was lost, the kinds that no sentence speaks of."""
    told = "\n".join(sentences)
    return {kind for kind in kinds if kind not in SAID or not re.search(SAID[kind], told, re.IGNORECASE)}


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, Fraction) and isinstance(other, Fraction):
        return abs(one - other) < _TINY
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        return len(one) == len(other) and all(map(_same, one, other))
    return bool(one == other)


def _inside(item: Any) -> Iterator[Any]:
    """An item and everything in it, gaps left out."""
    if not isinstance(item, otio.schema.Gap):
        yield item
    for child in item if isinstance(item, otio.core.Composition) else ():
        yield from _inside(child)


def _markers(document: Any, items: Iterable[Any]) -> Iterator[Any]:
    yield from document.tracks.markers
    for item in items:
        yield from getattr(item, "markers", ())


def _effects(items: Iterable[Any]) -> Iterator[Any]:
    for item in items:
        yield from getattr(item, "effects", ())


def _medium(item: Any) -> str:
    url = getattr(getattr(item, "media_reference", None), "target_url", "")
    return str(file_name(url)) if url else ""


def _is_generated(item: Any) -> bool:
    reference = getattr(item, "media_reference", None)
    return isinstance(reference, otio.schema.GeneratorReference) and not text_of_clip(item, False)


def _sound(timeline: Timeline) -> list[SoundClip]:
    """Every clip of sound that is not ours, in order."""
    rows = [clip for track in sound_tracks(timeline) if not OUR_NAME.match(track.name) for clip in track.clips]
    return sorted(rows, key=lambda clip: (clip.record, clip.name, clip.source))
