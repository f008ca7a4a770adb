"""FCP7 XML: every byte that was there is still there, the new clips lie on their frames, cross-overs are complete."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

import numpy as np
import opentimelineio as otio
import pytest
from known_timelines import NTSC
from stems import stem_of

from talkies.core.destinations import losses, write_timeline
from talkies.core.errors import TalkiesError
from talkies.core.segment import Take, Timeline
from talkies.core.takes.saving import save_take
from talkies.core.timeline import read_timeline
from talkies.core.timeline.structure.sounds import sound_tracks


def takes_of(timeline: Timeline, folder: Path, channels: int = 1, **options: Any) -> list[Take]:
    sound = np.full((channels, 48000 * 400), 0.01, np.float32)
    return [
        save_take(stem_of(segment), timeline, [sound], folder, **options)
        for segment in timeline.segments[:2]
        if segment.record.duration < 400
    ]


def xmeml(path: Path, media: str, rate: int = 25, ntsc: str = "FALSE") -> Path:
    """A sequence by hand, one shot of 40 frames at frame 10, its name not in ASCII; ``media``: what follows <video>."""
    timing = f"<rate><timebase>{rate}</timebase><ntsc>{ntsc}</ntsc></rate>"
    clip = f"<clipitem id='c'><name>shøt</name><duration>99</duration>{timing}<start>10</start><end>50</end>"
    clip += f"<in>0</in><out>40</out><file id='f'><name>a.mov</name>{timing}<duration>99</duration></file></clipitem>"
    text = "<?xml version='1.0' encoding='utf-8'?>\n<!DOCTYPE xmeml>\n<!-- kept --><xmeml version='5'><sequence>"
    text += f"<name>é</name>{timing}<media><video><track>{clip}</track></video>{media}</media></sequence></xmeml>"
    path.write_bytes(text.encode("utf-8"))
    return path


@pytest.mark.parametrize("media", ["", "<audio/>", "<audio >\n </audio>", "<audio><track/></audio>"])
def test_every_byte_is_kept(tmp_path: Path, media: str) -> None:
    path = xmeml(tmp_path / "cut.xml", media)
    timeline = read_timeline(path)
    write_timeline(timeline, takes_of(timeline, tmp_path), tmp_path / "out.xml")
    before, after = path.read_bytes(), (tmp_path / "out.xml").read_bytes()
    closing = before.index(b"</audio>") if b"</audio>" in before else before.index(b"</media>")
    head = before[:closing].removesuffix(b"<audio/>")
    assert after.startswith(head) and after.endswith(before[closing:])
    again = ElementTree.fromstring(after).findall("sequence/media/audio/track")
    assert len(again) == media.count("<track") + 1


def test_the_shared_files_keep_every_byte(shared_dir: Path, tmp_path: Path) -> None:
    compared = 0
    for path in sorted((shared_dir / "data/timelines").rglob("*.xml")):
        try:
            timeline = read_timeline(path)
        except TalkiesError:
            continue
        write_timeline(timeline, [], tmp_path / "none.xml")
        assert (tmp_path / "none.xml").read_bytes() == path.read_bytes()
        takes = takes_of(timeline, tmp_path)
        write_timeline(timeline, takes, tmp_path / "out.xml")
        again = read_timeline(tmp_path / "out.xml")
        assert [segment.record for segment in again.segments] == [segment.record for segment in timeline.segments]
        if takes:
            track = again.document.tracks[-1]
            starts = [track.range_of_child(clip).start_time for clip in track.find_clips()]
            assert [Fraction(round(start.value)) / timeline.rate for start in starts] == sorted(
                take.record.start for take in takes
            )
        compared += 1
    assert compared >= 3


@pytest.mark.parametrize(("rate", "timebase", "ntsc"), [(24000 / 1001, "24", "TRUE"), (25, "25", "FALSE")])
def test_an_otio_timeline_becomes_complete_xml(tmp_path: Path, rate: float, timebase: str, ntsc: str) -> None:
    def span(first: float, count: float) -> otio.opentime.TimeRange:
        return otio.opentime.TimeRange(otio.opentime.RationalTime(first, rate), otio.opentime.RationalTime(count, rate))

    media = otio.schema.ExternalReference("missing.mov", span(0, 500))
    track = otio.schema.Track("V1", kind="Video", children=[otio.schema.Gap(source_range=span(0, 7))])
    track.extend(otio.schema.Clip(f"shot {index}", media.clone(), span(10, 40 + index)) for index in range(2))
    start = otio.opentime.RationalTime(int(timebase) * 3600, rate)
    document = otio.schema.Timeline("cut", tracks=[track], global_start_time=start)
    otio.adapters.write_to_file(document, str(tmp_path / "cut.otio"))
    timeline = read_timeline(tmp_path / "cut.otio")
    handle = 5 / timeline.rate
    takes = takes_of(timeline, tmp_path / "t a#kes", 2, handles=(handle, handle))
    write_timeline(timeline, takes, tmp_path / "out.xml")
    root = ElementTree.fromstring((tmp_path / "out.xml").read_bytes())
    sequence = root.find(".//sequence")
    assert sequence is not None
    assert sequence.findtext("timecode/string") == "01:00:00:00"
    assert sequence.findtext("media/video/format/samplecharacteristics/width") == "1920"
    assert sequence.findtext("media/audio/format/samplecharacteristics/samplerate") == "48000"
    tracks = sequence.findall("media/audio/track")
    assert [track.get("MZ.TrackName") for track in tracks] == ["FX talkies"] * 2
    for channel, new in enumerate(tracks, start=1):
        clips = new.findall("clipitem")
        places = [tuple(int(clip.findtext(name) or -1) for name in ("start", "end", "in", "out")) for clip in clips]
        assert places == [(7, 47, 5, 45), (47, 88, 5, 46)]
        assert {clip.findtext("rate/timebase") for clip in clips} == {timebase}
        assert {clip.findtext("rate/ntsc") for clip in clips} == {ntsc}
        assert {clip.findtext("sourcetrack/trackindex") for clip in clips} == {str(channel)}
    first = tracks[0].find("clipitem/file")
    assert first is not None
    url = first.findtext("pathurl") or ""
    assert Path(unquote(url.removeprefix("file://localhost"))) == takes[0].path
    assert first.findtext("timecode/string") == "01:00:00:02"
    note = tracks[0].findtext("clipitem/comments/mastercomment1") or ""
    assert json.loads(note.removeprefix("talkies "))["segment"] == timeline.segments[0].id


def test_other_takes_do_not_sound(tmp_path: Path) -> None:
    timeline = read_timeline(xmeml(tmp_path / "cut.xml", ""))
    takes = takes_of(timeline, tmp_path) + takes_of(timeline, tmp_path, number=2)
    write_timeline(timeline, takes, tmp_path / "out.xml")
    tracks = ElementTree.fromstring((tmp_path / "out.xml").read_bytes()).findall(".//audio/track")
    assert [(track.findtext("enabled"), track.findtext("clipitem/enabled")) for track in tracks] == [
        ("TRUE", "TRUE"),
        ("FALSE", "FALSE"),
    ]


def test_subtitles_become_text_generators(tmp_path: Path) -> None:
    span = otio.opentime.TimeRange(otio.opentime.RationalTime(0, 25), otio.opentime.RationalTime(50, 25))
    clips = [otio.schema.Clip("ANNA: Über\nuns", source_range=span) for _ in range(2)]
    kinds = ("Video", "Subtitle")
    tracks = [otio.schema.Track(kind, kind=kind, children=[clip]) for kind, clip in zip(kinds, clips, strict=True)]
    otio.adapters.write_to_file(otio.schema.Timeline("cut", tracks=tracks), str(tmp_path / "cut.otio"))
    timeline = read_timeline(tmp_path / "cut.otio")
    assert losses(timeline, tmp_path / "out.xml") == ("Final Cut Pro 7 XML: 1 subtitle written as text generators",)
    write_timeline(timeline, [], tmp_path / "out.xml")
    (title,) = ElementTree.parse(tmp_path / "out.xml").getroot().iter("generatoritem")
    assert [title.findtext(name) for name in ("start", "end", "effect/parameter/value")] == [
        "0",
        "50",
        "ANNA: Über\nuns",
    ]
    assert read_timeline(tmp_path / "out.xml").cues == timeline.cues


def test_takes_written_twice_stay_apart(tmp_path: Path) -> None:
    """The ids of the second time are new: a file is found by its id, and would be the first one both times."""
    first, second = NTSC.takes(tmp_path)[:1], NTSC.takes(tmp_path, 1)[3:4]
    write_timeline(read_timeline(NTSC.write(tmp_path, words=False)), first, tmp_path / "once.xml")
    write_timeline(read_timeline(tmp_path / "once.xml"), second, tmp_path / "twice.xml")
    clips = {clip.name: clip for track in sound_tracks(read_timeline(tmp_path / "twice.xml")) for clip in track.clips}
    for (take,) in (first, second):
        assert (clips[take.name].record, clips[take.name].path) == (take.record, take.path)
