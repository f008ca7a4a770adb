"""Subtitle files as they are found: damaged by editors, translators and programs; each with what a player shows."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pysubs2
import pytest

from talkies.core.errors import SubtitleError
from talkies.core.timeline.words.subtitle_files import MediaClock, SubtitleFile, load_subtitles

Read = Callable[..., SubtitleFile]
"""A file of that name and text, read; with the start of the transport stream beside it."""


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def load(name: str, text: str, transport_start: Fraction | None = None) -> SubtitleFile:
        path = tmp_path / name
        path.write_bytes(text.encode())
        return load_subtitles(path, MediaClock(transport_start))

    return load


def said(loaded: SubtitleFile) -> list[tuple[str, float, float]]:
    return [(cue.text, float(cue.range.start), float(cue.range.end)) for cue in loaded.cues]


def srt(*times_and_texts: tuple[str, str]) -> str:
    return "\n\n".join(f"{number}\n{times}\n{text}" for number, (times, text) in enumerate(times_and_texts, 1))


# SubRip


def test_empty_lines_before_and_inside_a_text(read: Read) -> None:
    """As pysubs2 keeps them, which reads what players read."""
    text = srt(
        ("00:00:00,500 --> 00:00:02,000", "\nAfter a blank first line."),
        ("00:00:02,500 --> 00:00:04,500", "The imperial fleet\n\ndefeated the squadron."),
        ("00:00:05,000 --> 00:00:06,000", "Last line."),
    )
    judged = [" ".join(event.plaintext.split()) for event in pysubs2.SSAFile.from_string(text, format_="srt")]
    assert [cue.text for cue in read("a.srt", text).cues] == judged
    assert judged[1] == "The imperial fleet defeated the squadron."


def test_mixed_line_ends_and_blanks_for_empty_lines(read: Read) -> None:
    text = "1\r\n00:00:01,000 --> 00:00:02,000\rOne\r\n \r\n2\n00:00:02,000 --> 00:00:03,000\r\nTwo\n"
    assert said(read("a.srt", text)) == [("One", 1, 2), ("Two", 2, 3)]


@pytest.mark.parametrize("numbers", [("1", "2", "3"), ("7", "7", "7"), ("1", "", "3"), ("", "", "")])
def test_whatever_the_numbers_are(read: Read, numbers: tuple[str, ...]) -> None:
    blocks = [f"{each}\n00:00:0{n},000 --> 00:00:0{n},500\nText {n}" for n, each in enumerate(numbers, 1)]
    assert said(read("a.srt", "\n\n".join(blocks))) == [(f"Text {n}", n, n + 0.5) for n in (1, 2, 3)]


def test_a_year_is_spoken_and_a_number_is_not(read: Read) -> None:
    text = srt(("00:00:01,000 --> 00:00:02,000", "1999"), ("00:00:02,000 --> 00:00:03,000", "2001"))
    assert said(read("a.srt", text)) == [("1999", 1, 2), ("2001", 2, 3)]
    unnumbered = "00:00:01,000 --> 00:00:02,000\n1999\n\n00:00:02,000 --> 00:00:03,000\n2001\n"
    assert said(read("a.srt", unnumbered)) == [("1999", 1, 2), ("2001", 2, 3)]


def test_an_empty_line_between_number_and_times(read: Read) -> None:
    text = "1\n\n00:00:01,000 --> 00:00:02,000\nOne\n\n2\n\n00:00:02,000 --> 00:00:03,000\nTwo\n"
    assert said(read("a.srt", text)) == [("One", 1, 2), ("Two", 2, 3)]


def test_a_subtitle_without_times_is_told(read: Read) -> None:
    text = "1\n00:00:01,000 --> 00:00:02,000\nOne\n\n2\nTwo\n\n3\n00:00:03,000 --> 00:00:04,000\nThree\n"
    loaded = read("a.srt", text)
    assert said(loaded) == [("One", 1, 2), ("Three", 3, 4)]
    assert any("1 pieces of text have no times" in sentence for sentence in loaded.warnings)


@pytest.mark.parametrize(
    "times",
    [
        "00:00:04,000 -> 00:00:05,500",
        "00:00:04,000 – 00:00:05,500",
        "00:00:04,000 — 00:00:05,500",
        "00:00:04,000 → 00:00:05,500",
        "00:00:04,000 −> 00:00:05,500",
        "00:00:04,000 --› 00:00:05,500",
        "00:00:04,000 | 00:00:05,500",
        "00:00:04.000-->00:00:05.500",
        "00:00:04,000 --&gt; 00:00:05,500",
        "00:00:04:000 --> 00:00:05:500",
        "00 : 00 : 04 , 000 --> 00 : 00 : 05 , 500",
        "00:00:04;000 ==> 00:00:05;500",
        "00:00:04 --> 00:00:05,5",
        "0:0:4,000 --> 0:0:5,500  X1:100 X2:200 Y1:10 Y2:20",
    ],
)
def test_times_that_somebody_damaged(read: Read, times: str) -> None:
    assert said(read("a.srt", srt((times, "Words.")))) == [("Words.", 4, 5.5)]


@pytest.mark.parametrize("mark", ["\u200e", "\u200f", "\u202a", "\u200b", "\u2060"])
def test_unseen_marks_around_times(read: Read, mark: str) -> None:
    text = f"1\n{mark}00:00:01,000 --> 00:00:02,000{mark}\nOne\n\n{mark}2\n00:00:02,000{mark} --> 00:00:03,000\nTwo\n"
    loaded = read("a.srt", text)
    assert said(loaded) == [("One", 1, 2), ("Two", 2, 3)] and loaded.warnings == ()


def test_a_file_without_one_readable_time_says_why(read: Read) -> None:
    with pytest.raises(SubtitleError, match="2 subtitles with damaged times"):
        read("a.srt", srt(("00:00:01,000 --> 00:00:0x,000", "One"), ("00:00:0x,000 --> 00:00:04,000", "Two")))


def test_zeros_between_letters_are_no_code_page(read: Read) -> None:
    loaded = read("a.srt", "1\n00:00:01,000 --> 00:00:02,000\nHel\0lo, naïve one.\n\0\0\0")
    assert said(loaded) == [("Hello, naïve one.", 1, 2)] and loaded.warnings == ()


def test_times_beyond_repair_are_counted(read: Read) -> None:
    loaded = read("a.srt", srt(("00:00:01,000 --> 00:00:0x,000", "One."), ("00:00:03,000 --> 00:00:04,000", "Two.")))
    assert said(loaded) == [("Two.", 3, 4)]
    assert any("1 subtitles with damaged times" in sentence for sentence in loaded.warnings)


def test_unpadded_milliseconds_where_the_file_shows_them(read: Read) -> None:
    one, two = ("00:00:01,20 --> 00:00:02,110", "One."), ("00:00:02,800 --> 00:00:03,70", "Two.")
    loaded = read("a.srt", srt(one, two))
    assert said(loaded) == [("One.", 1.02, 2.11), ("Two.", 2.8, 3.07)]
    assert any("read as milliseconds" in sentence for sentence in loaded.warnings)
    assert said(read("a.srt", srt(("00:00:01,20 --> 00:00:02,05", "Hundredths.")))) == [("Hundredths.", 1.2, 2.05)]


def test_a_start_before_zero(read: Read) -> None:
    text = srt(("-00:00:01,000 --> 00:00:02,000", "One."), ("-00:00:03,000 --> -00:00:02,000", "Before."))
    loaded = read("a.srt", text)
    assert said(loaded) == [("One.", 0, 2)]
    assert any("1 subtitles start before 0" in sentence for sentence in loaded.warnings)
    assert any("1 subtitles lie before 0" in sentence for sentence in loaded.warnings)


def test_a_text_with_an_arrow_and_times_in_it(read: Read) -> None:
    text = srt(("00:00:01,000 --> 00:00:02,000", "Go --> there.\nAt 10:30 - 11:45."))
    assert said(read("a.srt", text)) == [("Go --> there. At 10:30 - 11:45.", 1, 2)]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("{\\an8}Up here", "Up here"),
        ("{an8}Up here", "Up here"),
        ('<font color="#fff"><b>Loud</b></font> &amp; clear', "Loud & clear"),
        ("< i >Spaced< / i > tags", "Spaced tags"),
        ("{y:i}Slanted", "Slanted"),
        ("A&nbsp;hard&#32;space", "A hard space"),
    ],
)
def test_markup_is_not_spoken(read: Read, text: str, shown: str) -> None:
    assert said(read("a.srt", srt(("00:00:01,000 --> 00:00:02,000", text)))) == [(shown, 1, 2)]


def test_songs_in_hashes_are_no_speech(read: Read) -> None:
    (cue,) = read("a.srt", srt(("00:00:01,000 --> 00:00:02,000", "# Happy days #"))).cues
    assert (cue.kind, cue.text) == ("sound", "Happy days")


# What a file holds decides, not its name


ASS = "[Script Info]\n\n[Events]\nFormat: Layer, Start, End, Style, Name, Text\n"


@pytest.mark.parametrize(
    "text",
    [
        "WEBVTT\n\n00:01.000 --> 00:02.000\nWords.\n",
        f"{ASS}Dialogue: 0,0:00:01.00,0:00:02.00,Default,,Words.\n",
        '<?xml version="1.0"?><tt xmlns="http://www.w3.org/ns/ttml"><body><div><p begin="1s" end="2s">Words.</p></div>'
        "</body></tt>",
    ],
)
def test_another_format_under_the_name_of_subrip(read: Read, text: str) -> None:
    assert said(read("a.srt", text)) == [("Words.", 1, 2)]


def test_subrip_under_the_name_of_webvtt_and_of_a_text(read: Read) -> None:
    text = srt(("00:00:01,000 --> 00:00:02,000", "Words."))
    assert said(read("a.vtt", text)) == said(read("a.txt", text)) == [("Words.", 1, 2)]


# WebVTT


YOUTUBE = """WEBVTT
Kind: captions
Language: en

