"""FCPXML 1.10 document of any timeline, without takes.

The lowest track of picture is the primary storyline, its holes are gaps; everything else is connected to it: further
tracks of picture above, subtitles as captions above these, sound below. Nested sequences become their clips.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

from talkies.core.segment import Cue, Timeline
from talkies.core.timeline.cut.walking import to_range
from talkies.core.timeline.formats.fcpxml.terms import role_of_track, time_text
from talkies.core.timeline.formats.losses import counted, lost_everywhere, media_kinds, plain_speech
from talkies.core.timeline.formats.xml_splicing import Element, as_bytes
from talkies.core.timeline.structure.flattening import (
    PICTURE,
    SOUND,
    FlatClip,
    FlatTrack,
    flat_tracks,
    media_finder,
    notes_of,
)
from talkies.core.timeline.structure.media_list import Medium, audible_tracks, media_of
from talkies.core.times import TimeRange, exact_rate

_HEAD = b'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE fcpxml>\n'
_RATES = {  # the rates that Final Cut Pro knows, as it writes them
    **{Fraction(rate): str(rate) for rate in (24, 25, 30, 48, 50, 60)},
    **{
        Fraction(rate * 1000, 1001): name for rate, name in ((24, "23.98"), (30, "29.97"), (48, "47.95"), (60, "59.94"))
    },
}


def new_fcpxml(timeline: Timeline) -> bytes:
    """The timeline as the bytes of an ``.fcpxml``."""
    return _HEAD + as_bytes(_Builder(timeline).document())


def lost_in_fcpxml(timeline: Timeline) -> tuple[str, ...]:
    """What FCPXML has no place for, one sentence each."""
    tracks = flat_tracks(timeline)
    names = [track.name for track in tracks if track.name and not role_of_track(track.name)]
    generated, sequences, _ = media_kinds(tracks)
    unknown = sum(not cue.language for cue in timeline.cues)
    colors = sum(bool(note.color) for note in notes_of(timeline))
    rate = float(timeline.rate)
    sentences = (
        (names, f"FCPXML has roles but no track names: {', '.join(map(repr, names[:5]))} are named anew"),
        (generated, f"{counted(generated, 'generated clip', 'becomes a gap', 'become gaps')} in FCPXML"),
        (sequences, f"of {counted(sequences, 'image sequence')} FCPXML names only the first frame"),
        (colors, f"FCPXML markers have no colours: those of {counted(colors, 'marker')} are lost"),
        (unknown, f"FCPXML captions state a language: {counted(unknown, 'subtitle', 'is', 'are')} called English"),
        (
            timeline.rate not in _RATES,
            f"Final Cut Pro has no projects of {rate:g} frames per second and may refuse it",
        ),
    )
    return (*(text for is_lost, text in sentences if is_lost), *lost_everywhere(timeline, tracks, "FCPXML"))


@dataclass
class _Item:
    """An item of the primary storyline; anchored clips and markers follow what is in the element already."""

    element: Element
    record: TimeRange
    start: Fraction
    anchored: list[Element] = field(default_factory=list)
    markers: list[Element] = field(default_factory=list)


@dataclass
class _Builder:
    timeline: Timeline
    formats: dict[tuple[Fraction, int, int], str] = field(default_factory=dict)
    resources: Element = field(default_factory=lambda: Element("resources"))
    story: list[_Item] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rate = exact_rate(self.timeline.rate)
        tracks = audible_tracks(self.timeline)
        self.pictures = [track for track in tracks if track.kind == PICTURE]
        self.sounds = [track for track in tracks if track.kind == SOUND]
        finder = media_finder(self.timeline)
        self.media = media_of((*self.pictures, *self.sounds), finder, self.timeline)
        self.ids: dict[str, str] = {}

    def document(self) -> Element:
        root = Element("fcpxml", version="1.10")
        root.append(self.resources)
        width, height = next(((m.width, m.height) for m in self.media.values() if m.width), (1920, 1080))
        sequence_format = self._format(self.rate, width, height)
        for medium in self.media.values():
            self._asset(medium)
        event = ElementTree.SubElement(ElementTree.SubElement(root, "library"), "event", name=self.timeline.name)
        project = ElementTree.SubElement(event, "project", name=self.timeline.name)
        sequence = ElementTree.SubElement(
            project,
            "sequence",
            format=sequence_format,
            duration=time_text(self.timeline.duration),
            tcStart=time_text(self.timeline.start),
            tcFormat="DF" if self.timeline.drop_frame else "NDF",
            audioLayout="stereo",
            audioRate="48k",
        )
        self._fill()
        spine = ElementTree.SubElement(sequence, "spine")
        for item in self.story:
            item.element.extend((*item.anchored, *item.markers))
            spine.append(item.element)
        return root

    def _fill(self) -> None:
        first = self.pictures[0].clips if self.pictures else ()
        position = Fraction(0)
        for clip in first:
            if clip.record.start > position:
                self._add_gap(position, clip.record.start)
            self._add_primary(clip)
            position = clip.record.end
        if self.timeline.duration > position or not self.story:  # captions and markers need something to hold them
            self._add_gap(position, max(self.timeline.duration, position + 1 / self.rate))
        for lane, track in enumerate(self.pictures[1:], start=1):
            self._connect(track, lane)
        for lane, track in enumerate(self.sounds, start=1):
            self._connect(track, -lane)
        for lane, cues in enumerate(_rows(self.timeline.cues), start=max(len(self.pictures), 1)):
            for cue in cues:
                self._anchor(_caption(cue, lane), cue.range.start)
        for holder in (self.timeline.document.tracks, *self.timeline.document.tracks):
            for marker in holder.markers:
                self._mark(marker)

    def _add_gap(self, start: Fraction, end: Fraction) -> None:
        offset = time_text(self.timeline.start + start)
        gap = Element("gap", name="Gap", offset=offset, duration=time_text(end - start))
        self.story.append(_Item(gap, TimeRange(start, end), Fraction(0)))

    def _add_primary(self, clip: FlatClip) -> None:
        medium = self.media.get(id(clip.item))
        if medium is None:
            self._add_gap(clip.record.start, clip.record.end)
            return
        element = self._clip(clip, medium, {"offset": time_text(self.timeline.start + clip.record.start)}, "video")
        self.story.append(_Item(element, clip.record, clip.source.start, markers=self._markers(clip)))

    def _connect(self, track: FlatTrack, lane: int) -> None:
        role = role_of_track(track.name)
        for clip in track.clips:
            medium = self.media.get(id(clip.item))
            if medium is None:
                continue
            kind = "audio" if track.kind == SOUND else "video"
            element = self._clip(clip, medium, {"lane": str(lane)}, kind)
            if role:
                element.set("audioRole" if track.kind == SOUND else "videoRole", role)
            element.extend(self._markers(clip))
            self._anchor(element, clip.record.start)

    def _anchor(self, element: Element, position: Fraction) -> None:
        """Connect an element to the storyline at a position; its offset is in its holder's own time."""
        holder = self._holder(position)
        element.set("offset", time_text(holder.start + position - holder.record.start))
        holder.anchored.append(element)

    def _holder(self, position: Fraction) -> _Item:
        after = bisect.bisect_right(self.story, position, key=lambda item: item.record.start)
        return self.story[max(after - 1, 0)]

    def _clip(self, clip: FlatClip, medium: Medium, place: dict[str, str], wanted: str) -> Element:
        """An ``asset-clip`` with only its picture or only its sound, as OTIO's tracks are."""
        attributes = {
            "ref": self.ids[medium.url],
            **place,
            "name": clip.name or medium.name,
            "start": time_text(clip.source.start),
            "duration": time_text(clip.record.duration),
            **({} if clip.enabled else {"enabled": "0"}),
            **({"srcEnable": wanted} if medium.has_video and medium.has_audio else {}),
        }
        element = Element("asset-clip", attributes)
        if wanted == "video" and medium.rate != self.rate and medium.rate in _RATES:
            ElementTree.SubElement(element, "conform-rate", scaleEnabled="0", srcFrameRate=_RATES[medium.rate])
        if clip.speed != 1:
            element.append(_time_map(clip))
        return element

    def _markers(self, clip: FlatClip) -> list[Element]:
        return [
            _marker(marker, self._local(clip, to_range(marker.marked_range)), self.rate) for marker in clip.item.markers
        ]

    def _local(self, clip: FlatClip, span: TimeRange) -> TimeRange:
        """A stretch of a clip's media in the time that its markers are in: after the retime, from the clip's start."""
        if clip.speed == 1:
            return span
        first = clip.source.start
        away = clip.source.end - span.end if clip.speed < 0 else span.start - first
        start = first + (away / abs(clip.speed) if clip.speed else 0)
        length = span.duration / abs(clip.speed) if clip.speed and span.duration > 1 / self.rate else span.duration
        return TimeRange(start, start + length)

    def _mark(self, marker: Any) -> None:
        """A marker of the timeline or a track; some editors count them from the start timecode."""
        span = to_range(marker.marked_range)
        if span.start >= self.timeline.start and span.start >= self.timeline.duration:
            span = span.shifted(-self.timeline.start)
        holder = self._holder(span.start)
        holder.markers.append(_marker(marker, span.shifted(holder.start - holder.record.start), self.rate))

    def _format(self, rate: Fraction, width: int, height: int) -> str:
        key = (rate, width, height)
        if key not in self.formats:
            self.formats[key] = f"f{len(self.formats) + 1}"
            size = {"width": str(width), "height": str(height)}
            attributes = {"id": self.formats[key], "frameDuration": time_text(1 / rate), **size}
            self.resources.append(Element("format", {**attributes, "colorSpace": "1-1-1 (Rec. 709)"}))
        return self.formats[key]

    def _asset(self, medium: Medium) -> None:
        if medium.url in self.ids:
            return
        self.ids[medium.url] = f"a{len(self.ids) + 1}"
        attributes = {"id": self.ids[medium.url], "name": medium.name, "start": time_text(medium.available.start)}
        attributes["duration"] = time_text(medium.available.duration)
        if medium.has_video:
            form = self._format(medium.rate, medium.width or 1920, medium.height or 1080)
            attributes |= {"hasVideo": "1", "format": form, "videoSources": "1"}
        if medium.has_audio:
            sound = {"hasAudio": "1", "audioSources": "1", "audioChannels": str(medium.channels or 2)}
            attributes |= {**sound, "audioRate": str(medium.sample_rate)}
        asset = ElementTree.SubElement(self.resources, "asset", attributes)
        ElementTree.SubElement(asset, "media-rep", kind="original-media", src=_address(medium))


