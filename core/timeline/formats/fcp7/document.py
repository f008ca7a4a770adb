"""A timeline of any kind as Final Cut Pro 7 XML: sequences in sequences, clips, transitions, retimes, titles, markers.

Every place is a whole frame of the sequence. In and out of a clip count from the first frame of its file, at the rate
at which they are whole; those of a retimed clip count in the retimed clip, of a reversed one from its end.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any
from xml.etree.ElementTree import Element, SubElement

import opentimelineio as otio

from talkies.core.segment import Timeline
from talkies.core.timeline.cut.otio_items import fitting_rate
from talkies.core.timeline.cut.walking import Node, View, is_audio, measure, to_range, to_seconds
from talkies.core.timeline.formats.base import SOUND_SUFFIXES, is_relative, local_file, media_folder
from talkies.core.timeline.formats.fcp7.terms import (
    Mix,
    Terms,
    audio_format,
    is_fcp7_rate,
    retime_filter,
    texts,
    title_effect,
    truth,
)
from talkies.core.timeline.media.urls import file_name
from talkies.core.timeline.structure.flattening import media_finder
from talkies.core.timeline.structure.sounds import track_name
from talkies.core.timeline.words.titles import is_text_track, text_of_clip
from talkies.core.times import TimeRange, exact_rate, round_half_up

_FASTEST = 240
_ZERO = Fraction(0)
_NOWHERE = TimeRange(_ZERO, _ZERO)


@dataclass(frozen=True)
class Shot:
    """An item of a track that is seen."""

    node: Node
    view: View

    def frames(self, terms: Terms) -> int:
        """How many frames it lasts on the timeline."""
        return terms.frame(self.view.outer.end) - terms.frame(self.view.outer.start)

    def head(self, media: TimeRange) -> Fraction:
        """Seconds of the (retimed) clip before what is seen of it."""
        inner, speed = self.view.inner, self.view.speed
        if speed == 0:
            return _ZERO
        return (inner.start - media.start if speed > 0 else media.end - inner.end) / abs(speed)

    def clip_rate(self, media: TimeRange, rate: Fraction) -> Fraction:
        """The rate at which its in and out are counted: the sequence's, or its own where only that is whole."""
        stated = self.node.item.source_range
        own = exact_rate(stated.start_time.rate) if stated is not None else rate
        if self.view.speed != 1 or not is_fcp7_rate(own) or own > _FASTEST:
            return rate
        head = self.head(media)
        return fitting_rate(TimeRange(head, head + self.view.outer.duration), rate, own, rate)


def placed_tracks(timeline: Timeline) -> Iterator[tuple[Node, View]]:
    """Everything in the timeline's stack, disabled tracks too, each with what is seen of it."""
    root = measure(timeline.document.tracks, media_finder(timeline).available)
    whole = View(TimeRange(_ZERO, root.duration), root.inner, root.speed)
    for offset, child in root.children:
        seen = whole.of_child(offset, child) if child.duration else View(_NOWHERE, _NOWHERE, Fraction(1))
        if seen is not None:
            yield child, seen


def pieces_of(node: Node, view: View, terms: Terms) -> list[Shot | Mix]:
    """The shots of a track and the transitions between them, in order."""
    if not isinstance(node.item, otio.schema.Track):  # a clip or a stack that lies on no track
        return [Shot(node, view)] if view.outer.duration else []
    pieces: list[Shot | Mix] = []
    children = iter(node.children)
    mix, end = None, None
    for item in node.item:
        if isinstance(item, otio.schema.Transition):
            mix = item
            continue
        offset, child = next(children)
        seen = view.of_child(offset, child) if child.duration else None
        shown = seen is not None and not isinstance(item, otio.schema.Gap)
        cut = view.outer.start + offset - view.inner.start
        if mix is not None:
            pieces.append(_mix(mix, cut, end == cut, shown, terms))
        if seen is not None and shown:
            pieces.append(Shot(child, seen))  # also those of no whole frame, for these are reported as a loss
            end = seen.outer.end
        mix = None
    if mix is not None:
        pieces.append(_mix(mix, view.outer.end, end == view.outer.end, False, terms))
    return [piece for piece in pieces if isinstance(piece, Shot) or piece.before + piece.after > 0]


def _mix(item: Any, cut: Fraction, follows: bool, precedes: bool, terms: Terms) -> Mix:
    place = terms.frame(cut)
    before = place - terms.frame(cut - to_seconds(item.in_offset))
    after = terms.frame(cut + to_seconds(item.out_offset)) - place
    return Mix.of(item, place, before, after, follows, precedes)


