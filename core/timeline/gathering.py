"""Gathering segments, cues and warnings in one pass over a timeline's tracks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import opentimelineio as otio

from talkies.core.segment import Cue, Mark, Segment
from talkies.core.timeline.cut.walking import (
    Node,
    Placed,
    View,
    clips_of,
    is_audio,
    measure,
    to_range,
    to_seconds,
    tracks_of,
)
from talkies.core.timeline.media.pictures import PictureFinder
from talkies.core.timeline.structure.sounds import shows_our_pictures
from talkies.core.timeline.words.language_check import language_doubts
from talkies.core.timeline.words.languages import language_of_name
from talkies.core.timeline.words.lines import Line, time_to_say
from talkies.core.timeline.words.sidecars import mapped
from talkies.core.timeline.words.titles import is_text_track, text_of_clip, text_of_marker
from talkies.core.timeline.words.transcript import cues_from_lines, cues_from_text
from talkies.core.times import TimeRange, exact_rate


@dataclass
class Gathered:
    """What one pass over the tracks collects; ``starts``: media time of the first frame, by segment id."""

    segments: list[Segment] = field(default_factory=list)
    cues: list[Cue] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    duration: Fraction = Fraction(0)
    disabled: int = 0
    generated: Counter[str] = field(default_factory=Counter)


def gather(document: Any, finder: PictureFinder, rate: Fraction, start: Fraction) -> Gathered:
    """Segments and words of every track. Raises UnusableItemError."""
    found = Gathered()
    root = measure(document.tracks, finder.available)
    found.duration = root.duration
    found.cues.extend(_marker_cues(document.tracks, root, start))
    picture_tracks = 0
    for node, view in tracks_of(root):
        track = node.item
        if shows_our_pictures(track):
            continue
        if is_text_track(track):
            _gather_text(found, node, view)
        elif not isinstance(track, otio.schema.Track) or track.kind == otio.schema.TrackKind.Video:
            picture_tracks += 1
            _gather_pictures(found, node, view, f"V{picture_tracks}", finder, rate)
    found.warnings.extend(_summary(found, root))
    return found


def _gather_text(found: Gathered, node: Node, view: View) -> None:
    """The words of a track whose clips explain each other."""
    name = str(node.item.name or "")
    language = language_of_name(name)
    lines = [
        Line(placed.record.start, placed.record.end, text)
        for placed in clips_of(node, view)
        if placed.record.duration > 0 and (text := text_of_clip(placed.item, True))
    ]
    said = cues_from_lines(lines, language)
    found.cues.extend(said.cues)
    doubts = (*said.warnings, *(language_doubts(said.cues, language) if language else ()))
    found.warnings.extend(f"track {name!r}: {sentence}" for sentence in doubts)


def _gather_pictures(
    found: Gathered, node: Node, view: View, label: str, finder: PictureFinder, rate: Fraction
) -> None:
    for number, placed in enumerate(clips_of(node, view), start=1):
        clip = placed.item
        if placed.record.end <= placed.record.start:
            reason = placed.warnings[-1] if placed.warnings else "it has a length of 0"
            found.warnings.append(f"clip {clip.name!r} on {label} is left out: {reason}")
            continue
        if any(isinstance(parent, otio.schema.Track) and is_text_track(parent) for parent in placed.parents[1:]):
            found.cues.extend(cues_from_text(placed.record, text_of_clip(clip, True)))
            continue
        if len(clip.markers):
            found.cues.extend(_clip_marker_cues(placed))
        text = text_of_clip(clip, False)
        if text:
            found.cues.extend(cues_from_text(placed.record, text))
        if isinstance(clip.media_reference, otio.schema.GeneratorReference):
            found.generated["title" if text else str(clip.media_reference.generator_kind or "generator")] += 1
            continue
        segment = _segment(placed, f"{label}-{number:03d}", node.item.name or label, finder, rate)
        if segment.picture is not None or not text:
            found.segments.append(segment)


def _segment(placed: Placed, name: str, track: str, finder: PictureFinder, rate: Fraction) -> Segment:
    clip = placed.item
    picture = finder.find(clip, placed.source)
    warnings = [*placed.warnings, *picture.warnings]
    if picture.problem:
        warnings.append(picture.problem)
    source, speed, curve = placed.source, placed.speed, placed.curve
    if picture.still:
        source, speed, curve = TimeRange(source.start, source.start), Fraction(0), None
    return Segment(
        id=name,
        clip=str(clip.name or (picture.picture.path.name if picture.picture else "")),
        track=str(track),
        record=placed.record,
        source=source,
        rate=rate,
        speed=speed,
        picture=picture.picture,
        warnings=tuple(f"clip {clip.name!r}: {sentence}" for sentence in warnings),
        curve=curve,
        marks=tuple(_marks(clip)) if len(clip.markers) else (),
    )


def _marks(clip: Any) -> Iterator[Mark]:
    """What a clip's markers are called, but for those that are lines of a transcript."""
    for marker in clip.markers:
        words = " ".join(str(marker.name or getattr(marker, "comment", "") or "").split())
        if words and not text_of_marker(marker):
            span, frame = to_range(marker.marked_range), 1 / exact_rate(marker.marked_range.duration.rate)
            yield Mark(span if span.duration > frame else TimeRange(span.start, span.start), words)


def _clip_marker_cues(placed: Placed) -> Iterator[Cue]:
    """Markers of a clip lie in its media's time."""
    for marker in placed.item.markers:
        if text := text_of_marker(marker):
            span = _marker_span(marker, text)
            yield from mapped(cues_from_text(span, text), placed.source, placed.record, placed.speed, placed.curve)


def _marker_cues(stack: Any, root: Node, start: Fraction) -> Iterator[Cue]:
    """Markers of the timeline and its tracks; some editors count them from the start timecode."""
    whole = TimeRange(Fraction(0), root.duration)
    for holder in (stack, *(track for track in stack if isinstance(track, otio.core.Item))):
        for marker in holder.markers:
            text = text_of_marker(marker)
            if not text:
                continue
            span = _marker_span(marker, text)
            if span.start >= start and span.start >= root.duration:
                span = span.shifted(-start)
            seen = span.overlap(whole)
            if seen is not None:
                yield from cues_from_text(seen, text)


def _marker_span(marker: Any, text: str) -> TimeRange:
    span = to_range(marker.marked_range)
    if span.duration > 0 and to_seconds(marker.marked_range.duration) * marker.marked_range.duration.rate > 1:
        return span
    return TimeRange(span.start, span.start + time_to_say(text))


def _summary(found: Gathered, root: Node) -> Iterator[str]:
    """One sentence for each kind of thing that was passed over."""
    disabled = sum(_disabled(child) for _, child in root.children if not is_audio(child.item))
    if disabled:
        yield f"{disabled} disabled clips are left out"
    if found.generated:
        kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(found.generated.items()))
        yield f"generated clips have no picture here ({kinds})"
    if not found.segments:
        yield "no video track has a clip with a picture"


def _disabled(node: Node, hidden: bool = False) -> int:
    hidden = hidden or not node.item.enabled
    own = int(hidden and isinstance(node.item, otio.schema.Clip))
    return own + sum(_disabled(child, hidden) for _, child in node.children)
