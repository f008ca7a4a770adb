"""Subtitles that count frames, judged by other programs' libraries where there are such."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pysubs2
import pytest
from timecode.timecode import Timecode

from talkies.core.errors import SubtitleError
from talkies.core.timeline import read_timeline
from talkies.core.timeline.words.frame_counts import FrameClock
from talkies.core.timeline.words.subtitle_files import MediaClock, SubtitleFile, load_subtitles

FILM, NTSC = Fraction(24000, 1001), Fraction(30000, 1001)


def load(folder: Path, name: str, text: str, rate: Fraction | int = 25, drop_frame: bool = False) -> SubtitleFile:
    path = folder / name
    path.write_text(text)
    return load_subtitles(path, MediaClock(frames=FrameClock(Fraction(rate), drop_frame)))


def said(loaded: SubtitleFile) -> list[tuple[str, Fraction, Fraction]]:
    return [(cue.text, cue.range.start, cue.range.end) for cue in loaded.cues]


def seconds(label: str, rate: str, exact: Fraction) -> Fraction:
    """As the ``timecode`` library counts."""
    return (Timecode(rate, label).frames - 1) / exact


SRT = "1\n{} --> {}\nWords.\n"


@pytest.mark.parametrize(
    ("first", "last", "rate", "start", "end"),
    [
        ("00:00:01:12", "00:00:03:00", Fraction(25), Fraction(37, 25), Fraction(3)),
        ("00:00:01:12", "00:00:03:00", Fraction(24), Fraction(3, 2), Fraction(3)),
        ("00:10:00:00", "00:10:01:00", FILM, 600 * Fraction(1001, 1000), 601 * Fraction(1001, 1000)),
        ("00:01:00:02", "00:10:00:00", NTSC, 1802 / NTSC, 18000 / NTSC),
        ("00:01:00;02", "00:10:00;00", NTSC, 1800 / NTSC, 17982 / NTSC),
        ("00;01;00;02", "00;10;00;00", NTSC, 1800 / NTSC, 17982 / NTSC),
        ("00:00:01：12", "00:00:03：00", Fraction(25), Fraction(37, 25), Fraction(3)),
    ],
)
def test_timecodes_in_subrip(
    tmp_path: Path, first: str, last: str, rate: Fraction, start: Fraction, end: Fraction
) -> None:
    loaded = load(tmp_path, "a.srt", SRT.format(first, last), rate)
    assert said(loaded) == [("Words.", start, end)]
    assert any("counts frames" in sentence for sentence in loaded.warnings)


def test_the_timecode_library_counts_the_same(tmp_path: Path) -> None:
    for label, rate, exact in (("01:02:03:04", "23.976", FILM), ("01:02:03;04", "29.97", NTSC)):
        loaded = load(tmp_path, "a.srt", SRT.format(label, f"02:00:00{label[8]}00"), exact)
        assert loaded.cues[0].range.start == seconds(label, rate, exact)


def test_semicolons_where_nothing_drops(tmp_path: Path) -> None:
    assert said(load(tmp_path, "a.srt", SRT.format("00:00:01;12", "00:00:03;00"))) == [
        ("Words.", Fraction(37, 25), Fraction(3))
    ]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.txt", "00:00:01:12 - 00:00:03:00\nWords.\n\n00:00:04:00 - 00:00:05:05\nMore.\n"),
        ("a.txt", "00;00;01;12 - 00;00;03;00\nWords.\n\n00;00;04;00 - 00;00;05;05\nMore.\n"),
        ("a.txt", "00:00:01:12\t00:00:03:00\nWords.\n\n00:00:04:00\t00:00:05:05\nMore.\n"),
        (
            "a.txt",
            "@ This file written with the Avid Caption plugin, version 1\n\n<begin subtitles>\n"
            "00:00:01:12 00:00:03:00\nWords.\n\n00:00:04:00 00:00:05:05\nMore.\n\n<end subtitles>\n",
        ),
        ("a.srt", "1\n00:00:01:12 --> 00:00:03:00\nWords.\n\n2\n00:00:04:00 --> 00:00:05:05\nMore.\n"),
        ("a.vtt", "WEBVTT\n\n00:00:01:12 --> 00:00:03:00\nWords.\n\n00:00:04:00 --> 00:00:05:05\nMore.\n"),
    ],
    ids=["dashes", "semicolons", "tabs", "Avid", "subrip", "webvtt"],
)
def test_lists_of_timecodes(tmp_path: Path, name: str, text: str) -> None:
    """As Premiere, Subtitle Edit and Media Composer write them."""
    assert said(load(tmp_path, name, text)) == [
        ("Words.", Fraction(37, 25), Fraction(3)),
        ("More.", Fraction(4), Fraction(26, 5)),
    ]


def test_more_frames_than_the_film_has_in_a_second(tmp_path: Path) -> None:
    loaded = load(tmp_path, "a.srt", SRT.format("00:00:01:00", "00:00:02:29"), 24)
    assert said(loaded) == [("Words.", Fraction(1), 2 + Fraction(29, 30))]
    assert any("30 frames in a second" in sentence for sentence in loaded.warnings)


def test_hundredths_after_a_colon(tmp_path: Path) -> None:
    loaded = load(tmp_path, "a.srt", SRT.format("00:00:01:50", "00:00:02:75"))
    assert said(loaded) == [("Words.", Fraction(3, 2), Fraction(11, 4))]
    assert any("hundredths" in sentence for sentence in loaded.warnings)


def test_one_slip_among_milliseconds_is_no_frame(tmp_path: Path) -> None:
    text = SRT.format("00:00:01,000", "00:00:02,000") + "\n" + SRT.format("00:00:03:12", "00:00:04,000")
    loaded = load(tmp_path, "a.srt", text + "\n" + SRT.format("00:00:05,120", "00:00:06,000"))
    assert [start for _, start, _ in said(loaded)] == [1, Fraction(128, 25)]
    assert any("1 subtitles with damaged times" in sentence for sentence in loaded.warnings)


def test_without_a_rate_one_sentence(tmp_path: Path) -> None:
    for name, text in (("a.srt", SRT.format("00:00:01:12", "00:00:03:00")), ("a.sub", "{25}{50}Words.\n")):
        (tmp_path / name).write_text(text)
        with pytest.raises(SubtitleError, match="counts frames, and nothing says how many a second has; keep it"):
            load_subtitles(tmp_path / name)


# MicroDVD, MPL2, SubViewer

MICRODVD = "{{1}}{{1}}{}\n{{25}}{{125}}One|{{y:i}}two\n{{150}}{{200}}{{C:$0000ff}}/Three\n"


@pytest.mark.parametrize(("written", "rate"), [("25.000", Fraction(25)), ("23.976", FILM), ("29,97", NTSC)])
def test_microdvd_that_states_its_rate(tmp_path: Path, written: str, rate: Fraction) -> None:
    text = MICRODVD.format(written)
    loaded = load(tmp_path, "a.sub", text, 50)
    assert said(loaded) == [("One two", 25 / rate, 125 / rate), ("Three", 150 / rate, 200 / rate)]
    judged = pysubs2.SSAFile.from_string(text.replace(",", "."), format_="microdvd")
    assert [int(1000 * start) for _, start, _ in said(loaded)] == pytest.approx([each.start for each in judged], abs=1)


def test_microdvd_counts_the_films_frames(tmp_path: Path) -> None:
    text = "{0}{0}by www.example.org\n{24}{48}One\n{48}{}Two\n{96}{120}Three\n"
    loaded = load(tmp_path, "a.sub", text, FILM)
    assert said(loaded)[:2] == [("One", 24 / FILM, 48 / FILM), ("Two", 48 / FILM, 96 / FILM)]
    assert any("23.976 frames per second" in sentence for sentence in loaded.warnings)


def test_a_number_that_is_spoken_is_no_rate(tmp_path: Path) -> None:
    assert said(load(tmp_path, "a.sub", "{10}{20}666\n{30}{40}One\n"))[0] == ("666", Fraction(2, 5), Fraction(4, 5))


def test_microdvd_with_defaults_of_its_own(tmp_path: Path) -> None:
    text = "{DEFAULT}{}{C:$0000ff}{F:Tahoma}\n{25}{50}One\n"
    assert said(load(tmp_path, "a.sub", text)) == [("One", Fraction(1), Fraction(2))]


def test_notes_that_cite_are_no_subtitles(make: Any) -> None:
    path = make.movie("film.mp4")
    (make.folder / "film.txt").write_text("[1][2] say that the harbour was filmed first.\nBuy milk.\n")
    assert read_timeline(path).cues == ()


def test_mpl2_counts_tenths(tmp_path: Path) -> None:
    text = "[10][25]/One|two\n[30][45]Three\n"
    judged = pysubs2.SSAFile.from_string(text, format_="mpl2")
    loaded = load(tmp_path, "a.txt", text)
    assert [(int(1000 * start), int(1000 * end)) for _, start, end in said(loaded)] == [
        (each.start, each.end) for each in judged
    ]
    assert [cue.text for cue in loaded.cues] == ["One two", "Three"]


def test_subviewer_two(tmp_path: Path) -> None:
    head = "[INFORMATION]\n[TITLE]Film\n[DELAY]0\n[END INFORMATION]\n[SUBTITLE]\n[COLF]&HFFFFFF,[SIZE]12,[FONT]Tahoma\n"
    text = head + "00:00:01.10,00:00:02.20\nOne[br]two\n\n00:00:03.00,00:00:04.00\nThree\n"
    assert said(load(tmp_path, "a.sub", text)) == [
        ("One two", Fraction(11, 10), Fraction(11, 5)),
        ("Three", Fraction(3), Fraction(4)),
    ]


# Beside films and timelines


def test_beside_a_film_its_rate_counts(make: Any) -> None:
    path = make.movie("film.mp4", frames=75, rate=25)
    (make.folder / "film.sub").write_text("{25}{50}Words.\n")
    timeline = read_timeline(path)
    assert [(cue.text, cue.range.start, cue.range.end) for cue in timeline.cues] == [("Words.", 1, 2)]
    assert any("film.sub" in sentence and "25 frames per second" in sentence for sentence in timeline.warnings)


def test_pictures_of_subtitles_are_told(make: Any) -> None:
    path = make.movie("film.mp4")
    (make.folder / "film.sub").write_bytes(b"\x00\x00\x01\xba" + bytes(range(256)) * 40)
    (sentence,) = read_timeline(path).warnings
    assert "film.sub" in sentence and "convert" in sentence


@pytest.mark.parametrize(
    ("rate", "first", "label", "second"),
    [
        (FILM, 86_400, "01:00:01:00", Fraction(1001, 1000)),
        (Fraction(25), 90_000, "01:00:01:00", Fraction(1)),
        (FILM, 0, "00:00:01:00", Fraction(1001, 1000)),
    ],
)
def test_frames_of_record_timecode(make: Any, rate: Fraction, first: int, label: str, second: Fraction) -> None:
    path = make.save(
        make.track(make.clip("a", 0, 240, float(rate))), start=otio.opentime.RationalTime(first, float(rate))
    )
    path.with_suffix(".srt").write_text(SRT.format(label, label[:-1] + "9"))
    assert [cue.range.start for cue in read_timeline(path).cues] == [second]


TTML = '<?xml version="1.0" encoding="utf-8"?>\n<tt xmlns="http://www.w3.org/ns/ttml"><body><div>{}</div></body></tt>'


def test_timed_text_that_is_called_xml(make: Any) -> None:
    path = make.movie("film.mp4", frames=75)
    (make.folder / "film.en.xml").write_text(TTML.format('<p begin="1s" end="2s">Words.</p>'))
    timeline = read_timeline(path)
    assert [(cue.text, cue.range.start, cue.language) for cue in timeline.cues] == [("Words.", 1, "en")]


def test_a_timeline_that_is_called_xml_is_no_subtitle_and_has_its_own(make: Any) -> None:
    from talkies.core.timeline.words.sidecar_names import choose

    path = make.movie("film.mp4")
    (make.folder / "film.xml").write_text('<?xml version="1.0"?>\n<!DOCTYPE xmeml>\n<xmeml version="5"/>')
    assert not read_timeline(path).cues and not read_timeline(path).warnings
    assert choose("film.xml", ["film.xml", "film.srt"]).names == ("film.srt",)
    both = choose("film.mp4", ["film.en.xml", "film.en.srt", "film.mp4", "film.xml"])
    assert (both.names, both.texts) == (("film.en.srt",), ("film.en.xml", "film.xml"))


DROPS = 'ttp:dropMode="dropNTSC"'


@pytest.mark.parametrize(
    ("attributes", "label", "start"),
    [
        ('ttp:frameRate="24" ttp:frameRateMultiplier="1000 1001"', "00:10:00:00", 14_400 / FILM),
        ('ttp:frameRate="24" ttp:frameRateMultiplier="999 1000"', "00:10:00:00", 14_400 / FILM),
        (f'ttp:frameRate="30" ttp:frameRateMultiplier="1000 1001" {DROPS}', "00:10:00:00", 17_982 / NTSC),
        ('ttp:frameRate="25"', "00:00:01:12", Fraction(37, 25)),
    ],
)
def test_timed_text_in_timecode(tmp_path: Path, attributes: str, label: str, start: Fraction) -> None:
    """iTunes' and Premiere's: a second has as many frames as it counts, however long they are."""
    head = f'<tt xmlns="http://www.w3.org/ns/ttml" xmlns:ttp="http://www.w3.org/ns/ttml#parameter" {attributes}'
    body = f'<body><div><p begin="{label}">Words.</p></div></body>'
    (tmp_path / "a.itt").write_text(f'{head} ttp:timeBase="smpte">{body}</tt>')
    assert load_subtitles(tmp_path / "a.itt").cues[0].range.start == start
