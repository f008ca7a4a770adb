"""Who a label names, as diarizers, transcripts and subtitles for the deaf write it; in files, where one line explains
another."""

from __future__ import annotations

from fractions import Fraction

import pytest

from talkies.core.segment import Cue
from talkies.core.timeline.words.lines import Line
from talkies.core.timeline.words.transcript import cues_from_lines


def heard(*texts: str, apart: int = 1) -> list[tuple[str, str]]:
    """(speaker, words) of subtitles of a second each; sounds as "[door slams]"."""
    return [
        (cue.speaker, cue.text) if cue.kind == "speech" else ("", f"[{cue.text}]") for cue in said(*texts, apart=apart)
    ]


def said(*texts: str, apart: int = 1) -> tuple[Cue, ...]:
    lines = [Line(Fraction(apart * index), Fraction(apart * index + 1), text) for index, text in enumerate(texts)]
    return cues_from_lines(lines).cues


def doubts(*texts: str) -> tuple[str, ...]:
    return cues_from_lines([Line(Fraction(i), Fraction(i + 1), text) for i, text in enumerate(texts)]).warnings


@pytest.mark.parametrize(
    ("text", "speaker", "words"),
    [
        ("Anna: We should go.", "Anna", "We should go."),
        ("Speaker 1: Hello there.", "Speaker 1", "Hello there."),
        ("[SPEAKER_01]: Hello there.", "SPEAKER_01", "Hello there."),
        ("[ANNA]: Come in.", "ANNA", "Come in."),
        ("[Zorban]: Come in.", "Zorban", "Come in."),
        ("(ANNA) Sit down.", "ANNA", "Sit down."),
        ("[Anna:] Sit down.", "Anna", "Sit down."),
        ("(Zorban:) Sit down.", "Zorban", "Sit down."),
        ("BOB:Sit down.", "BOB", "Sit down."),
        ("Speaker 2:Sit down.", "Speaker 2", "Sit down."),
        ("Std:string is a type.", "", "Std:string is a type."),
        ("https://example.org", "", "https://example.org"),
        ("[ANNA]\nCome on.", "ANNA", "Come on."),
        ("ANNA:\nCome on.", "ANNA", "Come on."),
        ("(MAN ON RADIO) Come in.", "MAN", "Come in."),
        ("MAN #2: Stop!", "MAN #2", "Stop!"),
        ("Dr. SMITH: Now.", "Dr. SMITH", "Now."),
        ("McCOY: Now.", "McCOY", "Now."),
        ("Mrs. Danvers: Now.", "Mrs. Danvers", "Now."),
        ("WOMAN (whispering): Now.", "WOMAN", "Now."),
        ("JOHN [V.O.]: Now.", "JOHN", "Now."),
        ("NARRATOR (V.O.)\nIt was dark.", "NARRATOR", "It was dark."),
        ("ANNA (CONT'D)\nAnd cold.", "ANNA", "And cold."),
        ("The light is (off)", "", "The light is (off)"),
        (">> JOHN: Now.", "JOHN", "Now."),
        ("Анна: Привет.", "Анна", "Привет."),
        ("Он сказал: нет.", "", "Он сказал: нет."),
        ("田中：こんにちは", "田中", "こんにちは"),
        ("TODAY 9:30: closed", "", "TODAY 9:30: closed"),
        ("The score is 3: 2", "", "The score is 3: 2"),
        ("He said: no.", "", "He said: no."),
        ("Dear John: I am leaving.", "", "Dear John: I am leaving."),
    ],
)
def test_one_label(text: str, speaker: str, words: str) -> None:
    assert heard(text) == [(speaker, words)]


@pytest.mark.parametrize("text", ["(LAUGHS) No.", "[MAN COUGHS] No.", "(SIGHS) No."])
def test_sounds_in_capitals_are_no_names(text: str) -> None:
    sound, speech = heard(text)
    assert sound[1].startswith("[") and speech == ("", "No.")


def test_several_speakers_in_one_row() -> None:
    assert heard(">> JOHN: Yes. >> MARY: No.") == [("JOHN", "Yes."), ("MARY", "No.")]
    assert heard("ANNA: Yes. BOB: No.") == [("ANNA", "Yes."), ("BOB", "No.")]
    assert heard("JOHN: Yes. Dr. SMITH: No.") == [("JOHN", "Yes."), ("Dr. SMITH", "No.")]
    assert heard("ANNA: Yes, I\nthink so.\nBOB: No.") == [("ANNA", "Yes, I think so."), ("BOB", "No.")]


def test_a_name_that_recurs_is_a_label_and_one_that_does_not_is_told() -> None:
    assert heard("Zorban: Yes.", "Zorban: No.") == [("Zorban", "Yes."), ("Zorban", "No.")]
    assert doubts("Zorban: Yes.", "Zorban: No.") == ()
    assert heard("Zorban: Yes.") == [("", "Zorban: Yes.")]
    (sentence,) = doubts("Zorban: Yes.", "Remember: never.")
    assert "'Zorban:'" in sentence and "Remember" not in sentence


def test_a_name_with_a_colon_somewhere_is_a_name_in_brackets_too() -> None:
    assert heard("ZORBAN: Yes.", "(ZORBAN) No.") == [("ZORBAN", "Yes."), ("ZORBAN", "No.")]


def test_one_speaker_has_one_spelling() -> None:
    assert {speaker for speaker, _ in heard("Anna: Yes.", "[ANNA]: No.", "(anna): Well.")} == {"Anna"}


def test_a_label_holds_until_the_next() -> None:
    assert heard("NAR: It was", "a dark night.", "[wind]", "And cold.", "ANNA: Yes.") == [
        ("NAR", "It was"),
        ("NAR", "a dark night."),
        ("", "[wind]"),
        ("NAR", "And cold."),
        ("ANNA", "Yes."),
    ]


def test_a_label_ends_with_somebody_else() -> None:
    assert heard("ANNA: Yes.", "- No.\n- Why?", "So.") == [("ANNA", "Yes."), ("", "No."), ("", "Why?"), ("", "So.")]
    assert heard("ANNA: Yes.", ">> No.", "So.") == [("ANNA", "Yes."), ("", "No."), ("", "So.")]
    assert heard("- ANNA: Yes.\n- No.") == [("ANNA", "Yes."), ("", "No.")]


def test_a_label_ends_with_a_new_scene() -> None:
    assert heard("ANNA: Yes.", "So.", apart=60) == [("ANNA", "Yes."), ("", "So.")]


def test_names_that_a_format_states_hold_no_longer_than_their_line() -> None:
    lines = [Line(Fraction(0), Fraction(1), "Yes.", "Anna"), Line(Fraction(1), Fraction(2), "So.")]
    assert [cue.speaker for cue in cues_from_lines(lines).cues] == ["Anna", ""]