00:00:00.160 --> 00:00:02.310 align:start position:0%
\x20
so<00:00:00.400><c> welcome</c><00:00:00.800><c> back</c>

00:00:02.310 --> 00:00:02.320 align:start position:0%
so welcome back
\x20

00:00:02.320 --> 00:00:04.470 align:start position:0%
so welcome back
to<00:00:02.560><c> the</c><00:00:02.800><c> workshop</c>

00:00:04.470 --> 00:00:04.480 align:start position:0%
to the workshop
\x20

00:00:04.480 --> 00:00:06.000 align:start position:0%
to the workshop
today<00:00:04.960><c> we</c><00:00:05.200><c> saw</c>
"""


def test_rolling_captions_as_youtube_writes_them(read: Read) -> None:
    assert said(read("a.vtt", YOUTUBE)) == [
        ("so welcome back", 0.16, 2.31),
        ("to the workshop", 2.32, 4.47),
        ("today we saw", 4.48, 6.0),
    ]


def test_three_rows_that_roll(read: Read) -> None:
    rows = ["one", "two", "three", "four", "five"]
    spans = [(f"00:00:0{n},000 --> 00:00:0{n + 1},000", "\n".join(rows[max(0, n - 2) : n + 1])) for n in range(5)]
    assert said(read("a.srt", srt(*spans))) == [(row, n, n + 1) for n, row in enumerate(rows)]


def test_words_that_are_lit_one_after_the_other_are_one_line(read: Read) -> None:
    lit = ["<u>we</u> saw it", "we <u>saw</u> it", "we saw <u>it</u>"]
    spans = [(f"00:00:0{n},000 --> 00:00:0{n + 1},000", text) for n, text in enumerate(lit, 1)]
    assert said(read("a.srt", srt(*spans))) == [("we saw it", 1, 4)]


def test_an_answer_that_repeats_the_question_is_said_again(read: Read) -> None:
    text = srt(("00:00:01,000 --> 00:00:02,000", "No."), ("00:00:02,000 --> 00:00:03,000", "No."))
    assert said(read("a.srt", text)) == [("No.", 1, 2), ("No.", 2, 3)]


def test_text_without_times_is_told_in_webvtt(read: Read) -> None:
    text = "WEBVTT - title\nKind: x\n\nNOTE\nnot spoken\n\nREGION\nid:a\n\n00:01.000 --> 00:02.000\nOne\n\nlost words\n"
    loaded = read("a.vtt", text)
    assert said(loaded) == [("One", 1, 2)]
    assert [sentence for sentence in loaded.warnings if "no times" in sentence] == [
        "a.vtt: 1 pieces of text have no times: left out, as players do"
    ]


MAP = "WEBVTT\nX-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:{}\n\n00:00:01.000 --> 00:00:02.000\n{}\n\n"


def test_segmented_webvtt_counts_on_the_transport_stream(read: Read) -> None:
    """368,640 ticks of 90 kHz are 4.096 s; a stream of ffmpeg's begins at 1.4 s."""
    loaded = read("a.vtt", MAP.format(368_640, "One."), Fraction(7, 5))
    assert said(loaded) == [("One.", 3.696, 4.696)] and not loaded.warnings
    parts = MAP.format(126_000, "One.") + MAP.format(126_000 + 90_000 * 6, "Seven.")
    assert said(read("a.vtt", parts, Fraction(7, 5))) == [("One.", 1, 2), ("Seven.", 7, 8)]


