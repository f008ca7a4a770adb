"""Edit lists as they are found: without a rate, over midnight, with a speed that only their times say."""

from __future__ import annotations

import re
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest
from numbered_movies import numbers, write_numbered

from talkies.core.segment import Segment, Timeline
from talkies.core.timeline import read_timeline

NTSC = Fraction(24000, 1001)


def read(folder: Path, *events: str, head: str = "") -> Timeline:
    """Events: source in and out, record in and out, and perhaps the name of the clip."""
    lines = [f"TITLE: cut\nFCM: NON-DROP FRAME\n{head}"]
    for number, event in enumerate(events, start=1):
        *times, name = event.split() if len(event.split()) > 4 else [*event.split(), "film.mov"]
        lines.append(f"{number:03}  AX       V     C        {' '.join(times)}\n* FROM CLIP NAME: {name}")
    path = folder / "cut.edl"
    path.write_text("\n".join(lines) + "\n")
    return read_timeline(path)


def ends(segment: Segment) -> tuple[int, int]:
    """The first and the last picture."""
    seen = [number for _, number in numbers(segment)]
    return seen[0], seen[-1]


EVENTS = (
    "01:00:02:00 01:00:04:00 01:00:00:00 01:00:02:00",
    "01:00:05:00 01:00:06:00 01:00:02:00 01:00:03:00",
)


def test_a_list_without_a_rate_has_that_of_its_media(tmp_path: Path) -> None:
    write_numbered(tmp_path / "film.mov", 160, NTSC, "01:00:00:00")
    timeline = read(tmp_path, *EVENTS)
    assert (timeline.rate, timeline.warnings) == (NTSC, ())
    assert timeline.duration == 72 / NTSC
    assert [ends(segment) for segment in timeline.segments] == [(48, 95), (120, 143)]


@pytest.mark.parametrize(("stated", "own"), [(24, NTSC), (NTSC, Fraction(24))])
def test_labels_count_pictures_also_where_list_and_media_differ_by_a_thousandth(
    tmp_path: Path, stated: Fraction, own: Fraction
) -> None:
    write_numbered(tmp_path / "film.mov", 160, own, "01:00:00:00")
    timeline = read(tmp_path, *EVENTS, head=f"* FRAME RATE: {float(stated):.3f}\n")
    assert timeline.rate == stated
    assert [ends(segment) for segment in timeline.segments] == [(48, 95), (120, 143)]


def test_media_of_several_rates_or_too_slow_a_one_leave_the_guess(tmp_path: Path) -> None:
    write_numbered(tmp_path / "film.mov", 60, 25)
    write_numbered(tmp_path / "other.mov", 60, 30)
    mixed = read(tmp_path, "00:00:00:00 00:00:01:00 00:00:00:00 00:00:01:00", EVENTS[0] + " other.mov")
    assert (mixed.rate, len(mixed.warnings)) == (24, 1)
    impossible = read(tmp_path, "00:00:00:00 00:00:00:28 00:00:00:00 00:00:00:28")
    assert (impossible.rate, len(impossible.warnings)) == (Fraction(30000, 1001), 1)


def test_labels_count_pictures_also_where_the_lists_rate_is_a_guess(tmp_path: Path) -> None:
    """At 24, between media of 23.976 and of 25."""
    write_numbered(tmp_path / "film.mov", 160, NTSC, "01:00:00:00")
    write_numbered(tmp_path / "other.mov", 60, 25)
    timeline = read(tmp_path, *EVENTS, "00:00:00:00 00:00:01:00 01:00:04:00 01:00:05:00 other.mov")
    assert timeline.rate == 24
    assert [ends(segment) for segment in timeline.segments[:2]] == [(48, 95), (120, 143)]


