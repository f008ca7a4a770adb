"""FCPXML out: valid by the rules, read back by another library, every byte of the input kept, takes at their places."""

from __future__ import annotations

import json
import os
import re
from fractions import Fraction
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

import opentimelineio as otio
import pytest
from fcpxml_rules import broken_rules
from known_timelines import KNOWN, Known
from otio_fcpx_xml_adapter import fcpx_xml

from talkies.core.destinations import check_output, losses, write_timeline
from talkies.core.errors import OutputError
from talkies.core.segment import Take
from talkies.core.timeline import read_timeline
from talkies.core.timeline.our_tracks import our_tracks, without_our_tracks
from talkies.core.timeline.structure.sounds import sound_tracks
from talkies.core.times import TimeRange

FILM = KNOWN[1]
FRAME = Fraction(1, 25)


def known(number: int) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("film", KNOWN[:number], ids=str)


def written(film: Known, folder: Path, suffix: str = ".fcpxml") -> Path:
    timeline = read_timeline(film.write(folder))
    write_timeline(timeline, film.takes(folder), folder / f"out{suffix}")
    return folder / f"out{suffix}"


@known(4)
def test_a_timeline_of_another_kind_becomes_fcpxml(film: Known, tmp_path: Path) -> None:
    out = written(film, tmp_path)
    assert broken_rules(out) == []
    again = read_timeline(out)
    assert (again.rate, again.start, again.duration) == (film.rate, film.start, film.duration)
    assert {each.clip: (each.record, each.source) for each in again.segments} == film.pictures
    assert all(not each.warnings for each in again.segments)
    assert [(cue.range, cue.text, cue.kind, cue.speaker) for cue in again.cues] == [
        (cue.range, cue.text, cue.kind, cue.speaker) for cue in film.cues
    ]
    wild, *ours = sound_tracks(again)
    assert [clip.record for clip in wild.clips] == [film.wild] and wild.clips[0].path == tmp_path / "wind.wav"
    assert [(track.name, track.generated) for track in ours] == [
        (name, True) for name in ("DX talkies", "DX talkies 2", "FX talkies", "FX talkies 2")
    ]
    assert {clip.name: (clip.record, clip.path, clip.enabled) for track in ours for clip in track.clips} == {
        take.name: (take.record, take.path, take.number == 1) for take in film.takes(tmp_path)
    }


@known(2)
def test_another_library_reads_the_same_places(film: Known, tmp_path: Path) -> None:
    """OTIO's own adapter; it reads neither 23.976 nor 29.97, and counts from the start timecode."""
    collection = fcpx_xml.read_from_string(written(film, tmp_path).read_text())
    (timeline,) = collection
    places = {
        (track.kind, clip.name): tuple(round(time.value) for time in (span.start_time, span.duration))
        for track in timeline.tracks
        for clip in track.find_clips()
        for span in (clip.range_in_parent(),)
    }
    frames = {"A": (0, 48), "B": (60, 72), "C": (24, 16)}
    pictures = {("Video", name): (film.start_frame + first, count) for name, (first, count) in frames.items()}
    sounds = {("Audio", take.name): (take.record.start, take.record.duration) for take in film.takes(tmp_path)}
    assert places == {
        **pictures,
        ("Audio", "wind"): (film.start_frame + 12, 72),
        **{key: (film.start_frame + start * film.rate, count * film.rate) for key, (start, count) in sounds.items()},
    }


def seconds(text: str | None) -> Fraction:
    return Fraction((text or "").removesuffix("s"))