def test_the_transport_clock_may_begin_again(read: Read) -> None:
    near_the_end = Fraction(2**33, 90_000) - 10
    assert said(read("a.vtt", MAP.format(0, "One."), near_the_end)) == [("One.", 11, 12)]


def test_without_the_stream_the_local_times_are_used_and_that_is_told(read: Read) -> None:
    loaded = read("a.vtt", MAP.format(368_640, "One."))
    assert said(loaded) == [("One.", 1, 2)]
    assert any("transport stream (4.096 s)" in sentence for sentence in loaded.warnings)


# ASS


def ass(*texts: str) -> str:
    return ASS + "".join(
        f"Dialogue: 0,0:00:0{n}.00,0:00:0{n}.50,Default,Bob,{text}\n" for n, text in enumerate(texts, 1)
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("The boat leaves. {check this line}", "The boat leaves."),
        ('{TLC: maybe "pier"}By the {*\\i1}harbour{*\\i0} wall', "By the harbour wall"),
        ("Wait\\hfor me.", "Wait for me."),
        ("{\\k20}Kara{\\k30}oke {\\kf40}line", "Karaoke line"),
        ("{\\p1}m 0 0 l 10 0{\\p0}Real words", "Real words"),
        ("{\\an7\\p2}m 0 0 l 10 0{\\p0}{\\i1}Real{\\i0} words", "Real words"),
        ("One, two,\\Nthree", "One, two, three"),
    ],
)
def test_what_an_event_of_ass_shows(read: Read, text: str, shown: str) -> None:
    loaded = read("a.ass", ass(text))
    assert [(cue.text, cue.speaker) for cue in loaded.cues] == [(shown, "Bob")]


