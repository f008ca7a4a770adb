"""MLT XML, also that of Kdenlive and Shotcut, read by ourselves: exact profile rate, playlists, tractors, text.

    <mlt> ─► profile (rate) ─► producers ─► playlists (entries, blanks) ─► tractors (tracks) ─► the last tractor

A Kdenlive track is a tractor of two playlists; it becomes a nested stack, which the walk resolves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, ParseError

import opentimelineio as otio

from talkies.core.errors import TimelineError
from talkies.core.files.guards import MAX_NESTING, read_text, safe_xml
from talkies.core.timeline.cut.loaded import Loaded
from talkies.core.timeline.cut.otio_items import (
    Row,
    cut_overlaps,
    external,
    make_clip,
    otio_range,
    retimed_clip,
    text_reference,
    tracks_from_row,
)
from talkies.core.timeline.cut.walking import UnusableItemError, to_seconds, usable_rate
from talkies.core.timeline.formats.base import proxy_notes
from talkies.core.timeline.formats.losses import counted
from talkies.core.timeline.formats.mlt.media import Media
from talkies.core.timeline.formats.mlt.terms import (
    KDENLIVE_COLORS,
    is_on,
    main_of,
    number,
    plain_list,
    property_of,
    rate_of,
    speed_of,
)
from talkies.core.timeline.formats.mlt.time_remaps import remap_of
from talkies.core.times import TimeRange, round_half_up

_ZERO = Fraction(0)
_MOST_ITEMS = 100_000
_CLOCK = re.compile(r"^(?:(\d{1,9}):)?(\d{1,9}):(\d{1,9}(?:[.,]\d{1,9})?)$")
_SMPTE = re.compile(r"^(\d{1,9}):(\d{1,9}):(\d{1,9})[:;](\d{1,9})$")
_GENERATORS = ("color", "colour", "noise", "count", "black", "tone", "frei0r", "blank")
_WORDS = ("kdenlivetitle", "pango", "qtext", "dynamictext", "rgbx")


def read_mlt(path: Path) -> Loaded:
    """An ``.mlt`` or ``.kdenlive`` project as a timeline. Raises TimelineError."""
    root = safe_xml(path, read_text(path))
    if root.tag != "mlt":
        raise TimelineError(path, f"is not an MLT project: its root is <{root.tag}>", "save the project again")
    try:
        return _Reader(path, root).timeline()
    except (UnusableItemError, ValueError, ArithmeticError) as error:
        raise TimelineError(path, f"cannot be read ({error})", "save the project again") from error


class _Reader:
    def __init__(self, path: Path, root: Element) -> None:
        self.path = path
        self.media = Media(path, root)
        self.by_id = {element.get("id", ""): element for element in root if element.get("id")}
        self.rate = usable_rate(rate_of(root))
        self.root = root
        self.items = 0
        self.frozen: list[str] = []
        self.freezes: dict[str, bool] = {}  # by producer: many entries may show one with many filters

    def timeline(self) -> Loaded:
        main = main_of(self.root, self.by_id)
        if main is None:
            raise TimelineError(self.path, "holds no timeline (no tractor and no playlist)", "save the project again")
        name = property_of(main, "kdenlive:clipname") or self.root.get("title", "") or self.path.stem
        document = otio.schema.Timeline(name)
        tracks = self._tracks(main, ()) if main.tag == "tractor" else self._playlist(main, "V1", False, ())
        for track in tracks:
            document.tracks.append(track)
        document.tracks.markers.extend(self._guides(main))
        notes = proxy_notes(self.media.missing)
        if self.frozen:
            which = f"{counted(len(self.frozen), 'clip')} ({self.frozen[0]!r} first)"
            notes = (*notes, f"the effect Freeze of {which} is not followed: played on")
        return Loaded(document, self.rate, _ZERO, warnings=notes)

    def _guides(self, main: Element) -> Iterator[Any]:
        """Kdenlive's guides: markers of the timeline."""
        holder = self.by_id.get("main_bin", main)
        guides = property_of(main, "kdenlive:sequenceproperties.guides")
        for guide in plain_list(guides or property_of(holder, "kdenlive:docproperties.guides")):
            try:
                position = Fraction(int(guide["pos"])) / self.rate
                color = KDENLIVE_COLORS[int(guide.get("type", 0)) % len(KDENLIVE_COLORS)]
            except (KeyError, TypeError, ValueError):
                continue
            span = otio_range(TimeRange(position, position), self.rate)
            yield otio.schema.Marker(str(guide.get("comment", "")), span, color)

    def _tracks(self, tractor: Element, inside: tuple[str, ...]) -> list[Any]:
        tracks: list[Any] = []
        self._count()
        for index, reference in enumerate(tractor.findall("track") or tractor.findall("multitrack/track")):
            content = self.by_id.get(reference.get("producer", ""))
            if content is None or content.get("id") == "black_track" or content.tag not in ("playlist", "tractor"):
                continue
            hidden = reference.get("hide", "")
            is_audio = hidden in ("video", "both") or bool(property_of(content, "kdenlive:audio_track"))
            is_audio = is_audio or bool(property_of(content, "shotcut:audio"))
            name = property_of(content, "kdenlive:track_name") or property_of(content, "shotcut:name")
            make = self._playlist if content.tag == "playlist" else self._mixed
            new = make(content, name or f"track {index}", is_audio, inside)
            if is_audio and "both" in (hidden, _hidden_inside(content)):
                for track in new:
                    track.enabled = False
            tracks.extend(new)
        return tracks

    def _mixed(self, tractor: Element, name: str, is_audio: bool, inside: tuple[str, ...]) -> list[Any]:
        """Kdenlive's track of two playlists as one track: clips that overlap in a mix are cut at the mix's cut."""
        kind = "Audio" if is_audio else "Video"
        playlists = [self.by_id.get(reference.get("producer", "")) for reference in tractor.findall("track")]
        if not all(inner is not None and inner.tag == "playlist" for inner in playlists) or len(playlists) > 2:
            return [otio.schema.Track(name, kind=kind, children=[self._stack(tractor, name, inside)])]
        rows = [pair for inner in playlists if inner is not None for pair in self._row(inner, is_audio, inside)]
        cuts = []
        for mix in tractor.iterfind("transition"):
            if mixcut := property_of(mix, "kdenlive:mixcut"):
                span = TimeRange(self._time(mix.get("in", "0")), self._time(mix.get("out", "0")))
                cuts.append((span, span.end - self._time(mixcut)))
        return tracks_from_row(name, kind, cut_overlaps(rows, cuts, self.rate), self.rate)

    def _stack(self, tractor: Element, name: str, inside: tuple[str, ...]) -> Any:
        stack = otio.schema.Stack(name)
        for track in self._tracks(tractor, _deeper(tractor, inside)):
            stack.append(track)
        return stack

    def _playlist(self, playlist: Element, name: str, is_audio: bool, inside: tuple[str, ...]) -> list[Any]:
        return tracks_from_row(name, "Audio" if is_audio else "Video", self._row(playlist, is_audio, inside), self.rate)

    def _row(self, playlist: Element, is_audio: bool, inside: tuple[str, ...]) -> Row:
        row, position, inside = [], _ZERO, _deeper(playlist, inside)
        for child in playlist:
            if child.tag == "blank":
                position += self._time(child.get("length", "0"))
            elif child.tag == "entry":
                item = self._entry(child, is_audio, inside)
                if not isinstance(item, otio.schema.Gap):
                    row.append((position, item))
                position += to_seconds(item.source_range.duration)
        return row

    def _entry(self, entry: Element, is_audio: bool, inside: tuple[str, ...]) -> Any:
        self._count()
        producer = self.by_id.get(entry.get("producer", ""))
        start = self._time(entry.get("in", "0"))
        last = entry.get("out") or (producer.get("out") if producer is not None else None)
        end = self._time(last) + 1 / self.rate if last is not None else start
        shown = TimeRange(start, end)
        if producer is None:
            return otio.schema.Gap(source_range=otio_range(shown, self.rate))
        if producer.tag in ("tractor", "playlist"):
            name = property_of(producer, "kdenlive:clipname") or producer.get("id", "")
            if producer.tag == "playlist":
                nested = otio.schema.Stack(name, children=self._playlist(producer, name, is_audio, inside))
            else:
                nested = self._stack(producer, name, inside)
            nested.source_range = otio_range(shown, self.rate)
            return nested
        clip = self._clip(producer, shown)
        if not is_audio and (_freezes(entry) or self._freezes(producer)):
            self.frozen.append(clip.name)
        return clip

    def _freezes(self, producer: Element) -> bool:
        key = producer.get("id", "")
        if key not in self.freezes:
            self.freezes[key] = _freezes(producer)
        return self.freezes[key]

    def _count(self) -> None:
        self.items += 1
        if self.items > _MOST_ITEMS:
            raise UnusableItemError("its nested sequences hold too many clips")

    def _clip(self, producer: Element, shown: TimeRange) -> Any:
        resource = property_of(producer, "resource")
        service = property_of(producer, "mlt_service")
        name = property_of(producer, "kdenlive:clipname") or property_of(producer, "shotcut:caption")
        name = name or re.split(r"[/\\]", resource)[-1]
        if service in _WORDS:
            return make_clip(name, text_reference(_text(producer)), shown, self.rate)
        if service.startswith(_GENERATORS) or resource.startswith("#") or not resource:
            reference = otio.schema.GeneratorReference(generator_kind=service or "generator")
            return make_clip(name, reference, shown, self.rate)
        speed, resource = speed_of(producer)
        length = self._time(property_of(producer, "length") or "0")
        if speed < 0:  # in and out count in the reversed clip
            media = length * -speed
            played = TimeRange(media + shown.end * speed, media + shown.start * speed)
        else:
            played = shown if speed == 1 else TimeRange(shown.start * speed, shown.end * speed)
        source = TimeRange(max(played.start, _ZERO), max(played.start, _ZERO) + shown.duration)
        reference = external(self.media.address(producer, resource))
        if service == "hold":
            held = max(self._time(property_of(producer, "frame")), _ZERO)
            return make_clip(name, reference, TimeRange(held, held + shown.duration), self.rate, _ZERO)
        curve, is_bent = remap_of(producer, self._time)
        if curve is None or speed != 1:
            return make_clip(name, reference, source, self.rate, speed)
        return retimed_clip(name, reference, shown, (self.rate,), curve, is_bent)

    def _time(self, text: str) -> Fraction:
        """Frames, ``HH:MM:SS.mmm`` or ``HH:MM:SS:FF``; a clock time falls on the nearest frame, as MLT does."""
        text = text.strip()
        if match := _SMPTE.match(text):
            hours, minutes, seconds, frames = map(int, match.groups())
            return (((hours * 60 + minutes) * 60 + seconds) * round_half_up(self.rate) + frames) / self.rate
        if match := _CLOCK.match(text):
            value = int(match[1] or 0) * 3600 + int(match[2]) * 60 + Fraction(match[3].replace(",", "."))
            return round_half_up(value * self.rate) / self.rate
        return Fraction(round_half_up(number(text or "0"))) / self.rate