def test_roles_channels_and_notes(tmp_path: Path) -> None:
    root = ElementTree.parse(written(FILM, tmp_path)).getroot()
    clips = {clip.get("name"): clip for clip in root.iter("asset-clip") if clip.get("audioRole")}
    assert {name: (clip.get("audioRole"), clip.get("enabled", "1")) for name, clip in clips.items()} == {
        "DX_ANNA_s0_t01": ("dialogue.talkies", "1"),
        "DX_BORIS_s0_t01": ("dialogue.talkies-2", "1"),
        "FX_A_s0_t01": ("effects.talkies", "1"),
        "FX_B_s0_t01": ("effects.talkies", "1"),
        "FX_B_s0_t02": ("effects.talkies-2", "0"),
    }
    assets = {asset.get("id"): asset for asset in root.iter("asset")}
    asset = assets[clips["FX_B_s0_t01"].get("ref")]
    assert (asset.get("audioChannels"), asset.get("audioRate"), asset.get("hasVideo")) == ("2", "48000", None)
    (take,) = [take for take in FILM.takes(tmp_path) if take.name == "FX_B_s0_t01"]
    covered = take.file_range
    assert take.head_handle > 0 and covered.end > take.record.end
    assert (seconds(asset.get("start")), seconds(asset.get("duration"))) == (covered.start, covered.duration)
    assert seconds(clips["FX_B_s0_t01"].get("start")) == take.record.start
    note = json.loads((clips["FX_B_s0_t02"].findtext("note") or "").removeprefix("talkies "))
    assert (note["segment"], note["take"], note["prompt"]) == ("V1-B", 2, "steps, gravel")
    lanes = [int(clip.get("lane", "0")) for clip in clips.values()]
    assert max(lanes) < -1  # below the sound that was there


def test_odd_names_stay_what_they_are(tmp_path: Path) -> None:
    folder = tmp_path / "Kürze & <Länge> #1 100%? 'ok'"
    folder.mkdir()
    timeline = read_timeline(FILM.write(folder))
    (take,) = [take for take in FILM.takes(folder) if take.name.startswith("FX_A")]
    write_timeline(timeline, [take], tmp_path / "out.fcpxml")
    assert broken_rules(tmp_path / "out.fcpxml") == []
    urls = [element.get("src", "") for element in ElementTree.parse(tmp_path / "out.fcpxml").iter("media-rep")]
    assert {Path(unquote(urlsplit(url).path)) for url in urls} == {
        folder / name for name in ("film.mp4", "wind.wav", take.path.name)
    }
    assert not any(urlsplit(url).query or urlsplit(url).fragment for url in urls)


OWN = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE fcpxml>
<!-- kept --><fcpxml version='1.10'><resources>
 <format id="r1" frameDuration="100/2500s" width="64" height="48"/><!-- kept too -->
 <asset id="talkies1" name="a" start="0s" duration="100s" hasVideo="1" format="r1"><media-rep src="./media/a%20b.mov"/>
 </asset></resources><library><event><project name="P"><sequence format="r1" tcStart="3600s" duration="6s"><spine>
  <asset-clip ref="talkies1" offset="3600s" start="10s" duration="2s" name="one" unknown="&#228;">
   <asset-clip ref="talkies1" lane="-3" offset="11s" duration="1s" srcEnable="audio"/>
   <marker start="11s" value="m"/><metadata><md key="k"/></metadata></asset-clip>
  <gap offset="3602s" duration="1s" start="3600s"/>
  <audition offset="3603s"><asset-clip ref="talkies1" start="4s" duration="3s"/><title ref="r1"/></audition>