def xmeml(timeline: Timeline, width: int, height: int) -> Element:
    """The document; ``width`` and ``height``: of the picture, in pixels."""
    root = Element("xmeml", version="5")
    root.append(_Document(timeline).main_sequence(width, height))
    return root


def nested_tracks(node: Node) -> list[tuple[Node, View]]:
    """What a nested composition consists of, in its own time."""
    if isinstance(node.item, otio.schema.Stack):
        return [(child, View(TimeRange(_ZERO, child.duration), child.inner, child.speed)) for _, child in node.children]
    whole = TimeRange(_ZERO, _extent(node))
    return [(node, View(whole, whole, Fraction(1)))]


def _extent(node: Node) -> Fraction:
    return max((offset + child.duration for offset, child in node.children), default=_ZERO)


def words_of(item: Any, is_text: bool) -> str:
    """What a clip says that becomes a text generator; ``is_text``: on a track of subtitles. Pictures stay pictures."""
    pictured = (otio.schema.ExternalReference, otio.schema.ImageSequenceReference)
    if not isinstance(item, otio.schema.Clip) or (isinstance(item.media_reference, pictured) and not is_text):
        return ""
    return text_of_clip(item, is_text)


def media_of(shot: Shot, rate: Fraction) -> TimeRange:
    """What a clip's in and out count from, and the end that a reversed one counts from; ``rate``: the sequence's."""
    item = shot.node.item
    if isinstance(item, otio.core.Composition):
        return TimeRange(_ZERO, _extent(shot.node))
    stated = item.media_reference.available_range if item.media_reference is not None else None
    if stated is None:
        return TimeRange(_ZERO, max(shot.view.inner.end, _ZERO))
    known, own = to_range(stated), _file_rate(stated, rate)
    return TimeRange(Fraction(round_half_up(known.start * own)) / own, known.end)


def _file_rate(stated: Any, rate: Fraction) -> Fraction:
    own = exact_rate(stated.start_time.rate)
    return own if is_fcp7_rate(own) and own <= _FASTEST else rate


