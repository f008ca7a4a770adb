"""Our own readers: EDL, FCPXML, MLT and Kdenlive; Final Cut 7 through its adapter. Written as text, read as places."""

from __future__ import annotations

import contextlib
import io
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest

from talkies.core.errors import TimelineError
from talkies.core.segment import Timeline
from talkies.core.timeline import read_timeline
from talkies.core.times import TimeRange


def read(folder: Path, name: str, text: str) -> Timeline:
    path = folder / name
    path.write_text(text)
    return read_timeline(path)


def rows(timeline: Timeline) -> list[tuple[str, Fraction, Fraction, Fraction]]:
    """(clip, record in, record out, source in) in frames of the timeline."""
    rate = timeline.rate
    return [(s.clip, s.record.start * rate, s.record.end * rate, s.source.start * rate) for s in timeline.segments]


EDL = """TITLE: Cut 3
FCM: NON-DROP FRAME

001  A001     V     C        01:00:10:00 01:00:12:00 10:00:00:00 10:00:02:00
* FROM CLIP NAME: street.mov
002  A002     V     C        02:00:00:00 02:00:01:00 10:00:03:00 10:00:04:00
M2   A002       050.0                02:00:00:00
* FROM CLIP NAME: run.mov
003  A003     B     C        00:00:05:00 00:00:05:24 10:00:04:00 10:00:04:24
M2   A003       000.0                00:00:05:00
* LOC: 10:00:01:00 RED     ANNA: Come in.
"""


def test_edl(tmp_path: Path) -> None:
    timeline = read(tmp_path, "cut.edl", EDL)
    assert (timeline.name, timeline.rate, timeline.start) == ("Cut 3", 25, 36000)
    assert rows(timeline) == [
        ("street.mov", 0, 50, 25 * 3610),
        ("run.mov", 75, 100, 25 * 7200),
        ("A003", 100, 124, 25 * 5),
    ]
    assert [segment.speed for segment in timeline.segments] == [1, 2, 0]
    assert any("states no frame rate" in sentence for sentence in timeline.warnings)
    (cue,) = timeline.cues
    assert (cue.text, cue.speaker, cue.range.start) == ("Come in.", "ANNA", 1)


def test_edl_in_drop_frame(tmp_path: Path) -> None:
    """One hour of drop-frame labels is 107892 frames, and ten minutes 17982."""
    text = "TITLE: d\nFCM: DROP FRAME\n001 AX V C 00:00:00;00 00:10:00;00 01:00:00;00 01:10:00;00\n"
    timeline = read(tmp_path, "drop.edl", text)
    assert timeline.rate == Fraction(30000, 1001)
    assert timeline.drop_frame
    assert timeline.start * timeline.rate == 107892
    assert timeline.duration * timeline.rate == 17982
    assert timeline.timecode(timeline.duration) == "01:10:00;00"


def test_edl_with_a_stated_rate(tmp_path: Path) -> None:
    text = "TITLE: d\n* FRAME RATE: 23.976\n001 AX V C 00:00:00:00 00:00:01:00 01:00:00:00 01:00:01:00\n"
    timeline = read(tmp_path, "rate.edl", text)
    assert timeline.rate == Fraction(24000, 1001)
    assert timeline.warnings == ()
    assert timeline.duration == Fraction(1001, 1000)
    path = tmp_path / "rate.edl"
    path.write_text(path.read_text().replace("* FRAME RATE: 23.976\n", ""))
    assert read_timeline(path).rate == 24
    assert read_timeline(path, rate=Fraction(24000, 1001)).rate == Fraction(24000, 1001)


def test_edl_finds_media_by_clip_name_and_timecode(make: Any) -> None:
    """The list counts in the movie's timecode: 01:00:00:05 is its sixth frame."""
    (make.folder / "media").mkdir()
    make.movie("media/street.mov", frames=25, timecode="01:00:00:00")
    text = "001 A001 V C 01:00:00:05 01:00:00:24 10:00:00:00 10:00:00:19\n* FROM CLIP NAME: street\n"
    path = make.folder / "cut.edl"
    path.write_text(text)
    (segment,) = read_timeline(path, make.folder / "media").segments
    assert segment.picture is not None
    assert segment.source.start - segment.picture.start == Fraction(5, 25)