</spine></sequence></project></event></library></fcpxml>"""


def take(folder: Path, start: Fraction, end: Fraction, stem: Any = "FX") -> Take:
    path = folder / f"{stem}_{start.numerator}_{start.denominator}.wav"
    path.write_bytes(b"")
    return Take("V1-001", stem, path.stem, path, TimeRange(start, end), 48_000)


def own(folder: Path, text: str = OWN) -> Path:
    (folder / "own.fcpxml").write_text(text, encoding="utf-8")
    return folder / "own.fcpxml"


def test_every_byte_is_kept_and_clips_are_connected_in_the_order_of_the_rules(tmp_path: Path) -> None:
    timeline = read_timeline(own(tmp_path))
    takes = [take(tmp_path, Fraction(start), Fraction(start) + 1) for start in (1, 2, 3)]
    takes.append(take(tmp_path, Fraction(6), Fraction(7), "DX"))
    write_timeline(timeline, takes, tmp_path / "out.fcpxml")
    text = (tmp_path / "out.fcpxml").read_text()
    new = [r'<gap name="Gap".*?</gap>\n', r'<asset-clip ref="talkies[2-5]".*?</asset-clip>\n']
    left = re.sub("|".join([*new, r'<asset id="talkies[2-5]".*?</asset>\n']), "", text)
    for opened, closed in ((">\n</gap>", "/>"), (">\n</asset-clip><title", "/><title")):  # these had nothing inside
        left = left.replace(opened, closed)
    assert left == OWN
    places = {
        clip.get("name"): (parent.tag, clip.get("offset"), [child.tag for child in parent].index("asset-clip"))
        for parent in ElementTree.fromstring(text).iter()
        for clip in parent
        if clip.get("audioRole")
    }
    assert places == {
        "FX_1_1": ("asset-clip", "11s", 0),  # its own time begins at 10 s
        "FX_2_1": ("gap", "3600s", 0),
        "FX_3_1": ("asset-clip", "4s", 0),  # the chosen clip of the audition
        "DX_6_1": ("gap", "0s", 0),  # after the storyline's end, on more storyline
    }
    (first,) = [clip for clip in ElementTree.fromstring(text).iter("asset-clip") if clip.get("name") == "one"]
    assert [child.tag for child in first] == ["asset-clip", "asset-clip", "marker", "metadata"]
    assert [child.get("lane") for child in first.iter("asset-clip")][1:] == ["-3", "-5"]
    again = read_timeline(tmp_path / "out.fcpxml")
    assert {track.name: track.clips for track in our_tracks(again)} == {
        "DX talkies": (TimeRange(Fraction(6), Fraction(7)),),
        "FX talkies": tuple(TimeRange(Fraction(start), Fraction(start) + 1) for start in (1, 2, 3)),
    }


def test_ours_go_without_a_trace(tmp_path: Path) -> None:
    takes = [take(tmp_path, Fraction(0), Fraction(1)), take(tmp_path, Fraction(0), Fraction(1), "DX")]
    write_timeline(read_timeline(own(tmp_path)), takes, tmp_path / "with.fcpxml")
    with_takes = read_timeline(tmp_path / "with.fcpxml")
    write_timeline(without_our_tracks(with_takes), [], tmp_path / "without.fcpxml")
    assert "audioRole" in (tmp_path / "with.fcpxml").read_text()
    assert (tmp_path / "without.fcpxml").read_text().replace("\n", "") == OWN.replace("\n", "")
    write_timeline(without_our_tracks(with_takes), takes[:1], tmp_path / "again.fcpxml")
    assert [track.name for track in our_tracks(read_timeline(tmp_path / "again.fcpxml"))] == ["FX talkies"]


def canonical(path: Path) -> str:
    """A file as XML says it in one way only, without the clips and assets of ours."""
    tree = ElementTree.parse(path, ElementTree.XMLParser(target=ElementTree.TreeBuilder(insert_comments=True)))
    for parent in tree.iter():
        for child in [*parent]:
            if str(child.get("audioRole", "")).endswith("talkies") or str(child.get("id", "")).startswith("talkies"):
                parent.remove(child)
    return str(ElementTree.canonicalize(ElementTree.tostring(tree.getroot(), encoding="unicode"), strip_text=True))


@pytest.mark.parametrize("name", ["fcpx_example", "fcpx_event", "fcpx_library", "fcpx_project"])
def test_real_files_come_back_as_they_were(shared_dir: Path, tmp_path: Path, name: str) -> None:
    path = shared_dir / f"data/timelines/otio_adapters/{name}.fcpxml"
    timeline = read_timeline(path)
    takes = [take(tmp_path, segment.record.start, segment.record.end) for segment in timeline.segments[:3]]
    write_timeline(timeline, takes, tmp_path / "out.fcpxml")
    assert canonical(tmp_path / "out.fcpxml") == canonical(path)
    again = read_timeline(tmp_path / "out.fcpxml")
    assert [each.record for each in again.segments] == [each.record for each in timeline.segments]
    records = {clip.record for track in sound_tracks(again) if track.generated for clip in track.clips}
    assert records == {each.record for each in takes}
    text = (tmp_path / "out.fcpxml").read_text()
    assert 'version="1.8"' in text and f'src="{takes[0].path.as_uri()}"' in text  # no media-rep before 1.9
    write_timeline(timeline, [], tmp_path / "none.fcpxml")
    assert (tmp_path / "none.fcpxml").read_bytes() == path.read_bytes()


@pytest.mark.parametrize("speed", [Fraction(2), Fraction(1, 2), Fraction(-1), Fraction(0)])
def test_retimes(tmp_path: Path, speed: Fraction) -> None:
    def span(start: float, count: float) -> otio.opentime.TimeRange:
        return otio.opentime.TimeRange(otio.opentime.RationalTime(start, 25), otio.opentime.RationalTime(count, 25))

    kind = otio.schema.FreezeFrame() if speed == 0 else otio.schema.LinearTimeWarp(time_scalar=float(speed))
    media = otio.schema.ExternalReference("film.mov", span(100, 500))
    clip = otio.schema.Clip("c", media, span(200, 50), effects=[kind], markers=[otio.schema.Marker("m", span(210, 0))])
    document = otio.schema.Timeline("cut", tracks=[otio.schema.Track("V", kind="Video", children=[clip])])
    otio.adapters.write_to_file(document, str(tmp_path / "cut.otio"))
    timeline = read_timeline(tmp_path / "cut.otio")
    write_timeline(timeline, [], tmp_path / "out.fcpxml")
    assert broken_rules(tmp_path / "out.fcpxml") == []
    again = read_timeline(tmp_path / "out.fcpxml")
    assert [(each.record, each.source, each.speed) for each in again.segments] == [
        (each.record, each.source, each.speed) for each in timeline.segments
    ]
    marker = next(ElementTree.parse(tmp_path / "out.fcpxml").iter("marker"))
    shown = timeline.segments[
        0
    ].source  # the marker is in media at 8.4 s; in the clip when that is seen, from its start
    away = shown.end - Fraction("8.4") if speed < 0 else Fraction("8.4") - shown.start
    local = shown.start + (away / abs(speed) if speed else 0)
    assert (marker.get("value"), Fraction(str(marker.get("start")).rstrip("s"))) == ("m", local)
    (kept,) = again.segments[0].marks
    assert kept.span.start == (Fraction("8.4") if speed else shown.start)


def test_a_gap_at_the_end_is_kept(tmp_path: Path) -> None:
    text = OWN.replace("</spine>", '<gap offset="3606s" duration="4s"/></spine>').replace(
        'duration="6s"', 'duration="10s"'
    )
    assert read_timeline(own(tmp_path, text)).duration == 10
    only = re.sub("<spine>.*</spine>", '<spine><gap offset="3600s" duration="10s"/></spine>', text, flags=re.DOTALL)
    assert read_timeline(own(tmp_path, only)).duration == 10


def test_a_time_map_counts_the_start_in_retimed_time(tmp_path: Path) -> None:
    """As Final Cut Pro writes it: the whole medium of 100 s over 200 s, of which 4 s from 20 s on are shown."""
    points = '<timeMap><timept time="0s" value="0s"/><timept time="200s" value="100s"/></timeMap>'
    clip = f'<asset-clip ref="talkies1" offset="3600s" start="20s" duration="4s" name="slow">{points}</asset-clip>'
    text = re.sub(r"<spine>.*</spine>", f"<spine>{clip}</spine>", OWN, flags=re.DOTALL)
    (segment,) = read_timeline(own(tmp_path, text)).segments
    assert (segment.source, segment.speed) == (TimeRange(Fraction(10), Fraction(12)), Fraction(1, 2))


def test_relative_addresses_follow_the_file(tmp_path: Path) -> None:
    (tmp_path / "media").mkdir()
    (tmp_path / "media/a b.mov").write_bytes(b"")
    (tmp_path / "elsewhere").mkdir()
    write_timeline(read_timeline(own(tmp_path)), [], tmp_path / "elsewhere/out.fcpxml")
    (place,) = ElementTree.parse(tmp_path / "elsewhere/out.fcpxml").iter("media-rep")
    assert place.get("src") == (tmp_path / "media/a b.mov").as_uri()


def test_a_bundle_keeps_what_lies_in_it(tmp_path: Path) -> None:
    bundle = tmp_path / "in.fcpxmld"
    bundle.mkdir()
    own(tmp_path).rename(bundle / "Info.fcpxml")
    (bundle / "CurrentVersion.plist").write_text("<plist/>")
    timeline = read_timeline(bundle)
    for _ in range(2):  # the second time over the first
        write_timeline(timeline, [take(tmp_path, Fraction(0), Fraction(1))], tmp_path / "out.fcpxmld")
    assert {path.name for path in (tmp_path / "out.fcpxmld").iterdir()} == {"Info.fcpxml", "CurrentVersion.plist"}
    assert [track.name for track in our_tracks(read_timeline(tmp_path / "out.fcpxmld"))] == ["FX talkies"]
    assert not [*tmp_path.glob("*.part")]
    assert our_tracks(read_timeline(written(FILM, tmp_path, ".fcpxmld")))[0].name == "DX talkies"


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows that few have")
def test_a_link_in_a_bundle_is_not_written_through(tmp_path: Path) -> None:
    linked = own(tmp_path)
    before = linked.read_bytes()
    (tmp_path / "in.fcpxmld").mkdir()
    (tmp_path / "in.fcpxmld" / "Info.fcpxml").symlink_to(linked)
    sound = take(tmp_path, Fraction(0), Fraction(1))
    write_timeline(read_timeline(tmp_path / "in.fcpxmld"), [sound], tmp_path / "out.fcpxmld")
    assert linked.read_bytes() == before
    assert [track.name for track in our_tracks(read_timeline(tmp_path / "out.fcpxmld"))] == ["FX talkies"]


def test_what_is_lost_is_said(tmp_path: Path) -> None:
    assert losses(read_timeline(own(tmp_path)), tmp_path / "out.fcpxml") == ()
    sentences = losses(read_timeline(FILM.write(tmp_path)), tmp_path / "out.fcpxml")
    assert len(sentences) == 2
    assert "'Picture', 'Inserts', 'Subtitles', 'Wild track' are named anew" in sentences[0]
    assert "2 subtitles are called English" in sentences[1]


def test_a_version_too_old_for_sound_is_refused(tmp_path: Path) -> None:
    timeline = read_timeline(own(tmp_path, OWN.replace("1.10", "1.5")))
    with pytest.raises(OutputError, match=r"is FCPXML 1\.5.*export it again"):
        check_output(timeline, tmp_path / "out.fcpxml")


@pytest.mark.parametrize("name", ["\x00\x01nul", "]]> & <b>", "a\ud800b"])
def test_names_that_xml_cannot_hold(tmp_path: Path, name: str) -> None:
    each = take(tmp_path, Fraction(0), Fraction(1))
    odd = Take(each.segment_id, "FX", name, each.path, each.record, 48_000, metadata={"prompt": name})
    write_timeline(read_timeline(own(tmp_path)), [odd], tmp_path / "out.fcpxml")
    assert len(our_tracks(read_timeline(tmp_path / "out.fcpxml"))) == 1
