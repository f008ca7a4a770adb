"""Retimes whose speed changes, in each format that has them, picture for picture."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import aaf2
import opentimelineio as otio
import pytest
from numbered_movies import numbers, shown_at, write_numbered

from talkies.core.destinations import write_timeline
from talkies.core.errors import TimelineError
from talkies.core.media.handles import with_handles
from talkies.core.segment import Segment
from talkies.core.timeline import read_timeline
from talkies.core.times import TimeRange

FCPXML = """<?xml version="1.0"?><!DOCTYPE fcpxml><fcpxml version="1.10"><resources>
<format id="f" frameDuration="1/24s" width="192" height="48"/>
<asset id="a" name="a" start="0s" duration="200/24s" hasVideo="1" format="f"><media-rep src="./film.mp4"/></asset>
<media id="m"><sequence format="f" tcStart="0s" duration="200/24s"><spine><asset-clip ref="a" offset="0s" name="a"
 duration="60/24s"/><asset-clip ref="a" offset="60/24s" start="100/24s" name="b" duration="100/24s"/></spine></sequence>
</media></resources><project name="p"><sequence format="f" tcStart="0s"><spine>%s</spine></sequence></project></fcpxml>
"""


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_numbered(tmp_path_factory.mktemp("film") / "film.mp4", 200)


def points(*knots: tuple[int, int]) -> str:
    """A time map in frames: (time, value)."""
    rows = "".join(f'<timept time="{time}/24s" value="{value}/24s" interp="linear"/>' for time, value in knots)
    return f"<timeMap>{rows}</timeMap>"


def first(folder: Path, name: str, text: str) -> Segment:
    (folder / name).write_text(text)
    return read_timeline(folder / name).segments[0]


def clip(time_map: str, start: int = 0, duration: int = 144, tag: str = 'asset-clip ref="a"') -> str:
    kind = tag.split()[0]
    return f'<{tag} offset="0s" name="c" start="{start}/24s" duration="{duration}/24s">{time_map}</{kind}>'


RAMP = points((0, 0), (48, 48), (144, 96))


def test_full_speed_and_then_half(film: Path) -> None:
    segment = first(film.parent, "ramp.fcpxml", FCPXML % clip(RAMP))
    expected = [(Fraction(n, 24), n) for n in range(48)] + [(Fraction(2 * n - 48, 24), n) for n in range(48, 96)]
    assert numbers(segment) == expected
    assert segment.source_time(Fraction(4)) * 24 == 72
    assert segment.warnings == ()


def test_a_smooth_change_is_said(film: Path) -> None:
    smooth = RAMP.replace(' interp="linear"', ' interp="smooth2" inTime="6/24s" outTime="6/24s"')
    assert "smoothly" in first(film.parent, "smooth.fcpxml", FCPXML % clip(smooth)).warnings[0]


def test_a_clip_that_begins_and_ends_inside_its_ramp(film: Path) -> None:
    segment = first(film.parent, "trim.fcpxml", FCPXML % clip(RAMP, start=24, duration=72))
    assert shown_at(segment, 0, 0.5, 1, 2, 2.99) == [24, 36, 48, 60, 71]


def test_a_hold_and_then_backwards(film: Path) -> None:
    held = points((0, 0), (48, 48), (96, 48), (144, 0))
    segment = first(film.parent, "hold.fcpxml", FCPXML % clip(held))
    assert shown_at(segment, 1, 2.5, 3.9) == [24, 48, 48]
    assert shown_at(segment, 4.51, 5.51) == [35, 11]


def conformed(folder: Path, inside: str, frame: str = "1/25s", tag: str = 'asset-clip ref="a"') -> Segment:
    """Two seconds from frame 48 of the film at 24 on, in a sequence at another rate."""
    clip = f'<{tag} offset="0s" name="c" start="2s" duration="2s">{inside}</{tag.split()[0]}>'
    text = (FCPXML % clip).replace("<asset id", f'<format id="g" frameDuration="{frame}"/><asset id', 1)
    return first(
        folder, "conformed.fcpxml", text.replace('<sequence format="f" tcStart="0s"><', '<sequence format="g"><')
    )


@pytest.mark.parametrize("inside", ['<conform-rate srcFrameRate="24"/>', '<conform-rate scaleEnabled="1"/>'])
def test_a_conformed_clip_shows_its_pictures_one_for_one(film: Path, inside: str) -> None:
    segment = conformed(film.parent, inside)
    assert numbers(segment) == [(Fraction(n, 25), 48 + n) for n in range(50)]
    assert (segment.speed, segment.warnings) == (Fraction(25, 24), ())


@pytest.mark.parametrize(
    ("inside", "frame", "pace"),
    [
        ('<conform-rate scaleEnabled="0" srcFrameRate="24"/>', "1/25s", 1),
        ('<conform-rate srcFrameRate="24"/>', "1001/24000s", Fraction(1000, 1001)),
        ('<conform-rate srcFrameRate="24"/>', "1/50s", Fraction(25, 24)),
        ('<conform-rate srcFrameRate="47.95"/>', "1001/24000s", 1),
        ('<conform-rate srcFrameRate="29.97"/>', "1/60s", Fraction(1001, 1000)),
    ],
)
def test_only_near_rates_are_conformed(film: Path, inside: str, frame: str, pace: Fraction | int) -> None:
    """Or near to twice each other, as Final Cut Pro's table has it."""
    segment = conformed(film.parent, inside, frame)
    assert (segment.speed, segment.source.start, segment.source.duration) == (pace, 2, 2 * pace)