def _deeper(sequence: Element, inside: tuple[str, ...]) -> tuple[str, ...]:
    """The sequences around what is in ``sequence``, by id. Raises UnusableItemError for a circle and for too many."""
    key = sequence.get("id", "")
    if key in inside:
        raise UnusableItemError(f"sequence {key!r} contains itself")
    if len(inside) >= MAX_NESTING:
        raise UnusableItemError(f"its sequences are nested more than {MAX_NESTING} deep")
    return (*inside, key)


def _freezes(item: Element) -> bool:
    return any(is_on(each, "freeze") for each in item.iter("filter"))


def _hidden_inside(content: Element) -> str:
    """What Kdenlive hides of a whole track: it says so at both of its playlists."""
    stated = {inner.get("hide", "") for inner in content.iterfind("track")}
    return stated.pop() if len(stated) == 1 else ""


def _text(producer: Element) -> str:
    """Words of a title: Kdenlive keeps a small XML document, other services a property."""
    document = property_of(producer, "xmldata")
    if document:
        try:
            root = safe_xml(Path("title"), document.encode())
        except (TimelineError, ParseError):
            return ""
        return "\n".join("".join(content.itertext()).strip() for content in root.iter("content")).strip()
    return property_of(producer, "markup") or property_of(producer, "text") or property_of(producer, "argument")