FCPXML = """<?xml version="1.0"?><!DOCTYPE fcpxml>
<fcpxml version="1.9"><resources>
 <format id="f" frameDuration="1001/24000s"/>
 <asset id="a" name="street" src="file:///media/street%20one.mov" start="86486400/24000s" duration="240240/24000s"
  hasVideo="1" hasAudio="1" format="f"/>
 <asset id="m" name="music" src="file:///media/music.wav" start="0s" duration="100s" hasAudio="1"/>
 <effect id="t" name="Basic Title" uid="x"/>
 <media id="c" name="compound"><sequence format="f" duration="96096/24000s"><spine>
  <asset-clip ref="a" name="in one" offset="0s" start="86486400/24000s" duration="48048/24000s"/>
  <asset-clip ref="a" name="in two" offset="48048/24000s" start="86486400/24000s" duration="48048/24000s"/>
 </spine></sequence></media>
</resources>
<project name="Reel 1"><sequence format="f" tcStart="86486400/24000s" tcFormat="NDF" duration="10s"><spine>
 <asset-clip ref="a" name="one" offset="86486400/24000s" start="86510424/24000s" duration="24024/24000s">
  <caption name="cap" lane="1" offset="86516430/24000s" duration="12012/24000s" role="iTT?captionFormat=ITT.de-DE">
   <text><text-style ref="ts1">ANNA: Guten </text-style><text-style ref="ts2">Tag</text-style></text></caption>
  <asset-clip ref="m" lane="-1" offset="86510424/24000s" duration="1s"/>
  <title ref="t" lane="2" name="Basic Title" offset="86510424/24000s" duration="12012/24000s">
   <text><text-style ref="ts1">Chapter One</text-style></text></title>
 </asset-clip>
 <gap offset="86510424/24000s" duration="24024/24000s" start="3600s">
  <asset-clip ref="a" lane="1" name="above" offset="86412012/24000s" start="86486400/24000s" duration="12012/24000s"/>
 </gap>
 <ref-clip ref="c" name="compound" offset="86534448/24000s" start="24024/24000s" duration="48048/24000s"/>
 <asset-clip ref="a" name="slow" offset="86582496/24000s" start="86486400/24000s" duration="24024/24000s">
  <timeMap><timept time="0s" value="0s"/><timept time="20s" value="10s"/></timeMap></asset-clip>
 <asset-clip ref="a" name="off" enabled="0" offset="86606520/24000s" duration="24024/24000s"/>
</spine></sequence></project></fcpxml>"""


def test_fcpxml(tmp_path: Path) -> None:
    timeline = read(tmp_path, "cut.fcpxml", FCPXML)
    assert (timeline.name, timeline.rate, timeline.start) == ("Reel 1", Fraction(24000, 1001), Fraction(36036, 10))
    zero = 86400  # the media's first frame
    assert sorted(rows(timeline), key=lambda row: row[1:3]) == [
        ("one", 0, 24, zero + 24),
        ("above", 36, 48, zero),
        ("in one", 48, 72, zero + 24),
        ("in two", 72, 96, zero),
        ("slow", 96, 120, zero),
    ]
    assert {s.clip: s.speed for s in timeline.segments}["slow"] == Fraction(1, 2)
    assert all("street one.mov" in s.warnings[0] for s in timeline.segments)
    frame = Fraction(1001, 24000)
    spoken = {(cue.text, cue.speaker, cue.language, cue.range) for cue in timeline.cues}
    assert spoken == {
        ("Guten Tag", "ANNA", "de-DE", TimeRange(6 * frame, 18 * frame)),
        ("Chapter One", "", "", TimeRange(Fraction(0), 12 * frame)),
    }


def test_a_compound_clip_that_contains_itself(tmp_path: Path) -> None:
    text = FCPXML.replace('<asset-clip ref="a" name="in two"', '<ref-clip ref="c" name="in two"')
    with pytest.raises(TimelineError, match="contains itself"):
        read(tmp_path, "cut.fcpxml", text)


def test_an_unfolding_bomb_of_compound_clips(tmp_path: Path) -> None:
    """Twenty levels of ten clips each would be 10^20 clips."""
    media = "".join(
        f'<media id="c{level}"><sequence format="f"><spine>'
        + f'<ref-clip ref="c{level + 1}" duration="1s"/>' * 10
        + "</spine></sequence></media>"
        for level in range(20)
    )
    text = (
        '<fcpxml version="1.9"><resources><format id="f" frameDuration="1/24s"/>' + media + "</resources>"
        '<project name="p"><sequence format="f"><spine><ref-clip ref="c0" duration="1s"/></spine></sequence></project>'
        "</fcpxml>"
    )
    with pytest.raises(TimelineError, match="unfold"):
        read(tmp_path, "bomb.fcpxml", text)


