"""Loudness against pyloudnorm, true peak against closed forms, and both whatever the blocks."""

from __future__ import annotations

import math

import numpy as np
import pyloudnorm
import pytest

from talkies.core.media.loudness import Meter, k_weighting, measure

RATE = 48000


def noise(seconds: float, channels: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    times = np.arange(int(seconds * RATE)) / RATE
    envelope = 10 ** (rng.uniform(-60, -6, int(seconds) + 2)[(times // 1).astype(int)] / 20)
    return np.asarray(rng.standard_normal((channels, len(times))) * envelope * 0.3, np.float32)


def pieces(sound: np.ndarray, seed: int) -> list[np.ndarray]:
    cuts = np.sort(np.random.default_rng(seed).integers(0, sound.shape[1], 12))
    return np.split(sound, cuts, axis=1)


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("seed", range(4))
def test_agrees_with_pyloudnorm(channels: int, seed: int) -> None:
    sound = noise(7.3, channels, seed)
    theirs = pyloudnorm.Meter(RATE, filter_class="DeMan").integrated_loudness(sound.T.astype(np.float64))
    assert measure(pieces(sound, seed), RATE).integrated == pytest.approx(theirs, abs=0.02)


def test_the_standard_s_own_signal_reads_its_own_value() -> None:
    """BS.1770: 997 Hz at full scale on one channel reads -3.01 LKFS; EBU Tech 3341: -23 dBFS stereo, -23 LUFS."""
    sine = np.sin(2 * np.pi * 997 * np.arange(10 * RATE) / RATE)[None].astype(np.float32)
    assert measure([sine], RATE).integrated == pytest.approx(-3.01, abs=0.02)
    stereo = np.repeat(sine * 10 ** (-23 / 20), 2, axis=0)
    assert measure([stereo], RATE).integrated == pytest.approx(-23, abs=0.05)


def test_filters_are_the_tables_of_the_standard() -> None:
    shelf, low_cut = k_weighting(48000)
    assert shelf[:3] == pytest.approx([1.53512485958697, -2.69169618940638, 1.19839281085285], abs=1e-12)
    assert low_cut[4:] == pytest.approx([-1.99004745483398, 0.99007225036621], abs=1e-12)


def test_true_peak_lies_between_the_samples() -> None:
    """A sine at a quarter of the rate, 45° off, has samples at ±0.707 of its amplitude."""
    sound = (0.5 * np.sin(np.pi / 2 * np.arange(4800) + np.pi / 4))[None].astype(np.float32)
    sound *= np.hanning(4800)[None].astype(np.float32)
    assert np.abs(sound).max() < 0.36
    level = measure(pieces(sound, 1), RATE)
    assert level.true_peak == pytest.approx(20 * math.log10(0.5), abs=0.1)


def test_mono_in_the_middle_is_two_channels_until_they_part() -> None:
    middle, wide = np.repeat(noise(3, 1, 4), 2, axis=0), noise(3, 2, 5)
    for sound in (middle, np.concatenate([middle, wide], axis=1), np.concatenate([wide, middle], axis=1)):
        theirs = pyloudnorm.Meter(RATE, filter_class="DeMan").integrated_loudness(sound.T.astype(np.float64))
        level = measure(pieces(sound, 6), RATE)
        assert level.integrated == pytest.approx(theirs, abs=0.02)
        assert level.true_peak == pytest.approx(max(measure([side[None]], RATE).true_peak for side in sound), abs=1e-5)


def test_the_highest_of_many_peaks_is_found_wherever_it_is() -> None:
    """Bursts far apart whose peaks lie between the samples; each in turn is the highest."""
    times = np.arange(4800)
    burst = (np.sin(np.pi / 2 * times + np.pi / 4) * np.hanning(4800)).astype(np.float32)
    for highest in range(5):
        heights = np.where(np.arange(5) == highest, 0.5, 0.45).astype(np.float32)
        sound = np.concatenate([np.pad(height * burst, (0, 3000)) for height in heights])[None]
        for blocks in ([sound], pieces(sound, highest)):
            assert measure(blocks, RATE).true_peak == pytest.approx(20 * math.log10(0.5), abs=0.1)


def test_silence_nothing_and_shorter_than_a_block() -> None:
    assert measure([], RATE).integrated == -math.inf
    assert measure([np.zeros((1, RATE), np.float32)], RATE) == measure([], RATE)
    short = measure([np.full((1, 4800), 0.5, np.float32) * np.float32(-1) ** np.arange(4800)], RATE)
    assert -10 < short.integrated < 5
    assert math.isfinite(short.true_peak)


def test_blocks_make_no_difference() -> None:
    sound = noise(3, 2, 9)
    whole, parts = measure([sound], RATE), measure(pieces(sound, 3), RATE)
    assert parts.integrated == pytest.approx(whole.integrated, abs=1e-9)
    assert parts.true_peak == pytest.approx(whole.true_peak, abs=1e-5)


def test_one_block_per_sample_is_fine() -> None:
    meter = Meter(8000)
    for value in np.sin(np.arange(900)):
        meter.add(np.array([[value]], np.float32))
    assert math.isfinite(meter.level().integrated)
