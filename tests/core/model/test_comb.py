"""Combs are what a sound of many equal partials shows, and drawing begins without them."""

import numpy as np
import pytest
import torch

from talkies.core.model.bands import FRAMES, SAMPLE_RATE
from talkies.core.model.comb import Comb, combs, lobe, pitch_hertz
from talkies.core.model.envelope import GAIN_BANDS


def nearest_pitch(hertz: float) -> int:
    return int((pitch_hertz() - hertz).abs().argmin())


def test_the_lobe_is_the_hann_windows_spectrum() -> None:
    size, finer = 1920, 64
    spectrum = np.abs(np.fft.rfft(np.hanning(size + 1)[:-1], size * finer))
    offsets = np.arange(2 * finer) / finer
    expected = spectrum[: 2 * finer] / spectrum[0]
    np.testing.assert_allclose(lobe(torch.from_numpy(offsets)).numpy(), expected, atol=1e-4)


@pytest.mark.parametrize("hertz", [82.4, 150.0, 262.0, 440.0])
def test_a_comb_is_the_spectrum_of_equal_partials(hertz: float) -> None:
    pitch = float(pitch_hertz()[nearest_pitch(hertz)])
    time = np.arange(SAMPLE_RATE) / SAMPLE_RATE
    partials = range(1, int(23_000 / pitch))
    sound = sum(np.sin(2 * np.pi * pitch * n * time + n * n) for n in partials)
    seen = FRAMES.analyse(torch.from_numpy(np.asarray(sound)))[:, 50].abs().clamp_min(0.03).log().numpy()
    comb = combs()[nearest_pitch(hertz)].numpy()
    shown = slice(4, 900)
    assert np.corrcoef(seen[shown], comb[shown])[0, 1] > (0.98 if hertz > 120 else 0.8)  # below, partials overlap


def test_nothing_is_added_before_anything_is_learned() -> None:
    tone, noise, pitch = Comb(16)(torch.randn(2, 5, 16))
    assert not bool(tone.any()) and not bool(noise.any())
    assert pitch.shape == (2, 5, len(pitch_hertz()))


def test_a_sure_pitch_and_a_depth_draw_that_comb_on_tones_alone() -> None:
    comb = Comb(1)
    with torch.no_grad():
        comb.pitch.weight.zero_()
        comb.pitch.bias.zero_()
        comb.pitch.bias[200] = 100.0
        comb.depth.bias[:GAIN_BANDS] = 0.5
    tone, noise, _ = comb(torch.zeros(1, 1, 1))
    torch.testing.assert_close(tone[0, :, 0], 0.5 * combs()[200])
    assert not bool(noise.any())
