"""Who speaks for whom: by what names say, and nobody twice as long as there is another."""

from __future__ import annotations

import pytest

from talkies.core.conditioning.speech.casting import Role, cast, shared_voices
from talkies.core.conditioning.speech.named_voices import VoiceFacts, language_of, named_voices
from talkies.core.people import person_of

FACTS = {voice.name: voice for voice in named_voices()}


def cast_in(language: str, *speakers: str) -> dict[str, str]:
    return cast([Role(speaker, language) for speaker in speakers])


@pytest.mark.parametrize(
    ("name", "sex", "age"),
    [
        *(("Anna", "female", "adult"), ("LADY", "female", "adult"), ("ANNA'S MOTHER", "female", "adult")),
        *(("OFFICER", "male", "adult"), ("MAN #2", "male", "adult"), ("Herr Weber", "male", "adult")),
        *(("BOY", "male", "child"), ("YOUNG GIRL", "female", "child"), ("Mädchen", "female", "child")),
        *(("NARRATOR", "", "adult"), ("Dr. STONE", "", "adult"), ("Иван", "male", "adult")),
        *(("Mrs. Robert Smith", "female", "adult"), ("POLICE OFFICER", "male", "adult")),
    ],
)
def test_what_a_name_says(name: str, sex: str, age: str) -> None:
    person = person_of(name)
    assert person is not None and (person.sex, person.age) == (sex, age)
    assert person_of(name.upper()) == person_of(name.lower()) == person


@pytest.mark.parametrize("name", ["", "Zorban", "X", "42", "a" * 100_000])
def test_names_that_say_nothing(name: str) -> None:
    assert person_of(name) is None


def test_each_gets_a_voice_that_fits() -> None:
    voices = cast_in("en", "ANNA", "OFFICER", "BOY", "LADY", "BOB")
    facts = [FACTS[voice] for voice in voices.values()]
    assert [(voice.sex, voice.age) for voice in facts] == [
        ("female", "adult"),
        ("male", "adult"),
        ("", "child"),
        ("female", "adult"),
        ("male", "adult"),
    ]
    assert all(voice.language.startswith("en") for voice in facts)


def test_languages_are_compared_by_their_whole_main_part() -> None:
    """Finnish is not Filipino, and capitals make no language."""
    offered = [VoiceFacts("aino", "fi-FI", "a woman"), VoiceFacts("jose", "FIL_PH", "a man")]
    assert cast([Role("Anna", "fil")], voices=offered) == {"Anna": "jose"}
    offered = [VoiceFacts("uta", "de", "a woman"), VoiceFacts("al", "EN-US", "a man")]
    assert cast([Role("Anna", "en")], voices=offered) == {"Anna": "al"}


def test_nobody_shares_a_voice_while_there_is_another() -> None:
    speakers = ["ANNA", "EVE", "ZOE", "MARY", "BOB", "JIM", "SAM", "TOM", ""]
    voices = cast_in("en", *speakers)
    assert len(set(voices.values())) == len(speakers)
    assert {FACTS[voices[name]].sex for name in speakers[4:8]} == {"male"}
    assert shared_voices(voices) == ""


def test_when_voices_run_out_it_is_told_who_sound_alike() -> None:
    voices = cast_in("en", "BOY", "GIRL")
    assert set(voices.values()) == {"robin"}
    assert "BOY and GIRL (robin)" in shared_voices(voices)


def test_names_that_say_nothing_come_last() -> None:
    """Zorban may be anybody: the woman whom his line's voice would fit is left to Anna."""
    voices = cast_in("de", "Zorban", "Anna")
    assert voices["Anna"] == "kerstin" and voices["Zorban"] != "kerstin"


def test_voices_that_somebody_chose_stay_and_are_not_given_again() -> None:
    voices = cast([Role("ANNA", "en"), Role("EVE", "en")], {"EVE": "kathleen"})
    assert voices["EVE"] == "kathleen" and voices["ANNA"] != "kathleen"


def test_a_language_without_a_voice_is_spoken_by_an_english_one() -> None:
    assert FACTS[cast_in("ja", "ANNA")["ANNA"]].language.startswith("en")


def test_letters_do_not_count() -> None:
    """ "AB" and "BA" had the same sum of letters, and one voice."""
    assert len(set(cast_in("en", "AB", "BA").values())) == 2


def test_facts_of_the_voices_are_in_their_one_line() -> None:
    assert {voice.sex for voice in named_voices() if voice.age == "adult"} == {"female", "male"}
    assert language_of("kerstin") == "de-DE" and language_of("me.wav") == ""


def test_voices_of_another_engine_speak_their_own_language_alone() -> None:
    offered = [VoiceFacts("a", "en-US", "a woman"), VoiceFacts("b", "en-GB", "a man"), VoiceFacts("c", "fr", "a woman")]
    roles = [Role("ANNA", "en"), Role("BOB", "en"), Role("PIERRE", "fr"), Role("EVE", "fr"), Role("HANS", "de")]
    assert cast(roles, {}, offered) == {"ANNA": "a", "BOB": "b", "PIERRE": "c", "EVE": "c", "HANS": "b"}
