"""Final Cut 7 XML: nested sequences show their clips, ids mean one kind of element, what is switched off is off."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from talkies.core.errors import TimelineError
from talkies.core.timeline import read_timeline
from talkies.core.timeline.structure.sounds import sound_tracks

RATE = "<rate><timebase>25</timebase><ntsc>FALSE</ntsc></rate>"


def clip(name: str, start: int, end: int, first: int, content: str, more: str = "") -> str:
    """A ``<clipitem>`` at frames ``start`` to ``end`` that shows its content from frame ``first`` on."""
    places = f"<start>{start}</start><end>{end}</end><in>{first}</in><out>{first + end - start}</out>"
    return f"<clipitem id='{name}'><name>{name}</name>{RATE}{places}{more}{content}</clipitem>"


def file(name: str) -> str:
    return f"<file id='{name}'><name>{name}</name><pathurl>{name}</pathurl>{RATE}<duration>500</duration></file>"


def sequence(name: str, *tracks: str, sound: str = "", start: str = "") -> str:
    video = "".join(f"<track>{track}</track>" if not track.startswith("<track>") else track for track in tracks)
    media = f"<media><video>{video}</video><audio>{sound}</audio></media>"
    return f"<sequence id='{name}'><name>{name}</name>{RATE}{start}{media}</sequence>"


def xmeml(folder: Path, body: str) -> Path:
    path = folder / "cut.xml"
    path.write_text(f"<?xml version='1.0'?><!DOCTYPE xmeml><xmeml version='5'>{body}</xmeml>", encoding="utf-8")
    return path


def test_clips_of_a_nested_sequence_lie_where_it_shows_them(tmp_path: Path) -> None:
    """The nested sequence (a: 0-40, b: 40-80) is shown from its frame 30 on, at frames 10 to 60; then again, by id."""
    inner = sequence("inner", clip("a", 0, 40, 100, file("a.mov")) + clip("b", 40, 80, 7, file("b.mov")))
    by_id = "<sequence id='inner'/>"
    shots = clip("first", 10, 60, 30, inner) + clip("again", 60, 70, 0, by_id)
    heard = "<track>" + clip("sound", 10, 60, 30, by_id) + "</track>"
    timeline = read_timeline(xmeml(tmp_path, sequence("outer", shots, sound=heard)))
    frames = [
        (segment.clip, int(segment.record.start * 25), int(segment.record.end * 25), int(segment.source.start * 25))
        for segment in timeline.segments
    ]
    assert frames == [("a", 10, 20, 130), ("b", 20, 60, 7), ("a", 60, 70, 100)]
    assert [track.clips for track in sound_tracks(timeline)] == [()]  # the nested sequence has no sound of its own


def test_one_id_may_name_a_clip_and_a_file(tmp_path: Path) -> None:
    shots = clip("1", 0, 40, 0, file("1")) + clip("2", 40, 80, 0, "<file id='1'/>")
    timeline = read_timeline(xmeml(tmp_path, sequence("1", shots)))
    assert [item.media_reference.target_url for item in timeline.document.find_clips()] == ["1", "1"]


def test_what_is_switched_off_is_no_segment(tmp_path: Path) -> None:
    off = "<enabled>FALSE</enabled>"
    shots = clip("a", 0, 40, 0, file("a"), off) + clip("b", 40, 80, 0, file("b"), "<enabled>TRUE</enabled>")
    silent = f"<track MZ.TrackName='Noise'>{off}{clip('d', 0, 9, 0, file('d'))}</track>"
    hidden = f"<track>{off}{clip('c', 0, 80, 0, file('c'))}</track>"
    timeline = read_timeline(xmeml(tmp_path, sequence("cut", shots, hidden, sound=silent)))
    assert [segment.clip for segment in timeline.segments] == ["b"]
    (track,) = sound_tracks(timeline)
    assert (track.name, [each.enabled for each in track.clips]) == ("Noise", [False])


def test_drop_frame_timecode(tmp_path: Path) -> None:
    ntsc = "<rate><timebase>30</timebase><ntsc>TRUE</ntsc></rate>"
    label = "<string>01:00:00;00</string><frame>107892</frame><displayformat>DF</displayformat>"
    body = sequence("cut", clip("a", 0, 30, 0, file("a")), start=f"<timecode>{ntsc}{label}</timecode>")
    timeline = read_timeline(xmeml(tmp_path, body.replace(RATE, ntsc)))
    assert (timeline.rate, timeline.drop_frame) == (Fraction(30000, 1001), True)
    assert timeline.timecode(Fraction(0)) == "01:00:00;00"


def test_nested_sequences_cannot_fill_the_memory(tmp_path: Path) -> None:
    """Six levels of twenty, each level once in the file: sixty-four million clips."""
    body = file("a.mov")
    for depth in range(6):
        again = "".join(clip(f"{depth}-{n}", n, n + 1, 0, f"<sequence id='s{depth - 1}'/>") for n in range(1, 20))
        body = sequence(f"s{depth}", clip(f"{depth}-0", 0, 1, 0, body) + (again if depth else ""))
    with pytest.raises(TimelineError, match="until they hold too many clips"):
        read_timeline(xmeml(tmp_path, body))


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (sequence("a", clip("x", 0, 9, 0, "<sequence id='a'/>")), "in a circle"),
        (sequence("a", clip("x", 0, 9, 0, "").replace("<start>0", "<start>zero")), "cannot be read"),
        ("<bin/>", "holds no sequence"),
        (sequence("a", "<clipitem/>"), "cannot be read"),
    ],
)
def test_refused_in_a_sentence(tmp_path: Path, body: str, sentence: str) -> None:
    with pytest.raises(TimelineError, match=sentence) as caught:
        read_timeline(xmeml(tmp_path, body))
    assert "\n" not in str(caught.value)


def test_a_clip_whose_out_says_another_speed(tmp_path: Path) -> None:
    """Four seconds in two, as fit to fill leaves them where the filter was lost."""
    fitted = clip("fitted", 0, 50, 10, file("a.mov")).replace("<out>60<", "<out>110<")
    near = clip("near", 50, 100, 10, file("b.mov")).replace("<out>60<", "<out>61<")
    timeline = read_timeline(xmeml(tmp_path, sequence("cut", fitted + near)))
    assert [(each.clip, each.speed, each.source.start * 25, each.source.end * 25) for each in timeline.segments] == [
        ("fitted", 2, 10, 110),
        ("near", 1, 10, 60),
    ]
    (warning,) = timeline.warnings
    assert "'fitted' has 4.00 s of source for 2.00 s and no speed: fitted, at 200.0 %" in warning


def test_a_picture_that_stands_still_has_no_speed(tmp_path: Path) -> None:
    """Five seconds of a still in a place of ten, as some exporters write it."""
    still = clip("still", 0, 250, 0, file("card.png"), "<stillframe>TRUE</stillframe>")
    timeline = read_timeline(xmeml(tmp_path, sequence("cut", still.replace("<out>250<", "<out>125<"))))
    (item,) = timeline.document.find_clips()
    assert list(item.effects) == [] and timeline.segments[0].record.duration == 10
    assert not any("fitted" in warning for warning in timeline.warnings)


def test_in_and_out_at_the_sequences_rate_are_no_speed(tmp_path: Path) -> None:
    """Four seconds of a film at 50 frames per second, counted in the sequence's 25."""
    shot = clip("fast", 0, 100, 10, file("a.mov")).replace("<timebase>25<", "<timebase>50<")
    timeline = read_timeline(xmeml(tmp_path, sequence("cut", shot)))
    assert [(each.speed, each.record.duration) for each in timeline.segments] == [(1, 4)]
    assert not any("fitted" in warning for warning in timeline.warnings)