def test_media_that_run_over_midnight(tmp_path: Path) -> None:
    """Ten seconds from 23:59:58:00 on: 00:00:01:00 is picture 75."""
    write_numbered(tmp_path / "film.mov", 250, 25, "23:59:58:00")
    timeline = read(
        tmp_path,
        "23:59:59:00 00:00:01:00 01:00:00:00 01:00:02:00",
        "00:00:00:00 00:00:01:00 01:00:02:00 01:00:03:00",
        "00:00:01:00 00:00:03:00 01:00:03:00 01:00:05:00",
    )
    assert [ends(segment) for segment in timeline.segments] == [(25, 74), (50, 74), (75, 124)]


@pytest.mark.parametrize("stated", ["048.0", "047.9", "-048.0"])
def test_a_speed_that_was_rounded_is_what_the_times_say(tmp_path: Path, stated: str) -> None:
    """Twice as fast at 23.976 is 47.952 frames per second."""
    event = "001  AX       V     C        00:00:02:00 00:00:06:00 01:00:00:00 01:00:02:00"
    (tmp_path / "cut.edl").write_text(
        f"TITLE: cut\n* FRAME RATE: 23.976\n{event}\nM2   AX       {stated}    00:00:02:00\n"
    )
    assert read_timeline(tmp_path / "cut.edl").segments[0].speed == (-2 if stated.startswith("-") else 2)


NIGHT = (
    "00:00:00:00 00:00:04:00 23:59:54:00 23:59:58:00",
    "00:00:04:00 00:00:08:00 23:59:58:00 00:00:02:00",
    "23:59:59:00 00:00:01:00 00:00:02:00 00:00:04:00",
)


def test_a_programme_goes_on_after_midnight(tmp_path: Path) -> None:
    timeline = read(tmp_path, *NIGHT, head="* FRAME RATE: 24\n")
    assert timeline.timecode(Fraction(0)) == "23:59:54:00"
    assert timeline.duration == 10
    assert [(each.record.start, each.source.start) for each in timeline.segments] == [(0, 0), (4, 4), (8, 86399)]
    assert all(segment.speed == 1 for segment in timeline.segments)


def test_two_programmes_of_a_night_one_after_another_start_at_the_same_time(tmp_path: Path) -> None:
    """As of picture and of sound, listed after each other."""
    timeline = read(tmp_path, *NIGHT, *NIGHT, head="* FRAME RATE: 24\n")
    assert timeline.duration == 10
    assert sorted(each.record.start for each in timeline.segments) == [0, 0, 4, 4, 8, 8]


def test_events_in_another_order_stay_on_the_same_day(tmp_path: Path) -> None:
    timeline = read(
        tmp_path,
        "00:00:00:00 00:00:01:00 03:00:00:00 03:00:01:00",
        "00:00:00:00 00:00:01:00 01:00:00:00 01:00:01:00",
        head="* FRAME RATE: 24\n",
    )
    assert (timeline.start, timeline.duration) == (3600, 7201)


@pytest.mark.parametrize(
    ("line", "speed"),
    [
        *(
            ("M2   AX       048.0                00:00:02:00", 2),
            ("M2   AX       012,0                00:00:02:00", Fraction(1, 2)),
        ),
        ("M2   AX       048.0", 2),
    ],
)
def test_a_speed_as_systems_write_it(tmp_path: Path, line: str, speed: Fraction) -> None:
    timeline = read_with(tmp_path, line)
    assert timeline.segments[0].speed == speed and not timeline.warnings


@pytest.mark.parametrize("speed", ["fast", "1e400", "nan", "--48.0"])
def test_a_speed_that_cannot_be_read_is_told(tmp_path: Path, speed: str) -> None:
    timeline = read_with(tmp_path, f"M2   AX       {speed}      00:00:02:00")
    assert timeline.segments[0].speed == 1
    assert [f"a speed that cannot be read (M2 AX {speed}" in warning for warning in timeline.warnings] == [True]


def read_with(folder: Path, line: str) -> Timeline:
    """Two seconds of the one film, with a line after the event."""
    return read_timeline(write_with(folder, line))