def _address(medium: Medium) -> str:
    """A URL; what is not on this machine keeps the address it had, as far as that is one."""
    if medium.path is not None:
        return medium.path.resolve().as_uri()
    if "://" in medium.url:
        return medium.url
    return Path(medium.url).as_uri() if medium.url.startswith("/") else quote(medium.url.replace("\\", "/"), safe="/:")


def _time_map(clip: FlatClip) -> Element:
    """A constant speed. It begins at the clip's own start, so that retimed and media time agree there."""
    first, last = clip.source.start, clip.source.end
    values = (last, first) if clip.speed < 0 else (first, last)
    element = Element("timeMap")
    for time, value in zip((first, first + clip.record.duration), values, strict=True):
        ElementTree.SubElement(element, "timept", time=time_text(time), value=time_text(value), interp="linear")
    return element


def _marker(marker: Any, span: TimeRange, rate: Fraction) -> Element:
    attributes = {"start": time_text(span.start), "duration": time_text(max(span.duration, 1 / rate))}
    comment = str(getattr(marker, "comment", "") or "")
    attributes["value"] = str(marker.name or "") or comment or "marker"
    return Element("marker", {**attributes, **({"note": comment} if comment else {})})


def _caption(cue: Cue, lane: int) -> Element:
    words = plain_speech(cue)
    role = f"iTT?captionFormat=ITT.{cue.language or 'en'}"
    caption = Element("caption", lane=str(lane), name=words[:60], duration=time_text(cue.range.duration), role=role)
    text = ElementTree.SubElement(caption, "text")
    ElementTree.SubElement(text, "text-style").text = words
    return caption


def _rows(cues: Sequence[Cue]) -> Iterator[list[Cue]]:
    """Captions that do not overlap, lane by lane."""
    rows: list[list[Cue]] = []
    for cue in sorted(cues, key=lambda cue: cue.range):
        home = next((row for row in rows if row[-1].range.end <= cue.range.start), None)
        if home is None:
            rows.append([cue])
        else:
            home.append(cue)
    yield from rows
