"""Text in, cues out: who speaks, what is spoken, what is only heard."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talkies.core.timeline.words.languages import language_of_file, language_of_name, language_tag
from talkies.core.timeline.words.transcript import cues_from_text
from talkies.core.times import TimeRange

SPAN = TimeRange(Fraction(10), Fraction(14))


_STRESS = "I really do. Never again. So f**k it, s*** and 2 * 3 * 4."


def said(text: str) -> list[tuple[str, str, str]]:
    return [(cue.kind, cue.speaker, cue.text) for cue in cues_from_text(SPAN, text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello.", [("speech", "", "Hello.")]),
        ("Two\nlines", [("speech", "", "Two lines")]),
        ("<i>Hello</i> <b>you</b>", [("speech", "", "Hello you")]),
        ("{\\an8}{\\i1}Up here{\\i0}\\NBelow", [("speech", "", "Up here Below")]),
        ("Tom &amp; Jerry", [("speech", "", "Tom & Jerry")]),
        ("1 < 2 and 3 > 2", [("speech", "", "1 < 2 and 3 > 2")]),
        ("Karaoke <00:17.500>time <c.yellow>stamps</c>", [("speech", "", "Karaoke time stamps")]),
        ("ANNA: We should go.", [("speech", "ANNA", "We should go.")]),
        ("DR. STONE: Sit.", [("speech", "DR. STONE", "Sit.")]),
        ("GUARD 2: Halt!", [("speech", "GUARD 2", "Halt!")]),
        ("ÉLODIE: Oui.", [("speech", "ÉLODIE", "Oui.")]),
        (">> NARRATOR: Long ago", [("speech", "NARRATOR", "Long ago")]),
        (">> Long ago", [("speech", "", "Long ago")]),
        ("Remember: never.", [("speech", "", "Remember: never.")]),
        ("At 12:30 sharp", [("speech", "", "At 12:30 sharp")]),
        ("<v Anna>Hello</v>", [("speech", "Anna", "Hello")]),
        ("<v.loud Anna Bell>Hello", [("speech", "Anna Bell", "Hello")]),
        ("<v Anna>Hi</v> <v Bob>Yes</v>", [("speech", "Anna", "Hi"), ("speech", "Bob", "Yes")]),
        ("[door slams]", [("sound", "", "door slams")]),
        ("(door slams)", [("sound", "", "door slams")]),
        ("[ Door\nslams. ]", [("sound", "", "Door slams")]),
        ("♪", [("sound", "", "music")]),
        ("♪ soft piano ♪", [("sound", "", "soft piano")]),
        ("♪ la la", [("sound", "", "la la")]),
        ("*door slams*", [("sound", "", "door slams")]),
        ("*he laughs*", [("sound", "", "he laughs")]),
        ("*Door slams*", [("sound", "", "Door slams")]),
        ("*sighs* I know.", [("sound", "", "sighs"), ("speech", "", "I know.")]),
        ("ANNA: I know. *sighs*", [("sound", "", "sighs"), ("speech", "ANNA", "I know.")]),
        ("I *really* do. *Never* again. **So** f**k it, s*** and 2 * 3 * 4.", [("speech", "", _STRESS)]),
        ("*I really mean it.*", [("speech", "", "I really mean it.")]),
        ("*I did not say that*", [("speech", "", "I did not say that")]),
        ("*don't do that*", [("speech", "", "don't do that")]),
        ("*Das glaube ich nicht*", [("speech", "", "Das glaube ich nicht")]),
        ("*never* been there.", [("speech", "", "never been there.")]),
        ("He said: *no* way.", [("speech", "", "He said: no way.")]),
        ("I told you. *not* him!", [("speech", "", "I told you. not him!")]),
        ("I told you. *very* slowly.", [("speech", "", "I told you. very slowly.")]),
        ("*шаги* Иди!", [("sound", "", "шаги"), ("speech", "", "Иди!")]),
        ("*i passi si avvicinano*", [("sound", "", "i passi si avvicinano")]),
        ("♪( ]", [("sound", "", "music")]),
        ("♪ (- soft piano -) ♪", [("sound", "", "soft piano")]),
        ("((thunder)) Oh.", [("sound", "", "thunder"), ("speech", "", "Oh.")]),
        ("[sighs] I know.", [("sound", "", "sighs"), ("speech", "", "I know.")]),
        ("I know. (sighs)", [("sound", "", "sighs"), ("speech", "", "I know.")]),
        ("ANNA: [sighs] I know.", [("sound", "", "sighs"), ("speech", "ANNA", "I know.")]),
        ("[sighs] ANNA: I know.", [("sound", "", "sighs"), ("speech", "ANNA", "I know.")]),
        ("He is (I think) late.", [("speech", "", "He is (I think) late.")]),
        ("- Hi.\n- Yes?", [("speech", "", "Hi."), ("speech", "", "Yes?")]),
        ("- Hi. - Yes?", [("speech", "", "Hi."), ("speech", "", "Yes?")]),
        ("– Hi, well,\nyou\n– Yes?", [("speech", "", "Hi, well, you"), ("speech", "", "Yes?")]),
        ("[bell]\n- Hi.\n- Yes?", [("sound", "", "bell"), ("speech", "", "Hi."), ("speech", "", "Yes?")]),
        ("- ANNA: Hi.\n- [coughs]", [("speech", "ANNA", "Hi."), ("sound", "", "coughs")]),
        ("ANNA: Hi.\nBOB: Yes?", [("speech", "ANNA", "Hi."), ("speech", "BOB", "Yes?")]),
        ("", []),
        ("...", []),
        ("<i></i>", []),
        ("\u200e\ufeffHello\u200b", [("speech", "", "Hello")]),
    ],
)
def test_texts(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert said(text) == expected


def test_turns_share_the_time_by_their_length() -> None:
    first, second = cues_from_text(SPAN, "- abc\n- abcdefghi")
    assert first.range == TimeRange(Fraction(10), Fraction(11))
    assert second.range == TimeRange(Fraction(11), Fraction(14))


@given(st.text(alphabet=st.sampled_from("aB:- \n[]()<>♪{}\\&;v/.1"), max_size=80))
def test_cues_stay_inside_their_span_and_say_something(text: str) -> None:
    for cue in cues_from_text(SPAN, text):
        assert SPAN.start <= cue.range.start < cue.range.end <= SPAN.end
        assert cue.text.strip()


@pytest.mark.parametrize(
    ("code", "tag"), [("de", "de"), ("GER", "de"), ("pt_br", "pt-BR"), ("zh-hans", "zh-Hans"), ("xx", ""), ("film", "")]
)
def test_language_codes(code: str, tag: str) -> None:
    assert language_tag(code) == tag


@pytest.mark.parametrize(
    ("name", "tag"),
    [
        ("film.de.srt", "de"),
        ("film.en.forced.srt", "en"),
        ("film.pt-BR.srt", "pt-BR"),
        ("film.German.srt", "de"),
        ("film_fr.vtt", "fr"),
        ("film.srt", ""),
        ("to.be.continued.srt", "be"),
        ("film.v2.srt", ""),
    ],
)
def test_languages_of_files(name: str, tag: str) -> None:
    assert language_of_file(name) == tag


@pytest.mark.parametrize(
    ("name", "tag"),
    [
        ("Subtitles (German)", "de"),
        ("Untertitel de", "de"),
        ("ST 1 pt-BR", "pt-BR"),
        ("Subtitle 1", ""),
        ("No subs", ""),
    ],
)
def test_languages_of_tracks(name: str, tag: str) -> None:
    assert language_of_name(name) == tag
