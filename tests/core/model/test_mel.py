"""Mel filters, compared with torchaudio's, which are written independently."""

from __future__ import annotations

import pytest
import torch
from torchaudio.functional import melscale_fbanks

from talkies.core.model.mel import hz_from_mel, mel_from_hz, triangles


@pytest.mark.parametrize(
    ("bins", "bands", "rate", "low", "high"), [(961, 100, 48_000, 0, 24_000), (257, 40, 16_000, 60, 7600)]
)
def test_the_triangles_are_torchaudios(bins: int, bands: int, rate: int, low: float, high: float) -> None:
    theirs = melscale_fbanks(bins, low, high, bands, rate, norm=None, mel_scale="slaney")
    torch.testing.assert_close(triangles(bins, bands, rate, low, high), theirs, rtol=0, atol=2e-5)


def test_the_scale_is_linear_below_1_khz_and_logarithmic_above() -> None:
    import numpy as np

    assert mel_from_hz(np.array([0.0, 500.0, 1000.0, 6400.0])) == pytest.approx([0, 7.5, 15, 42])
    hertz = np.array([10.0, 999.0, 1001.0, 20_000.0])
    assert hz_from_mel(mel_from_hz(hertz)) == pytest.approx(hertz)
