"""Identical sounds are perfect, known changes have known distances; voices and effects are told apart."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from talkies.core.errors import MissingExtraError
from talkies.core.evaluation.measures.fidelity import log_spectral_distance, mean, pesq, stoi
from talkies.core.evaluation.measures.leak import (
    level_db,
    outside_ranges,
    pause_level_db,
    silent_stretch_level_db,
    voice_share,
)

SR = 48_000
RNG = np.random.default_rng(0)
NOISE = 0.3 * RNG.standard_normal(3 * SR)


def vowel(seconds: float = 2.0) -> np.ndarray:
    """A sung glide: harmonics of a moving pitch under two formants, in syllables of 200 ms."""
    times = np.arange(round(seconds * SR)) / SR
    pitch = 180 + 40 * np.sin(2 * np.pi * 0.9 * times)
    phase = 2 * np.pi * np.cumsum(pitch) / SR
    sound = np.zeros_like(times)
    for number in range(1, 20):
        weight = sum(np.exp(-(((number * 180 - formant) / 200) ** 2)) for formant in (600, 1400))
        sound += (weight + 0.02) * np.sin(number * phase)
    return np.asarray(0.1 * sound * (np.sin(2 * np.pi * 2.5 * times) ** 2))


def test_a_gain_is_a_distance_in_decibels() -> None:
    assert log_spectral_distance(NOISE, NOISE) == 0.0
    assert log_spectral_distance(NOISE, NOISE / 2) == pytest.approx(6.02, abs=0.01)
    assert log_spectral_distance(NOISE, NOISE[: 2 * SR]) == 0.0


def test_what_is_below_hearing_makes_no_distance() -> None:
    assert log_spectral_distance(np.zeros(SR), 1e-6 * RNG.standard_normal(SR)) == 0.0
    assert log_spectral_distance(np.zeros(SR), NOISE[:SR]) > 30


def test_identical_speech_has_the_best_scores() -> None:
    sound = vowel(3.0)
    assert stoi(sound, sound) == pytest.approx(1.0, abs=1e-6)
    assert pesq(sound, sound) == pytest.approx(4.644, abs=0.001)  # the end of ITU-T P.862.2's scale
    noisy = sound + 0.05 * RNG.standard_normal(len(sound))
    heard, understood = pesq(sound, noisy), stoi(sound, noisy)
    assert heard is not None and heard < 3.0
    assert understood is not None and understood < 1.0


def test_too_little_to_judge_is_no_score() -> None:
    assert stoi(np.zeros(SR), np.zeros(SR)) is None
    assert pesq(np.zeros(SR), vowel(1.0)) is None
    assert pesq(vowel(1.0), np.zeros(SR)) is None
    assert stoi(vowel(0.2), vowel(0.2)) is None
    assert mean([None, 1.0, 3.0]) == 2.0
    assert mean([]) is None


@pytest.mark.parametrize(("package", "judge"), [("pesq", pesq), ("pystoi", stoi)])
def test_a_missing_package_names_its_cure(package: str, judge: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingExtraError, match="talkies\\[evaluation\\]"):
        judge(vowel(1.0), vowel(1.0))  # type: ignore[operator]


def test_a_voice_is_told_from_effects() -> None:
    times = np.arange(2 * SR) / SR
    assert voice_share(vowel()) > 0.6
    bell = 0.3 * np.sin(2 * np.pi * 350 * times) * np.exp(-times)
    clicks = np.zeros(2 * SR)
    clicks[:: SR // 5] = 0.5
    for effect in (NOISE, bell, clicks, np.zeros(SR), np.zeros(10)):
        assert voice_share(effect) < 0.05
    mixed = vowel() + NOISE[: 2 * SR] * 0.01
    assert voice_share(mixed) > 0.5


def test_natural_speech_is_a_voice_and_rain_is_not(shared_dir: Path) -> None:
    from talkies.core.media.sound import read_sound

    folder = shared_dir / "data"
    assert voice_share(read_sound(folder / "speech" / "nathalie" / "nl_rhasspy_1027.opus", SR)[0]) > 0.5
    assert voice_share(read_sound(folder / "foley" / "blanket" / "rain.opus", SR)[0][: 10 * SR]) < 0.02


def test_levels() -> None:
    assert level_db(np.full(100, 0.1)) == pytest.approx(-20.0)
    assert level_db(np.zeros(100)) == -120.0
    assert level_db(np.zeros(0)) == -120.0


def test_pauses_are_measured_beside_the_speech() -> None:
    sound = np.full(4 * SR, 0.001)
    sound[SR : 2 * SR] = 0.1
    assert pause_level_db(sound, [(1.0, 2.0)]) == pytest.approx(-40.0, abs=0.1)
    assert pause_level_db(sound, []) is None
    assert pause_level_db(sound, [(0.0, 4.0)]) is None


def test_silent_stretches_leave_events_and_their_tails_out() -> None:
    sound = np.full(6 * SR, 1e-4)
    sound[2 * SR : 3 * SR] = 0.5
    assert silent_stretch_level_db(sound, [(2.0, 2.0)]) == pytest.approx(-80.0, abs=0.1)
    assert silent_stretch_level_db(sound, [(0.0, 6.0)]) is None
    free = outside_ranges([(2.0, 2.0), (4.0, 4.5)], 6.0, 0.1, 1.0)
    assert np.array(free) == pytest.approx(np.array([(0.0, 1.9), (3.0, 3.9), (5.5, 6.0)]))
