"""Final Cut Pro 7 XML (Premiere, Resolve): new tracks put into the text that was read, the rest byte for byte.

A timeline of another kind is first written in FCP7's terms (``document.py``); then the same splice follows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import ClassVar
from xml.etree import ElementTree

from talkies.core.errors import OutputError, TalkiesError
from talkies.core.files.atomic import part_file
from talkies.core.files.guards import read_text, safe_xml
from talkies.core.segment import Take, Timeline
from talkies.core.timeline.formats.base import Writer
from talkies.core.timeline.formats.fcp7.document import xmeml
from talkies.core.timeline.formats.fcp7.losses import document_losses
from talkies.core.timeline.formats.fcp7.takes import new_tracks
from talkies.core.timeline.formats.fcp7.terms import audio_format, is_fcp7_rate
from talkies.core.timeline.formats.otio.writer import OtioFile
from talkies.core.timeline.formats.xml_splicing import (
    Edit,
    Element,
    Place,
    as_bytes,
    edited,
    inserted,
    removed,
    root_of,
)
from talkies.core.timeline.structure.sounds import OUR_NAME, track_name
from talkies.core.timeline.structure.tracks import lanes_of

_OUR_IDS = re.compile(rb'id="talkies-(?:clip|file)-([0-9]{1,9})"')


class Fcp7Xml(Writer):
    """``.xml``."""

    title: ClassVar[str] = "Final Cut Pro 7 XML: Premiere, Resolve"

    def check(self, timeline: Timeline, out: Path) -> None:
        OtioFile().check(timeline, out)  # media inside a bundle cannot be linked to
        _base(timeline, out)

    def losses(self, timeline: Timeline) -> tuple[str, ...]:
        lost = () if _is_fcp7(timeline) else document_losses(timeline)
        between = any((segment.record.start * timeline.rate).denominator != 1 for segment in timeline.segments)
        return (*lost, _BETWEEN) if between else lost

    def write(self, timeline: Timeline, takes: Sequence[Take], out: Path) -> None:
        data, sequence = _base(timeline, out)
        lanes = lanes_of(takes, (track_name(track) for track in timeline.document.tracks))
        if lanes:  # a file that is named twice would be the first one both times: new ids are higher than ours there
            taken = max((int(number) for number in _OUR_IDS.findall(data)), default=0)
            heard, shown = new_tracks(timeline, lanes, taken)
            data = edited(data, _added(data, sequence, heard, shown))
        with part_file(out) as part:
            part.write_bytes(data)


_BETWEEN = (
    "shots begin between frames: their new sound is cut on the nearest frame; it is in sync to the sample in Premiere, "
    "to half a frame elsewhere"
)


def _is_fcp7(timeline: Timeline) -> bool:
    return timeline.path.suffix.lower() == ".xml"


def _base(timeline: Timeline, out: Path) -> tuple[bytes, Place]:
    """The XML without new tracks, and the sequence in it that was read. Raises OutputError."""
    if _is_fcp7(timeline):
        try:
            data = read_text(timeline.path)
            safe_xml(timeline.path, data)
        except TalkiesError as error:
            raise OutputError(out, f"the source timeline is missing ({error.problem})", "read it again") from error
    elif is_fcp7_rate(timeline.rate):
        head = b'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE xmeml>\n'
        root = xmeml(timeline, *_picture_size(timeline))
        ElementTree.indent(root, "\t")
        data = head + as_bytes(root) + b"\n"
    else:
        problem = f"this format cannot count {float(timeline.rate):g} frames per second"
        raise OutputError(out, problem, "write an .otio")
    sequence = _sequence_read(data, timeline, out)
    gone = [removed(track) for track in _gone(sequence, timeline)]
    if gone:
        data = edited(data, gone)
        sequence = _sequence_read(data, timeline, out)
    return data, sequence


def _sequence_read(data: bytes, timeline: Timeline, out: Path) -> Place:
    found = list(_sequences(root_of(data)))
    named = (each for each in found if (name := each.find("name")) and name.text == timeline.document.name)
    if not found:
        raise OutputError(out, "the XML holds no sequence that new tracks could be put into", "write an .otio")
    return next(named, found[0])


def _sequences(place: Place) -> Iterator[Place]:
    """Every sequence that has media and is not nested in a clip, in order."""
    if place.tag == "sequence" and place.find("media"):
        yield place
    elif place.tag != "clipitem":
        for child in place.children:
            yield from _sequences(child)


def _gone(sequence: Place, timeline: Timeline) -> Iterator[Place]:
    """The tracks of ours that were taken out of the timeline since it was read."""
    kept = {track_name(track) for track in timeline.document.tracks}
    media = [sequence.find("media", kind) for kind in ("video", "audio")]
    for track in (track for place in media if place for track in place.children):
        name = track.get("MZ.TrackName")
        if track.tag == "track" and OUR_NAME.match(name) and name not in kept:
            yield track


def _added(data: bytes, sequence: Place, heard: Sequence[Element], shown: Sequence[Element]) -> Iterator[Edit]:
    """The tracks at the end of the sequence's picture and of its sound."""
    media, video, audio = sequence.find("media"), sequence.find("media", "video"), sequence.find("media", "audio")
    assert media is not None
    if shown and video is not None:
        yield inserted(data, video, shown)
    if audio is not None and heard:
        yield inserted(data, audio, heard if audio.children else (*audio_format(), *heard))
    missing = [("video", [*shown])] if shown and video is None else []
    missing += [("audio", [*audio_format(), *heard])] if heard and audio is None else []
    if missing:
        yield inserted(data, media, [_holder(kind, children) for kind, children in missing])


def _holder(kind: str, children: Sequence[Element]) -> Element:
    whole = Element(kind)
    whole.extend(children)
    return whole


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