def write_with(folder: Path, line: str, rate: str = "* FRAME RATE: 24\n") -> Path:
    event = "001  AX       V     C        00:00:02:00 00:00:04:00 01:00:00:00 01:00:02:00"
    (folder / "cut.edl").write_text(f"TITLE: cut\nFCM: NON-DROP FRAME\n{rate}{event}\n{line}\n")
    return folder / "cut.edl"


@pytest.mark.parametrize(
    ("times", "speed", "said"),
    [
        ("00:00:02:00 00:00:06:00 01:00:00:00 01:00:02:00", 2, "200.0 %"),
        ("00:00:02:00 00:00:03:00 01:00:00:00 01:00:04:00", Fraction(1, 4), "25.0 %"),
        ("00:00:02:00 00:00:02:00 01:00:00:00 01:00:04:00", 1, "normal speed"),
        ("00:00:02:00 00:00:04:01 01:00:00:00 01:00:02:00", 1, ""),
    ],
)
def test_a_speed_that_only_the_times_say(tmp_path: Path, times: str, speed: Fraction, said: str) -> None:
    timeline = read(tmp_path, times, head="* FRAME RATE: 24\n")
    assert timeline.segments[0].speed == speed
    assert [said in warning for warning in timeline.warnings] == ([True] if said else [])


@pytest.mark.parametrize(
    ("source", "record", "drops"),
    [
        ("01:00:10:00 01:00:20:00", "01:00:00;00 01:00:10;00", True),
        ("01:00:10;00 01:00:20;00", "01:00:00:00 01:00:10:00", False),
    ],
)
def test_a_source_may_count_otherwise_than_the_programme(tmp_path: Path, source: str, record: str, drops: bool) -> None:
    """One hour and ten seconds of labels are 108,300 frames without drops and 108,192 with them."""
    path = tmp_path / "a.edl"
    path.write_text(f"TITLE: A\nFCM: NON-DROP FRAME\n\n001  R1  V  C  {source} {record}\n")
    timeline = read_timeline(path)
    assert timeline.drop_frame is drops
    ((segment,), rate) = timeline.segments, Fraction(30000, 1001)
    assert segment.source.start * rate == (108_300 if drops else 108_192)


def test_a_key_over_a_background(tmp_path: Path) -> None:
    """CMX 3600: two lines of one event, the background first; notes follow both."""
    path = tmp_path / "a.edl"
    path.write_text(
        "TITLE: A\n* FRAME RATE: 24\n"
        "001  R1  V  K B      00:00:01:00 00:00:02:00 01:00:00:00 01:00:01:00\n"
        "001  R2  V  K    000 00:00:05:00 00:00:06:00 01:00:00:00 01:00:01:00\n"
        "* FROM CLIP NAME: street.mov\n* KEY CLIP NAME: title.mov\n"
    )
    shown = {segment.clip: segment.source.start for segment in read_timeline(path).segments}
    assert shown == {"street.mov": 1, "title.mov": 5}


@pytest.mark.parametrize("written", ["01:05:00;02", "01:05:00:02"])
def test_a_locator_counts_as_the_programme_does_however_it_is_written(tmp_path: Path, written: str) -> None:
    """Of 9,002 labels two fall out as each of five minutes begins."""
    path = tmp_path / "a.edl"
    path.write_text(
        "TITLE: A\nFCM: DROP FRAME\n\n001  R1  V  C  01:00:00;00 01:10:00;00 01:00:00;00 01:10:00;00\n"
        f"* LOC: {written} RED     here\n"
    )
    (marker,) = read_timeline(path).document.tracks.markers
    assert round(marker.marked_range.start_time.to_seconds() * 30000 / 1001) == 8_992


def frames_shown(folder: Path, text: str, rate: Fraction) -> list[tuple[int, int, int]]:
    """Of each segment in the list's order: its first picture on the timeline and in the source, and how many."""
    (folder / "cut.edl").write_text(text)
    timeline = read_timeline(folder / "cut.edl")
    assert timeline.rate == rate
    spans = [(each.record.start, each.source.start, each.record.duration) for each in timeline.segments]
    assert all((value * rate).denominator == 1 for span in spans for value in span)
    first, source, count = zip(*([int(value * rate) for value in span] for span in spans), strict=True)
    return list(zip(first, source, count, strict=True))