class _Document:
    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._terms = Terms(exact_rate(timeline.rate), timeline.drop_frame)
        self._folder = media_folder(timeline)
        self._files: dict[tuple[Any, ...], str] = {}
        self._counts: Counter[str] = Counter()

    def main_sequence(self, width: int, height: int) -> Element:
        timeline, document = self._timeline, self._timeline.document
        sequence = self._sequence(timeline.name, timeline.duration, tuple(placed_tracks(timeline)))
        sequence.insert(3, self._terms.timecode(timeline.start))
        picture = Element("format")
        sample = SubElement(picture, "samplecharacteristics")
        sample.append(self._terms.rate_element())
        texts(sample, width=str(width), height=str(height), pixelaspectratio="square", fielddominance="none")
        next(sequence.iter("video")).insert(0, picture)
        for place, element in enumerate(audio_format()):
            next(sequence.iterfind("media/audio")).insert(place, element)
        for holder in (document.tracks, *document.tracks):
            for marker in holder.markers:
                span = to_range(marker.marked_range)
                if span.start >= timeline.start and span.start >= timeline.duration:  # counted from the start timecode
                    span = span.shifted(-timeline.start)
                sequence.append(_marker(marker, span, self._terms.rate))
        return sequence

    def _named(self, tag: str) -> Element:
        self._counts[tag] += 1
        return Element(tag, id=f"{tag}-{self._counts[tag]}")

    def _sequence(self, name: str, duration: Fraction, tracks: Sequence[tuple[Node, View]]) -> Element:
        sequence = self._named("sequence")
        texts(sequence, name=name, duration=str(self._terms.frame(duration)))
        sequence.append(self._terms.rate_element())
        media = SubElement(sequence, "media")
        video, audio = SubElement(media, "video"), SubElement(media, "audio")
        for node, view in sorted(tracks, key=lambda each: is_audio(each[0].item)):  # as they are read: a file is
            (audio if is_audio(node.item) else video).append(self._track(node, view))  # described where it comes first
        return sequence

    def _track(self, node: Node, view: View) -> Element:
        item = node.item
        name = track_name(item)
        track = Element("track", {"MZ.TrackName": name} if name else {})
        pieces = pieces_of(node, view, self._terms)
        for number, piece in enumerate(pieces):
            if isinstance(piece, Mix):
                track.append(piece.element(self._terms))
                continue
            before = pieces[number - 1] if number else None
            after = pieces[number + 1] if number + 1 < len(pieces) else None
            if not piece.frames(self._terms):
                continue
            head = before if isinstance(before, Mix) and before.alignment != "end-black" else None
            tail = after if isinstance(after, Mix) and after.alignment != "start-black" else None
            track.append(self._clip(piece, isinstance(item, otio.schema.Track) and is_text_track(item), head, tail))
        texts(track, enabled=truth(item.enabled), locked="FALSE")
        return track

    def _clip(self, shot: Shot, is_text: bool, head: Mix | None, tail: Mix | None) -> Element:
        item, outer = shot.node.item, shot.view.outer
        words = words_of(item, is_text)
        media = media_of(shot, self._terms.rate)
        rate = shot.clip_rate(media, self._terms.rate)
        first = round_half_up(shot.head(media) * rate)
        last = first + round_half_up(outer.duration * rate)
        start, end = self._terms.frame(outer.start), self._terms.frame(outer.end)
        if rate == self._terms.rate:  # a clip that a transition joins states no edge of its own
            if head is not None and first >= head.before:
                start, first = -1, first - head.before
            if tail is not None:
                end, last = -1, last + tail.after
        element = self._named("generatoritem" if words else "clipitem")
        texts(element, name=str(item.name or ""), enabled=truth(item.enabled))
        length = media.duration / (abs(shot.view.speed) or Fraction(1))
        texts(element, duration=str(max(round_half_up(length * rate), last)))
        element.append(self._terms.rate_element(rate))
        texts(element, start=str(start), end=str(end), **{"in": str(first), "out": str(last)})
        element.extend(self._content(shot, words, media))
        if shot.view.speed == 0:
            still = round_half_up((shot.view.inner.start - media.start) * rate)
            texts(element, stillframe="TRUE", stillframeoffset=str(still))
        elif shot.view.speed != 1:
            element.append(retime_filter(shot.view.speed))
        for marker in item.markers:
            element.append(_marker(marker, to_range(marker.marked_range).shifted(-media.start), rate))
        return element

    def _content(self, shot: Shot, words: str, media: TimeRange) -> Iterator[Element]:
        item = shot.node.item
        if words:
            yield title_effect(words)
        elif isinstance(item, otio.core.Composition):
            yield self._sequence(str(item.name or ""), media.duration, nested_tracks(shot.node))
        else:
            yield self._file(item, media, shot.view.speed < 0)

    def _file(self, clip: Any, media: TimeRange, is_reversed: bool) -> Element:
        """The whole description once; later clips of the same file only name it."""
        reference = clip.media_reference
        stated = reference.available_range if reference is not None else None
        url = self._address(reference)
        name = str((reference.name if reference is not None else "") or file_name(url) or clip.name or "")
        kind = str(getattr(reference, "generator_kind", ""))
        key = (url, name, kind, media if stated is not None or is_reversed else None)
        if key in self._files:
            return Element("file", id=self._files[key])
        element = self._named("file")
        self._files[key] = str(element.get("id"))
        texts(element, name=name, **({"pathurl": url} if url else {"mediaSource": kind} if kind else {}))
        rate = _file_rate(stated, self._terms.rate) if stated is not None else self._terms.rate
        element.append(self._terms.rate_element(rate))
        if stated is not None or is_reversed:
            texts(element, duration=str(round_half_up(media.duration * rate)))
            element.append(self._terms.timecode(media.start, rate))
        streams = SubElement(element, "media")
        if not url.lower().endswith(SOUND_SUFFIXES):
            SubElement(streams, "video")
        if url:
            SubElement(streams, "audio")
        return element

    def _address(self, reference: Any) -> str:
        """An absolute address where the media are there; an image sequence is known by its first frame."""
        if isinstance(reference, otio.schema.ImageSequenceReference):
            url = reference.target_url_for_image_number(0) if reference.number_of_images_in_sequence() > 0 else ""
        else:
            url = str(getattr(reference, "target_url", "") or "")
        found = local_file(url, self._folder) if is_relative(url) else None
        return found.resolve().as_uri().replace("file://", "file://localhost", 1) if found else url


def _marker(marker: Any, span: TimeRange, rate: Fraction) -> Element:
    element = Element("marker")
    comment = str(getattr(marker, "comment", "") or "")
    texts(element, comment=comment, name=str(marker.name or ""))
    first, last = round_half_up(span.start * rate), round_half_up(span.end * rate)
    texts(element, **{"in": str(first), "out": str(last) if last > first else "-1"})
    return element
