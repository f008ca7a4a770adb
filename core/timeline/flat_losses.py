"""What formats of plain clips in whole frames (AAF, EDL, Kdenlive's import) cannot hold, one sentence each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import opentimelineio as otio

from talkies.core.segment import Timeline
from talkies.core.timeline.cut.walking import effects_of
from talkies.core.timeline.formats.losses import counted, ends_early
from talkies.core.timeline.structure.flattening import PICTURE, SOUND, TEXT, flat_tracks, has_compounds


def flat_losses(timeline: Timeline, name: str, instead_of_mixes: str = "cuts") -> tuple[str, ...]:
    """``name``: that of the format; ``instead_of_mixes``: what a transition becomes."""
    return tuple(_losses(timeline, name, instead_of_mixes))


def _losses(timeline: Timeline, name: str, instead: str) -> Iterator[str]:
    tracks = [track for track in flat_tracks(timeline) if track.kind != TEXT]
    clips = [(track.kind, clip) for track in tracks for clip in track.clips]
    if has_compounds(timeline):
        yield f"nested sequences are taken apart into their clips in {name}"
    if generated := sum(isinstance(clip.item.media_reference, otio.schema.GeneratorReference) for _, clip in clips):
        yield f"left out of {name}: {counted(generated, 'clip')} that the editor generates (titles, bars)"
    if mixes := sum(len(track.mixes) for track in tracks):
        yield f"{instead} in {name} in place of {counted(mixes, 'transition')}"
    holders = (*timeline.document.tracks, *(clip.item for _, clip in clips))
    if effects := sum(map(_other_effects, holders)):
        yield f"{name} has no place for {counted(effects, 'effect')} other than a constant speed"
    if sped := sum(kind == SOUND and clip.speed != 1 for kind, clip in clips):
        yield f"at normal speed in {name}: {counted(sped, 'clip')} of sound that had another"
    rate = timeline.rate
    cuts = (edge for kind, clip in clips if kind == PICTURE for edge in (clip.record.start, clip.record.end))
    if between := sum((cut * rate).denominator != 1 for cut in cuts):
        yield f"moved to the nearest frame in {name}: {counted(between, 'cut')} of picture"
    if ends_early(timeline, tracks):
        yield f"the empty time after the last clip has no place in {name}"
    if any(_foreign(holder) for holder in (timeline.document, *tracks_and_items(timeline))):
        yield f"what other programs noted for themselves (metadata) has no place in {name}"


def tracks_and_items(timeline: Timeline) -> Iterator[Any]:
    """Every track of a timeline and what lies directly on it."""
    for track in timeline.document.tracks:
        yield track
        if isinstance(track, otio.core.Composition):
            yield from track


def _other_effects(item: Any) -> int:
    return sum(not isinstance(effect, otio.schema.LinearTimeWarp) for effect in effects_of(item))


def _foreign(item: Any) -> bool:
    return any(key not in ("talkies", "Resolve_OTIO") for key in item.metadata)
