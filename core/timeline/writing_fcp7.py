"""Final Cut Pro 7 XML (Premiere, Resolve): new tracks put into the text that was read, the rest byte for byte.

A timeline of another kind is first said in FCP7's terms by OTIO's adapter, which knows cuts, media, transitions and
markers, but no subtitle tracks and no film rates; then the same splice follows. What the adapter leaves out and Resolve
and Premiere want (``<format>``, the start timecode) is added.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import ClassVar
from xml.etree import ElementTree
from xml.parsers import expat

from talkies.core.errors import OutputError, TalkiesError
from talkies.core.media.bwf import part_file
from talkies.core.segment import Take, Timeline
from talkies.core.timeline.converting import converted
from talkies.core.timeline.guards import read_text, safe_xml
from talkies.core.timeline.sounds import OUR_NAME, track_name
from talkies.core.timeline.tracks import Lane, lanes_of, plain
from talkies.core.timeline.writing_base import Writer
from talkies.core.times import exact_rate, round_half_up, timecode

Element = ElementTree.Element


class Fcp7Xml(Writer):
    """``.xml``."""

    title: ClassVar[str] = "Final Cut Pro 7 XML: Premiere, Resolve"

    def check(self, timeline: Timeline, out: Path) -> None:
        _base(timeline, out)

    def write(self, timeline: Timeline, takes: Sequence[Take], out: Path) -> None:
        data, sequence = _base(timeline, out)
        lanes = lanes_of(takes, (track_name(track) for track in timeline.document.tracks))
        with part_file(out) as part:
            part.write_bytes(_spliced(data, sequence, audio_tracks(timeline, lanes, _taken(data))) if lanes else data)


@dataclass
class Sequence7:
    """One ``<sequence>``: byte offsets from where ``<audio>`` starts to its end tag, or to after a self-closed
    ``<audio/>``, and of the end tag of ``<media>``; ``tracks``: of each audio track its name, start and end."""

    name: str = ""
    tracks: list[tuple[str, int, int]] = field(default_factory=list)
    audio: tuple[int, int] | None = None
    media: int | None = None


def _base(timeline: Timeline, out: Path) -> tuple[bytes, Sequence7]:
    """The XML without new tracks, and the sequence in it that was read. Raises OutputError."""
    data = b""
    if timeline.path.suffix.lower() == ".xml":
        try:
            data = read_text(timeline.path)
            safe_xml(timeline.path, data)
        except TalkiesError as error:
            raise OutputError(out, f"the timeline it comes from is gone ({error.problem})", "read it again") from error
    if not data:
        data = _completed(converted(timeline, out, "fcp_xml", ".xml"), timeline)
    found = sequences(data)
    named = [sequence for sequence in found if sequence.name == timeline.document.name]
    if not found:
        raise OutputError(out, "the XML holds no sequence that new tracks could be put into", "write an .otio")
    sequence = (named or found)[0]
    gone = _gone(sequence, timeline)
    for start, end in reversed(gone):
        data = data[:start] + data[end:]
    return data, sequences(data)[found.index(sequence)] if gone else sequence


def _gone(sequence: Sequence7, timeline: Timeline) -> list[tuple[int, int]]:
    """Where the tracks of ours lie that were taken out of the timeline since it was read."""
    kept = {track_name(track) for track in timeline.document.tracks}
    return [(start, end) for name, start, end in sequence.tracks if OUR_NAME.match(name) and name not in kept]


def sequences(data: bytes) -> list[Sequence7]:
    """Every sequence that has media and is not nested in a clip, in order."""
    finder = _Finder(data)
    return [sequence for sequence in finder.found if sequence.media is not None]


class _Finder:
    """Walks an XML file with expat, for its byte offsets. The file was checked for entities before."""

    def __init__(self, data: bytes) -> None:
        self.found: list[Sequence7] = []
        self._path: list[str] = []
        self._open: list[tuple[int, Sequence7]] = []
        self._text: list[str] = []
        self._data = data
        self._audio_start = 0
        self._track = "", 0
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text_append
        self._parser.Parse(data, True)

    def _text_append(self, text: str) -> None:
        self._text.append(text)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._path.append(tag)
        self._text = []
        inside = self._path[self._open[-1][0] :] if self._open else []
        if inside == ["media", "audio"]:
            self._audio_start = self._parser.CurrentByteIndex
        elif inside == ["media", "audio", "track"]:
            self._track = attributes.get("MZ.TrackName", ""), self._parser.CurrentByteIndex
        if tag == "sequence" and "clipitem" not in self._path:
            sequence = Sequence7()
            self.found.append(sequence)
            self._open.append((len(self._path), sequence))

    def _end(self, tag: str) -> None:
        if self._open:
            depth, sequence = self._open[-1]
            inside = self._path[depth:]
            if inside == ["name"]:
                sequence.name = "".join(self._text)
            elif inside == ["media", "audio", "track"]:
                sequence.tracks.append((*self._track, self._data.index(b">", self._parser.CurrentByteIndex) + 1))
            elif inside == ["media", "audio"]:
                sequence.audio = self._audio_start, self._parser.CurrentByteIndex
            elif inside == ["media"] and self._data[self._parser.CurrentByteIndex :].startswith(b"</media"):
                sequence.media = self._parser.CurrentByteIndex
            elif not inside:
                self._open.pop()
        self._path.pop()


def _spliced(data: bytes, sequence: Sequence7, tracks: Sequence[Element]) -> bytes:
    """The tracks as ASCII with character references, which every encoding of XML can hold."""
    new = b"".join(b"\n" + ElementTree.tostring(track, encoding="us-ascii", xml_declaration=False) for track in tracks)
    if sequence.audio is not None:
        start, end = sequence.audio
        if data[end:].startswith(b"</audio"):
            return data[:end] + new + b"\n" + data[end:]
        return data[:start] + b"<audio>" + _FORMAT + new + b"\n</audio>" + data[end:]
    assert sequence.media is not None
    return data[: sequence.media] + b"<audio>" + _FORMAT + new + b"\n</audio>\n" + data[sequence.media :]


_FORMAT = (
    b"<numOutputChannels>2</numOutputChannels><format><samplecharacteristics><depth>24</depth>"
    b"<samplerate>48000</samplerate></samplecharacteristics></format>"
)


def _taken(data: bytes) -> int:
    """The highest number among our ids in the text: a file that is named twice would be the first one both times."""
    return max((int(number) for number in re.findall(rb'id="talkies-(?:clip|file)-([0-9]{1,9})"', data)), default=0)


def audio_tracks(timeline: Timeline, lanes: Sequence[Lane], taken: int = 0) -> list[Element]:
    """A track for each channel of each lane: FCP7 knows no stereo clips, only pairs. ``taken``: ids up to this number
    are in the text already."""
    builder = _Builder(timeline, taken)
    return [builder.track(lane, channel) for lane in lanes for channel in range(1, lane.channels + 1)]


@dataclass
class _Builder:
    timeline: Timeline
    taken: int = 0
    files: dict[Path, str] = field(default_factory=dict)
    clips: int = 0

    @property
    def rate(self) -> Fraction:
        return exact_rate(self.timeline.rate)

    def track(self, lane: Lane, channel: int) -> Element:
        kind = "Stereo" if lane.channels == 2 else "Mono"
        exploded = {"currentExplodedTrackIndex": str(channel - 1), "totalExplodedTrackCount": str(lane.channels)}
        track = Element("track", {"MZ.TrackName": lane.name, "premiereTrackType": kind, **exploded})
        _texts(track, enabled=_truth(lane.enabled), locked="FALSE")
        for take in lane.takes:
            if channel <= int(take.metadata.get("channels", 1)):
                track.append(self.clip(take, lane, channel))
        _texts(track, outputchannelindex=str(channel))
        return track

    def clip(self, take: Take, lane: Lane, channel: int) -> Element:
        self.clips += 1
        start, end, head = self._frame(take.record.start), self._frame(take.record.end), self._frame(take.head_handle)
        total = head + end - start + self._frame(take.tail_handle)
        clip = Element("clipitem", id=f"talkies-clip-{self.taken + self.clips}")
        _texts(clip, name=take.name, enabled=_truth(lane.enabled), duration=str(total))
        clip.append(self._rate())
        _texts(clip, start=str(start), end=str(end), **{"in": str(head), "out": str(head + end - start)})
        clip.append(self._file(take, total))
        source = ElementTree.SubElement(clip, "sourcetrack")
        _texts(source, mediatype="audio", trackindex=str(channel))
        facts = {"segment": take.segment_id, "stem": take.stem, "take": take.number, **take.metadata}
        comments = ElementTree.SubElement(clip, "comments")
        _texts(comments, mastercomment1="talkies " + json.dumps(plain(facts), sort_keys=True))
        return clip

    def _file(self, take: Take, total: int) -> Element:
        """The whole description once; later clips of the same file only name it."""
        if take.path in self.files:
            return Element("file", id=self.files[take.path])
        identifier = self.files[take.path] = f"talkies-file-{self.taken + len(self.files) + 1}"
        file = Element("file", id=identifier)
        url = take.path.resolve().as_uri().replace("file://", "file://localhost", 1)
        _texts(file, name=take.path.name, pathurl=url)
        file.append(self._rate())
        _texts(file, duration=str(total))
        file.append(self.timecode(take.record.start - take.head_handle))
        audio = ElementTree.SubElement(ElementTree.SubElement(file, "media"), "audio")
        sampled = ElementTree.SubElement(audio, "samplecharacteristics")
        _texts(sampled, depth="24", samplerate=str(take.sample_rate))
        _texts(audio, channelcount=str(take.metadata.get("channels", 1)))
        return file

    def timecode(self, position: Fraction) -> Element:
        """The record timecode at a position."""
        element = Element("timecode")
        element.append(self._rate())
        written = timecode(self.timeline.start + position, self.rate, self.timeline.drop_frame)
        label = "DF" if self.timeline.drop_frame else "NDF"
        _texts(element, string=written, frame=str(self._frame(self.timeline.start + position)), displayformat=label)
        return element

    def _rate(self) -> Element:
        rate = Element("rate")
        _texts(rate, timebase=str(round_half_up(self.rate)), ntsc=_truth(self.rate.denominator == 1001))
        return rate

    def picture_format(self) -> Element:
        width, height = _picture_size(self.timeline)
        element = Element("format")
        sample = ElementTree.SubElement(element, "samplecharacteristics")
        sample.append(self._rate())
        _texts(sample, width=str(width), height=str(height), pixelaspectratio="square", fielddominance="none")
        return element

    def _frame(self, position: Fraction) -> int:
        return round_half_up(position * self.rate)


def _texts(parent: Element, **texts: str) -> None:
    for tag, text in texts.items():
        ElementTree.SubElement(parent, tag).text = text


def _truth(value: bool) -> str:
    return "TRUE" if value else "FALSE"


def _completed(text: str, timeline: Timeline) -> bytes:
    """What the adapter leaves out: the start timecode and the picture's format, without which Resolve says nothing."""
    root = ElementTree.fromstring(text)
    sequence = next(root.iter("sequence"))
    if sequence.find("timecode") is None:
        sequence.insert(0, _Builder(timeline).timecode(Fraction(0)))
    video = sequence.find("media/video")
    if video is not None and video.find("format/samplecharacteristics/width") is None:
        for empty in video.findall("format"):
            video.remove(empty)
        video.insert(0, _Builder(timeline).picture_format())
    head = b'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE xmeml>\n'
    body: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=False)
    return head + body


def _picture_size(timeline: Timeline) -> tuple[int, int]:
    """Of the first movie that can be opened, else full HD."""
    from talkies.core.media.picture import probe

    for segment in timeline.segments:
        if segment.picture is not None and not segment.picture.frames:
            try:
                info = probe(segment.picture.path)
            except TalkiesError:
                continue
            if info.width and info.height:
                return info.width, info.height
    return 1920, 1080