def test_damaged_styles_and_times_of_ass_cost_only_themselves(read: Read) -> None:
    text = "[V4+ Styles]\nFormat: Name, Fontsize\nStyle: Default,large\n" + ass("One.", "Two.", "Three.")
    loaded = read("a.ass", text.replace("0:00:02.50", "0:00:xx"))
    assert said(loaded) == [("One.", 1, 1.5), ("Three.", 3, 3.5)]
    assert any("1 subtitles with damaged times" in sentence for sentence in loaded.warnings)


# TTML


def ttml(body: str, attributes: str = "", head: str = "") -> str:
    namespaces = (
        'xmlns="http://www.w3.org/ns/ttml" xmlns:ttp="http://www.w3.org/ns/ttml#parameter" '
        'xmlns:ttm="http://www.w3.org/ns/ttml#metadata"'
    )
    return f"<tt {namespaces} {attributes}><head>{head}</head><body>{body}</body></tt>"


@pytest.mark.parametrize(
    ("attributes", "begin", "end", "seconds"),
    [
        ('ttp:tickRate="10000000"', "10000000t", "20000000t", (1, 2)),
        ('ttp:frameRate="25"', "00:00:01:12", "00:00:02:00", (1.48, 2)),
        ('ttp:frameRate="25"', "125f", "150f", (5, 6)),
        ('ttp:frameRate="24" ttp:frameRateMultiplier="1000 1001"', "24f", "48f", (1.001, 2.002)),
        ('ttp:frameRate="25" ttp:subFrameRate="2"', "00:00:01:12.1", "00:00:02:00", (1.5, 2)),
        ("", "00:00:01:15", "00:00:02:00", (1.5, 2)),
        ("", "1500ms", "0.05m", (1.5, 3)),
        ("", "00:00:01,500", "3", (1.5, 3)),
        ("", "0.001h", "5s", (3.6, 5)),
    ],
)
def test_time_expressions(read: Read, attributes: str, begin: str, end: str, seconds: tuple[float, float]) -> None:
    loaded = read("a.ttml", ttml(f'<div><p begin="{begin}" end="{end}">Words.</p></div>', attributes))
    assert said(loaded) == [("Words.", *seconds)]