NTSC_VIDEO = Fraction(30000, 1001)
DROP, NON_DROP = "FCM: DROP FRAME", "FCM: NON-DROP FRAME"


@pytest.mark.parametrize(("first", "second"), [(DROP, NON_DROP), (NON_DROP, DROP), (DROP, DROP), (NON_DROP, "")])
def test_a_mode_holds_for_sources_until_the_next(tmp_path: Path, first: str, second: str) -> None:
    """01:00:10:00 is frame 108,300, with drops 108,192. The programme is one tape, and counts as the first one says."""
    text = f"""TITLE: modes
{first}
001  R1  V  C  01:00:10:00 01:00:20:00 01:00:00:00 01:00:10:00
{second}
002  R2  V  C  01:00:10:00 01:00:20:00 01:00:10:00 01:00:20:00
003  R3  V  C  01:00:10:00 01:00:20:00 01:00:20:00 01:00:30:00
* FRAME RATE: 29.97
"""
    source = {DROP: 108_192, NON_DROP: 108_300, "": 108_300}
    later = source[second]
    assert frames_shown(tmp_path, text, NTSC_VIDEO) == [(0, source[first], 300), (300, later, 300), (600, later, 300)]
    timeline = read_timeline(tmp_path / "cut.edl")
    assert timeline.drop_frame is (first == DROP)
    assert timeline.start * NTSC_VIDEO == (107_892 if first == DROP else 108_000)


HEAD = {"": "", "said": "FCM: NON-DROP FRAME\n\n", "with a cut": "FCM: NON-DROP FRAME\n001 R0 V C {0} {0}\n"}
LATER = "01:00:10:00 01:00:10:00 01:00:10:00 01:00:10:00", "01:00:10:00 01:00:20:00 01:00:10:00 01:00:20:00"


@pytest.mark.parametrize("head", HEAD)
@pytest.mark.parametrize("first", [DROP, NON_DROP])
@pytest.mark.parametrize("kind", ["D    024", "W001 024", "K    000"])
def test_two_modes_are_those_of_a_transitions_two_sources(tmp_path: Path, head: str, first: str, kind: str) -> None:
    """And what follows counts as the second. Both lines have ten seconds here, for a line of none shows nothing."""
    second = NON_DROP if first == DROP else DROP
    text = (
        HEAD[head].format("01:00:00:00 01:00:10:00")
        + f"""{first}
{second}
002  R1  V  C         {LATER[1]}
002  R2  V  {kind}    {LATER[1].replace("01:00:10:00 01:00:20:00", "01:00:20:00 01:00:30:00")}
003  R3  V  C         01:00:10:00 01:00:20:00 01:00:30:00 01:00:40:00
* FRAME RATE: 29.97
"""
    )
    (tmp_path / "cut.edl").write_text(text)
    timeline = read_timeline(tmp_path / "cut.edl")
    starts = {each.clip: each.source.start * NTSC_VIDEO for each in timeline.segments}
    at = {DROP: 108_192, NON_DROP: 108_300}
    assert [starts["R1"], starts["R2"], starts["R3"]] == [at[first], at[second] + 300, at[second]]
    assert timeline.drop_frame is (not head and first == DROP)
    assert ["source that event 002 comes from" in each for each in timeline.warnings] == ([] if head else [True])


LATER_YET = LATER[1].replace("01:00:10:00 01:00:20:00", "01:00:20:00 01:00:30:00")