def test_a_conformed_compound_clip(film: Path) -> None:
    segment = conformed(film.parent, '<conform-rate srcFrameRate="24"/>', tag='ref-clip ref="m"')
    assert (segment.speed, segment.source.start * 24, segment.record.duration) == (
        Fraction(25, 24),
        48,
        Fraction(12, 25),
    )


CONFORM = '<conform-rate srcFrameRate="24"/>'


@pytest.mark.parametrize("tag", ['asset-clip ref="a"', 'ref-clip ref="m"'])
@pytest.mark.parametrize("last", ["200/24s", "8s"])
def test_a_conformed_clip_at_half_speed(film: Path, last: str, tag: str) -> None:
    """Its 200 pictures last eight seconds at 25, and sixteen at half speed: the map of all of them counts in the
    media's own seconds, or in the conformed clip's."""
    mapped = f'<timeMap><timept time="0s" value="0s"/><timept time="16s" value="{last}"/></timeMap>'
    segment = conformed(film.parent, CONFORM + mapped, tag=tag)
    assert (segment.speed, segment.warnings) == (Fraction(25, 48), ())
    assert shown_at(segment, 0, 1, 1.9) == [25, 37, 48]
    assert read_timeline(film.parent / "conformed.fcpxml").warnings == ()


INSIDE = '<asset-clip ref="a" offset="{}s" duration="100/24s"/><asset-clip ref="a" start="100/24s" duration="100/24s"/>'


@pytest.mark.parametrize("offset", [0, 3600])
@pytest.mark.parametrize("last", [Fraction(200, 24), 8])
@pytest.mark.parametrize("tag", ["mc-clip", "sync-clip"])
def test_a_conformed_clip_of_what_states_no_length(film: Path, last: Fraction, tag: str, offset: int) -> None:
    """The angle of a multicam, and a synchronized clip: both are as long as what is in them."""
    inside = INSIDE.format(offset)
    ends = (offset, offset), (offset + 16, offset + last)
    rows = "".join(f'<timept time="{time}s" value="{value * 24}/24s"/>' for time, value in ends)
    angles = f'<mc-angle angleID="1"/><mc-angle angleID="2">{inside}</mc-angle>'
    multicam = f'<media id="n"><multicam format="f">{angles}</multicam></media>'
    shown = '<mc-source angleID="2" srcEnable="all"/>' if tag == "mc-clip" else f"<spine>{inside}</spine>"
    more = f"{CONFORM}<timeMap>{rows}</timeMap>{shown}"
    clip = f'<{tag} ref="n" format="f" name="c" offset="0s" start="{offset + 2}s" duration="2s">{more}</{tag}>'
    text = (FCPXML % clip).replace("<asset id", '<format id="g" frameDuration="1/25s"/><asset id', 1)
    text = text.replace("</resources>", f"{multicam}</resources>")
    text = text.replace('<sequence format="f" tcStart="0s"><', '<sequence format="g"><')
    segment = first(film.parent, "conformed.fcpxml", text)
    assert (segment.speed, segment.warnings) == (Fraction(25, 48), ())
    assert shown_at(segment, 0, 1, 1.9) == [25, 37, 48]
    assert read_timeline(film.parent / "conformed.fcpxml").warnings == ()


