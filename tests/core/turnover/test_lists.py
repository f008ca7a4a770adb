"""Cue sheet, markers and subtitles of a known reel against what somebody would write by hand, and read by others."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pycmx
import pysubs2
import pytest
from known_reels import Laid, known_timeline
from timecode.timecode import Timecode

from talkies.core.segment import Cue, Take, Timeline
from talkies.core.times import TimeRange
from talkies.core.turnover.captions import caption_files
from talkies.core.turnover.cue_sheet import sheet_csv, sheet_rows
from talkies.core.turnover.marker_edl import marker_edls
from talkies.core.turnover.span import Pops, span_of

FILM = Fraction(24000, 1001)
NTSC = Fraction(30000, 1001)

# rate, first frame, drop-frame; timecodes of the frames 0, 2, 10, 12, 20, 30, 40, 50, and of the frames after some
REELS = {
    "25": (
        Fraction(25), 90_000, False,
        "01:00:00:00 01:00:00:02 01:00:00:10 01:00:00:12 01:00:00:20 01:00:01:05 01:00:01:15 01:00:02:00",
        "01:00:00:01 01:00:00:03 01:00:00:13 01:00:01:06",
        "00:00:00,080 00:00:00,400 00:00:00,480 00:00:00,800 00:00:01,200 00:00:01,600",
    ),
    "23.976": (
        FILM, 86_400, False,
        "01:00:00:00 01:00:00:02 01:00:00:10 01:00:00:12 01:00:00:20 01:00:01:06 01:00:01:16 01:00:02:02",
        "01:00:00:01 01:00:00:03 01:00:00:13 01:00:01:07",
        "00:00:00,083 00:00:00,417 00:00:00,501 00:00:00,834 00:00:01,251 00:00:01,668",
    ),
    "29.97 drop-frame over a minute": (  # begins at 01:00:59;20; there is no 01:01:00;00 and no 01:01:00;01
        NTSC, 109_682, True,
        "01:00:59;20 01:00:59;22 01:01:00;02 01:01:00;04 01:01:00;12 01:01:00;22 01:01:01;02 01:01:01;12",
        "01:00:59;21 01:00:59;23 01:01:00;05 01:01:00;23",
        "00:00:00,067 00:00:00,334 00:00:00,400 00:00:00,667 00:00:01,001 00:00:01,335",
    ),
}  # fmt: skip

Reel = tuple[Timeline, list[Take], tuple[list[str], ...]]
"""The timeline, its takes, and what is known of it."""


@pytest.fixture(params=REELS)
def reel(request: pytest.FixtureRequest, laid: Laid) -> Reel:
    """The timeline with Anna's line and the shot's effects made, Boris' not; and what is known of it."""
    rate, start, drop_frame, *known = REELS[request.param]
    timeline = known_timeline(rate, start, drop_frame=drop_frame)
    shot = timeline.segments[0].record
    takes = [
        laid("DX", shot, speaker="Anna", text="Hello there.", voice="/a/folder/anna.wav"),
        laid("FX", shot, prompt="footsteps"),
        laid("FX", shot, number=2, prompt="footsteps"),
    ]
    return timeline, takes, tuple(text.split() for text in known)


def test_the_cue_sheet_says_how_a_line_was_made(laid: Laid) -> None:
    timeline = known_timeline(Fraction(25), 0)
    take = laid("DX", timeline.segments[0].record, speaker="Anna", text="Hello there.", voice="kathleen")
    take = replace(take, metadata={**take.metadata, "language": "en-US", "device": "cpu", "handles": "1/2"})
    row = next(row for row in sheet_rows(timeline, [take]) if row.character == "Anna")
    assert row.notes == "DX_00; voice kathleen; language en-US; seed 0; device cpu; handles 1/2 s"


def test_the_cue_sheet_says_what_spots_are_and_how_they_are_panned(laid: Laid) -> None:
    timeline = known_timeline(Fraction(25), 0)
    take = laid("FX", timeline.segments[0].record, channels=2)
    spots = {"a": {"words": "wood knock"}, "b": {"words": "bell"}, "c": {"words": "wood knock"}, "d": {"force": 1}}
    take = replace(take, metadata={"spots": spots, "pan_law": "3dB", "width": 0.5})
    (row,) = (row for row in sheet_rows(timeline, [take]) if row.reason == "silent picture")
    assert (row.line, row.notes) == ("wood knock, bell", "FX_00; stereo, pan law 3dB, width 0.5")


