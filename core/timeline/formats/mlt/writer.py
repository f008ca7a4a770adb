"""MLT (``.mlt``: melt, Shotcut) and Kdenlive: takes on new tracks of sound, put into the text that was read.

A timeline of another kind is first written as a new project by ``document.py``. Tracks go to the end of its main
tractor, each with a ``mix`` that adds its sound; takes lie on whole frames (see ``on_frames``).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar
from xml.etree.ElementTree import SubElement

from talkies.core.errors import OutputError, TalkiesError
from talkies.core.files.atomic import part_file
from talkies.core.files.guards import read_text, safe_xml
from talkies.core.segment import Take, Timeline
from talkies.core.timeline.formats.base import Writer
from talkies.core.timeline.formats.losses import plain_speech
from talkies.core.timeline.formats.mlt.document import kdenlive_track, lost_in_mlt, new_mlt
from talkies.core.timeline.formats.mlt.frame_copies import FramedTake, copies_written, on_frames
from talkies.core.timeline.formats.mlt.terms import blend_of_pictures, made, main_of, mix_of_sound, property_of, rate_of
from talkies.core.timeline.formats.mlt.track_removal import without_tracks
from talkies.core.timeline.formats.xml_splicing import (
    Edit,
    Element,
    Place,
    edited,
    inserted,
    root_of,
    with_attribute,
)
from talkies.core.timeline.structure.sounds import OUR_NAME, track_name
from talkies.core.timeline.structure.tracks import Lane, clip_metadata, lanes_of
from talkies.core.timeline.words.lines import Line
from talkies.core.timeline.words.subtitle_writing import subrip

_SUFFIXES = (".mlt", ".kdenlive")
_HANDLES = "takes that have a head handle, or begin between frames, are copied without it: MLT begins on whole frames"


class MltFile(Writer):
    """``.mlt``."""

    title: ClassVar[str] = "MLT, Shotcut"
    is_kdenlive: ClassVar[bool] = False

    def check(self, timeline: Timeline, out: Path) -> None:
        data = self._base(timeline, out)
        if self.is_kdenlive and all(child.get("id") != "main_bin" for child in root_of(data).children):
            raise OutputError(out, "the timeline is an MLT project that Kdenlive did not make", "write an .mlt")

    def losses(self, timeline: Timeline) -> tuple[str, ...]:
        return (*(() if _is_mlt(timeline) else lost_in_mlt(timeline, self.is_kdenlive)), _HANDLES)

    def write(self, timeline: Timeline, takes: Sequence[Take], out: Path) -> None:
        data = _without_gone(self._base(timeline, out), timeline)
        lanes = lanes_of(takes, (track_name(track) for track in timeline.document.tracks))
        splice = _Splice(timeline, data, lanes, out)
        data = edited(data, [*_rooted(data, timeline, out), *splice.edits()])
        copies = [each for framed in splice.framed for each in framed]
        with copies_written(copies, splice.rate), part_file(out) as part:
            part.write_bytes(data)
        if not _is_mlt(timeline):
            self._write_subtitles(timeline, out)

    def _base(self, timeline: Timeline, out: Path) -> bytes:
        """The project without new tracks: the text that was read, or a new one."""
        if not _is_mlt(timeline):
            words = self._subtitles(out) if timeline.cues else None
            return new_mlt(timeline, words, kdenlive=self.is_kdenlive)
        try:
            data = read_text(timeline.path)
            safe_xml(timeline.path, data)
        except TalkiesError as error:
            raise OutputError(out, f"the source timeline is missing ({error.problem})", "read it again") from error
        return data

    def _subtitles(self, out: Path) -> Path:
        """Where the words go: Kdenlive looks for ``NAME.kdenlive.srt``, everybody else for ``NAME.srt``."""
        return out.absolute().with_name(f"{out.name if self.is_kdenlive else out.stem}.srt")

    def _write_subtitles(self, timeline: Timeline, out: Path) -> None:
        """The words beside the project, unless somebody's own are there."""
        path = self._subtitles(out)
        if timeline.cues and not path.exists():
            lines = [Line(cue.range.start, cue.range.end, plain_speech(cue)) for cue in timeline.cues]
            with part_file(path) as part:
                part.write_text(subrip(lines), encoding="utf-8")