@pytest.mark.parametrize(
    ("cut", "pair", "said"),
    [
        (LATER[1], LATER_YET, "of the programme and of the source that event 002"),
        (LATER[1].replace(":00 ", ";00 "), LATER_YET, "for that of the source that event 002"),
        (LATER[1], LATER_YET.replace(":00 ", ";00 "), ""),
    ],
    ids=["", "cut", "pair"],
)
def test_a_doubt_names_the_event_that_the_two_modes_stand_before(
    tmp_path: Path, cut: str, pair: str, said: str
) -> None:
    """A cut without any mode comes first; marked labels say themselves how the programme and their source count."""
    text = f"001  R0  V  C  {cut}\n{DROP}\n{NON_DROP}\n002  R1  V  C  {pair}\n002  R2  V  D 024  {pair}\n"
    (tmp_path / "cut.edl").write_text(text + "* FRAME RATE: 29.97\n")
    warnings = read_timeline(tmp_path / "cut.edl").warnings
    assert [said in each and "event 001" not in each for each in warnings] == ([True] if said else [])


@pytest.mark.parametrize("lines", [f"{NON_DROP}\n\n{DROP}", f"{NON_DROP}\n001 R0 V C {LATER[0]}\n{DROP}"])
def test_one_mode_is_that_of_both_sources_of_a_transition(tmp_path: Path, lines: str) -> None:
    text = f"{lines}\n002  R1  V  C  {LATER[1]}\n002  R2  V  D 024  {LATER[1]}\n* FRAME RATE: 29.97\n"
    (tmp_path / "cut.edl").write_text(text)
    timeline = read_timeline(tmp_path / "cut.edl")
    assert {each.source.start * NTSC_VIDEO for each in timeline.segments} == {108_192}
    assert timeline.warnings == ()


@pytest.mark.parametrize("second", ["003  R2  V  D 024", "002  R2  A  C    "])
def test_of_two_modes_before_a_cut_the_second_holds(tmp_path: Path, second: str) -> None:
    text = f"""{NON_DROP}
001  R0  V  C  {LATER[0]}
{NON_DROP}
{DROP}
002  R1  V  C  {LATER[1]}
{second}  {LATER[1]}
* FRAME RATE: 29.97
"""
    (tmp_path / "cut.edl").write_text(text)
    timeline = read_timeline(tmp_path / "cut.edl")
    assert {each.source.start * NTSC_VIDEO for each in timeline.segments} == {108_192}


PLAIN = """TITLE: plain
FCM: NON-DROP FRAME

001  TAPE01   V     C        02:00:01:00 02:00:03:00 01:00:00:00 01:00:02:00
* FROM CLIP NAME: street.mov
002  TAPE02   AA/V  D    012 03:00:00:12 03:00:04:12 01:00:02:00 01:00:04:00
M2   TAPE02         048.0                03:00:00:12
* FROM CLIP NAME: street.mov
* TO CLIP NAME: garden.mov
* FRAME RATE: 24
"""


@pytest.mark.parametrize(
    "written",
    [
        PLAIN.lower(),
        PLAIN.title(),
        re.sub(r"(?<=\d):(?=\d)", ".", PLAIN),
        PLAIN.replace("  ", "\t"),
        PLAIN.replace("01:00:02:00\n", "01:00:02:00   street, morning\n"),
        PLAIN.replace("\n", "\r\n").replace("FCM: NON-DROP FRAME", "fcm non drop frame"),
    ],
    ids=["lower", "title", "dots", "tabs", "remarks", "crlf"],
)
def test_a_list_in_another_hand_says_the_same(tmp_path: Path, written: str) -> None:
    frames = frames_shown(tmp_path, written, Fraction(24))
    assert frames == [(0, 172_824, 48), (48, 259_212, 48)]
    timeline = read_timeline(tmp_path / "cut.edl")
    assert [segment.clip.lower() for segment in timeline.segments] == ["street.mov", "garden.mov"]
    assert [segment.speed for segment in timeline.segments] == [1, 2]
    assert {track.kind for track in timeline.document.tracks} == {"Video", "Audio"}
    assert timeline.start == 3600 and timeline.warnings == ()


