"""Final Cut's Time Remap becomes OTIO's retime: the same stretch of media, counted as OTIO counts."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest

from talkies.core.timeline import read_timeline
from talkies.core.timeline.formats.fcp7.reader import read_fcp7
from talkies.core.timeline.formats.fcp7.retimes import constant_speed, translate_retime

LONG = 240  # frames of the medium, which begins at 01:00:00:00


def span(first: float, count: float) -> Any:
    return otio.opentime.TimeRange(otio.opentime.RationalTime(first, 25), otio.opentime.RationalTime(count, 25))


def remap(speed: str, reverse: str = "FALSE", variable: str = "0") -> Any:
    rows = [("variablespeed", variable), ("speed", speed), ("reverse", reverse)]
    parameters = [{"parameterid": name, "value": value} for name, value in rows]
    return otio.schema.Effect("Time Remap", "", {"fcp_xml": {"effectid": "timeremap", "parameter": parameters}})


def clip(first: float, count: float, *effects: Any) -> Any:
    media = otio.schema.ExternalReference("one.mov", span(90_000, LONG))
    made = otio.schema.Clip("one", media, span(90_000 + first, count))
    made.effects.extend(effects)
    return made


@pytest.mark.parametrize(
    ("speed", "reverse", "scalar", "starts"),
    [
        ("100", "FALSE", 1, 10),
        ("200", "FALSE", 2, 20),
        ("50", "FALSE", 0.5, 5),
        ("100", "TRUE", -1, LONG - 40),
        ("200", "TRUE", -2, LONG - 80),
        ("-200", "TRUE", -2, LONG - 80),
        ("0", "FALSE", 0, 0),
    ],
)
def test_in_and_out_of_the_retimed_clip(speed: str, reverse: str, scalar: float, starts: int) -> None:
    item = clip(10, 30, remap(speed, reverse))
    translate_retime(item)
    (warp,) = item.effects
    assert isinstance(warp, otio.schema.LinearTimeWarp)
    assert warp.time_scalar == scalar
    assert item.source_range == span(90_000 + starts, 30)
    assert warp.metadata["fcp_xml"]["effectid"] == "timeremap"


def test_once_is_enough() -> None:
    item = clip(10, 30, remap("200"))
    translate_retime(item)
    translate_retime(item)
    assert item.source_range == span(90_020, 30)


@pytest.mark.parametrize("speed", ["fast", "nan", "inf", "1e999", ""])
def test_a_speed_that_is_none_is_left_to_be_told(speed: str) -> None:
    item = clip(10, 30, remap(speed))
    translate_retime(item)
    assert not isinstance(item.effects[0], otio.schema.LinearTimeWarp)
    assert item.source_range == span(90_010, 30)


def test_a_changing_speed_is_no_constant_one() -> None:
    assert constant_speed(remap("100", variable="1")) is None
    assert constant_speed(otio.schema.Effect("Blur")) is None
    assert constant_speed(remap("25", variable="FALSE")) == 0.25


def xmeml(path: Path, speed: str) -> Path:
    rate = "<rate><timebase>25</timebase><ntsc>FALSE</ntsc></rate>"
    rows = "".join(
        f"<parameter><parameterid>{name}</parameterid><value>{value}</value></parameter>"
        for name, value in (("variablespeed", "0"), ("speed", speed), ("reverse", "FALSE"))
    )
    path.write_text(
        "<?xml version='1.0'?><!DOCTYPE xmeml><xmeml version='4'><sequence id='s'><name>Cut</name>"
        f"<duration>30</duration>{rate}<media><video><track><clipitem id='c'><name>one</name><duration>240</duration>"
        f"{rate}<start>0</start><end>30</end><in>10</in><out>40</out><file id='f'><name>one.mov</name>{rate}"
        "<duration>240</duration><media><video/></media></file><filter><effect><name>Time Remap</name>"
        f"<effectid>timeremap</effectid>{rows}</effect></filter></clipitem></track></video></media></sequence></xmeml>"
    )
    return path


def test_the_reader_leaves_no_filter_behind(tmp_path: Path) -> None:
    document = read_fcp7(xmeml(tmp_path / "cut.xml", "200")).document
    (item,) = document.tracks[0]
    assert [type(effect) for effect in item.effects] == [otio.schema.LinearTimeWarp]
    (segment,) = read_timeline(tmp_path / "cut.xml").segments
    assert segment.speed == 2
    assert (segment.source.start, segment.source.duration) == (Fraction(20, 25), Fraction(60, 25))


def test_what_otios_adapter_wrote_down_as_otio_is_read_alike(tmp_path: Path) -> None:
    converted = otio.adapters.read_from_file(str(xmeml(tmp_path / "cut.xml", "50")), adapter_name="fcp_xml")
    otio.adapters.write_to_file(converted, str(tmp_path / "cut.otio"))
    from_xml, from_otio = (read_timeline(tmp_path / name).segments[0] for name in ("cut.xml", "cut.otio"))
    assert (from_xml.speed, from_xml.source) == (from_otio.speed, from_otio.source)
    assert from_otio.speed == Fraction(1, 2)
