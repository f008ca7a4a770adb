"""ARPAbet from espeak's IPA, against words as the CMU dictionary spells them."""

from __future__ import annotations

import pytest

from talkies.core.conditioning.speech.arpabet import arpabet
from talkies.core.conditioning.speech.phonemes import vocabulary, written_phrases


@pytest.mark.parametrize(
    ("word", "spelled"),
    [
        ("hello", "HH AH0 L OW1"),
        ("thing", "TH IH1 NG"),
        ("water", "W AO1 T ER0"),
        ("judge", "JH AH1 JH"),
        ("fire", "F AY1 ER0"),
        ("measure", "M EH1 ZH ER0"),
        ("understand", "AH2 N D ER0 S T AE1 N D"),
        ("brown fox", "B R AW1 N F AA1 K S"),
        ("tour", "T UH1 R"),
    ],
)
def test_words_are_spelled_as_in_the_dictionary(word: str, spelled: str) -> None:
    units = [unit for phrase in written_phrases(word, "en-US") for said in phrase for unit in said]
    assert " ".join(name for unit in units for name in arpabet(unit)) == spelled


def test_every_sound_that_we_know_has_a_spelling() -> None:
    assert all(arpabet(unit) for unit in vocabulary())


def test_sounds_of_other_languages_are_the_nearest() -> None:
    assert arpabet("ˈy") == ("UW1",)
    assert arpabet("ʁ") == ("R",)
    assert arpabet("ǃ") == ()