@pytest.mark.parametrize(("mark", "drops"), [(";", True), (",", True), (".", False), (":", False)])
def test_labels_that_say_how_they_count(tmp_path: Path, mark: str, drops: bool) -> None:
    """Sony's editors write a comma for the semicolon and a point for the colon."""
    head = "* FRAME RATE: 29.97\n"
    event = "001  R1  V  C  01:00:10:00 01:00:20:00 01:00:00:00 01:00:10:00\n"
    text = head + re.sub(r":(\d\d)(?!\S)", rf"{mark}\1", event)
    assert frames_shown(tmp_path, text, NTSC_VIDEO) == [(0, 108_192 if drops else 108_300, 300)]
    assert read_timeline(tmp_path / "cut.edl").drop_frame is drops


@pytest.mark.parametrize(("mode", "frame"), [(DROP, 108_192), (NON_DROP, 108_300)])
def test_a_comma_says_nothing_where_the_mode_is_said(tmp_path: Path, mode: str, frame: int) -> None:
    text = f"{mode}\n* FRAME RATE: 29.97\n001  R1  V  C  01:00:10,00 01:00:20,00 01:00:00,00 01:00:10,00\n"
    assert frames_shown(tmp_path, text, NTSC_VIDEO) == [(0, frame, 300)]
    assert read_timeline(tmp_path / "cut.edl").drop_frame is (mode == DROP)


@pytest.mark.parametrize(("own", "rate"), [(None, Fraction(25)), (NTSC_VIDEO, NTSC_VIDEO)])
def test_a_comma_says_no_rate(tmp_path: Path, own: Fraction | None, rate: Fraction) -> None:
    """At 29.97, which its film may say, the comma counts: 00:01:00,02 is frame 1,800."""
    if own is not None:
        write_numbered(tmp_path / "film.mov", 60, own)
    event = "001  R1  V  C  00:00:00,00 00:00:01,24 00:01:00,02 00:01:02,01\n* FROM CLIP NAME: film.mov\n"
    timeline = read_rateless(tmp_path, event)
    assert timeline.rate == rate and timeline.drop_frame is (own is not None)
    assert timeline.start * rate == (1_502 if own is None else 1_800)
    guesses = [each for each in timeline.warnings if "25 is assumed, from its highest frame number 24" in each]
    assert len(guesses) == (own is None)


def test_a_list_that_counts_frames(tmp_path: Path) -> None:
    text = "* FRAME RATE: 25\n1 CLPA V C 113 170 0 57\n2 CLPB V D 027 162 189 57 84\n"
    assert frames_shown(tmp_path, text, Fraction(25)) == [(0, 113, 57), (57, 162, 27)]
    unstated = read_rateless(tmp_path, "1 CLPA V C 113 170 0 57\n")
    assert unstated.rate == 24 and [each.endswith("24 is assumed") for each in unstated.warnings] == [True]


def read_rateless(folder: Path, text: str) -> Timeline:
    (folder / "rateless.edl").write_text(text)
    return read_timeline(folder / "rateless.edl")


def test_blanks_without_end_are_read_once(tmp_path: Path) -> None:
    """Where each is tried with every other one they take minutes; here the whole process has a generous end."""
    blanks = " " * 100_000
    lines = f"FCM:{blanks}x\nFCM: NON{blanks}x\nFPS{blanks}x" + "\n" * 100_000
    path = write_with(tmp_path, lines, rate="")
    command = [sys.executable, "-m", "talkies.plugin.cli", "inspect", str(path)]
    assert subprocess.run(command, capture_output=True, timeout=60).returncode == 0


def test_events_that_cannot_be_read_are_said(tmp_path: Path) -> None:
    strange = "003  R1  V  ZOOM  00:00:02:00 00:00:03:00 01:00:01:00 01:00:02:00"
    timeline = read_with(tmp_path, f"* 9 R V Q 00:00:02:00 00:00:03:00 01:00:01:00 01:00:02:00\n{strange}")
    (warning,) = timeline.warnings
    assert "1 line with the times of an event that cannot be read" in warning and "003 R1 V ZOOM" in warning
    assert len(timeline.segments) == 1
