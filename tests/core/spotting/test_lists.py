"""Spotting lists survive spreadsheets, markers and other cuts; what people change in them is what changes."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest

from talkies.core.errors import InputError, OutputError
from talkies.core.segment import Segment, Timeline
from talkies.core.spotting.files import read_spots, write_spots
from talkies.core.spotting.spot import Spot
from talkies.core.times import TimeRange

NTSC = Fraction(24000, 1001)


def timeline(tmp_path: Path, rate: Fraction = Fraction(25), drop: bool = False) -> Timeline:
    """Two shots: 10 s at normal speed, then 4 s of media in 8 s (half speed)."""
    shots = (
        Segment("V1-001", "walk.mov", "V1", TimeRange(Fraction(0), Fraction(10)), span(100, 110), rate),
        Segment("V1-002", "door.mov", "V1", TimeRange(Fraction(10), Fraction(18)), span(0, 4), rate, Fraction(1, 2)),
    )
    document = otio.schema.Timeline("reel", tracks=otio.schema.Stack())
    return Timeline(tmp_path / "reel.otio", "reel", rate, Fraction(3600), Fraction(18), shots, (), drop, (), document)


def span(start: int, end: int) -> TimeRange:
    return TimeRange(Fraction(start), Fraction(end))


SPOTS = [
    Spot("V1-001.01", "V1-001", Fraction(102), Fraction(102), words="footsteps wood", force=0.5, x=0.25, y=0.75),
    Spot("V1-001.02", "V1-001", Fraction(104) + Fraction(1, 977), Fraction(104) + Fraction(1, 977), locked=True),
    Spot("V1-002.01", "V1-002", Fraction(1), Fraction(3), "sustained", words="=rain; hard|ü", source="rules", roll=2),
]


@pytest.mark.parametrize("suffix", [".json", ".edl", ".otio"])
@pytest.mark.parametrize(("rate", "drop"), [(Fraction(25), False), (NTSC, False), (Fraction(30000, 1001), True)])
def test_a_table_comes_back_byte_for_byte_through_markers(
    tmp_path: Path, suffix: str, rate: Fraction, drop: bool
) -> None:
    reel = timeline(tmp_path, rate, drop)
    write_spots(reel, SPOTS, tmp_path / "a.csv")
    spots, _ = read_spots(tmp_path / "a.csv", reel)
    write_spots(reel, spots, tmp_path / f"b{suffix}")
    again, warnings = read_spots(tmp_path / f"b{suffix}", reel)
    write_spots(reel, again, tmp_path / "c.csv")
    assert not warnings
    assert again == SPOTS
    assert (tmp_path / "c.csv").read_bytes() == (tmp_path / "a.csv").read_bytes()


def table(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))


def test_people_see_record_timecodes(tmp_path: Path) -> None:
    write_spots(timeline(tmp_path), SPOTS, tmp_path / "a.csv")
    first, second, third = table(tmp_path / "a.csv")
    assert (first["in"], first["out"], first["kind"]) == ("01:00:02:00", "", "hit")
    assert second["in"] == "01:00:04:00.03"  # 1/977 s are 0.0256 frames
    assert (third["in"], third["out"]) == ("01:00:12:00", "01:00:16:00")  # half speed
    assert third["words"] == "'=rain; hard|ü"  # no formula


def saved_by_a_german_spreadsheet(path: Path, change: dict[int, dict[str, str]]) -> None:
    """Semicolons, decimal commas, no byte-order mark, its own line ends, an old code page, a column moved."""
    rows = table(path)
    for number, cells in change.items():
        rows[number].update(cells)
    names = ["words", *(name for name in rows[0] if name != "words")]
    text = io.StringIO()
    writer = csv.DictWriter(text, names, delimiter=";", lineterminator="\r\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: cell.replace(".", ",") if name in _NUMBERS else cell for name, cell in row.items()})
    path.write_bytes(text.getvalue().encode("cp1252"))


_NUMBERS = ("force", "x", "y", "confidence", "media in", "media out")


def test_a_spreadsheet_may_save_the_list_its_own_way(tmp_path: Path) -> None:
    reel = timeline(tmp_path)
    write_spots(reel, SPOTS, tmp_path / "a.csv")
    saved_by_a_german_spreadsheet(tmp_path / "a.csv", {0: {"words": "schritte holz"}})
    spots, _ = read_spots(tmp_path / "a.csv", reel)
    assert spots == [replace(SPOTS[0], words="schritte holz"), *SPOTS[1:]]


def test_a_changed_timecode_moves_a_spot(tmp_path: Path) -> None:
    reel = timeline(tmp_path)
    write_spots(reel, SPOTS, tmp_path / "a.csv")
    moved = {0: {"in": "01:00:03:05"}, 2: {"in": "1:00:11:00"}}
    saved_by_a_german_spreadsheet(tmp_path / "a.csv", moved)
    spots, _ = read_spots(tmp_path / "a.csv", reel)
    assert spots[0].time == spots[0].until == Fraction(103) + Fraction(1, 5)
    assert spots[1] == SPOTS[1]
    assert (spots[2].time, spots[2].until) == (Fraction(1, 2), Fraction(5, 2))  # as long as before


def test_a_spot_goes_where_its_timecode_says_even_into_another_shot(tmp_path: Path) -> None:
    reel = timeline(tmp_path)
    write_spots(reel, SPOTS, tmp_path / "a.csv")
    saved_by_a_german_spreadsheet(tmp_path / "a.csv", {0: {"in": "01:00:14:00"}})
    spot = read_spots(tmp_path / "a.csv", reel)[0][0]
    assert (spot.shot, spot.time) == ("V1-002", Fraction(2))


def test_in_another_cut_spots_stay_with_their_picture(tmp_path: Path) -> None:
    """The first shot is trimmed by 1 s at its head and moved, the second has another id."""
    write_spots(timeline(tmp_path), SPOTS, tmp_path / "a.csv")
    old = timeline(tmp_path)
    first = replace(old.segments[0], record=span(20, 29), source=span(101, 110))
    second = replace(old.segments[1], id="V1-007", record=TimeRange(Fraction(40), Fraction(48)))
    new = replace(old, segments=(first, second))
    spots, warnings = read_spots(tmp_path / "a.csv", new)
    assert not warnings
    assert [spot.time for spot in spots] == [spot.time for spot in SPOTS]
    write_spots(new, spots, tmp_path / "b.csv")
    assert [row["in"] for row in table(tmp_path / "b.csv")][::2] == ["01:00:21:00", "01:00:42:00"]
    gone = replace(old, segments=(first,))
    kept, warnings = read_spots(tmp_path / "a.csv", gone)
    assert kept == SPOTS[:2]
    assert warnings == ["spots whose shot is not in reel.otio are left out: V1-002.01"]


def test_people_write_lists_of_their_own(tmp_path: Path) -> None:
    reel = timeline(tmp_path)
    (tmp_path / "own.csv").write_text("In;Words\n01:00:01:00;door slam\n01:00:12:00;knock\n01:00:12:12;knock\n")
    spots, _ = read_spots(tmp_path / "own.csv", reel)
    assert [(spot.id, spot.time, spot.words, spot.kind) for spot in spots] == [
        ("V1-001.01", Fraction(101), "door slam", "hit"),
        ("V1-002.01", Fraction(1), "knock", "hit"),
        ("V1-002.02", Fraction(1) + Fraction(6, 25), "knock", "hit"),
    ]


def test_a_moved_and_renamed_marker_moves_and_renames_its_spot(tmp_path: Path) -> None:
    reel = timeline(tmp_path)
    write_spots(reel, SPOTS, tmp_path / "a.edl")
    text = (tmp_path / "a.edl").read_text()
    text = text.replace("01:00:02:00 01:00:02:01", "01:00:02:10 01:00:02:11")
    (tmp_path / "a.edl").write_text(text.replace("|M:footsteps wood", "|M:footsteps gravel"))
    spots, _ = read_spots(tmp_path / "a.edl", reel)
    assert spots == [
        replace(SPOTS[0], time=Fraction(512, 5), until=Fraction(512, 5), words="footsteps gravel"),
        *SPOTS[1:],
    ]


def test_markers_of_editors_are_spots(tmp_path: Path) -> None:
    (tmp_path / "m.edl").write_text(
        "TITLE: x\nFCM: NON-DROP FRAME\n\n001  001      V     C        01:00:05:00 01:00:05:01 01:00:05:00 01:00:05:01"
        "  \n |C:ResolveColorBlue |M:glass breaks |D:1\n\n"
    )
    spots, _ = read_spots(tmp_path / "m.edl", timeline(tmp_path))
    assert [(spot.time, spot.words) for spot in spots] == [(Fraction(105), "glass breaks")]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.csv", "in,kind\n01:00:01:00,bang\n", "row 2: 'bang' is not a kind of spot"),
        ("a.csv", "in,force\n01:00:01:00,strong\n", "row 2: 'strong' in column 'force' is not a number"),
        ("a.csv", "in\nsoon\n", "row 2: 'soon' in column 'in' is not a timecode"),
        ("a.csv", "what,when\n1,2\n", "it has no column 'in'"),
        ("a.csv", "in,media in\n01:00:01:00,1e999999999s\n", "is not a number of seconds"),
        ("a.json", "{", "is not JSON"),
        ("a.json", "[[1]]", "it has no list of spots"),
        ("a.edl", "TITLE: x\n", "has no markers"),
        ("a.txt", "", "its suffix is not that of a spotting list"),
    ],
)
def test_what_is_no_list_is_refused_in_one_sentence(tmp_path: Path, name: str, text: str, said: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(InputError) as refused:
        read_spots(tmp_path / name, timeline(tmp_path))
    assert said in str(refused.value)
    assert str(refused.value).startswith(str(tmp_path / name))


def test_an_edl_says_how_many_markers_it_can_number(tmp_path: Path) -> None:
    many = [
        Spot(f"{n}", "V1-001", Fraction(100) + Fraction(n, 100), Fraction(100) + Fraction(n, 100)) for n in range(999)
    ]
    reel = replace(timeline(tmp_path, Fraction(100)))
    write_spots(reel, many, tmp_path / "a.edl")
    more = [*many, Spot("1000", "V1-002", Fraction(1), Fraction(1))]
    with pytest.raises(OutputError, match="has 1000 markers, and an EDL numbers 999"):
        write_spots(reel, more, tmp_path / "a.edl")
