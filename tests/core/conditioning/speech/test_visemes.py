"""Every phoneme has a look, and what looks alike shares it."""

import numpy as np

from talkies.core.conditioning.speech.phonemes import NONE, PAUSE, vocabulary
from talkies.core.conditioning.speech.visemes import REST, VISEMES, visemes_of


def look(name: str) -> int:
    return int(visemes_of([vocabulary()[name]])[0])


def test_every_phoneme_but_silence_is_seen() -> None:
    classes = visemes_of(list(vocabulary().values()))
    assert set(classes) == set(range(1, VISEMES))
    assert list(visemes_of([NONE, PAUSE])) == [REST, REST]


def test_closed_lips_look_alike_and_unlike_open_ones() -> None:
    assert look("p") == look("b") == look("m")
    assert len({look(name) for name in ("p", "f", "w", "s", "iː", "ɑː", "uː")}) == 7


def test_stress_is_not_seen() -> None:
    assert look("ˈiː") == look("iː")
    assert look("ˈaɪ") == look("aɪ")


def test_shape_is_kept() -> None:
    assert visemes_of(np.zeros((2, 3), np.int64)).shape == (2, 3)