@pytest.mark.parametrize("first", ["200/24s", "8s"])
def test_a_conformed_clip_backwards_at_half_speed(film: Path, first: str) -> None:
    mapped = f'<timeMap><timept time="0s" value="{first}"/><timept time="16s" value="0s"/></timeMap>'
    segment = conformed(film.parent, CONFORM + mapped)
    assert (segment.speed, segment.source) == (Fraction(-25, 48), TimeRange(Fraction(150, 24), Fraction(175, 24)))


def test_a_conformed_clip_that_is_held(film: Path) -> None:
    """Two seconds at full speed, then two of picture 50, which are shown, and then on to the end."""
    held = "".join(
        f'<timept time="{time}s" value="{value}/24s" interp="linear"/>'
        for time, value in ((0, 0), (2, 50), (4, 50), (10, 200))
    )
    segment = conformed(film.parent, f"{CONFORM}<timeMap>{held}</timeMap>")
    assert shown_at(segment, 0, 1.9) == [50, 50]
    assert read_timeline(film.parent / "conformed.fcpxml").warnings == ()


@pytest.mark.parametrize("inside", ['<conform-rate srcFrameRate="30"/>', f'<conform-rate srcFrameRate="24"/>{RAMP}'])
def test_what_is_not_conformed_is_said(film: Path, inside: str) -> None:
    conformed(film.parent, inside)
    (warning,) = read_timeline(film.parent / "conformed.fcpxml").warnings
    assert "1 clip ('c' first)" in warning and "without conforming" in warning


def test_many_compound_clips_of_a_long_time_map_are_refused(tmp_path: Path) -> None:
    """Each shows 2,000 changes of speed, which the file holds once."""
    whole = "".join(f'<timept time="{n}s" value="{n + n % 2}s" interp="linear"/>' for n in range(2000))
    inner = f'<asset-clip ref="a" offset="0s" duration="2000s"><timeMap>{whole}</timeMap></asset-clip>'
    media = f'<media id="n"><sequence format="f" duration="2000s"><spine>{inner}</spine></sequence></media></resources>'
    text = (FCPXML % ('<ref-clip ref="n" duration="2000s"/>' * 110)).replace("</resources>", media)
    (tmp_path / "many.fcpxml").write_text(text)
    with pytest.raises(TimelineError, match="change their speeds more often than anybody sets"):
        read_timeline(tmp_path / "many.fcpxml")


def test_a_ramped_compound_clip(film: Path) -> None:
    ramped = points((0, 0), (48, 96), (96, 120))  # 60 frames of the first clip, then the second from 100 on
    segments = read(film.parent, "compound.fcpxml", FCPXML % clip(ramped, duration=96, tag='ref-clip ref="m"'))
    assert [(each.record.start * 24, each.record.end * 24) for each in segments] == [
        (0, 30),
        (30, 48),
        (48, 96),
    ]
    assert [shown_at(each, 0, 0.5) for each in segments] == [[0, 24], [100, 124], [136, 142]]


def read(folder: Path, name: str, text: str) -> tuple[Segment, ...]:
    (folder / name).write_text(text)
    return read_timeline(folder / name).segments


