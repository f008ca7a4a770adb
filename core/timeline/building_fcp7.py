"""A timeline of any kind as Final Cut Pro 7 XML: sequences in sequences, clips, transitions, retimes, titles, markers.

Every place is a whole frame of the sequence. In and out of a clip count from the first frame of its file, at the rate
at which they are whole; those of a retimed clip count in the retimed clip, of a reversed one from its end.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit
from xml.etree.ElementTree import Element, SubElement

import opentimelineio as otio

from talkies.core.segment import Timeline
from talkies.core.timeline.flattening import media_finder, notes_of
from talkies.core.timeline.sounds import track_name
from talkies.core.timeline.titles import is_text_track, text_of_clip
from talkies.core.timeline.urls import is_remote
from talkies.core.timeline.walking import Node, View, is_audio, measure, to_range, to_seconds, tracks_of
from talkies.core.timeline.writing_base import SOUND_SUFFIXES, is_relative, local_file, media_folder
from talkies.core.times import TimeRange, exact_rate, round_half_up, timecode

_FASTEST = 240
_ZERO = Fraction(0)


def is_fcp7_rate(rate: Fraction) -> bool:
    """Whether a rate is a whole number of frames per second, or that times 1000/1001."""
    return rate.denominator == 1 or (rate.denominator == 1001 and rate.numerator % 1000 == 0)


class Terms:
    """The small elements that everything is made of, at a sequence's rate."""

    def __init__(self, rate: Fraction, start: Fraction, drop_frame: bool) -> None:
        self.rate, self.start, self.drop_frame = rate, start, drop_frame

    def frame(self, position: Fraction) -> int:
        return round_half_up(position * self.rate)

    def rate_element(self, rate: Fraction | None = None) -> Element:
        rate = rate or self.rate
        element = Element("rate")
        texts(element, timebase=str(round_half_up(rate)), ntsc=truth(rate.denominator == 1001))
        return element

    def timecode(self, seconds: Fraction, rate: Fraction | None = None) -> Element:
        """A timecode, in seconds from 00:00:00:00."""
        rate = rate or self.rate
        element = Element("timecode")
        element.append(self.rate_element(rate))
        drop = self.drop_frame and rate == self.rate
        written = timecode(seconds, rate, drop)
        texts(element, string=written, frame=str(round_half_up(seconds * rate)), displayformat="DF" if drop else "NDF")
        return element


def texts(parent: Element, **values: str) -> None:
    """Elements that hold a text each."""
    for tag, text in values.items():
        SubElement(parent, tag).text = text


def truth(value: bool) -> str:
    return "TRUE" if value else "FALSE"


def xmeml(timeline: Timeline, width: int, height: int) -> Element:
    """The document; ``width`` and ``height``: of the picture, in pixels."""
    root = Element("xmeml", version="5")
    root.append(_Document(timeline).main_sequence(width, height))
    return root


def placed_tracks(timeline: Timeline) -> Iterator[tuple[Node, View]]:
    """Everything in the timeline's stack, disabled tracks too, each with what is seen of it."""
    root = measure(timeline.document.tracks, media_finder(timeline).available)
    whole = View(TimeRange(_ZERO, root.duration), root.inner, root.speed)
    for offset, child in root.children:
        seen = whole.of_child(offset, child) if child.duration else View(_NOWHERE, _NOWHERE, Fraction(1))
        if seen is not None:
            yield child, seen


class _Document:
    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._terms = Terms(exact_rate(timeline.rate), timeline.drop_frame)
        self._folder = media_folder(timeline)
        self._files: dict[tuple[str, str], str] = {}
        self._counts: Counter[str] = Counter()

    def main_sequence(self, width: int, height: int) -> Element:
        timeline, document = self._timeline, self._timeline.document
        sequence = self._sequence(timeline.name, timeline.duration, tuple(placed_tracks(timeline)))
        sequence.insert(3, self._terms.timecode(timeline.start))
        picture = Element("format")
        sample = SubElement(picture, "samplecharacteristics")
        sample.append(self._terms.rate_element())
        texts(sample, width=str(width), height=str(height), pixelaspectratio="square", fielddominance="none")
        video = next(sequence.iter("video"))
        video.insert(0, picture)
        for holder in (document.tracks, *document.tracks):
            for marker in holder.markers:
                span = to_range(marker.marked_range)
                if span.start >= timeline.start and span.start >= timeline.duration:  # counted from the start timecode
                    span = span.shifted(-timeline.start)
                sequence.append(self._marker(marker, span, self._terms.rate))
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
        for node, view in tracks:
            (audio if is_audio(node.item) else video).append(self._track(node, view))
        return sequence

    def _track(self, node: Node, view: View) -> Element:
        item = node.item
        if not isinstance(item, otio.schema.Track):  # a clip or a stack that lies on no track
            track = Element("track")
            self._place(track, node, view, False)
            return track
        name = track_name(item)
        track = Element("track", {"MZ.TrackName": name} if name else {})
        words = is_text_track(item)
        children = iter(node.children)
        mix: Any = None
        cut = view.outer.start - view.inner.start
        for each in item:
            if isinstance(each, otio.schema.Transition):
                mix = each
                continue
            offset, child = next(children)
            if mix is not None:
                self._mix(track, mix, cut + offset)
                mix = None
            seen = view.of_child(offset, child) if child.duration else None
            if seen is not None and not isinstance(each, otio.schema.Gap):
                self._place(track, child, seen, words)
        if mix is not None:
            self._mix(track, mix, cut + node.duration)
        texts(track, enabled=truth(item.enabled), locked="FALSE")
        return track
