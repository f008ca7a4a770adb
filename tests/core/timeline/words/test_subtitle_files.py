"""Subtitle files of every kind, whole and broken."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from talkies.core.errors import SubtitleError
from talkies.core.segment import Cue
from talkies.core.timeline import read_subtitles
from talkies.core.timeline.words.frame_counts import FrameClock
from talkies.core.timeline.words.subtitle_files import MediaClock, load_subtitles
from talkies.core.times import TimeRange


def write(folder: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def times(cues: tuple[Cue, ...]) -> list[tuple[str, float, float]]:
    return [(cue.text, float(cue.range.start), float(cue.range.end)) for cue in cues]


SRT = "1\n00:00:01,000 --> 00:00:02,500\n{}\n"


def test_subrip(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "a.srt",
        "1\r\n00:00:01,000 --> 00:00:02,500\r\nANNA: Hi.\r\n\r\n2\r\n01:00:00.04 --> 01:00:01,4\r\nTwo\r\n",
    )
    one, two = read_subtitles(path)
    assert (one.range, one.text, one.speaker) == (TimeRange(Fraction(1), Fraction(5, 2)), "Hi.", "ANNA")
    assert two.range == TimeRange(3600 + Fraction(4, 100), 3601 + Fraction(4, 10))


def test_subrip_without_empty_lines_between(tmp_path: Path) -> None:
    path = write(tmp_path, "a.srt", "1\n00:00:01,000 --> 00:00:02,000\nOne\n2\n00:00:02,000 --> 00:00:03,000\nTwo\n")
    assert times(read_subtitles(path)) == [("One", 1, 2), ("Two", 2, 3)]


def test_webvtt_voices_settings_and_notes(tmp_path: Path) -> None:
    text = (
        "WEBVTT\nLanguage: de\n\nNOTE not spoken\n\nSTYLE\n::cue { color: red }\n\n"
        "id-1\n00:01.000 --> 00:02.000 line:0 align:start\n<v Anna>Guten <i>Tag</i></v>\n"
    )
    (cue,) = read_subtitles(write(tmp_path, "a.vtt", text))
    assert (cue.text, cue.speaker, cue.language) == ("Guten Tag", "Anna", "de")
    assert cue.range == TimeRange(Fraction(1), Fraction(2))


def test_subviewer(tmp_path: Path) -> None:
    path = write(tmp_path, "a.sbv", "0:00:00.378,0:00:11.378\nOne\n\n0:00:11.378,0:00:12.305\nTwo\nthree\n")
    assert times(read_subtitles(path)) == [("One", 0.378, 11.378), ("Two three", 11.378, 12.305)]


def test_advanced_substation_names_and_comments(tmp_path: Path) -> None:
    text = (
        "[Script Info]\nScriptType: v4.00+\n\n[V4+ Styles]\nFormat: Name, Fontname, Fontsize\nStyle: Default,Arial,20\n"
        "\n"
        "[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"
        "Dialogue: 0,0:00:01.00,0:00:02.00,Default,Bob,0,0,0,,{\\i1}Hello,\\Nthere{\\i0}\n"
        "Comment: 0,0:00:03.00,0:00:04.00,Default,,0,0,0,,a note\n"
        "Dialogue: 0,0:00:05.00,0:00:06.00,Default,,0,0,0,,{\\p1}m 0 0 l 100 0{\\p0}\n"
    )
    (cue,) = read_subtitles(write(tmp_path, "a.ass", text))
    assert (cue.text, cue.speaker) == ("Hello, there", "Bob")


def test_nobodys_name_in_sub_station_alpha(tmp_path: Path) -> None:
    text = "[Events]\nDialogue: Marked=0,0:00:01.00,0:00:02.00,Default,NTP,0000,0000,0000,!Effect,Hello\n"
    (cue,) = read_subtitles(write(tmp_path, "a.ssa", text))
    assert (cue.text, cue.speaker) == ("Hello", "")


def test_ttml(tmp_path: Path) -> None:
    text = (
        '<tt xmlns="http://www.w3.org/ns/ttml" xml:lang="fr"><body><div>'
        '<p begin="1.5s" end="00:00:03.000">Bonjour<br/>toi</p></div></body></tt>'
    )
    (cue,) = read_subtitles(write(tmp_path, "a.ttml", text))
    assert (cue.text, cue.language, float(cue.range.start), float(cue.range.end)) == ("Bonjour toi", "fr", 1.5, 3.0)


def test_ttml_entities_are_refused(tmp_path: Path) -> None:
    text = '<!DOCTYPE tt [<!ENTITY a "aaaa">]><tt xmlns="http://www.w3.org/ns/ttml"><body>&a;</body></tt>'
    with pytest.raises(SubtitleError, match="entities"):
        read_subtitles(write(tmp_path, "a.ttml", text))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_unicode_with_its_mark_needs_no_guess(tmp_path: Path, encoding: str) -> None:
    loaded = load_subtitles(write(tmp_path, "a.srt", SRT.format("Žluťoučký kůň"), encoding))
    assert [cue.text for cue in loaded.cues] == ["Žluťoučký kůň"]
    assert loaded.warnings == ()


@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        *(("cp1252", "“Déjà vu” – l’été, où ça? €5"), ("cp1252", "Où est-il allé? Ça va, merci.")),
        *(("cp1252", "¿Dónde está? Mañana, señor."), ("cp1252", "Schöne Grüße, über die Straße!")),
        *(("cp1252", "Não, obrigação, amanhã."), ("cp1252", "Över ån står en älg."), ("cp1252", "It’s 5° “here”…")),
        *(("cp1250", "Zażółć gęślą jaźń."), ("cp1250", "Örülök, őszintén."), ("cp1250", "Dobrý deň, čo sa deje?")),
        *(
            ("cp1254", "Günaydın, nasılsın? Teşekkür ederim."),
            ("cp1257", "Labas rytas, kaip jūs gyvenate šiandien? Ačiū"),
        ),
        *(("mac_roman", "“Déjà vu” – l’été, où ça?"), ("cp1253", "Καλημέρα, τι κάνεις σήμερα;")),
    ],
)
def test_a_few_words_are_enough(tmp_path: Path, encoding: str, words: str) -> None:
    loaded = load_subtitles(write(tmp_path, "a.srt", SRT.format(words), encoding))
    assert loaded.cues[0].text == words


@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        ("cp1252", "Où est la façade du café à Besançon, près de l'église où les élèves ont été reçus hier soir?"),
        ("cp1251", "Привет, как дела? Сегодня хорошая погода, и мы пойдём гулять в парк вместе с друзьями."),
        ("cp1250", "Příliš žluťoučký kůň úpěl ďábelské ódy, řekl pan Novák a šel domů spát pod hvězdami."),
        ("shift_jis", "こんにちは、お元気ですか。今日はとてもいい天気ですね。公園に行きましょう。"),
        ("utf-16-le", "Hello there, this file lacks its byte-order mark."),
    ],
)
def test_old_code_pages_are_told_apart_and_named(tmp_path: Path, encoding: str, words: str) -> None:
    loaded = load_subtitles(write(tmp_path, "a.srt", SRT.format(words), encoding))
    assert "".join(cue.text for cue in loaded.cues).replace(" ", "") == words.replace(" ", "")
    assert any("not UTF-8" in sentence for sentence in loaded.warnings)


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.srt"
    path.write_bytes(bytes(range(256)) * 20)
    with pytest.raises(SubtitleError, match="encoding"):
        read_subtitles(path)


def test_reversed_times_are_swapped(tmp_path: Path) -> None:
    loaded = load_subtitles(write(tmp_path, "a.srt", "1\n00:00:03,000 --> 00:00:01,000\nBack\n"))
    assert times(loaded.cues) == [("Back", 1, 3)]
    assert any("end before they start" in sentence for sentence in loaded.warnings)


def test_overlaps_are_kept_and_named(tmp_path: Path) -> None:
    text = "1\n00:00:01,000 --> 00:00:04,000\nOne\n\n2\n00:00:03,000 --> 00:00:05,000\nTwo\n"
    loaded = load_subtitles(write(tmp_path, "a.srt", text))
    assert times(loaded.cues) == [("One", 1, 4), ("Two", 3, 5)]
    assert any("overlap" in sentence for sentence in loaded.warnings)


def test_disorder_is_sorted_and_no_time_is_left_out(tmp_path: Path) -> None:
    spans = [("05,000", "06,000", "B"), ("01,000", "02,000", "A"), ("03,000", "03,000", "C")]
    text = "\n".join(f"{n}\n00:00:{a} --> 00:00:{b}\n{words}\n" for n, (a, b, words) in enumerate(spans, start=1))
    loaded = load_subtitles(write(tmp_path, "a.srt", text))
    assert times(loaded.cues) == [("A", 1, 2), ("B", 5, 6)]
    assert any("have no duration" in sentence for sentence in loaded.warnings)


def test_captions_that_roll_up_are_said_once(tmp_path: Path) -> None:
    text = "WEBVTT\n\n00:01.000 --> 00:02.000\nyes\n\n00:02.000 --> 00:03.000\nyes\nindeed\n"
    assert times(read_subtitles(write(tmp_path, "a.vtt", text))) == [("yes", 1, 2), ("indeed", 2, 3)]


def test_the_language_of_the_file_name(tmp_path: Path) -> None:
    (cue,) = read_subtitles(write(tmp_path, "film.de.srt", SRT.format("Hallo")))
    assert cue.language == "de"


READABLE = {
    "moviepy/subtitles-unicode.srt": 1,
    "moviepy/subtitles.srt": 5,
    "pysubs2/subtitle_with_attached_images_aegisub.ass": 0,
    "pysubs2/subtitle_with_attached_images_pysubs2_ref.ass": 0,
    "pysubs2/ttml_example.ass": 11,
    "pysubs2/ttml_example.ttml": 11,
    "pysubs2/ttml_example2.ass": 11,
    "pysubs2/ttml_example2.ttml": 11,
    "pysubs2/ttml_example_apple.ass": 38,
    "pysubs2/ttml_example_apple.ttml": 38,
    "webvtt-py/captions_with_bom.vtt": 4,
    "webvtt-py/comments.vtt": 5,
    "webvtt-py/cue_tags.vtt": 3,
    "webvtt-py/invalid.vtt": 7,
    "webvtt-py/invalid_format4.srt": 0,
    "webvtt-py/invalid_timeframe.sbv": 4,
    "webvtt-py/invalid_timeframe.srt": 5,
    "webvtt-py/invalid_timeframe.vtt": 6,
    "webvtt-py/invalid_timeframe_in_cue_text.vtt": 3,
    "webvtt-py/metadata_headers.vtt": 2,
    "webvtt-py/metadata_headers_multiline.vtt": 2,
    "webvtt-py/missing_caption_text.sbv": 4,
    "webvtt-py/missing_caption_text.srt": 4,
    "webvtt-py/missing_caption_text.vtt": 4,
    "webvtt-py/missing_timeframe.sbv": 4,
    "webvtt-py/missing_timeframe.srt": 4,
    "webvtt-py/missing_timeframe.vtt": 6,
    "webvtt-py/no_captions.vtt": 0,
    "webvtt-py/one_caption.srt": 1,
    "webvtt-py/one_caption.vtt": 1,
    "webvtt-py/sample.sbv": 5,
    "webvtt-py/sample.srt": 5,
    "webvtt-py/sample.vtt": 16,
    "webvtt-py/styles.vtt": 1,
    "webvtt-py/two_captions.sbv": 2,
    "webvtt-py/using_identifiers.vtt": 6,
    "webvtt-py/youtube_dl.vtt": 3,
}
"""How many cues each shared file holds, counted in the files themselves (spoken turns with usable times and words)."""

REFUSED = {
    "pysubs2/LICENSE.txt": "not a known kind of subtitle",
    "webvtt-py/LICENSE": "not a known kind of subtitle",
    "webvtt-py/empty.vtt": "is empty",
    "webvtt-py/invalid_format.sbv": "holds no subtitles",
    "webvtt-py/invalid_format1.srt": "holds no subtitles",
    "webvtt-py/invalid_format2.srt": "holds no subtitles",
    "webvtt-py/invalid_format3.srt": "holds no subtitles",
}


@pytest.mark.parametrize("name", READABLE)
def test_shared_files_that_load(shared_dir: Path, name: str) -> None:
    loaded = load_subtitles(shared_dir / "data/subtitles" / name)
    assert len(loaded.cues) == READABLE[name]
    assert any("holds no words" in sentence for sentence in loaded.warnings) == (READABLE[name] == 0)


@pytest.mark.parametrize("name", REFUSED)
def test_shared_files_that_are_refused(shared_dir: Path, name: str) -> None:
    with pytest.raises(SubtitleError, match=REFUSED[name]) as caught:
        read_subtitles(shared_dir / "data/subtitles" / name)
    assert "\n" not in str(caught.value)


def test_no_shared_file_is_forgotten(shared_dir: Path) -> None:
    folder = shared_dir / "data/subtitles"
    present = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert present == {*READABLE, *REFUSED}


@pytest.mark.parametrize(
    ("name", "head", "one"),
    [
        ("a.srt", "", "1\n00:00:01,000 --> 00:00:02,000\nA\n\n"),
        ("a.vtt", "WEBVTT\n\n", "00:01.000 --> 00:02.000\nA\n\n"),
        ("a.sbv", "", "0:00:01.000,0:00:02.000\nA\n\n"),
        ("a.ass", "[Events]\nFormat: Start, End, Text\n", "Dialogue: 0:00:01.00,0:00:02.00,A\n"),
        ("a.sub", "", "{25}{50}A\n"),
        ("a.ttml", '<tt xmlns="http://www.w3.org/ns/ttml"><body><div>', '<p begin="1s" end="2s">A</p>'),
    ],
)
def test_more_subtitles_than_any_film_has(tmp_path: Path, name: str, head: str, one: str) -> None:
    """They are counted before they are read: minutes would pass."""
    end = "</div></body></tt>" if name == "a.ttml" else ""
    clock = MediaClock(frames=FrameClock(Fraction(25)))
    assert load_subtitles(write(tmp_path, name, head + one * 3 + end), clock).cues
    with pytest.raises(SubtitleError, match="holds 20001 subtitles, more than any film"):
        load_subtitles(write(tmp_path, name, head + one * 20_001 + end), clock)


def test_words_with_times_of_their_own_are_no_subtitles(tmp_path: Path) -> None:
    """A film of two and a half hours with a time at each word."""
    head, end = '<tt xmlns="http://www.w3.org/ns/ttml"><body><div>', "</div></body></tt>"
    words = "".join(f'<span begin="0.{number}s">word </span>' for number in range(5))
    captions = "".join(f'<p begin="{2 * n}s" end="{2 * n + 2}s">{words}</p>' for n in range(4500))
    assert len(read_subtitles(write(tmp_path, "a.ttml", head + captions + end))) == 4500
    spans = '<span begin="1s" end="2s">A</span>' * 20_001
    with pytest.raises(SubtitleError, match="more than any film"):
        read_subtitles(write(tmp_path, "b.ttml", f"{head}<p>{spans}</p>{end}"))


def test_a_subtitle_that_nobody_could_read(tmp_path: Path) -> None:
    with pytest.raises(SubtitleError, match="a subtitle of 201 rows"):
        read_subtitles(write(tmp_path, "a.srt", SRT.format("\n".join(["A."] * 201))))
    with pytest.raises(SubtitleError, match="a subtitle of 400001 characters"):
        read_subtitles(write(tmp_path, "a.srt", SRT.format("A" * 400_001)))
    assert read_subtitles(write(tmp_path, "a.srt", SRT.format("\n".join(["A."] * 200))))


def test_cues_without_end_are_cut_off_with_a_sentence(tmp_path: Path) -> None:
    text = "".join(f"00:{i:02}:00,000 --> 00:{i:02}:59,000\n" + "[a]" * 3000 + "\n\n" for i in range(12))
    read = load_subtitles(write(tmp_path, "a.srt", text))
    assert len(read.cues) == 30_000
    assert any("more than 30000 cues: the rest is left out" in sentence for sentence in read.warnings)


def test_a_file_larger_than_any_subtitles(tmp_path: Path) -> None:
    with pytest.raises(SubtitleError, match="is 7 MB, far beyond any subtitle file"):
        read_subtitles(write(tmp_path, "a.srt", SRT.format("A\n" * 3_500_000)))