def test_handles_go_on_at_the_speed_of_the_ends(film: Path) -> None:
    segment = first(film.parent, "handles.fcpxml", FCPXML % clip(RAMP, start=24, duration=72))
    wider = with_handles(segment, Fraction(1))
    assert wider.record == TimeRange(Fraction(-1), Fraction(4))
    assert shown_at(wider, 0, 1, 2, 4.99) == [0, 24, 48, 83]


def test_cues_beside_the_film_follow_its_speed(tmp_path: Path) -> None:
    write_numbered(tmp_path / "film.mp4", 100)
    (tmp_path / "film.srt").write_text("1\n00:00:01,500 --> 00:00:02,500\nHello there.\n")
    segment = first(tmp_path, "ramp.fcpxml", FCPXML % clip(RAMP))
    assert [cue.range for cue in segment.cues] == [TimeRange(Fraction(3, 2), Fraction(3))]


def test_otio_keeps_the_speeds(film: Path) -> None:
    source = film.parent / "kept.fcpxml"
    source.write_text(FCPXML % clip(RAMP, start=24, duration=72))
    out = film.parent / "kept.otio"
    write_timeline(read_timeline(source), [], out)
    (kept,), (before,) = read_timeline(out).segments, read_timeline(source).segments
    assert (kept.curve, kept.source, kept.record) == (before.curve, before.source, before.record)


@pytest.mark.parametrize("rows", ["x", [["0", "0"]], [["0", "1e9"], ["1", "1"]], [["0", "1/0"], ["1", "1"]], [1, 2]])
def test_a_damaged_map_is_said(film: Path, rows: object) -> None:
    effect = otio.schema.TimeEffect("retime", "time map", {"talkies": {"time_map": rows}})
    span = otio.opentime.TimeRange(otio.opentime.RationalTime(0, 24), otio.opentime.RationalTime(24, 24))
    item = otio.schema.Clip("c", otio.schema.ExternalReference("film.mp4"), span, effects=[effect])
    timeline = otio.schema.Timeline("t")
    timeline.tracks.append(otio.schema.Track("V1", [item], kind="Video"))
    path = film.parent / "damaged.otio"
    otio.adapters.write_to_file(timeline, str(path))
    (segment,) = read_timeline(path).segments
    assert "not supported" in segment.warnings[0]


OLD_MLT = """<mlt><profile frame_rate_num="24" frame_rate_den="1"/><producer id="c" in="0" out="199">
<property name="resource">{resource}</property><property name="mlt_service">{service}</property>{more}</producer>
<playlist id="p"><entry producer="c" in="24" out="71">{effect}</entry></playlist>
<tractor id="t"><track producer="p"/></tractor></mlt>"""


@pytest.mark.parametrize(
    ("service", "resource", "shown"),
    [
        ("framebuffer", "film.mp4?0.5", [12, 24, 35]),
        ("framebuffer", "film.mp4?2&amp;strobe=1", [48, 96, 142]),
        ("hold", "film.mp4", [50, 50, 50]),
    ],
)
def test_mlt_retimes_of_older_projects(film: Path, service: str, resource: str, shown: list[int]) -> None:
    frame = '<property name="frame">50</property>'
    text = OLD_MLT.format(service=service, resource=resource, more=frame, effect="")
    segment = first(film.parent, "older.mlt", text)
    assert shown_at(segment, 0, 1, 1.97) == shown
    assert segment.record.duration == 2


@pytest.mark.parametrize(
    ("service", "resource", "frame", "speed", "start"),
    [
        ("hold", "gone.mp4", "00:00:02.000", 0, 48),
        ("hold", "gone.mp4", "-5", 0, 0),
        ("framebuffer", "what?.mp4", "0", 1, 24),
        ("framebuffer", "what?.mp4?0.5", "0", Fraction(1, 2), 12),
    ],
)
def test_an_odd_producer_of_an_mlt_project_is_read(
    tmp_path: Path, service: str, resource: str, frame: str, speed: Fraction, start: int
) -> None:
    more = f'<property name="frame">{frame}</property>'
    segment = first(tmp_path, "odd.mlt", OLD_MLT.format(service=service, resource=resource, more=more, effect=""))
    (clip,) = read_timeline(tmp_path / "odd.mlt").document.find_clips()
    assert (clip.media_reference.target_url, segment.speed) == (resource.removesuffix("?0.5"), speed)
    assert (segment.source.start * 24, segment.record.duration) == (start, 2)


