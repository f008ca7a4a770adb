"""Voices, melodies and yardsticks whose answers are known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from talkies.core.evaluation.figures.voice_activity import VoiceDetector
from talkies.core.evaluation.figures.voices import likeness
from talkies.core.evaluation.measures.opus import through_opus
from talkies.core.evaluation.measures.prosody import pitch_hz, pitch_range

SR = 48_000


def sung(semitones: float, centre: float = 150.0, seconds: float = 4.0) -> np.ndarray:
    """Harmonics of a pitch that swings ``semitones`` up and down around ``centre`` (Hz)."""
    times = np.arange(round(seconds * SR)) / SR
    pitch = centre * 2 ** (semitones * np.sin(2 * np.pi * 0.5 * times) / 12)
    phase = 2 * np.pi * np.cumsum(pitch) / SR
    numbers = np.arange(1, 12)[:, None]
    return np.asarray(0.05 * (np.sin(numbers * phase) / numbers).sum(0))


@pytest.mark.parametrize("semitones", [0.0, 2.0, 5.0])
def test_the_pitch_range_of_a_known_melody(semitones: float) -> None:
    inner = 2 * semitones * np.sin(0.4 * np.pi)  # a sine is below sin(0.4 π) for 90 % of the time
    assert pitch_range(sung(semitones)) == pytest.approx(inner, abs=0.4)
    assert pitch_hz(sung(semitones)) == pytest.approx(150.0, rel=0.02)


def test_silence_and_noise_have_no_melody() -> None:
    assert pitch_range(np.zeros(SR)) is None
    assert pitch_hz(0.1 * np.random.default_rng(0).standard_normal(SR)) is None


@pytest.mark.parametrize("samples", [100, 960, 48_001])
def test_opus_keeps_every_sample_in_its_place(samples: int) -> None:
    sound = (0.2 * np.random.default_rng(0).standard_normal(samples)).astype(np.float32)
    back = through_opus(sound)
    spectrum = np.fft.rfft(back, 2 * samples) * np.conj(np.fft.rfft(sound, 2 * samples))
    assert len(back) == samples
    assert np.fft.irfft(spectrum).argmax() == 0
    assert len(through_opus(sound[:0])) == 0


def test_a_detector_hears_people_and_nothing_else(shared_dir: Path) -> None:
    from talkies.core.media.sound import read_sound

    detector = VoiceDetector()
    data = shared_dir / "data"
    speech = read_sound(data / "speech" / "nathalie" / "nl_rhasspy_1027.opus", SR)[0]
    rain = read_sound(data / "foley" / "blanket" / "rain.opus", SR)[0][: 5 * SR]
    clicks = np.zeros(2 * SR)
    clicks[:: SR // 5] = 0.5
    found = detector.figures([speech])
    assert found["sounds_with_speech"] == 1
    assert found["speech_share_of_time"] > 0.5
    nothing = detector.figures([rain, clicks, np.zeros(SR), np.zeros(100)])
    assert (nothing["sounds"], nothing["sounds_with_speech"], nothing["speech_share_of_time"]) == (4, 0, 0.0)
    assert detector.figures([])["speech_share_of_time"] is None


def test_the_detector_leaves_the_threads_as_they_were() -> None:
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(2)
    VoiceDetector()
    assert torch.get_num_threads() == 2
    torch.set_num_threads(threads)


def test_likeness_ranks_the_own_reference() -> None:
    meant = [np.array(vector, float) for vector in ([1, 0, 0], [0, 1, 0], [0, 0, 1])]
    perfect = likeness(meant, meant)
    assert (perfect["cosine_own"], perfect["cosine_others"]) == (1.0, 0.0)
    assert (perfect["mean_rank"], perfect["chance_rank"], perfect["named_right"]) == (1.0, 2.0, 1.0)
    last = likeness([np.array([0, 2, 1.0]), np.array([1, 0, 2.0]), np.array([2, 1, 0.0])], meant)
    assert (last["mean_rank"], last["named_right"]) == (3.0, 0.0)