def test_times_count_from_the_element_around_and_may_be_a_duration(read: Read) -> None:
    loaded = read("a.ttml", ttml('<div begin="1s" end="9s"><p begin="3s" dur="1.5s">A.</p><p begin="6s">B.</p></div>'))
    assert said(loaded) == [("A.", 4, 5.5), ("B.", 7, 9)]


def test_paragraphs_one_after_the_other(read: Read) -> None:
    loaded = read("a.ttml", ttml('<div timeContainer="seq"><p dur="2s">A.</p><p begin="1s" dur="2s">B.</p></div>'))
    assert said(loaded) == [("A.", 0, 2), ("B.", 3, 5)]


def test_what_has_no_end_lasts_until_the_next(read: Read) -> None:
    loaded = read("a.itt", ttml('<div><p begin="1s">A.</p><p begin="4s">B.</p></div>'))
    assert said(loaded) == [("A.", 1, 4), ("B.", 4, 5)]


def test_timed_spans_and_agents(read: Read) -> None:
    head = (
        '<metadata><ttm:agent xml:id="a" type="character"><ttm:name type="alias">ANNA</ttm:name></ttm:agent></metadata>'
    )
    body = (
        '<div><p begin="1s" end="2.5s" ttm:agent="a">Spoken by <span>Anna</span>,<br/>\n   twice.</p>'
        '<p><span begin="3s" end="4s">Timed</span> <span begin="4s" end="5s">spans</span></p></div>'
    )
    loaded = read("a.ttml", ttml(body, head=head))
    assert said(loaded) == [("Spoken by Anna, twice.", 1, 2.5), ("Timed", 3, 4), ("spans", 4, 5)]
    assert [cue.speaker for cue in loaded.cues] == ["ANNA", "", ""]