MLT = """<mlt LC_NUMERIC="de_DE.UTF-8"><profile frame_rate_num="24" frame_rate_den="1"/>
<chain id="c" out="199"><property name="length">200</property><property name="resource">film.mp4</property>
<property name="mlt_service">avformat-novalidate</property><link in="0" out="199">
<property name="mlt_service">timeremap</property><property name="{kind}">{keys}</property></link></chain>
<playlist id="p"><entry producer="c" in="24" out="95"/></playlist>
<tractor id="t"><track producer="p"/></tractor></mlt>"""


@pytest.mark.parametrize(
    ("kind", "keys"),
    [
        ("map", "0=0;48=2;144=4"),
        ("time_map", "00:00:00,000=0;00:00:02,000=2,0;00:00:06,000=4,0"),
        ("speed_map", "0|=1;48|=0.5;144=0,5"),
    ],
)
def test_mlt(film: Path, kind: str, keys: str) -> None:
    segment = first(film.parent, f"{kind}.mlt", MLT.format(kind=kind, keys=keys))
    assert shown_at(segment, 0, 0.5, 1, 2, 2.99) == [24, 36, 48, 60, 71]


def test_mlt_holds_and_ramps(film: Path) -> None:
    held = first(film.parent, "held.mlt", MLT.format(kind="map", keys="0|=1;48=3;144=3"))
    assert shown_at(held, 0, 0.9, 1.1, 2.9) == [24, 24, 72, 72]
    faster = first(film.parent, "faster.mlt", MLT.format(kind="speed_map", keys="0=0;96=2"))
    assert shown_at(faster, 0, 1, 2) == [6, 24, 54]  # t²/4 seconds after t


@pytest.mark.parametrize("keys", ["0=1e999", "a=b", "0=1;1", "0=99999999999"])
def test_mlt_keyframes_that_are_none_are_refused(film: Path, keys: str) -> None:
    with pytest.raises(Exception, match=r"keyframe|number|range"):
        first(film.parent, "bad.mlt", MLT.format(kind="map", keys=keys))


FCP7 = """<xmeml version="5"><sequence id="s"><name>s</name><duration>200</duration><rate><timebase>24</timebase></rate>
<media><video><track><clipitem id="c"><name>c</name><duration>144</duration><rate><timebase>24</timebase></rate>
<start>0</start><end>72</end><in>24</in><out>96</out><file id="f"><name>film.mp4</name><pathurl>film.mp4</pathurl>
<rate><timebase>24</timebase></rate><duration>200</duration></file><filter><effect><name>Time Remap</name>
<effectid>timeremap</effectid><parameter><parameterid>variablespeed</parameterid><value>1</value></parameter>
<parameter><parameterid>graphdict</parameterid><value>0</value>%s</parameter></effect></filter></clipitem></track></video>
</media></sequence></xmeml>"""


def keyframe(when: object, value: object, more: str = "") -> str:
    return f"<keyframe><when>{when}</when><value>{value}</value>{more}</keyframe>"


def test_final_cut_7(film: Path) -> None:
    graph = keyframe(0, 0) + keyframe(48, 48) + keyframe(144, 96)
    segment = first(film.parent, "ramp.xml", FCP7 % graph)
    assert shown_at(segment, 0, 0.5, 1, 2, 2.99) == [24, 36, 48, 60, 71]
    assert segment.warnings == ()
    straight = first(film.parent, "straight.xml", FCP7 % (keyframe(0, 10) + keyframe(144, 154)))
    assert (straight.speed, shown_at(straight, 0, 1)) == (1, [34, 58])
    bent = keyframe(0, 0) + keyframe(48, 48, "<inbez><horiz>1</horiz></inbez>") + keyframe(144, 96)
    assert "smoothly" in first(film.parent, "bent.xml", FCP7 % bent).warnings[0]