def test_the_cue_sheet(reel: Reel) -> None:
    timeline, takes, (at, _, _) = reel
    assert sheet_csv(timeline, sheet_rows(timeline, takes)) == "\r\n".join(
        [
            "cue,character,in,out,line,reason,notes",
            f'FX001,,{at[0]},{at[7]},footsteps,silent picture,"FX_01, FX_02; seed 1"',
            f"DX001,Anna,{at[1]},{at[2]},Hello there.,subtitle,DX_00; voice anna.wav; seed 0",
            f'FX002,,{at[3]},{at[4]},[door slams],described in subtitles,"FX_01, FX_02; seed 1"',
            f'DX002,Boris,{at[5]},{at[6]},"Good ""morning"", you.",subtitle,not made',
            "",
        ]
    )


def test_the_marker_edl(reel: Reel) -> None:
    timeline, takes, (at, after, _) = reel
    starts = [f"{first} {end} {first} {end}" for first, end in zip((at[0], at[1], at[3], at[5]), after, strict=True)]
    (text,) = marker_edls(timeline, "Reel-1", sheet_rows(timeline, takes))
    assert text == "\n".join(
        [
            "TITLE: Reel-1",
            f"FCM: {'DROP FRAME' if timeline.drop_frame else 'NON-DROP FRAME'}",
            "",
            f"001  001      V     C        {starts[0]}",
            "footsteps |C:ResolveColorGreen |M:FX001 |D:50",
            "",
            f"002  001      V     C        {starts[1]}",
            "Anna: Hello there. |C:ResolveColorBlue |M:DX001 Anna |D:8",
            "",
            f"003  001      V     C        {starts[2]}",
            "[door slams] |C:ResolveColorGreen |M:FX002 |D:8",
            "",
            f"004  001      V     C        {starts[3]}",
            'Boris: Good "morning", you. |C:ResolveColorBlue |M:DX002 Boris |D:10',
            "",
        ]
    )


def test_other_readers_find_the_markers_on_their_frames(reel: Reel) -> None:
    timeline, takes, _ = reel
    (text,) = marker_edls(timeline, "Reel-1", sheet_rows(timeline, takes))
    read = pycmx.parse_cmx3600(io.StringIO(text))
    edits = [edit for event in read.events for edit in event.edits]
    name = {FILM: "23.98", NTSC: "29.97", Fraction(25): "25"}[timeline.rate]

    def frame(text: str) -> int:
        timecode = Timecode(name, text)
        assert timecode.drop_frame == timeline.drop_frame
        return int(timecode.frame_number)

    first = round(timeline.start * timeline.rate)
    assert [frame(edit.record_in) - first for edit in edits] == [0, 2, 12, 30]
    assert [frame(edit.record_out) - first for edit in edits] == [1, 3, 13, 31]


def test_subtitles(reel: Reel) -> None:
    timeline, takes, (_, _, at) = reel
    files = caption_files(span_of(timeline, takes, Pops()))
    assert files[".srt"].rstrip("\n").split("\n") == [
        "1", f"{at[0]} --> {at[1]}", "ANNA: Hello there.", "",
        "2", f"{at[2]} --> {at[3]}", "[door slams]", "",
        "3", f"{at[4]} --> {at[5]}", 'BORIS: Good "morning", you.',
    ]  # fmt: skip
    dots = [stamp.replace(",", ".") for stamp in at]
    assert files[".vtt"].rstrip("\n").split("\n") == [
        "WEBVTT", "",
        f"{dots[0]} --> {dots[1]}", "<v Anna>Hello there.", "",
        f"{dots[2]} --> {dots[3]}", "[door slams]", "",
        f"{dots[4]} --> {dots[5]}", '<v Boris>Good "morning", you.',
    ]  # fmt: skip


