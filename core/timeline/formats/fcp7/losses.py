"""Losses of Final Cut Pro 7 XML: what it cannot hold of a timeline of another format."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import opentimelineio as otio

from talkies.core.segment import Timeline
from talkies.core.timeline.cut.walking import Node, View, effects_of
from talkies.core.timeline.formats.fcp7.document import (
    Shot,
    media_of,
    nested_tracks,
    pieces_of,
    placed_tracks,
    words_of,
)
from talkies.core.timeline.formats.fcp7.terms import Mix, Terms
from talkies.core.timeline.formats.losses import counted
from talkies.core.timeline.words.titles import is_text_track
from talkies.core.times import exact_rate


def document_losses(timeline: Timeline) -> tuple[str, ...]:
    """One sentence for each kind of loss, in the order of how much they matter."""
    terms = Terms(exact_rate(timeline.rate), timeline.drop_frame)
    tracks = tuple(placed_tracks(timeline))
    pieces = tuple(_everything(tracks, terms))
    shots = [piece for piece in pieces if isinstance(piece, Shot)]
    mixes = [piece for piece in pieces if isinstance(piece, Mix)]
    clips = [shot.node.item for shot in shots if isinstance(shot.node.item, otio.schema.Clip)]
    items = tuple(_items(timeline.document.tracks))
    markers = [marker for item in items for marker in item.markers]
    spoken = sum(len(_shots(node, view, terms)) for node, view in tracks if _is_text(node.item))
    end = max((shot.view.outer.end for node, view in tracks for shot in _shots(node, view, terms)), default=Fraction(0))
    sentences = (
        (sum(shot.frames(terms) == 0 for shot in shots), "{} shorter than half a frame: left out", "clip"),
        (sum(_between(shot, terms) for shot in shots), "{} between frames: moved to the nearest", "clip"),
        (sum(not mix.exact for mix in mixes), "{} with other lengths before and after the cut", "transition"),
        (sum(_is_wipe(mix.item) for mix in mixes), "{} of other kinds: written as dissolves", "transition"),
        (sum(len(_looks(item)) for item in items), "{} left out", "effect"),
        (spoken, "{} written as text generators", "subtitle"),
        (sum(bool(words_of(clip, False)) for clip in clips), "{} with their words, not their look", "title"),
        (sum(map(_is_sequence, clips)), "{} known by the first frame only", "image sequence"),
        (sum(len(clip.media_references()) > 1 for clip in clips), "{} with one of several media", "clip"),
        (sum(map(_has_settings, clips)), "{} without settings", "generated clip"),
        (
            sum(len(track.markers) for track in timeline.document.tracks),
            "{} of tracks moved to the sequence",
            "marker",
        ),
        (sum(bool(marker.color) for marker in markers), "{} without colour", "marker"),
        (end < timeline.duration, "the empty time at the end of the timeline left out", ""),
        (any(map(_has_metadata, (timeline.document, *items, *markers))), "metadata of other programs left out", ""),
    )
    return tuple(
        f"Final Cut Pro 7 XML: {text.format(counted(int(number), thing))}"
        for number, text, thing in sentences
        if number
    )


def _everything(tracks: Any, terms: Terms) -> Iterator[Shot | Mix]:
    for node, view in tracks:
        for piece in pieces_of(node, view, terms):
            yield piece
            if isinstance(piece, Shot) and isinstance(piece.node.item, otio.core.Composition):
                yield from _everything(nested_tracks(piece.node), terms)


def _shots(node: Node, view: View, terms: Terms) -> list[Shot]:
    return [piece for piece in pieces_of(node, view, terms) if isinstance(piece, Shot)]


def _items(item: Any) -> Iterator[Any]:
    """An item and everything in it."""
    yield item
    if isinstance(item, otio.core.Composition):
        for child in item:
            if isinstance(child, otio.core.Item):
                yield from _items(child)


def _between(shot: Shot, terms: Terms) -> bool:
    media = media_of(shot, terms.rate)
    rate = shot.clip_rate(media, terms.rate)
    return any(value.denominator != 1 for value in (shot.view.outer.start * terms.rate, shot.head(media) * rate))


def _is_text(item: Any) -> bool:
    return isinstance(item, otio.schema.Track) and is_text_track(item)


def _is_wipe(item: Any) -> bool:
    return str(item.transition_type) not in ("", otio.schema.TransitionTypes.SMPTE_Dissolve)


def _looks(item: Any) -> list[Any]:
    """Effects that are not speed."""
    return [effect for effect in effects_of(item) if not isinstance(effect, otio.schema.LinearTimeWarp)]


def _is_sequence(clip: Any) -> bool:
    return isinstance(clip.media_reference, otio.schema.ImageSequenceReference)


def _has_settings(clip: Any) -> bool:
    reference = clip.media_reference
    generated = isinstance(reference, otio.schema.GeneratorReference)
    return generated and bool(reference.parameters) and not words_of(clip, False)


def _has_metadata(item: Any) -> bool:
    reference = getattr(item, "media_reference", None)
    return bool(item.metadata) or (reference is not None and bool(reference.metadata))