@pytest.mark.parametrize(("offset", "held"), [("", 100), ("<stillframeoffset>7</stillframeoffset>", 7)])
def test_a_clip_that_is_said_to_stand_still(tmp_path: Path, offset: str, held: int) -> None:
    frozen = clip("still", 0, 50, 100, file("a.mov"), f"<stillframe>TRUE</stillframe>{offset}")
    (segment,) = read_timeline(xmeml(tmp_path, sequence("cut", frozen))).segments
    assert (segment.speed, segment.source.start * 25, segment.record.duration) == (0, held, 2)


@pytest.mark.parametrize(("state", "speed", "start"), [("TRUE", 2, 20), ("FALSE", 1, 10)])
def test_a_retime_that_is_switched_off_is_none(tmp_path: Path, state: str, speed: int, start: int) -> None:
    value = "<parameter><parameterid>speed</parameterid><value>200</value></parameter>"
    effect = f"<effect><name>Time Remap</name><effectid>timeremap</effectid>{value}</effect>"
    shot = clip("a", 0, 50, 10, file("a.mov"), f"<filter><enabled>{state}</enabled>{effect}</filter>")
    (segment,) = read_timeline(xmeml(tmp_path, sequence("cut", shot))).segments
    assert (segment.speed, segment.source.start * 25) == (speed, start)


def test_of_several_sequences_the_first_with_clips_is_taken(tmp_path: Path) -> None:
    body = sequence("empty") + sequence("full", clip("a", 0, 50, 10, file("a.mov"))) + sequence("last")
    timeline = read_timeline(xmeml(tmp_path, f"<project><children>{body}</children></project>"))
    assert (timeline.name, len(timeline.segments)) == ("full", 1)
    assert "holds 3 timelines: 'full' was taken, not 'empty', 'last'" in timeline.warnings[0]