class KdenliveFile(MltFile):
    """``.kdenlive``."""

    title: ClassVar[str] = "Kdenlive"
    is_kdenlive: ClassVar[bool] = True


def _is_mlt(timeline: Timeline) -> bool:
    return timeline.path.suffix.lower() in _SUFFIXES


def _rooted(data: bytes, timeline: Timeline, out: Path) -> Iterator[Edit]:
    """Relative addresses are seen from the project's ``root``, its own folder if it names none: that stays the same."""
    root = root_of(data)
    folder = timeline.path.absolute().parent
    stated = Path(root.get("root"))
    if _is_mlt(timeline) and not stated.is_absolute() and folder != out.absolute().parent:
        yield with_attribute(data, root, "root", str(folder / stated))


def _without_gone(data: bytes, timeline: Timeline) -> bytes:
    """The project without the tracks of ours that were taken out of the timeline since it was read."""
    kept = {track_name(track) for track in timeline.document.tracks}
    return without_tracks(data, lambda name: bool(OUR_NAME.match(name)) and name not in kept)


@dataclass
class _Splice:
    """New tracks of sound in one project."""

    timeline: Timeline
    data: bytes
    lanes: Sequence[Lane]
    out: Path

    def __post_init__(self) -> None:
        root = safe_xml(self.timeline.path, self.data)
        self.root = root_of(self.data)
        self.places = dict(zip(root.iter(), self.root.all(), strict=True))
        by_id = {element.get("id", ""): element for element in root if element.get("id")}
        main = main_of(root, by_id)
        if main is None:
            raise OutputError(self.out, "the source project holds no timeline", "save the project again")
        self.main = main
        self.bin = by_id.get("main_bin")
        self.rate = rate_of(root)
        self.names = {place.get("id") for place in self.root.all()}
        folder = self.out.with_name(f"{self.out.stem}.takes")
        self.framed = [on_frames(lane.takes, self.rate, folder) for lane in self.lanes]
        numbers = [property_of(each, "kdenlive:id") for each in root]
        self.last_number = max((int(number) for number in numbers if number.isdecimal()), default=1)

    @property
    def is_kdenlive(self) -> bool:
        return self.bin is not None

    def edits(self) -> Iterator[Edit]:
        sounds: list[Element] = []
        new: list[Element] = []
        listed: list[Element] = []
        tracks: list[Element] = []
        for lane, framed in zip(self.lanes, self.framed, strict=True):
            producers = [self._producer(each) for each in framed]
            playlist = self._playlist(lane, framed, producers)
            sounds += producers
            new.append(playlist)
            key = playlist.get("id", "")
            if self.is_kdenlive:
                key = self._free("talkies_track")
                new += kdenlive_track(key, playlist, lane.name, _hidden(lane))
            listed += [_entry(producer, 0, int(producer.get("out", "0")) + 1) for producer in producers]
            hidden = {} if self.is_kdenlive else {"hide": _hidden(lane)}
            tracks.append(Element("track", {"producer": key, **hidden}))
        if not tracks:
            return
        if self.bin is None:
            new = [*sounds, *new]
        else:  # the bin comes before the tracks, and MLT knows only what it has read: Kdenlive drops unknown clips
            yield inserted(self.data, self.root, sounds, self.places[self.bin])
            yield inserted(self.data, self.places[self.bin], listed)
        if self.main.tag == "playlist":
            yield inserted(self.data, self.root, [*new, self._tractor(tracks)])
        else:
            yield inserted(self.data, self.root, new, self.places[self.main])
            yield from self._into_tractor(tracks)

    def _into_tractor(self, tracks: list[Element]) -> Iterator[Edit]:
        multitrack = self.main.find("multitrack")
        holder = self.main if multitrack is None else multitrack
        children = [*self.places[holder].children]
        count = sum(child.tag == "track" for child in children)
        mixes = self._mixes(count)
        if holder is not self.main:
            yield inserted(self.data, self.places[holder], tracks)
            yield inserted(self.data, self.places[self.main], mixes, self._behind_transitions("multitrack"))
            return
        following = self._behind("track")
        transitions = self._behind_transitions("track")
        together = following is transitions
        yield inserted(self.data, self.places[holder], [*tracks, *(mixes if together else ())], following)
        if not together:
            yield inserted(self.data, self.places[self.main], mixes, transitions)

    def _mixes(self, count: int) -> list[Element]:
        """What joins the new tracks to the ``count`` before them: sounds are added, a picture covers what is below."""
        numbered = list(enumerate(self.lanes, start=count))
        blends = [blend_of_pictures(number) for number, lane in numbered if lane.is_picture and self.is_kdenlive]
        return [*(mix_of_sound(number, self.is_kdenlive) for number, lane in numbered if not lane.is_picture), *blends]

    def _behind_transitions(self, otherwise: str) -> Place | None:
        return self._behind("transition" if self.main.find("transition") is not None else otherwise)

    def _behind(self, tag: str) -> Place | None:
        """The child of the main tractor that follows its last child of a kind; None: its end."""
        children = self.places[self.main].children
        last = max(index for index, child in enumerate(children) if child.tag == tag)
        return children[last + 1] if last + 1 < len(children) else None

    def _tractor(self, tracks: list[Element]) -> Element:
        """A tractor around a project that is a mere playlist."""
        tractor = Element("tractor", id=self._free("talkies_timeline"))
        SubElement(tractor, "track", producer=self.main.get("id", ""))
        tractor.extend((*tracks, *self._mixes(1)))
        return tractor

    def _producer(self, framed: FramedTake) -> Element:
        take = framed.take
        properties: dict[str, object] = {
            "length": framed.length,
            "eof": "pause",
            "resource": framed.path.resolve(),
            "mlt_service": "avformat",  # "-novalidate" would leave Kdenlive without waveforms
            "audio_index": -1 if take.is_picture else 0,
            "video_index": 0 if take.is_picture else -1,
            "talkies": json.dumps(clip_metadata(take), ensure_ascii=False, sort_keys=True),
        }
        if self.is_kdenlive:
            self.last_number += 1
            properties |= {"kdenlive:id": self.last_number, "kdenlive:clipname": take.name, "kdenlive:folderid": -1}
            properties |= {"set.test_audio": 1} if take.is_picture else {"kdenlive:clip_type": 1, "set.test_image": 1}
        else:
            properties["shotcut:caption"] = take.name
        span = {"id": self._free("talkies_take"), "in": "0", "out": str(framed.length - 1)}
        return made("producer", span, properties)

    def _playlist(self, lane: Lane, framed: Sequence[FramedTake], producers: Sequence[Element]) -> Element:
        kind = "video" if lane.is_picture else "audio"
        known: dict[str, object] = {"shotcut:name": lane.name, f"shotcut:{kind}": 1}
        if self.is_kdenlive:
            known = {} if lane.is_picture else {"kdenlive:audio_track": 1}
        playlist = made("playlist", {"id": self._free("talkies_playlist")}, known)
        position = 0
        for each, producer in zip(framed, producers, strict=True):
            if each.first > position:
                SubElement(playlist, "blank", length=str(each.first - position))
            playlist.append(_entry(producer, each.skipped, each.count))
            position = each.first + each.count
        return playlist

    def _free(self, stem: str) -> str:
        number = 1
        while (name := f"{stem}{number}") in self.names:
            number += 1
        self.names.add(name)
        return name


def _hidden(lane: Lane) -> str:
    """What of a track is not shown or heard."""
    if not lane.enabled:
        return "both"
    return "audio" if lane.is_picture else "video"


def _entry(producer: Element, first: int, count: int) -> Element:
    """``count`` frames of a producer."""
    span = {"producer": producer.get("id", ""), "in": str(first), "out": str(first + count - 1)}
    number = property_of(producer, "kdenlive:id")
    return made("entry", span, {"kdenlive:id": number} if number else {})