def test_agents_of_spans_part_a_paragraph(read: Read) -> None:
    """Each says its own words, in its share of the time; what stands outside of a span is the paragraph's."""
    names = "".join(
        f'<ttm:agent xml:id="{key}"><ttm:name type="alias">{name}</ttm:name></ttm:agent>'
        for key, name in (("a", "ANNA"), ("b", "BOB"))
    )
    body = (
        '<div><p begin="1s" end="3s"><span ttm:agent="b">Come in.</span> <span ttm:agent="a">Coming!!</span></p>'
        '<p begin="4s" end="6s" ttm:agent="a">I said:<br/><span ttm:agent="b">Sit.</span> And he sat.</p></div>'
    )
    loaded = read("a.ttml", ttml(body, head=f"<metadata>{names}</metadata>"))
    assert [(cue.speaker, cue.text) for cue in loaded.cues] == [
        *(("BOB", "Come in."), ("ANNA", "Coming!!")),
        *(("ANNA", "I said:"), ("BOB", "Sit."), ("ANNA", "And he sat.")),
    ]
    assert said(loaded)[:2] == [("Come in.", 1, 2), ("Coming!!", 2, 3)]


def test_what_a_role_of_ttml_says_is_a_noise(read: Read) -> None:
    body = (
        '<div><p begin="1s" end="2s" ttm:role="sound">Door slams</p>'
        '<p begin="2s" end="3s" ttm:role="music">[soft piano]</p>'
        '<p begin="3s" end="4s" ttm:role="dialog">Who?</p></div>'
    )
    assert [(cue.kind, cue.text) for cue in read("a.ttml", ttml(body)).cues] == [
        ("sound", "Door slams"),
        ("sound", "soft piano"),
        ("speech", "Who?"),
    ]


def test_how_a_word_is_pronounced_is_not_said_too(read: Read) -> None:
    """Ruby text, in WebVTT and in TTML."""
    vtt = "WEBVTT\n\n00:01.000 --> 00:02.000\nThe <ruby>漢<rt>kan</rt>字<rt.small>ji</rt></ruby> here.\n"
    assert said(read("a.vtt", vtt)) == [("The 漢字 here.", 1, 2)]
    ruby = (
        '<span tts:ruby="container" xmlns:tts="http://www.w3.org/ns/ttml#styling"><span tts:ruby="base">漢</span>'
        '<span tts:ruby="text">kan</span></span>'
    )
    assert said(read("a.ttml", ttml(f'<div><p begin="1s" end="2s">The {ruby} here.</p></div>'))) == [
        ("The 漢 here.", 1, 2)
    ]


def test_lyrics_whose_times_all_count_from_zero(read: Read) -> None:
    body = '<div begin="20s" end="30s"><p begin="20s" end="22s">A.</p><p begin="25s" end="27s">B.</p></div>'
    loaded = read("a.ttml", ttml(body))
    assert said(loaded) == [("A.", 20, 22), ("B.", 25, 27)]
    assert any("counted from 0" in sentence for sentence in loaded.warnings)


def test_a_time_that_says_nothing_costs_one_line(read: Read) -> None:
    loaded = read("a.ttml", ttml('<div><p begin="soon" end="2s">A.</p><p begin="2s" end="3s">B.</p></div>'))
    assert said(loaded) == [("B.", 2, 3)]
    assert any("1 elements with times that cannot be read" in sentence for sentence in loaded.warnings)


def test_xml_that_is_no_ttml(read: Read) -> None:
    with pytest.raises(SubtitleError, match="not a TTML file"):
        read("a.ttml", "<?xml version='1.0'?><html/>")


# Languages


def test_words_that_contradict_the_language_of_the_name(read: Read) -> None:
    german = "Ich habe das nicht gewusst."
    loaded = read(
        "film.de.srt",
        srt(("00:00:01,000 --> 00:00:02,000", "Where are you?"), ("00:00:03,000 --> 00:00:04,000", german)),
    )
    (sentence,) = loaded.warnings
    assert "said to be in de" in sentence and "1 line seems to be in en" in sentence
    assert not read("film.de.srt", srt(("00:00:01,000 --> 00:00:02,000", german))).warnings


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Come in."),
        ("en", "No, no. Maria, no!"),
        ("de", "Okay, okay, super!"),
        ("de", "Was war das?"),
        ("es", "No me"),
    ],
)
def test_names_calls_and_shared_words_contradict_nothing(read: Read, language: str, words: str) -> None:
    assert not read(f"film.{language}.srt", srt(("00:00:01,000 --> 00:00:02,000", words))).warnings


