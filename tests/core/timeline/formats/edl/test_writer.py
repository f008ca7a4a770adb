"""EDL out: the text itself by the rules of CMX 3600, and what other programs' parsers make of it."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pycmx
import pytest
from cuts import save, span, takes_of, time_reference_of, write_cut

from talkies.core.destinations import check_output, losses, write_timeline
from talkies.core.errors import OutputError
from talkies.core.segment import Timeline
from talkies.core.timeline import read_timeline
from talkies.core.timeline.our_tracks import without_our_tracks
from talkies.core.timeline.structure.sounds import SoundClip, sound_tracks
from talkies.core.times import TimeRange

EVENT = re.compile(
    r"^(\d{3})  ([A-Z0-9_]{1,8}) +(V|A|A2|AA|NONE) +C        "
    r"(\d\d:\d\d:\d\d[:;]\d\d) (\d\d:\d\d:\d\d[:;]\d\d) (\d\d:\d\d:\d\d[:;]\d\d) (\d\d:\d\d:\d\d[:;]\d\d)$"
)


def events(path: Path) -> list[tuple[str, ...]]:
    """Channel and the four times of every event; anything that is not a line of CMX 3600 fails."""
    found, lines = [], path.read_bytes().decode().splitlines()
    assert lines[0].startswith("TITLE: ") and lines[1] in ("FCM: NON-DROP FRAME", "FCM: DROP FRAME")
    for line in lines[2:]:
        match = EVENT.match(line)
        if match is None:
            assert line == "" or line.startswith(("* ", "M2   ", "AUD  ")), line
        else:
            found.append(match.groups()[2:])
            assert int(match[1]) == len(found)
    return found


# frames 5 to 55 and 55 to 85 after the start, as labels counted by hand
LABELS = [
    (Fraction(24), "01:00:00:00", 86400, ("01:00:00:05", "01:00:02:07", "01:00:03:13")),
    (Fraction(25), "10:00:00:00", 900000, ("10:00:00:05", "10:00:02:05", "10:00:03:10")),
    (Fraction(24000, 1001), "01:00:00:00", 86400, ("01:00:00:05", "01:00:02:07", "01:00:03:13")),
    (Fraction(30000, 1001), "01:00:00:00", 108000, ("01:00:00:05", "01:00:01:25", "01:00:02:25")),
]


@pytest.mark.parametrize(("rate", "start", "first", "labels"), LABELS)
def test_takes_are_events_at_their_timecode(
    tmp_path: Path, rate: Fraction, start: str, first: int, labels: tuple[str, str, str]
) -> None:
    timeline = read_timeline(write_cut(tmp_path / "cut.otio", float(rate), first))
    assert timeline.timecode(Fraction(0)) == start
    handle = 10 / rate
    takes = takes_of(timeline, tmp_path / "Töne #1", handles=(handle, Fraction(0)))
    write_timeline(timeline, takes, tmp_path / "out.edl")
    begin, middle, end = labels
    ten = f"00:00:00:10 {_count(60, rate)}".split(), f"00:00:00:10 {_count(40, rate)}".split()
    assert events(tmp_path / "out.edl") == [
        ("V", *ten[0], begin, middle),
        ("V", *ten[1], middle, end),
        ("A", begin, middle, begin, middle),
        ("A", middle, end, middle, end),
    ]
    text = (tmp_path / "out.edl").read_bytes().decode()
    for take in takes:
        assert f"* FROM CLIP NAME: {take.path.name}\r\n* SOURCE FILE: Töne #1/{take.path.name}\r\n" in text
        own = Fraction(time_reference_of(take.path), 48000) + handle  # the file's own clock agrees with its event
        assert abs(own - take.record.start - first / rate) <= Fraction(1, 96000)


def _count(frames: int, rate: Fraction) -> str:
    nominal = -(-rate.numerator // rate.denominator)
    return f"00:00:{frames // nominal:02}:{frames % nominal:02}"


def test_drop_frame_counts_without_its_missing_labels(tmp_path: Path) -> None:
    text = "TITLE: drop\nFCM: DROP FRAME\n\n001  AX V C 00:00:00;00 00:00:02;00 00:59:59;00 01:00:01;00\n"
    (tmp_path / "drop.edl").write_text(text)
    timeline = read_timeline(tmp_path / "drop.edl")
    frame = 1001 / Fraction(30000)
    takes = takes_of(timeline, tmp_path, record=TimeRange(29 * frame, 35 * frame))
    write_timeline(timeline, takes, tmp_path / "out.edl")
    # an hour is a tenth minute: no label is missing there
    assert (tmp_path / "out.edl").read_text().splitlines()[4] == (
        "002  AX       A     C        00:59:59;29 01:00:00;05 00:59:59;29 01:00:00;05"
    )


@pytest.mark.parametrize(("first", "later"), [("DROP", "NON-DROP"), ("NON-DROP", "DROP"), ("DROP", "DROP")])
def test_events_of_ours_count_as_the_programme_after_any_mode(tmp_path: Path, first: str, later: str) -> None:
    event = "R1  V  C  01:00:10:00 01:00:20:00"
    (tmp_path / "modes.edl").write_text(
        f"TITLE: modes\nFCM: {first} FRAME\n001  {event} 01:00:00:00 01:00:10:00\n"
        f"FCM: {later} FRAME\n002  {event} 01:00:10:00 01:00:20:00\n* FRAME RATE: 29.97\n"
    )
    timeline = read_timeline(tmp_path / "modes.edl")
    second = 30 * 1001 / Fraction(30000)
    takes = takes_of(timeline, tmp_path, record=TimeRange(2 * second, 3 * second))[:1]
    write_timeline(timeline, takes, tmp_path / "out.edl")
    again = read_timeline(tmp_path / "out.edl")
    assert again.drop_frame is timeline.drop_frame is (first == "DROP")
    assert [(each.record, each.source) for each in again.segments] == [
        (each.record, each.source) for each in timeline.segments
    ]
    assert [clip.record for clip in _ours(again)] == [take.record for take in takes]
    assert all(clip.source.start == clip.record.start + timeline.start for clip in _ours(again))


def test_an_edl_comes_back_byte_for_byte(tmp_path: Path, shared_dir: Path) -> None:
    compared = 0
    for path in sorted((shared_dir / "data/timelines").rglob("*.edl")):
        timeline = read_timeline(path)
        takes = takes_of(timeline, tmp_path / path.stem, frames=12) if len(timeline.segments) < 30 else []
        out = tmp_path / path.name
        write_timeline(timeline, takes, out)
        added = out.read_bytes().removeprefix(path.read_bytes())
        assert len(added) == len(out.read_bytes()) - len(path.read_bytes()) and bool(added) == bool(takes)
        again = read_timeline(out)
        assert [segment.record for segment in again.segments] == [segment.record for segment in timeline.segments]
        assert [clip.record for clip in _ours(again)] == [take.record for take in takes]
        assert [clip.path for clip in _ours(again)] == [take.path for take in takes]
        compared += 1
    assert compared >= 15


def _ours(timeline: Timeline) -> list[SoundClip]:
    return [clip for track in sound_tracks(timeline) if track.name == "DX talkies" for clip in track.clips]


def test_old_encodings_and_line_ends_stay(tmp_path: Path) -> None:
    text = (
        "TITLE: Stra\xdfe\r\n001  AX V C 00:00:00:00 00:00:02:00 01:00:00:00 01:00:02:00\r\n* FROM CLIP NAME: M\xfcller"
    )
    (tmp_path / "cut.edl").write_bytes(text.encode("latin-1"))
    timeline = read_timeline(tmp_path / "cut.edl")
    write_timeline(timeline, takes_of(timeline, tmp_path), tmp_path / "out.edl")
    written = (tmp_path / "out.edl").read_bytes()
    assert written.startswith(text.encode("latin-1") + b"\r\n002  AX       A     C  ") and b"\n" not in written.replace(
        b"\r\n", b""
    )


def test_pycmx_reads_picture_and_sound(tmp_path: Path) -> None:
    timeline = read_timeline(write_cut(tmp_path / "cut.otio", 25, 90000))
    takes = [*takes_of(timeline, tmp_path), *takes_of(timeline, tmp_path, "FX", channels=2)]
    write_timeline(timeline, takes, tmp_path / "out.edl")
    with (tmp_path / "out.edl").open(encoding="utf-8") as file:
        edl = pycmx.parse_cmx3600(file)
    edits = [event.edits[0] for event in edl.events]
    assert edl.title == "cut"
    found = [
        (edit.record_in, edit.channels.video, edit.channels.a1, edit.channels.a2, edit.clip_name) for edit in edits
    ]
    assert found[:4] == [
        ("01:00:00:05", True, False, False, "shot 1"),
        ("01:00:02:05", True, False, False, "shot 2"),
        ("01:00:00:05", False, True, False, takes[0].path.name),
        ("01:00:02:05", False, True, False, takes[1].path.name),
    ]
    assert [edit.source_file for edit in edits[2:]] == [take.path.name for take in takes]
    assert [edit.channels.a1 or edit.channels.video for edit in edits[4:]] == [False, False]  # on 2 and 3, by AUD
    assert "NONE  C  " in (tmp_path / "out.edl").read_text() and "AUD  2    3" in (tmp_path / "out.edl").read_text()
    again = sound_tracks(read_timeline(tmp_path / "out.edl"))
    assert [(track.name, len(track.clips)) for track in again] == [("DX talkies", 2), ("FX talkies", 2)]


def test_otio_s_adapter_reads_the_picture(tmp_path: Path) -> None:
    path = write_cut(tmp_path / "cut.otio", 24, 86400)
    document = otio.adapters.read_from_file(str(path))
    quick = otio.schema.LinearTimeWarp(time_scalar=2.0)
    media = otio.schema.ExternalReference("black.mov", span(0, 500, 24))
    document.tracks[0].append(otio.schema.Clip("quick", media, span(20, 12, 24), effects=[quick]))
    timeline = read_timeline(save(document, path))
    write_timeline(timeline, [], tmp_path / "out.edl")
    (track,) = otio.adapters.read_from_file(str(tmp_path / "out.edl"), rate=24).tracks
    clips = list(track.find_clips())
    assert [clip.name for clip in clips] == ["shot 1", "shot 2", "quick"]
    places = [clip.range_in_parent() for clip in clips]
    assert [(place.start_time.value, place.duration.value) for place in places] == [(0, 50), (50, 30), (80, 12)]
    assert [clip.source_range.start_time.value for clip in clips] == [10, 10, 20]
    assert [effect.time_scalar for effect in clips[2].effects] == [2.0]


def test_what_one_list_cannot_hold_has_lists_of_its_own(tmp_path: Path) -> None:
    path = write_cut(tmp_path / "cut.otio", 25)
    document = otio.adapters.read_from_file(str(path))
    gap = otio.schema.Gap(source_range=span(0, 85, 25))
    document.tracks.append(
        otio.schema.Track("V2", kind="Video", children=[gap, otio.schema.Clip("title", None, span(0, 10, 25))])
    )
    for number in range(3):
        wild = otio.schema.Clip("wild", otio.schema.ExternalReference("wild.wav", span(0, 99, 25)), span(0, 20, 25))
        document.tracks.append(otio.schema.Track(f"A{number + 1}", kind="Audio", children=[wild]))
    timeline = read_timeline(save(document, path))
    takes = (
        takes_of(timeline, tmp_path) + takes_of(timeline, tmp_path, "FX") + takes_of(timeline, tmp_path, "FX", number=2)
    )
    write_timeline(timeline, takes, tmp_path / "out.edl")
    names = {"out.edl", "out.V2.edl", "out.FX-talkies.edl", "out.FX-talkies-2.edl"}
    assert {each.name for each in tmp_path.glob("out*")} == names
    channels = [event[0] for event in events(tmp_path / "out.edl")]
    assert channels == [
        "V",
        "V",
        "A",
        "A2",
        *["NONE"] * 4,
    ]  # three tracks that were there, then the three takes of our first
    assert [event[0] for event in events(tmp_path / "out.FX-talkies.edl")] == ["A", "A", "A"]
    said = losses(timeline, tmp_path / "out.edl")
    assert any("2 tracks of picture become a list each" in sentence for sentence in said)


def test_a_list_never_takes_the_place_of_the_input(tmp_path: Path) -> None:
    text = "TITLE: x\n001  AX V C 00:00:00:00 00:00:02:00 01:00:00:00 01:00:02:00\n"
    (tmp_path / "cut.DX-talkies.edl").write_text(text)
    timeline = read_timeline(tmp_path / "cut.DX-talkies.edl")
    others = takes_of(timeline, tmp_path, number=2)  # a take that is an alternative has a list of its own
    with pytest.raises(OutputError, match="would take the place of what is read"):
        write_timeline(timeline, others, tmp_path / "cut.edl")
    assert {each.name for each in tmp_path.glob("*.edl")} == {"cut.DX-talkies.edl"}
    assert (tmp_path / "cut.DX-talkies.edl").read_text() == text


def test_tracks_of_ours_that_were_taken_out_are_gone(tmp_path: Path) -> None:
    timeline = read_timeline(write_cut(tmp_path / "cut.otio", 25))
    write_timeline(timeline, takes_of(timeline, tmp_path), tmp_path / "one.edl")
    write_timeline(timeline, [], tmp_path / "none.edl")
    plain = without_our_tracks(read_timeline(tmp_path / "one.edl"))
    write_timeline(plain, [], tmp_path / "two.edl")
    assert (tmp_path / "two.edl").read_bytes() == (tmp_path / "none.edl").read_bytes()


def test_a_cut_between_frames_moves_but_stays_in_sync(tmp_path: Path) -> None:
    path = write_cut(tmp_path / "cut.otio", 25)
    document = otio.adapters.read_from_file(str(path))
    document.tracks[0][0].source_range = span(0, 5.4, 25)
    timeline = read_timeline(save(document, path))
    takes = takes_of(timeline, tmp_path)
    write_timeline(timeline, takes, tmp_path / "out.edl")
    sounds = [event for event in events(tmp_path / "out.edl") if event[0] == "A"]
    assert all(event[1:3] == event[3:] for event in sounds) and sounds[0][3] == "00:00:00:05"
    said = losses(timeline, tmp_path / "out.edl")
    assert "takes of 2 clips begin between frames: their cuts move to the nearest one, in sync" in said


def test_a_timeline_without_clips_is_refused(tmp_path: Path) -> None:
    track = otio.schema.Track("V1", kind="Video", children=[otio.schema.Gap(source_range=span(0, 10, 25))])
    timeline = read_timeline(save(otio.schema.Timeline("empty", tracks=[track]), tmp_path / "empty.otio"))
    with pytest.raises(OutputError, match="holds no clips"):
        check_output(timeline, tmp_path / "out.edl")


@pytest.mark.parametrize("name", ["out.edl", "out.aaf", "out.resolve.otio", "out.kdenlive.otio"])
def test_media_inside_a_bundle_cannot_be_linked_to(tmp_path: Path, name: str) -> None:
    (tmp_path / "film.mov").write_bytes(b"film")
    timeline = read_timeline(write_cut(tmp_path / "cut.otio", 25, url="film.mov"))
    write_timeline(timeline, [], tmp_path / "cut.otioz")
    with pytest.raises(OutputError, match="a bundle whose media are inside it"):
        check_output(read_timeline(tmp_path / "cut.otioz"), tmp_path / name)
