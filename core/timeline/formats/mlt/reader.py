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
from xml.etree.ElementTree import Element

import opentimelineio as otio

from talkies.core.errors import TimelineError
from talkies.core.files.guards import MAX_NESTING, read_text, safe_xml
from talkies.core.timeline.cut.loaded import Loaded
from talkies.core.timeline.cut.otio_items import (
    KnotBudget,
    Row,
    cut_overlaps,
    otio_range,
    tracks_from_row,
)
from talkies.core.timeline.cut.walking import UnusableItemError, to_seconds, usable_rate
from talkies.core.timeline.formats.base import proxy_notes
from talkies.core.timeline.formats.losses import counted
from talkies.core.timeline.formats.mlt.freezes import Freeze, freezes_of
from talkies.core.timeline.formats.mlt.media import Media
from talkies.core.timeline.formats.mlt.parts import Part, Parts
from talkies.core.timeline.formats.mlt.producers import Producer, producer_of
from talkies.core.timeline.formats.mlt.terms import KDENLIVE_COLORS, main_of, number, plain_list, rate_of
from talkies.core.timeline.structure.sounds import is_picture_name
from talkies.core.times import TimeRange, round_half_up

_ZERO = Fraction(0)
_MOST_ITEMS = 100_000
_CLOCK = re.compile(r"^(?:(\d{1,9}):)?(\d{1,9}):(\d{1,9}(?:[.,]\d{1,9})?)$")
_SMPTE = re.compile(r"^(\d{1,9}):(\d{1,9}):(\d{1,9})[:;](\d{1,9})$")


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
        self.knots = KnotBudget()
        self.parts = Parts()
        self.producers: dict[int, Producer] = {}
        self.freezes: dict[int, list[Freeze] | None] = {}
        self.mixes: dict[int, list[tuple[TimeRange, Fraction]]] = {}
        self.frozen: list[str] = []

    def timeline(self) -> Loaded:
        main = main_of(self.root, self.by_id)
        if main is None:
            raise TimelineError(self.path, "holds no timeline (no tractor and no playlist)", "save the project again")
        name = self.parts.of(main).text("kdenlive:clipname") or self.root.get("title", "") or self.path.stem
        document = otio.schema.Timeline(name)
        tracks = self._tracks(main, ()) if main.tag == "tractor" else self._playlist(main, "V1", False, ())
        for track in tracks:
            document.tracks.append(track)
        document.tracks.markers.extend(self._guides(main))
        notes = proxy_notes(self.media.missing)
        if self.frozen:
            which = f"{counted(len(self.frozen), 'item')} ({self.frozen[0]!r} first)"
            notes = (*notes, f"the effect Freeze of {which} is not followed: played on")
        return Loaded(document, self.rate, _ZERO, warnings=notes)

    def _guides(self, main: Element) -> Iterator[Any]:
        """Kdenlive's guides: markers of the timeline."""
        holder = self.by_id.get("main_bin", main)
        guides = self.parts.of(main).text("kdenlive:sequenceproperties.guides")
        for guide in plain_list(guides or self.parts.of(holder).text("kdenlive:docproperties.guides")):
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
        part = self.parts.of(tractor)
        references = part.all("track") or [
            each for old in part.all("multitrack") for each in self.parts.of(old).all("track")
        ]
        for index, reference in enumerate(references):
            self._count()
            content = self.by_id.get(reference.get("producer", ""))
            if content is None or content.get("id") == "black_track" or content.tag not in ("playlist", "tractor"):
                continue
            hidden, said = reference.get("hide", ""), self.parts.of(content)
            is_audio = hidden in ("video", "both") or bool(said.text("kdenlive:audio_track"))
            is_audio = is_audio or bool(said.text("shotcut:audio"))
            name = said.text("kdenlive:track_name") or said.text("shotcut:name")
            is_ours = is_picture_name(name)
            is_audio = is_audio and not is_ours  # an alternative of ours is hidden altogether
            if not is_audio:
                self._say_frozen(content, name or f"track {index}")
            make = self._playlist if content.tag == "playlist" else self._mixed
            new = make(content, name or f"track {index}", is_audio, inside)
            if (is_audio or is_ours) and "both" in (hidden, _hidden_inside(said)):
                for track in new:
                    track.enabled = False
            tracks.extend(new)
        return tracks

    def _mixed(self, tractor: Element, name: str, is_audio: bool, inside: tuple[str, ...]) -> list[Any]:
        """Kdenlive's track of two playlists as one track: clips that overlap in a mix are cut at the mix's cut."""
        kind = "Audio" if is_audio else "Video"
        references = self.parts.of(tractor).all("track")
        playlists = [self.by_id.get(reference.get("producer", "")) for reference in references]
        if not all(inner is not None and inner.tag == "playlist" for inner in playlists) or len(playlists) > 2:
            return [otio.schema.Track(name, kind=kind, children=[self._stack(tractor, name, inside)])]
        rows = [pair for inner in playlists if inner is not None for pair in self._row(inner, is_audio, inside)]
        return tracks_from_row(name, kind, cut_overlaps(rows, self._mixes(tractor), self.rate), self.rate)

    def _mixes(self, tractor: Element) -> list[tuple[TimeRange, Fraction]]:
        """Where clips overlap in a mix, and where they are cut."""
        if id(tractor) not in self.mixes:
            self.mixes[id(tractor)] = cuts = []
            for mix in self.parts.of(tractor).all("transition"):
                if mixcut := self.parts.of(mix).text("kdenlive:mixcut"):
                    span = TimeRange(self._time(mix.get("in", "0")), self._time(mix.get("out", "0")))
                    cuts.append((span, span.end - self._time(mixcut)))
        return self.mixes[id(tractor)]

    def _stack(self, tractor: Element, name: str, inside: tuple[str, ...]) -> Any:
        stack = otio.schema.Stack(name)
        for track in self._tracks(tractor, _deeper(tractor, inside)):
            stack.append(track)
        return stack

    def _playlist(self, playlist: Element, name: str, is_audio: bool, inside: tuple[str, ...]) -> list[Any]:
        return tracks_from_row(name, "Audio" if is_audio else "Video", self._row(playlist, is_audio, inside), self.rate)

    def _row(self, playlist: Element, is_audio: bool, inside: tuple[str, ...]) -> Row:
        row, position, inside = [], _ZERO, _deeper(playlist, inside)
        for child in self.parts.of(playlist).story:
            if child.tag == "blank":
                self._count()
                position += self._time(child.get("length", "0"))
            else:
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
            name = self.parts.of(producer).text("kdenlive:clipname") or producer.get("id", "")
            if not is_audio:
                self._say_frozen(entry, name)
            if producer.tag == "playlist":
                nested = otio.schema.Stack(name, children=self._playlist(producer, name, is_audio, inside))
            else:
                nested = self._stack(producer, name, inside)
            nested.source_range = otio_range(shown, self.rate)
            return nested
        played = self._producer(producer)
        if is_audio or played.is_still:
            return self._counted(played.clip(shown, self.rate))
        own = self._freezes(producer, played.name) if played.is_inside else []
        if not played.is_inside:
            self._say_frozen(producer, played.name)
        freezes = [*own, *self._freezes(entry, played.name)]
        return self._counted(played.clip(shown, self.rate, freezes))

    def _counted(self, clip: Any) -> Any:
        self.knots.take(clip)
        return clip

    def _producer(self, element: Element) -> Producer:
        if id(element) not in self.producers:
            self.producers[id(element)] = producer_of(element, self.parts.of(element), self.media, self._time)
        return self.producers[id(element)]

    def _freezes(self, item: Element, name: str) -> list[Freeze]:
        """How an entry or a producer is frozen; none where that cannot be read, which is said."""
        if id(item) not in self.freezes:
            try:
                self.freezes[id(item)] = freezes_of(item, self._time)
            except ValueError:
                self.freezes[id(item)] = None
        found = self.freezes[id(item)]
        if found is None:
            self.frozen.append(name)
        return found or []

    def _say_frozen(self, item: Element, name: str) -> None:
        """Of sequences, tracks and producers that hold a file themselves: melt itself stops at those [7.12]."""
        if self.parts.of(item).is_frozen:
            self.frozen.append(name)

    def _count(self) -> None:
        self.items += 1
        if self.items > _MOST_ITEMS:
            raise UnusableItemError("its nested sequences hold too many clips")

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


def _hidden_inside(content: Part) -> str:
    """What Kdenlive hides of a whole track: it says so at both of its playlists."""
    stated = {inner.get("hide", "") for inner in content.all("track")}
    return stated.pop() if len(stated) == 1 else ""