def test_a_file_that_names_no_language_and_is_not_english(read: Read) -> None:
    (sentence,) = read("film.srt", srt(("00:00:01,000 --> 00:00:02,000", "Ich habe das nicht gewusst."))).warnings
    assert "names no language" in sentence and "film.de.srt" in sentence
    assert not read("film.srt", srt(("00:00:01,000 --> 00:00:02,000", "I did not know that."))).warnings


# Files made to take for ever: the processor time of a short one, times ten


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.srt", srt(*((f"00:00:0{n},000 --> 00:00:0{n + 1},000", "<" * 150_000 + f"\nrow {n}") for n in (1, 2)))),
        ("a.vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\n" + "<v " * 100_000),
        ("a.vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\n<v" + " " * 300_000),
        ("a.srt", srt(("00:00:01,000 --> 00:00:02,000", "-" * 300_000))),
        ("a.srt", srt(("00:00:01,000 --> 00:00:02,000", "A " * 100_000 + ":"))),
        ("a.srt", srt(("00:00:01,000 --> 00:00:02,000", "Yes. A: " * 30_000))),
        ("a.srt", srt(("00:00:01,000 --> 00:00:02,000", "[(♪" * 100_000))),
        ("a.ass", ass("{\\p" * 100_000)),
    ],
    ids=["angles", "voices", "spaces", "dashes", "capitals", "labels", "sounds", "braces"],
)
def test_time_grows_with_the_length_not_with_its_square(tmp_path: Path, name: str, text: str) -> None:
    """Quadratic, each of these took minutes."""
    path = tmp_path / name
    path.write_text(text)
    load_subtitles(path)


# What else is found


def test_utf8_that_is_cut_inside_a_letter(tmp_path: Path) -> None:
    whole = srt(("00:00:01,000 --> 00:00:02,000", "Schöne Grüße aus Köln"), ("00:00:02,000 --> 00:00:03,000", "Tschüß"))
    (tmp_path / "a.de.srt").write_bytes(whole.encode()[:-1])
    loaded = load_subtitles(tmp_path / "a.de.srt")
    assert loaded.cues[0].text == "Schöne Grüße aus Köln"
    assert any("damaged letters" in sentence for sentence in loaded.warnings)


def test_ttml_in_utf16_says_so_itself(tmp_path: Path) -> None:
    text = '<?xml version="1.0" encoding="UTF-16"?>' + ttml('<div><p begin="1s" end="2s">Words.</p></div>')
    (tmp_path / "a.ttml").write_bytes(text.encode("utf-16"))
    assert said(load_subtitles(tmp_path / "a.ttml")) == [("Words.", 1, 2)]


def test_dashes_before_voices(read: Read) -> None:
    loaded = read("a.vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\n- <v Bob>Hi\n- <v Ann>Ho\n")
    assert [(cue.speaker, cue.text) for cue in loaded.cues] == [("Bob", "Hi"), ("Ann", "Ho")]


def test_a_file_pasted_twice_is_said_once(read: Read) -> None:
    loaded = read("a.srt", 2 * (srt(("00:00:01,000 --> 00:00:02,000", "One.")) + "\n\n"))
    assert said(loaded) == [("One.", 1, 2)] and not loaded.warnings


def test_the_language_of_a_script(read: Read) -> None:
    (sentence,) = read("film.srt", srt(("00:00:01,000 --> 00:00:02,000", "Привет, как дела?"))).warnings
    assert "Cyrillic" in sentence and "film.ru.srt" in sentence


# Scripts of many lines


def ass_events(*rows: str) -> str:
    names = "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text"
    return "[Script Info]\nScriptType: v4.00+\n\n[Events]\n" + "\n".join((names, *rows)) + "\n"


