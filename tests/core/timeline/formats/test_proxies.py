"""Proxies: the original is looked at where it is there, the proxy where only that is, and then it is said."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest
from numbered_movies import shown_at, write_numbered

from talkies.core.segment import Timeline
from talkies.core.timeline import read_timeline
from talkies.core.times import TimeRange

KDENLIVE = """<mlt LC_NUMERIC="C" producer="main_bin" root="{folder}"><profile frame_rate_num="25" frame_rate_den="1"/>
<producer id="bin0" in="0" out="99"><property name="length">100</property>
<property name="resource">{folder}/cache/proxy.mp4</property><property name="mlt_service">avformat</property>
<property name="kdenlive:proxy">{folder}/cache/proxy.mp4</property>
<property name="kdenlive:originalurl">{folder}/film.mp4</property><property name="kdenlive:id">3</property></producer>
<producer id="p0" in="0" out="99"><property name="length">100</property><property name="kdenlive:id">3</property>
<property name="resource">{folder}/cache/proxy.mp4</property><property name="mlt_service">avformat</property></producer>
<playlist id="main_bin"><entry producer="bin0" in="0" out="99"/></playlist>
<playlist id="l0"><entry producer="p0" in="25" out="49"/></playlist><playlist id="l1"/>
<tractor id="t0"><track producer="l0"/><track producer="l1"/></tractor>
<tractor id="t1"><track producer="t0"/></tractor></mlt>"""

SHOTCUT = """<mlt LC_NUMERIC="C" root="{folder}"><profile frame_rate_num="25" frame_rate_den="1"/>
<chain id="c0" out="99"><property name="length">100</property><property name="resource">cache/proxy.mp4</property>
<property name="mlt_service">avformat-novalidate</property><property name="shotcut:proxy">1</property>
<property name="shotcut:originalResource">film.mp4</property></chain>
<playlist id="l0"><entry producer="c0" in="25" out="49"/></playlist><tractor id="t0"><track producer="l0"/></tractor>
</mlt>"""

FINAL_CUT = """<fcpxml version="1.10"><resources><format id="f" frameDuration="1/25s"/>
<asset id="a" name="film" start="0s" duration="4s" hasVideo="1" format="f">
<media-rep kind="proxy-media" src="./cache/proxy.mp4"/><media-rep kind="original-media" src="./film.mp4"/></asset>
</resources><project name="p"><sequence format="f"><spine>
<asset-clip ref="a" offset="0s" start="1s" duration="1s" name="c"/></spine></sequence></project></fcpxml>"""


def read(folder: Path, name: str, text: str) -> Timeline:
    path = folder / name
    path.write_text(text.replace("{folder}", str(folder)))
    return read_timeline(path)


@pytest.mark.parametrize(
    ("name", "text"), [("cut.kdenlive", KDENLIVE), ("cut.mlt", SHOTCUT), ("cut.fcpxml", FINAL_CUT)]
)
def test_the_original_goes_before_its_proxy(tmp_path: Path, name: str, text: str) -> None:
    proxy = tmp_path / "cache" / "proxy.mp4"
    proxy.parent.mkdir()
    write_numbered(proxy, 60, 25)
    only_proxy = read(tmp_path, name, text)
    assert shown_at(only_proxy.segments[0], 0, 0.5) == [25, 37]
    assert [warning for warning in only_proxy.warnings if "proxy" in warning]
    write_numbered(tmp_path / "film.mp4", 60, 25)
    both = read(tmp_path, name, text)
    assert both.segments[0].picture is not None
    assert both.segments[0].picture.path.name == "film.mp4"
    assert both.warnings == ()
    proxy.unlink()
    (segment,) = read(tmp_path, name, text).segments
    assert shown_at(segment, 0, 0.5) == [25, 37]


def test_decimal_commas(tmp_path: Path) -> None:
    """A project saved where numbers have commas, with a clip at 150 %."""
    write_numbered(tmp_path / "film.mp4", 60, 25)
    text = """<mlt LC_NUMERIC="de_DE.UTF-8" root="{folder}"><profile frame_rate_num="25" frame_rate_den="1"/>
<producer id="p" in="00:00:00,000" out="00:00:01,560"><property name="length">00:00:01,600</property>
<property name="resource">1,5:film.mp4</property>WARP<property name="mlt_service">timewarp</property></producer>
<playlist id="l"><entry producer="p" in="00:00:00,400" out="00:00:01,360"/></playlist>
<tractor id="t"><track producer="l"/></tractor></mlt>"""
    warp = '<property name="warp_speed">1,5</property><property name="warp_resource">film.mp4</property>'
    for stated in (warp, ""):
        (segment,) = read(tmp_path, "comma.mlt", text.replace("WARP", stated)).segments
        assert segment.speed == Fraction(3, 2)
        assert segment.source == TimeRange(Fraction(3, 5), Fraction(21, 10))
        assert shown_at(segment, 0, 0.8) == [15, 45]


def test_other_media_of_a_clip_are_looked_at_where_the_active_one_is_missing(tmp_path: Path) -> None:
    write_numbered(tmp_path / "film.mp4", 60, 25)
    second = otio.opentime.RationalTime(25, 25)
    clip = otio.schema.Clip("c", source_range=otio.opentime.TimeRange(second, second))
    media = {name: otio.schema.ExternalReference(f"{name}.mp4") for name in ("proxy", "film", "gone")}
    clip.set_media_references(media, "proxy")
    timeline = otio.schema.Timeline("t")
    timeline.tracks.append(otio.schema.Track("V1", [clip], kind="Video"))
    otio.adapters.write_to_file(timeline, str(tmp_path / "cut.otio"))
    found = read_timeline(tmp_path / "cut.otio")
    assert shown_at(found.segments[0], 0) == [25]
    assert [warning for warning in found.warnings if "'proxy.mp4' was not found" in warning]
    write_numbered(tmp_path / "proxy.mp4", 60, 25)
    kept = read_timeline(tmp_path / "cut.otio").segments[0].picture
    assert kept is not None
    assert kept.path.name == "proxy.mp4"
