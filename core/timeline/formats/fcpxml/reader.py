"""Final Cut Pro X projects (FCPXML 1.x), read by ourselves: exact rates and times, media addresses, titles, captions.

    fcpxml ─► resources (formats, assets, compound media) ─► the first project's sequence
    sequence ─► spine (lane 0) and connected lanes ─► one OTIO track a lane; compound clips become nested stacks

Time in FCPXML: an element lies at ``offset`` in its parent's time; its own time begins with ``start``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import opentimelineio as otio

from talkies.core.errors import TimelineError
from talkies.core.files.guards import MAX_NESTING, read_text, safe_xml
from talkies.core.timeline.cut.loaded import Loaded
from talkies.core.timeline.cut.otio_items import (
    Row,
    external,
    fitting_rate,
    make_clip,
    otio_range,
    rational_time,
    retime,
    retimed_clip,
    text_reference,
    tracks_from_row,
)
from talkies.core.timeline.cut.walking import UnusableItemError, to_seconds
from talkies.core.timeline.formats.base import local_file, proxy_notes
from talkies.core.timeline.formats.fcpxml.retimes import Retimes, length_of
from talkies.core.timeline.formats.fcpxml.terms import (
    CONTAINERS,
    STORY,
    Resources,
    angle_of,
    caption_language,
    lane_of,
    projects,
    seconds,
    track_of_role,
    words_of,
    zero_of,
)
from talkies.core.times import TimeRange

_ZERO = Fraction(0)
_MOST_ITEMS = 100_000
_ORIGINAL = "original-media"
_Inside = tuple[str, ...]  # the compound clips around an element, by id


def read_fcpxml(path: Path) -> Loaded:
    """The first project with clips of an ``.fcpxml`` file or ``.fcpxmld`` bundle. Raises TimelineError."""
    file = path / "Info.fcpxml" if path.is_dir() else path
    root = safe_xml(path, read_text(file))
    if root.tag != "fcpxml":
        raise TimelineError(path, f"is not FCPXML: its root is <{root.tag}>", "export it again from Final Cut Pro")
    named = projects(root)
    if not named:
        raise TimelineError(
            path, "holds clips but no project, so there is no timeline", "export the project itself as XML"
        )
    notes = []
    name, sequence = taken = next((each for each in named if each[1].find("spine/*") is not None), named[0])
    if len(named) > 1:
        others = ", ".join([repr(other[0]) for other in named if other is not taken][:3])
        notes.append(f"holds {len(named)} projects: {name!r} was taken, not {others}")
    try:
        return _Reader(root, path if path.is_dir() else path.parent).timeline(name, sequence, tuple(notes))
    except UnusableItemError as error:
        raise TimelineError(path, str(error), "repair it in Final Cut Pro and export it again") from error


@dataclass
class _Lanes:
    """What lies on the lanes of one sequence; tracks of ours by name, captions by language."""

    pictures: dict[int, Row] = field(default_factory=dict)
    sounds: dict[int, Row] = field(default_factory=dict)
    ours: dict[str, Row] = field(default_factory=dict)
    portraits: dict[str, Row] = field(default_factory=dict)
    captions: dict[str, Row] = field(default_factory=dict)


class _Reader:
    """One file's resources, and the elements that refer to them."""

    def __init__(self, root: Element, folder: Path) -> None:
        self.resources = Resources(root)
        self.folder = folder
        self.items = 0
        self.proxies: list[str] = []
        self.retimes = Retimes()

    def timeline(self, name: str, sequence: Element, notes: tuple[str, ...]) -> Loaded:
        rate = self.resources.rate(sequence) or Fraction(24)
        start = seconds(sequence.get("tcStart"))
        document = otio.schema.Timeline(name, global_start_time=rational_time(start, rate))
        for track in self._tracks(sequence, rate, ()):
            document.tracks.append(track)
        _fill(document, seconds(sequence.get("duration")), rate)
        notes = (*notes, *proxy_notes(self.proxies), *self.retimes.notes())
        return Loaded(document, rate, start, sequence.get("tcFormat") == "DF", notes)

    def _tracks(self, sequence: Element, rate: Fraction, inside: _Inside) -> Iterator[Any]:
        """The tracks of a sequence, bottom to top, then sound, then captions."""
        lanes = _Lanes()
        spine = sequence.find("spine")
        children = list(spine if spine is not None else sequence)
        self._row(children, -zero_of(sequence, children), 0, lanes, rate, inside)
        for number, lane in enumerate(sorted(lanes.pictures), start=1):
            yield from tracks_from_row(f"V{number}", "Video", lanes.pictures[lane], rate)
        for name in sorted(lanes.portraits):
            yield from tracks_from_row(name, "Video", lanes.portraits[name], rate)
        for number, lane in enumerate(sorted(lanes.sounds, reverse=True), start=1):
            yield from tracks_from_row(f"A{number}", "Audio", lanes.sounds[lane], rate)
        for name in sorted(lanes.ours):
            yield from tracks_from_row(name, "Audio", lanes.ours[name], rate)
        for language, row in lanes.captions.items():
            yield from tracks_from_row(f"Subtitles {language}".strip(), "Subtitle", row, rate)

    def _row(
        self,
        elements: list[Element],
        shift: Fraction,
        lane: int,
        lanes: _Lanes,
        rate: Fraction,
        inside: _Inside,
    ) -> None:
        """Elements one after another; ``shift`` brings their offsets onto the sequence's time."""
        following = None
        for element in elements:
            if element.tag not in STORY:
                continue
            offset = element.get("offset")
            at = seconds(offset) + shift if offset is not None or following is None else following
            following = at + self._place(element, at, lane, lanes, rate, inside)

    def _place(
        self, element: Element, at: Fraction, lane: int, lanes: _Lanes, rate: Fraction, inside: _Inside
    ) -> Fraction:
        """Put one element and all that is connected to it onto the lanes; returns its duration."""
        self.items += 1
        if self.items > _MOST_ITEMS or len(inside) > MAX_NESTING:
            raise UnusableItemError("its compound clips hold too many clips")
        if element.tag == "audition":
            chosen = next((child for child in element if child.tag in STORY), None)
            return self._place(chosen, at, lane, lanes, rate, inside) if chosen is not None else _ZERO
        start = self.resources.start(element)
        duration = self.resources.duration(element)
        item = self._item(element, TimeRange(start, start + duration), rate, inside) if duration > 0 else None
        if item is not None:
            item.enabled = element.get("enabled") != "0"
            if name := track_of_role(element.get("videoRole")):
                lanes.portraits.setdefault(name, []).append((at, item))
            elif self._is_picture(element):
                lanes.pictures.setdefault(lane, []).append((at, item))
            elif name := track_of_role(element.get("audioRole")):
                lanes.ours.setdefault(name, []).append((at, item))
            else:
                lanes.sounds.setdefault(lane, []).append((at, item))
        for child in element:
            self._connected(child, at - start, lane, lanes, rate, inside)
        return duration

    def _connected(
        self, child: Element, shift: Fraction, lane: int, lanes: _Lanes, rate: Fraction, inside: _Inside
    ) -> None:
        own_lane = lane_of(child)
        at = seconds(child.get("offset")) + shift
        if child.tag == "caption":
            words = words_of(child)
            duration = seconds(child.get("duration"))
            if words and duration > 0:
                span = TimeRange(_ZERO, duration)
                clip = make_clip(child.get("name", ""), text_reference(words, "Caption"), span, rate)
                lanes.captions.setdefault(caption_language(child), []).append((at, clip))
        elif child.tag == "spine" and own_lane:
            self._row(list(child), at, lane + own_lane, lanes, rate, inside)
        elif child.tag in STORY and own_lane:
            self._place(child, at, lane + own_lane, lanes, rate, inside)

    def _item(self, element: Element, shown: TimeRange, rate: Fraction, inside: _Inside) -> Any:
        """The OTIO item of a story element; None for what shows nothing."""
        name = element.get("name", "")
        if element.tag == "title":
            return make_clip(name, text_reference(words_of(element) or name), shown, rate)
        if element.tag in CONTAINERS:
            return self._compound(element, name, shown, rate, inside)
        if element.tag == "gap":
            return None
        source, asset = self._media(element, shown)
        if asset is None or asset.tag != "asset":
            generated = element.find("video") is not None or element.tag == "video"
            reference = otio.schema.GeneratorReference(generator_kind=name or "generator")
            return make_clip(name, reference, shown, rate) if generated else None
        media_rate = self.resources.rate(asset)
        available = TimeRange(seconds(asset.get("start")), seconds(asset.get("start")) + seconds(asset.get("duration")))
        curve, smooth = self.retimes.of(element, source, rate, media_rate, available.duration, available)
        reference = external(self._address(asset), available, fitting_rate(available, media_rate, rate))
        clip = retimed_clip(name, reference, source, (media_rate, rate), curve, smooth)
        self.retimes.count(clip)
        for marker in (child for child in element if child.tag in ("marker", "chapter-marker")):
            at, length = seconds(marker.get("start")), seconds(marker.get("duration"))
            if curve is None:
                at += source.start - shown.start
                span = TimeRange(at, at + length)
            else:
                ends = sorted((curve.at(at), curve.at(at + length)))
                span = TimeRange(*ends) if length > 1 / rate else TimeRange(curve.at(at), curve.at(at) + length)
            clip.markers.append(otio.schema.Marker(marker.get("value", ""), otio_range(span, rate)))
        return clip

    def _compound(self, element: Element, name: str, shown: TimeRange, rate: Fraction, inside: _Inside) -> Any:
        """A nested stack: a compound clip, a synchronized clip, or the chosen angle of a multicam clip."""
        key = element.get("ref", "")
        if key and key in inside:
            raise UnusableItemError(f"compound clip {name!r} contains itself")
        content: Element | None = element
        if element.tag != "sync-clip":
            media = self.resources.get(key)
            content = None if media is None else media.find("sequence")
            if media is not None and element.tag == "mc-clip":
                content = angle_of(media, element)
        if content is None:
            return None
        stack = otio.schema.Stack(name, source_range=otio_range(shown, fitting_rate(shown, rate)))
        for track in self._tracks(content, self.resources.rate(content) or rate, (*inside, key)):
            stack.append(track)
        if element.get("srcEnable") == "audio":
            return None
        length = length_of(content, self.resources)
        curve, smooth = self.retimes.of(element, shown, rate, self.resources.rate(content), length)
        if curve is not None:
            retime(stack, shown, (rate,), curve, smooth)
            self.retimes.count(stack)
        return stack

    def _media(self, element: Element, shown: TimeRange) -> tuple[TimeRange, Element | None]:
        """What of which asset an element plays, in the asset's own time."""
        if element.tag != "clip":
            return shown, self.resources.get(element.get("ref", ""))
        inner = next((child for child in element if child.tag in ("video", "audio") and not child.get("lane")), None)
        if inner is None:
            inner = next((video for video in element.iterfind("gap/audio")), None)
        if inner is None:
            return shown, None
        asset = self.resources.get(inner.get("ref", ""))
        default = seconds(asset.get("start")) if asset is not None else _ZERO
        return shown.shifted(seconds(inner.get("start"), default) - seconds(inner.get("offset"))), asset

    def _address(self, asset: Element) -> str:
        """The original where it is there, else the proxy where that is."""
        stated = {each.get("kind", _ORIGINAL): each.get("src", "") for each in asset.iterfind("media-rep")}
        original = asset.get("src", "") or stated.get(_ORIGINAL, "")
        proxy = next(filter(None, (src for kind, src in stated.items() if kind != _ORIGINAL)), "")
        if not proxy or local_file(original, self.folder) is not None or local_file(proxy, self.folder) is None:
            return original or proxy
        self.proxies.append(asset.get("name", "") or original)
        return proxy

    def _is_picture(self, element: Element) -> bool:
        if element.tag in ("title", *CONTAINERS):
            return True
        if element.tag == "audio" or element.get("srcEnable") == "audio":
            return False
        _, asset = self._media(element, TimeRange(_ZERO, _ZERO))
        if element.tag == "clip" and element.find("video") is None:
            return False
        return asset is None or asset.get("hasVideo") == "1" or asset.tag != "asset" or not asset.get("hasAudio")


def _fill(document: Any, duration: Fraction, rate: Fraction) -> None:
    """A storyline that ends with a gap is as long as it says: the lowest track gets that gap."""
    if not len(document.tracks):
        document.tracks.append(otio.schema.Track("V1", kind="Video"))
    missing = duration - to_seconds(document.tracks.duration())
    if missing > 0:
        first = document.tracks[0]
        missing = duration - to_seconds(first.duration())
        first.append(otio.schema.Gap(source_range=otio_range(TimeRange(_ZERO, missing), rate)))
