"""Losses of a format, in sentences before anything is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import opentimelineio as otio

from talkies.core.segment import Cue, Timeline
from talkies.core.timeline.cut.time_maps import curve_of
from talkies.core.timeline.cut.walking import effects_of
from talkies.core.timeline.structure.flattening import PICTURE, SOUND, TEXT, FlatTrack, flat_tracks, has_compounds
from talkies.core.timeline.words.titles import text_of_clip


def counted(number: int, noun: str, one: str = "", many: str = "") -> str:
    """``1 clip``, ``3 clips``; with what happens to it or them: ``1 clip is lost``, ``3 clips are lost``."""
    return f"{number} {noun} {one}".rstrip() if number == 1 else f"{number} {noun}s {many}".rstrip()


def ends_early(timeline: Timeline, tracks: Iterable[FlatTrack]) -> bool:
    """Whether empty time follows the last clip, which a format that lists clips does not hold."""
    return max((clip.record.end for track in tracks for clip in track.clips), default=0) < timeline.duration


def plain_speech(cue: Cue) -> str:
    """A cue as a subtitle says it: ``ANNA: Hello``, ``[door slams]``."""
    words = f"[{cue.text}]" if cue.kind == "sound" else cue.text
    return f"{cue.speaker}: {words}" if cue.speaker else words


def media_kinds(tracks: Iterable[FlatTrack]) -> tuple[int, int, int]:
    """How many clips of picture the editor generates, how many are image sequences, and how many stand still."""
    clips = [clip for track in tracks if track.kind == PICTURE for clip in track.clips]
    references = [clip.item.media_reference for clip in clips]
    return (
        sum(isinstance(reference, otio.schema.GeneratorReference) for reference in references),
        sum(isinstance(reference, otio.schema.ImageSequenceReference) for reference in references),
        sum(clip.speed == 0 for clip in clips),
    )


def lost_everywhere(timeline: Timeline, tracks: Sequence[FlatTrack], name: str) -> tuple[str, ...]:
    """What neither FCPXML nor MLT keeps of a timeline of another kind; ``name``: that of the format."""
    clips = [clip for track in tracks for clip in track.clips]
    mixes = sum(len(track.mixes) for track in tracks)
    effects = sum(
        _is_look(effect)
        for holder in (*timeline.document.tracks, *(clip.item for clip in clips))
        for effect in effects_of(holder)
    )
    titles = sum(
        bool(text_of_clip(clip.item, False)) for track in tracks if track.kind == PICTURE for clip in track.clips
    )
    document = timeline.document
    holders = (document, document.tracks, *document.tracks, *(clip.item for clip in clips))
    curves = sum(any(map(curve_of, effects_of(clip.item))) for clip in clips)
    sentences = (
        (curves, f"{counted(curves, 'clip')} of changing speed at the average speed in {name}"),
        (mixes, f"{counted(mixes, 'transition', 'becomes a cut', 'become cuts')} in {name}"),
        (effects, f"{counted(effects, 'effect', 'has', 'have')} no place in {name}"),
        (titles, f"{counted(titles, 'title', 'becomes a subtitle', 'become subtitles')} in {name}"),
        (has_compounds(timeline), f"nested sequences become their clips in {name}"),
        (any(map(_has_metadata, holders)), f"metadata of the editor has no place in {name}"),
    )
    return tuple(sentence for is_lost, sentence in sentences if is_lost)


def _is_look(effect: Any) -> bool:
    return not isinstance(effect, otio.schema.TimeEffect)


def _has_metadata(holder: Any) -> bool:
    reference = getattr(holder, "media_reference", None)
    return bool(holder.metadata) or (reference is not None and bool(reference.metadata))


def flat_losses(timeline: Timeline, name: str, instead_of_mixes: str = "cuts") -> tuple[str, ...]:
    """``name``: that of the format; ``instead_of_mixes``: what a transition becomes."""
    return tuple(_losses(timeline, name, instead_of_mixes))


def _losses(timeline: Timeline, name: str, instead: str) -> Iterator[str]:
    tracks = [track for track in flat_tracks(timeline) if track.kind != TEXT]
    clips = [(track.kind, clip) for track in tracks for clip in track.clips]
    if has_compounds(timeline):
        yield f"nested sequences are taken apart into their clips in {name}"
    if generated := sum(isinstance(clip.item.media_reference, otio.schema.GeneratorReference) for _, clip in clips):
        yield f"left out of {name}: {counted(generated, 'generated clip')} (titles, bars)"
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
        yield f"metadata of other programs has no place in {name}"


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