def stamp(hundredths: int) -> str:
    seconds, rest = divmod(hundredths, 100)
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}.{rest:02}"


def test_a_sign_that_was_cut_into_frames_is_one_line(read: Read) -> None:
    """As typesetters do with a sign on a moving wall, here for 25 minutes, while somebody speaks."""
    frames = [
        f"Dialogue: 1,{stamp(4 * n)},{stamp(4 * n + 4)},Sign,,0,0,0,,{{\\pos({n},40)\\fscx{90 + n % 7}}}HARBOUR"
        for n in range(37_500)
    ]
    loaded = read("a.ass", ass_events(*frames, "Dialogue: 0,0:00:02.00,0:00:03.00,Default,Bob,0,0,0,,We sail."))
    assert said(loaded) == [("HARBOUR", 0, 1500), ("We sail.", 2, 3)]


def test_words_that_are_said_again_at_once_are_said_again(read: Read) -> None:
    rows = [f"Dialogue: 0,{stamp(100 * n)},{stamp(100 * n + 100)},Default,,0,0,0,,No." for n in range(3)]
    assert said(read("a.ass", ass_events(*rows))) == [("No.", 0, 1), ("No.", 1, 2), ("No.", 2, 3)]


def test_pieces_of_a_karaoke_are_the_song_that_they_were_made_of(read: Read) -> None:
    """A template turns the line into a comment and each of its syllables into many lines."""
    song = "Comment: 0,0:00:10.00,0:00:14.00,Song,,0,0,0,karaoke,{\\k50}Sa{\\k50}ku{\\k100}ra"
    pieces = [
        f"Dialogue: 2,{stamp(1000 + n % 400)},{stamp(1400)},Song,,0,0,0,fx,{{\\t({n})}}{('Sa', 'ku', 'ra')[n % 3]}"
        for n in range(25_000)
    ]
    note = "Comment: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,check this"
    loaded = read("a.ass", ass_events(note, song, *pieces, "Dialogue: 0,0:00:02.00,0:00:03.00,Default,,0,0,0,,Hello."))
    assert [(cue.kind, cue.text, float(cue.range.start)) for cue in loaded.cues] == [
        ("speech", "Hello.", 2),
        ("sound", "Sakura", 10),
    ]
    assert any("25000 lines are pieces of karaoke" in sentence for sentence in loaded.warnings)


def test_a_song_of_which_only_pieces_are_left_is_sung_and_not_said(read: Read) -> None:
    pieces = [
        f"Dialogue: {layer},0:00:1{n}.00,0:00:1{n + 1}.00,Song,,0,0,0,fx,{{\\blur{layer}}}{syllable}"
        for layer in (1, 2)
        for n, syllable in enumerate(("Sa", "ku", "ra"))
    ]
    loaded = read("a.ass", ass_events(*pieces))
    assert [(cue.kind, cue.text) for cue in loaded.cues] == [("sound", "Sa"), ("sound", "ku"), ("sound", "ra")]
    assert any("sung, not said" in sentence for sentence in loaded.warnings)


def test_fonts_in_a_script_cost_nobody_his_words(tmp_path: Path) -> None:
    path = tmp_path / "a.ass"
    font = "[Fonts]\nfontname: large.ttf\n" + ("M" * 80 + "\n") * 100_000  # 8 MB
    path.write_text(font + ass_events("Dialogue: 0,0:00:01.00,0:00:02.00,Default,Bob,0,0,0,,Hello."))
    assert said(load_subtitles(path)) == [("Hello.", 1, 2)]


def test_more_lines_than_any_script_has(read: Read) -> None:
    one = "Dialogue: 0,0:00:01.00,0:00:01.04,Default,,0,0,0,,A\n"
    with pytest.raises(SubtitleError, match="holds 100001 lines, more than any script"):
        read("a.ass", ass_events(one * 100_001))
