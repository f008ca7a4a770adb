"""Noise belongs to its place in the sound, has the levels that were asked for, and bursts when it is told to."""

import numpy as np
import pytest
import torch
from scipy.stats import kurtosis

from talkies.core.model.bands import FINE_BINS, FRAMES
from talkies.core.model.envelope import GAIN_BANDS, SUBFRAMES
from talkies.core.model.noise import burst, shaped_noise, white_noise


def test_white_noise_is_drawn_by_position() -> None:
    whole = white_noise(-3_000, 200_000, seed=5)
    torch.testing.assert_close(white_noise(64_000, 5_000, seed=5), whole[67_000:72_000], rtol=0, atol=0)
    torch.testing.assert_close(white_noise(-1, 2, seed=5), whole[2_999:3_001], rtol=0, atol=0)


def test_white_noise_is_white_and_normal() -> None:
    drawn = white_noise(0, 300_000, seed=1).double().numpy()
    assert drawn.mean() == pytest.approx(0, abs=0.01)
    assert drawn.std() == pytest.approx(1, abs=0.01)
    assert kurtosis(drawn) == pytest.approx(0, abs=0.05)
    power = np.abs(np.fft.rfft(drawn.reshape(-1, 1_000))) ** 2
    assert power.mean(0)[1:-1].std() / power.mean() < 0.08  # each of 300 windows: 1 / sqrt(300)


def test_another_seed_is_another_noise() -> None:
    here, there = white_noise(0, 50_000, seed=0), white_noise(0, 50_000, seed=1)
    assert abs(float(torch.corrcoef(torch.stack((here, there)))[0, 1])) < 0.02


def level_of(frames: int, amplitude: float = 0.01) -> tuple[torch.Tensor, torch.Tensor]:
    return torch.full((FINE_BINS, frames), amplitude), torch.zeros(GAIN_BANDS, SUBFRAMES * frames)


def test_bins_have_the_root_mean_square_that_was_asked_for() -> None:
    level, gain = level_of(400)
    level[200:] = 0.001
    found = FRAMES.analyse(shaped_noise(level, gain, 0, seed=0)).abs().square().mean(1).sqrt()
    assert float(found[10:190].mean()) == pytest.approx(0.01, rel=0.05)
    assert float(found[210:950].mean()) == pytest.approx(0.001, rel=0.05)


def test_noise_is_noise() -> None:
    """Magnitudes of Gaussian noise are Rayleigh's: the mean of the logarithm lies γ / 2 below that of the power."""
    sound = shaped_noise(*level_of(400), 0, seed=0)
    assert kurtosis(sound[4_800:-4_800].numpy()) == pytest.approx(0, abs=0.1)
    power = FRAMES.analyse(sound)[20:-20, 10:-10].abs().square()
    assert float(power.log().mean() - power.mean().log()) == pytest.approx(-np.euler_gamma, abs=0.03)


def test_a_piece_is_the_same_as_in_the_whole() -> None:
    generator = torch.Generator().manual_seed(2)
    level = torch.rand(FINE_BINS, 300, generator=generator) * 0.01
    gain = torch.randn(GAIN_BANDS, SUBFRAMES * 300, generator=generator)
    whole = shaped_noise(level, gain, 700, seed=9)
    piece = shaped_noise(level[:, 100:200], gain[:, 400:800], 800, seed=9)
    torch.testing.assert_close(piece[4_800:-4_800], whole[52_800:91_200], rtol=0, atol=1e-6)


def test_nothing_makes_nothing() -> None:
    level, gain = level_of(50, 0.0)
    assert not shaped_noise(level, gain + 3, 0, seed=0).any()


def test_a_burst_of_one_sub_frame_is_over_within_some_milliseconds() -> None:
    level, gain = level_of(100, 1e-4)
    gain[:, 203] = 5.0  # 2.5 ms around 508.75 ms
    power = shaped_noise(level, gain, 0, seed=0).square()
    middle = round(0.50875 * 48_000)
    steady = float(power[:9_600].mean())
    assert float(power[middle - 60 : middle + 60].mean()) == pytest.approx(steady * np.exp(10), rel=0.5)
    assert power[middle - 240 : middle + 240].sum() > 0.98 * power[middle - 4_800 : middle + 4_800].sum()


def test_no_gain_changes_nothing() -> None:
    sound = torch.randn(4_800, generator=torch.Generator().manual_seed(1))
    torch.testing.assert_close(burst(sound, torch.zeros(GAIN_BANDS, 40)), sound, rtol=1e-4, atol=1e-5)


def test_gains_are_of_their_band() -> None:
    gain = torch.zeros(GAIN_BANDS, 400)
    gain[0] = -3.0  # 200 Hz
    hum, whistle = (torch.sin(2 * torch.pi * hertz * torch.arange(48_000) / 48_000) for hertz in (100, 3_042))
    inside = slice(2_400, -2_400)
    assert float(burst(hum, gain)[inside].std() / hum.std()) < np.exp(-2)
    assert float(burst(whistle, gain)[inside].std() / whistle.std()) == pytest.approx(1, abs=0.02)
