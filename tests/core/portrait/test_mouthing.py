"""How the mouth goes with phonemes, and with a sound alone."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from sung_sounds import EIGHT, HELD, Note, spans_of, sung, written

from talkies.core.conditioning.speech.phonemes import PAUSE, vocabulary
from talkies.core.conditioning.speech.timing import Spans
from talkies.core.portrait.hearing import RATE, Heard, hear
from talkies.core.portrait.mouthing import Mouthing, by_phonemes, by_sound, is_spoken


def evenly_loud(seconds: float, level: float = 1.0) -> Heard:
    count = int(seconds * RATE) + 1
    nothing = np.zeros(count)
    return Heard(np.full(count, level), nothing, np.ones(count), nothing, nothing, Fraction(seconds))


def said(*names: str, each_s: float = 0.15) -> Spans:
    return [(vocabulary()[name], number * each_s, (number + 1) * each_s) for number, name in enumerate(names)]


def at(track: np.ndarray, seconds: float) -> float:
    return float(track[round(seconds * RATE)])


@pytest.fixture(scope="module")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sung")
    written(folder / "held.wav", sung(HELD, 4.5))
    written(folder / "eight.wav", sung(EIGHT, 5.0))
    return folder


@pytest.mark.parametrize("name", ["p", "b", "m"])
def test_lips_close_for_p_b_and_m(name: str) -> None:
    mouth = by_phonemes(said("ɑː", name, "ɑː"), evenly_loud(0.5))
    assert at(mouth.opening, 0.21) < 0.02
    assert at(mouth.opening, 0.06) > 0.6 and at(mouth.opening, 0.36) > 0.6


def test_a_is_open_i_is_wide_and_u_is_pursed() -> None:
    shapes = {}
    for name in ("ɑː", "iː", "uː"):
        mouth = by_phonemes(said(name, each_s=0.4), evenly_loud(0.4))
        shapes[name] = at(mouth.opening, 0.19), at(mouth.width, 0.19)
    assert shapes["ɑː"][0] > 2 * max(shapes["iː"][0], shapes["uː"][0])
    assert shapes["iː"][1] > 0.8 and shapes["uː"][1] < -0.8 and abs(shapes["ɑː"][1]) < 0.2


def test_a_diphthong_goes_from_one_shape_to_the_other() -> None:
    mouth = by_phonemes(said("aɪ", each_s=0.4), evenly_loud(0.4))
    assert at(mouth.opening, 0.06) > at(mouth.opening, 0.32) + 0.3
    assert at(mouth.width, 0.32) > at(mouth.width, 0.06) + 0.5


def test_the_louder_the_wider() -> None:
    soft, loud = (by_phonemes(said("ɑː", each_s=0.3), evenly_loud(0.3, level)) for level in (0.4, 1.0))
    assert at(soft.opening, 0.14) < 0.7 * at(loud.opening, 0.14)


def test_nothing_opens_where_nothing_is_said() -> None:
    spans = [*said("ɑː"), (PAUSE, 0.15, 1.0)]
    mouth = by_phonemes(spans, evenly_loud(1.2))
    assert mouth.opening[40:].max() < 0.02
    assert is_spoken(spans) and not is_spoken([(PAUSE, 0.0, 1.0)]) and not is_spoken([])


@pytest.mark.parametrize("known", [True, False])
def test_a_sung_vowel_is_held_and_closed_soon(sounds: Path, known: bool) -> None:
    mouth = mouthing(sounds / "held.wav", HELD, known)
    note, largest = HELD[0], float(mouth.opening.max())
    within = mouth.opening[round((note.start + 0.15) * RATE) : round((note.end - 0.05) * RATE)]
    assert within.min() > 0.7 * largest > 0.3
    assert mouth.opening[round((note.end + 0.08) * RATE) :].max() < 0.15 * largest


@pytest.mark.parametrize("known", [True, False])
def test_a_melody_of_eight_syllables_opens_eight_times(sounds: Path, known: bool) -> None:
    opening = mouthing(sounds / "eight.wav", EIGHT, known).opening
    is_open = opening > 0.6 * opening.max()
    assert int(np.diff(is_open.astype(int), prepend=0).clip(0).sum()) == 8


def mouthing(path: Path, notes: tuple[Note, ...], known: bool) -> Mouthing:
    heard = hear(path, Fraction(9, 2))
    return by_phonemes(spans_of(notes), heard) if known else by_sound(heard)


def test_pitch_is_heard_against_the_sounds_own(sounds: Path) -> None:
    heard = hear(sounds / "eight.wav", Fraction(5))
    middles = [heard.pitch[round((note.start + note.end) / 2 * RATE)] for note in EIGHT]
    steps = 12 * (np.array(middles) - middles[0])
    assert steps == pytest.approx([0, 2, 4, 5, 7, 5, 4, 0], abs=0.6)
    assert len(heard) == 501 and heard.level.max() <= 1
    assert heard.level[round(4.7 * RATE) :].max() < 0.05


def test_silence_moves_no_mouth(tmp_path: Path) -> None:
    heard = hear(written(tmp_path / "silence.wav", np.zeros(48_000)), Fraction(1))
    assert by_sound(heard).opening.max() == 0
