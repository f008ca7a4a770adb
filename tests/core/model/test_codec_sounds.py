"""What the shipped codec makes of sounds that are known in closed form: tones, noise, clicks, silence."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.signal import butter, sosfilt
from scipy.stats import kurtosis

from talkies.core.engines.mini import MiniEngine
from talkies.core.model.bands import FRAMES
from talkies.core.model.codec import PIECE_FRAMES

RATE = 48_000
PIECE_SAMPLES = PIECE_FRAMES * FRAMES.hop


@pytest.fixture(scope="module")
def engine() -> MiniEngine:
    return MiniEngine.load(None, "cpu")


def there_and_back(engine: MiniEngine, sound: np.ndarray) -> np.ndarray:
    again = engine.codec_roundtrip(sound.astype(np.float32))
    assert again.shape == sound.shape
    return again


def level_db(sound: np.ndarray) -> float:
    return float(10 * np.log10(np.mean(np.square(sound, dtype=np.float64)) + 1e-20))


def white(seconds: float, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(round(seconds * RATE))


@pytest.mark.parametrize("hertz", [110.0, 262.0, 440.0])
def test_a_tone_stays_a_tone(engine: MiniEngine, hertz: float) -> None:
    """Where every bin is a band. Higher up the latents carry no pure tone, only partials of voices."""
    times = np.arange(3 * RATE) / RATE
    again = there_and_back(engine, 0.3 * np.sin(2 * np.pi * hertz * times))[RATE:-RATE].astype(np.float64)
    spectrum = np.abs(np.fft.rfft(again * np.hanning(len(again))))
    assert np.argmax(spectrum) / len(again) * RATE == pytest.approx(hertz, abs=2)
    assert level_db(again) == pytest.approx(level_db(np.array([0.3 / np.sqrt(2)])), abs=1.5)


@pytest.mark.parametrize("shape", ["white", "pink", "narrow"])
def test_noise_stays_noise(engine: MiniEngine, shape: str) -> None:
    """Gaussian, and in each bin as uneven as Rayleigh's: no hum, no tones."""
    noise = 0.1 * white(4)
    if shape == "pink":
        noise = 3 * sosfilt(butter(1, 300, "low", fs=RATE, output="sos"), noise)
    if shape == "narrow":
        noise = sosfilt(butter(4, (1_000, 4_000), "band", fs=RATE, output="sos"), noise)
    again = there_and_back(engine, noise)[RATE // 2 : -RATE // 2]
    assert level_db(again) == pytest.approx(level_db(noise), abs=1.5)
    assert kurtosis(again) == pytest.approx(0, abs=0.3)
    power = FRAMES.analyse(torch.from_numpy(again)).abs().square().numpy()[60:140, 4:-4]  # 1.5 to 3.5 kHz
    assert np.log(power).mean() - np.log(power.mean()) == pytest.approx(-np.euler_gamma, abs=0.15)


@pytest.mark.parametrize("at_s", [0.5, 0.5031, 0.507])
def test_a_click_is_a_click(engine: MiniEngine, at_s: float) -> None:
    sound = np.zeros(RATE)
    at = round(at_s * RATE)
    sound[at : at + 48] = 0.8 * np.exp(-np.arange(48) / 12) * white(0.001, 3)
    again = np.square(there_and_back(engine, sound).astype(np.float64))
    around = again[at - 360 : at + 360].sum()
    assert around > 0.8 * again.sum(), "what a click leaves is within 7.5 ms"
    assert again[: at - 720].sum() < 0.02 * again.sum(), "nothing comes before it"
    assert 10 * np.log10(again.sum() / np.square(sound).sum()) == pytest.approx(0, abs=4)


def test_silence_is_silent(engine: MiniEngine) -> None:
    assert not torch.cat(list(engine.model.codec.decode(engine.model.codec.silence(100)))).any()
    assert not there_and_back(engine, np.zeros(2 * RATE)).any()


def test_silence_beside_sound_is_quiet(engine: MiniEngine) -> None:
    sound = np.concatenate([0.2 * white(1), np.zeros(2 * RATE)])
    again = there_and_back(engine, sound)
    assert level_db(again[round(1.2 * RATE) :]) < -80


@pytest.mark.parametrize("kind", ["tone", "chord", "noise"])
def test_no_joint_is_found_in_a_long_sound(engine: MiniEngine, kind: str) -> None:
    """Around every 10 s neither the step between samples, nor the level, nor what lies over 15 kHz stands out."""
    times = np.arange(round(2.2 * PIECE_SAMPLES)) / RATE
    sounds = {
        "tone": 0.4 * np.sin(2 * np.pi * 333 * times),
        "chord": sum(0.1 * np.sin(2 * np.pi * hertz * times) for hertz in (200, 251.3, 1_001, 3_777)),
        "noise": 0.1 * white(len(times) / RATE),
    }
    again = there_and_back(engine, np.asarray(sounds[kind])).astype(np.float64)
    treble = sosfilt(butter(6, 15_000, "high", fs=RATE, output="sos"), again)
    usual = slice(PIECE_SAMPLES // 4, 3 * PIECE_SAMPLES // 4)
    for joint in (PIECE_SAMPLES, 2 * PIECE_SAMPLES):
        near = slice(joint - 240, joint + 240)
        assert np.abs(np.diff(again[near])).max() <= 1.05 * np.abs(np.diff(again[usual])).max()
        assert np.abs(treble[near]).max() <= 1.3 * np.abs(treble[usual]).max()
        windows = again[usual][: len(again[usual]) // 480 * 480].reshape(-1, 480)
        levels = [level_db(window) for window in windows]
        assert min(levels) - 1 <= level_db(again[near]) <= max(levels) + 1