MLT = """<mlt root="/projects"><profile frame_rate_num="24000" frame_rate_den="1001"/>
<producer id="p" in="0" out="999"><property name="resource">street.mov</property>
 <property name="mlt_service">avformat</property>
 <property name="length">1000</property></producer>
<producer id="w"><property name="resource">2:/media/run.mov</property><property name="mlt_service">timewarp</property>
 <property name="warp_speed">2</property><property name="length">500</property></producer>
<producer id="k"><property name="resource">#ff0000</property><property name="mlt_service">color</property></producer>
<playlist id="v"><blank length="10"/><entry producer="p" in="5" out="28"/><entry producer="k" in="0" out="9"/>
 <entry producer="w" in="10" out="33"/></playlist>
<playlist id="a"><entry producer="p" in="0" out="99"/></playlist>
<tractor id="t"><track producer="v"/><track producer="a" hide="video"/></tractor></mlt>"""


def test_mlt(tmp_path: Path) -> None:
    timeline = read(tmp_path, "cut.mlt", MLT)
    assert timeline.rate == Fraction(24000, 1001)
    assert rows(timeline) == [("street.mov", 10, 34, 5), ("run.mov", 44, 68, 20)]
    assert [segment.speed for segment in timeline.segments] == [1, 2]
    assert "/projects/street.mov" in timeline.segments[0].warnings[0]


@pytest.mark.parametrize("name", ["kdenlive_example_v221170.kdenlive", "kdenlive_mixes_markers.kdenlive"])
def test_kdenlive_as_otios_adapter_reads_it(shared_dir: Path, name: str) -> None:
    path = shared_dir / "data/timelines/otio_adapters" / name
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        theirs = otio.adapters.read_from_file(str(path))
    expected = [
        (
            float(clip.range_in_parent().start_time.value),
            float(clip.duration().value),
            clip.source_range.start_time.value,
        )
        for track in theirs.video_tracks()
        for clip in track.find_clips()
        if isinstance(clip.media_reference, otio.schema.ExternalReference)
    ]
    ours = [(float(a), float(b - a), float(source)) for _, a, b, source in rows(read_timeline(path))]
    assert ours == expected


FCP7 = """<?xml version="1.0"?><!DOCTYPE xmeml><xmeml version="4"><sequence id="s"><name>Cut</name>
<duration>96</duration>
<rate><timebase>24</timebase><ntsc>TRUE</ntsc></rate>
<timecode><rate><timebase>24</timebase><ntsc>TRUE</ntsc></rate><frame>86400</frame><string>01:00:00:00</string>
<displayformat>NDF</displayformat></timecode>
<media><video><track>
<clipitem id="c1"><name>one</name><duration>240</duration><rate><timebase>24</timebase><ntsc>TRUE</ntsc></rate>
<start>0</start><end>48</end><in>24</in><out>72</out>
<file id="f1"><name>one.mov</name><pathurl>file://localhost/C%3a/media/one.mov</pathurl><duration>240</duration>
<rate><timebase>24</timebase><ntsc>TRUE</ntsc></rate><media><video/></media></file></clipitem>
<clipitem id="c2"><name>two</name><duration>240</duration><rate><timebase>24</timebase><ntsc>TRUE</ntsc></rate>
<start>48</start><end>72</end><in>0</in><out>24</out><file id="f1"/>
<filter><effect><name>Time Remap</name><effectid>timeremap</effectid>
<parameter><parameterid>variablespeed</parameterid><value>0</value></parameter>
<parameter><parameterid>speed</parameterid><value>-100</value></parameter>
<parameter><parameterid>reverse</parameterid><value>TRUE</value></parameter></effect></filter></clipitem>
<generatoritem id="g"><name>Text</name><duration>24</duration><rate><timebase>24</timebase><ntsc>TRUE</ntsc></rate>
<start>72</start><end>96</end><in>0</in><out>24</out>
<effect><name>Text</name><effectid>Text</effectid><effecttype>generator</effecttype>
<parameter><parameterid>str</parameterid><name>Text</name><value>ANNA: So&#13;long.</value></parameter></effect>
</generatoritem>
</track></video></media></sequence></xmeml>"""


def test_final_cut_7(tmp_path: Path) -> None:
    timeline = read(tmp_path, "cut.xml", FCP7)
    assert (timeline.rate, timeline.start) == (Fraction(24000, 1001), Fraction(36036, 10))
    assert [(name, a, b) for name, a, b, _ in rows(timeline)] == [("one", 0, 48), ("two", 48, 72)]
    backwards = timeline.segments[1]
    assert backwards.speed == -1
    assert backwards.source_time(backwards.record.start) * timeline.rate == 240  # its first picture is the media's last
    (cue,) = timeline.cues
    assert (cue.text, cue.speaker) == ("So long.", "ANNA")
    assert cue.range == TimeRange(72 / timeline.rate, 96 / timeline.rate)