def test_subtitles_count_from_the_start_of_the_stems(laid: Laid) -> None:
    """Anna's line at 00:00:00:02 comes after a leader of eight seconds; read by pysubs2."""
    timeline = known_timeline(Fraction(25), 90_000)
    take = laid("DX", timeline.segments[0].record, speaker="Anna")
    files = caption_files(span_of(timeline, [take], Pops(two_pop=True)))
    for suffix, text in files.items():
        events = pysubs2.SSAFile.from_string(text, format_=suffix[1:]).events
        assert [(event.start, event.end) for event in events] == [(8080, 8400), (8480, 8800), (9200, 9600)]


def hostile(text: str, speaker: str = "") -> Timeline:
    timeline = known_timeline(Fraction(25), 90_000)
    cue = Cue(TimeRange(Fraction(0), Fraction(1)), text, speaker=speaker)
    return replace(timeline, cues=(cue,), segments=(replace(timeline.segments[0], cues=(cue,)),))


@pytest.mark.parametrize("text", ["=HYPERLINK(1)", "+1", "-2 degrees", "@SUM(A1)"])
def test_words_are_no_formulas(text: str) -> None:
    timeline = hostile(text)
    (row,) = csv.DictReader(io.StringIO(sheet_csv(timeline, sheet_rows(timeline, []))))
    assert row["line"] == f"'{text}"


def test_words_cannot_break_the_markers() -> None:
    """A bar would end a field, a number at the beginning would make it an event."""
    timeline = hostile("2 3\nV C |D:999", "A|B")
    (text,) = marker_edls(timeline, "t", sheet_rows(timeline, []))
    assert "A/B: 2 3 V C /D:999 |C:ResolveColorBlue |M:DX001 A/B |D:25\n" in text
    timeline = hostile("002  001 V C")
    (text,) = marker_edls(timeline, "t", sheet_rows(timeline, []))
    assert "\nLine: 002 001 V C |C:" in text
    assert len(list(pycmx.parse_cmx3600(io.StringIO(text)).events)) == 1


def test_what_begins_on_the_same_frame_shares_a_marker() -> None:
    """Resolve would keep only one of two; it garbles what lies beyond the basic plane."""
    timeline = known_timeline(Fraction(25), 90_000)
    late = replace(timeline.cues[0], text="Wait \N{GRINNING FACE}!", speaker="Boris", range=timeline.cues[1].range)
    both = replace(timeline, cues=(timeline.cues[1], late))
    (text,) = marker_edls(both, "t", sheet_rows(both, []))
    assert text.splitlines()[3:] == [
        "001  001      V     C        01:00:00:12 01:00:00:13 01:00:00:12 01:00:00:13",
        "Boris: Wait ! / [door slams] |C:ResolveColorBlue |M:DX001 Boris, FX001 |D:8",
    ]


def test_more_markers_than_an_edl_can_number_go_into_several() -> None:
    timeline = known_timeline(Fraction(25), 90_000, frames=2000)
    cues = [Cue(TimeRange(Fraction(n, 25), Fraction(n + 1, 25)), f"Line {n}") for n in range(1500)]
    many = replace(timeline, cues=tuple(cues))
    files = marker_edls(many, "t", sheet_rows(many, []))
    assert [len(list(pycmx.parse_cmx3600(io.StringIO(text)).events)) for text in files] == [999, 501]
    assert marker_edls(timeline, "t", []) == ["TITLE: t\nFCM: NON-DROP FRAME\n"]


def test_a_cue_shorter_than_a_frame_still_has_one(laid: Laid, tmp_path: Path) -> None:
    timeline = hostile("Hm.")
    short = replace(timeline.cues[0], range=TimeRange(Fraction(1), Fraction(1001, 1000)))
    (row,) = sheet_rows(replace(timeline, cues=(short,)), [])
    assert row.range == TimeRange(Fraction(1), Fraction(26, 25))


def test_only_the_spoken_language_is_listed() -> None:
    timeline = known_timeline(Fraction(25), 90_000)
    english, german = (replace(timeline.cues[0], language=language) for language in ("en", "de"))
    both = replace(timeline, cues=(english, german), segments=(replace(timeline.segments[0], cues=(english,)),))
    assert [row.cue for row in sheet_rows(both, [])] == ["DX001"]
