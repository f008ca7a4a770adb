"""AAFs that say the same as Media Composer's in other ways: made with pyaaf2, picture for picture."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import aaf2
import opentimelineio as otio
import pytest
from numbered_movies import shown_at, write_numbered

from talkies.core.destinations import write_timeline
from talkies.core.segment import Timeline
from talkies.core.timeline import read_timeline

NTSC = Fraction(30000, 1001)
HOUR = 3600 * 24  # frames


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_numbered(tmp_path_factory.mktemp("film") / "film.mp4", 200)


def changed(film: Path, change: Callable[[Any, Any], None], speed: float = 0.5) -> Timeline:
    """Three seconds from picture 10 on, half as fast; ``change`` gets the file that we write and its composition."""
    time = otio.opentime.RationalTime
    whole = otio.opentime.TimeRange(time(0, 24), time(200, 24))
    effects = [otio.schema.LinearTimeWarp("half", speed)] if speed != 1 else []
    shown = otio.opentime.TimeRange(time(10, 24), time(72, 24))
    clip = otio.schema.Clip("c", otio.schema.ExternalReference("film.mp4", whole), shown, effects=effects)
    after = otio.schema.Clip("d", otio.schema.ExternalReference("film.mp4", whole), shown)
    timeline = otio.schema.Timeline("t")
    timeline.tracks.append(otio.schema.Track("V1", [clip, after], kind="Video"))
    otio.adapters.write_to_file(timeline, str(film.parent / "source.otio"))
    path = film.parent / "changed.aaf"
    write_timeline(read_timeline(film.parent / "source.otio"), [], path)
    with aaf2.open(str(path), "rw") as file:
        change(file, next(file.content.compositionmobs()))
    return read_timeline(path)


def group_of(composition: Any) -> Any:
    parts = [part for slot in composition.slots for part in getattr(slot.segment, "components", ())]
    return next(part for part in parts if isinstance(part, aaf2.components.OperationGroup))


def code_slot(composition: Any) -> Any:
    return next(slot for slot in composition.slots if isinstance(slot.segment, aaf2.components.Timecode))


@pytest.mark.parametrize("name", ["Video Speed Control", "Timewarp", "motion control"])
@pytest.mark.parametrize("is_marked", [True, False])
def test_a_ratio_of_any_effect_is_followed(film: Path, name: str, is_marked: bool) -> None:
    def rename(file: Any, composition: Any) -> None:
        operation = group_of(composition).operation
        operation["Name"].value, operation["IsTimeWarp"].value = name, is_marked

    timeline = changed(film, rename)
    first, second = timeline.segments
    assert shown_at(first, 0, 1, 2, 2.9) == [10, 22, 34, 44]
    assert (first.record.duration, second.record.start, first.warnings, timeline.warnings) == (3, 3, (), ())


@pytest.mark.parametrize(("ratio", "shown"), [("72/1", [10, 10, 10]), ("1/2", [10, 58, 106]), ("-2/1", [45, 33, 21])])
def test_ratios_of_an_effect_of_another_name(film: Path, ratio: str, shown: list[int]) -> None:
    """That of its own length is a freeze; backwards the same 36 pictures are shown from their last one."""

    def set_ratio(file: Any, composition: Any) -> None:
        group = group_of(composition)
        group.operation["Name"].value = "Video Speed Control"
        next(each for each in group.parameters if each.name == "SpeedRatio")["Value"].value = ratio

    segment = changed(film, set_ratio).segments[0]
    assert shown_at(segment, 0.01, 1.01, 2.01) == shown and segment.record.duration == 3


def add_graph(file: Any, group: Any, name: str, points: Sequence[tuple[Any, Any]]) -> None:
    rational = file.dictionary.lookup_typedef("Rational")
    parameter = file.create.ParameterDef("72559a80-24d7-11d3-8a50-0050040ef7da", name, "", rational)
    interpolation = file.create.InterpolationDef(aaf2.misc.LinearInterp, "interpolation", "")
    file.dictionary.register_def(parameter)
    file.dictionary.register_def(interpolation)
    graph = file.create.VaryingValue()
    graph.parameterdef, graph["Interpolation"].value = parameter, interpolation
    group.parameters.append(graph)
    for time, value in points:
        graph.add_keyframe(time, value)


def dissolve(file: Any, definition: Any) -> Any:
    """A dissolve of a second, cut in its middle."""
    transition, group = file.create.Transition("picture", 24), file.create.OperationGroup(definition, 24)
    group.media_kind = "picture"
    transition["CutPoint"].value, transition["OperationGroup"].value = 12, group
    return transition


def add_dissolves(file: Any, composition: Any, before: bool, after: bool) -> None:
    """Between the retimed clip and two seconds of black before it, and between it and the clip after it."""
    definition = file.create.OperationDef("0c3bea41-fc05-11d2-8a29-0050040ef7d2", "VideoDissolve2")
    definition.media_kind = "picture"
    definition["NumberInputs"].value, definition["IsTimeWarp"].value, definition["Bypass"].value = 2, False, 0
    definition["OperationCategory"].value = "OperationCategory_Effect"
    file.dictionary.register_def(definition)
    (parts,) = (
        slot.segment.components
        for slot in composition.slots
        if any(isinstance(part, aaf2.components.OperationGroup) for part in getattr(slot.segment, "components", ()))
    )
    if after:
        parts.insert(1, dissolve(file, definition))
    if before:
        parts.insert(0, file.create.Filler("picture", 48))
        parts.insert(1, dissolve(file, definition))


MARKS = [("Motion Control", True), ("Video Speed Control", True), ("Video Speed Control", False)]


@pytest.mark.parametrize(("name", "is_marked"), MARKS)
@pytest.mark.parametrize(
    ("ratio", "before", "after", "shown"),
    [
        ("2/1", False, True, [10 + n // 2 for n in range(60)]),
        ("2/1", True, False, [16 + n // 2 for n in range(60)]),
        ("2/1", True, True, [16 + n // 2 for n in range(48)]),
        ("1/2", True, True, [34 + 2 * n for n in range(48)]),
        ("72/1", True, True, [10] * 48),
        ("-2/1", True, True, [39 - n // 2 for n in range(48)]),
        ("-2/1", False, True, [45 - n // 2 for n in range(60)]),
    ],
)
def test_a_ratio_beside_a_transition(
    film: Path, name: str, is_marked: bool, ratio: str, before: bool, after: bool, shown: list[int]
) -> None:
    """Of the 72 frames that the effect lasts each dissolve takes 12, which show six pictures of the media."""

    def change(file: Any, composition: Any) -> None:
        group = group_of(composition)
        group.operation["Name"].value, group.operation["IsTimeWarp"].value = name, is_marked
        next(each for each in group.parameters if each.name == "SpeedRatio")["Value"].value = ratio
        add_dissolves(file, composition, before, after)

    first, second = changed(film, change).segments
    start = Fraction(36 if before else 0, 24)
    assert (first.record.start, first.record.end) == (start, start + Fraction(len(shown), 24))
    assert shown_at(first, *(Fraction(2 * n + 1, 48) for n in range(len(shown)))) == shown
    assert (second.record.start, second.source.start * 24) == (first.record.end, 22 if after else 10)


@pytest.mark.parametrize(("name", "is_marked"), MARKS)
@pytest.mark.parametrize(("before", "after"), [(False, False), (True, False), (False, True), (True, True)])
def test_a_ratio_on_media_that_counts_at_another_rate(
    film: Path, name: str, is_marked: bool, before: bool, after: bool
) -> None:
    """30 in a sequence of 24: at half speed 72 frames of 24 show a second and a half, whatever the media counts in."""

    def change(file: Any, composition: Any) -> None:
        group = group_of(composition)
        group.operation["Name"].value, group.operation["IsTimeWarp"].value = name, is_marked
        add_dissolves(file, composition, before, after)
        for mob in file.content.mobs:
            if isinstance(mob, aaf2.mobs.MasterMob | aaf2.mobs.SourceMob):
                for slot in mob.slots:
                    if slot.segment.media_kind == "Picture":
                        slot.edit_rate = "30/1"

    first, second = changed(film, change).segments
    start, length = (36, 60) if before else (0, 72)
    length -= 12 if after else 0
    assert (first.record.start * 24, first.record.duration * 24) == (start, length)
    assert (first.source.start * 24, first.source.duration * 48) == (16 if before else 10, length)
    assert second.record.start == first.record.end


@pytest.mark.parametrize("is_marked", [True, False])
@pytest.mark.parametrize(("before", "after"), [(False, False), (True, False), (False, True), (True, True)])
def test_a_graph_of_an_effect_that_is_marked_or_not(film: Path, is_marked: bool, before: bool, after: bool) -> None:
    """A quarter of full speed for 36 frames, then three quarters."""

    def change(file: Any, composition: Any) -> None:
        group = group_of(composition)
        group.operation["Name"].value, group.operation["IsTimeWarp"].value = "Timewarp", is_marked
        add_graph(file, group, "PARAM_SPEED_OFFSET_MAP_U", ((0, 0), (36, 9), (72, 36)))
        add_dissolves(file, composition, before, after)

    first, second = changed(film, change).segments
    whole = [10 + n // 4 for n in range(36)] + [19 + 3 * n // 4 for n in range(36)]
    shown = whole[12 if before else 0 : 60 if after else 72]
    assert (first.record.duration * 24, second.record.start) == (len(shown), first.record.end)
    assert shown_at(first, *(Fraction(4 * n + 1, 96) for n in range(len(shown)))) == shown


@pytest.mark.parametrize(("values", "is_said"), [((1, 0), True), (("1/2", "1/2"), False)])
def test_a_graph_of_speed_alone_is_said(film: Path, values: Sequence[Any], is_said: bool) -> None:
    def change(file: Any, composition: Any) -> None:
        add_graph(file, group_of(composition), "PARAM_SPEED_MAP_U", list(zip((0, 72), values, strict=True)))

    timeline = changed(film, change)
    assert shown_at(timeline.segments[0], 0, 1) == [10, 22]
    said = ["a graph of speed without one of frames, of 1 clip ('c' first)" in each for each in timeline.warnings]
    assert said == [True] * is_said


@pytest.mark.parametrize("is_in_sequence", [False, True])
@pytest.mark.parametrize("track", [1, 2])
def test_a_drop_frame_timecode_wherever_it_lies(film: Path, track: int, is_in_sequence: bool) -> None:
    """01:00:00;00 is frame 107,892."""

    def set_code(file: Any, composition: Any) -> None:
        for slot in composition.slots:
            slot.edit_rate = "30000/1001"
        slot = code_slot(composition)
        slot["PhysicalTrackNumber"].value = track
        code = file.create.Timecode(30, drop=True, length=144)
        code.start = 107_892
        slot.segment = code
        if is_in_sequence:
            slot.segment = sequence = file.create.Sequence(media_kind="Timecode")
            sequence.components.append(code)

    timeline = changed(film, set_code, speed=1)
    assert (timeline.rate, timeline.drop_frame) == (NTSC, True)
    assert timeline.start == 107_892 / NTSC and timeline.timecode(Fraction(0)) == "01:00:00;00"


@pytest.mark.parametrize(("rate", "count", "start"), [("25", 25, 90_000), ("48000", 24, 172_800_000)])
def test_the_picture_says_the_rate_and_not_the_timecode(film: Path, rate: str, count: int, start: int) -> None:
    def set_rate(file: Any, composition: Any) -> None:
        slot = code_slot(composition)
        slot.edit_rate, slot.segment["FPS"].value, slot.segment.start = rate, count, start

    timeline = changed(film, set_rate, speed=1)
    assert (timeline.rate, timeline.start, timeline.warnings) == (24, 3600, ())


def test_a_timecode_that_counts_otherwise_than_its_track_is_said(film: Path) -> None:
    def count_thirty(file: Any, composition: Any) -> None:
        slot = code_slot(composition)
        slot.segment["FPS"].value, slot.segment.start = 30, HOUR

    timeline = changed(film, count_thirty, speed=1)
    (warning,) = timeline.warnings
    assert timeline.start == 3600 and "counts 30 frames a second in a track of 24" in warning