@pytest.mark.parametrize("value", ["1e9", "x", "9" * 12, ""])
def test_final_cut_7_graphs_that_are_none_are_said(film: Path, value: str) -> None:
    segment = first(film.parent, "bad.xml", FCP7 % (keyframe(0, 0) + keyframe(48, value)))
    assert "not supported" in segment.warnings[0]


def aaf_with_graph(folder: Path, name: str, points: tuple[tuple[int, int], ...], kind: object) -> Segment:
    """An AAF as we write it, with a graph added to its motion effect as Avid says it."""
    span = otio.opentime.TimeRange(otio.opentime.RationalTime(10, 24), otio.opentime.RationalTime(72, 24))
    whole = otio.opentime.TimeRange(otio.opentime.RationalTime(0, 24), otio.opentime.RationalTime(200, 24))
    warp = otio.schema.LinearTimeWarp("half", 0.5)
    item = otio.schema.Clip("c", otio.schema.ExternalReference("film.mp4", whole), span, effects=[warp])
    timeline = otio.schema.Timeline("t")
    timeline.tracks.append(otio.schema.Track("V1", [item], kind="Video"))
    otio.adapters.write_to_file(timeline, str(folder / "constant.otio"))
    path = folder / "graph.aaf"
    write_timeline(read_timeline(folder / "constant.otio"), [], path)
    with aaf2.open(str(path), "rw") as file:
        slots = next(file.content.compositionmobs()).slots
        parts = [part for slot in slots for part in getattr(slot.segment, "components", ())]
        group = next(part for part in parts if isinstance(part, aaf2.components.OperationGroup))
        rational = file.dictionary.lookup_typedef("Rational")
        parameter = file.create.ParameterDef("72559a80-24d7-11d3-8a50-0050040ef7d9", name, "", rational)
        interpolation = file.create.InterpolationDef(kind, "interpolation", "")
        file.dictionary.register_def(parameter)
        file.dictionary.register_def(interpolation)
        graph = file.create.VaryingValue()
        graph.parameterdef, graph["Interpolation"].value = parameter, interpolation
        group.parameters.append(graph)
        for time, value in points:
            graph.add_keyframe(time, value)
    return read_timeline(path).segments[0]


@pytest.mark.parametrize("name", ["PARAM_SPEED_OFFSET_MAP_U", "PARAM_OFFSET_MAP_U"])
def test_avids_motion_effects(film: Path, name: str) -> None:
    segment = aaf_with_graph(film.parent, name, ((0, 0), (24, 24), (72, 48)), aaf2.misc.LinearInterp)
    assert shown_at(segment, 0, 0.5, 1, 2, 2.99) == [10, 22, 34, 46, 57]
    assert segment.warnings == ()
    bent = aaf_with_graph(film.parent, name, ((0, 0), (24, 24), (72, 48)), aaf2.misc.CubicInterpolator)
    assert "smoothly" in bent.warnings[0]
    held = aaf_with_graph(film.parent, name, ((0, 0), (24, 24), (48, 24), (72, 0)), aaf2.misc.LinearInterp)
    assert shown_at(held, 0.5, 1.5, 2.55) == [22, 34, 20]  # backwards from the 33rd, thirteen frames on


@pytest.mark.parametrize(("enabled", "speed"), [(True, 2), (False, 1)])
def test_an_otio_retime_that_is_switched_off_is_none(tmp_path: Path, enabled: bool, speed: int) -> None:
    warp = otio.schema.LinearTimeWarp(time_scalar=2.0)
    warp.enabled = enabled
    span = otio.opentime.TimeRange(otio.opentime.RationalTime(0, 24), otio.opentime.RationalTime(24, 24))
    shot = otio.schema.Clip("a", source_range=span, effects=[warp])
    timeline = otio.schema.Timeline("cut", tracks=[otio.schema.Track("V1", [shot], kind="Video")])
    timeline.to_json_file(str(tmp_path / "cut.otio"))
    (segment,) = read_timeline(tmp_path / "cut.otio").segments
    assert segment.speed == speed and segment.source.duration == speed
