"""Levels of frames and sub-frames: what overlapping squared windows give, written down another way."""

import numpy as np
import pytest
import torch

from talkies.core.model.bands import FINE_BINS
from talkies.core.model.envelope import GAIN_BANDS, GAIN_CENTRES, SUBFRAMES, Envelope, gain_shares

ENVELOPE = Envelope()
SQUARED = np.hanning(1921)[:-1] ** 2


def test_bands_widen_from_low_to_high_and_end_at_24_khz() -> None:
    steps = np.diff(GAIN_CENTRES)
    assert (np.diff(steps) >= 0).all()
    assert GAIN_CENTRES[0] == 200
    assert 23_000 < GAIN_CENTRES[-1] < 24_000


@pytest.mark.parametrize("bins", [121, FINE_BINS])
def test_every_bin_belongs_wholly_to_its_bands(bins: int) -> None:
    shares = gain_shares(bins)
    torch.testing.assert_close(shares.sum(1), torch.ones(bins))
    assert ((shares > 0).sum(1) <= 2).all()
    centre = round(GAIN_CENTRES[5] / 24_000 * (bins - 1))
    assert float(shares[centre, 5]) > 0.7


def test_pooling_keeps_the_sum() -> None:
    power = torch.rand(2, FINE_BINS, 7)
    torch.testing.assert_close(ENVELOPE.pool(power).sum(1), power.sum(1))


def test_what_is_constant_stays() -> None:
    torch.testing.assert_close(ENVELOPE.between(torch.ones(2, GAIN_BANDS, 9)), torch.ones(2, GAIN_BANDS, 36))
    torch.testing.assert_close(ENVELOPE.within(torch.ones(2, GAIN_BANDS, 36)), torch.ones(2, GAIN_BANDS, 9))


def test_between_is_the_mean_of_the_windows_over_a_sub_frame() -> None:
    of_frames = torch.rand(1, GAIN_BANDS, 12)
    sound = np.zeros(12 * 480 + 1440)
    for frame in range(12):
        sound[frame * 480 : frame * 480 + 1920] += SQUARED * float(of_frames[0, 3, frame])
    expected = (sound / 1.5)[720:-720].reshape(-1, 120).mean(1)  # squared Hann windows a quarter apart add up to 1.5
    inside = slice(2 * SUBFRAMES, -2 * SUBFRAMES)
    np.testing.assert_allclose(ENVELOPE.between(of_frames)[0, 3, inside], expected[inside], rtol=1e-4)


def test_within_is_the_mean_under_a_window() -> None:
    of_subframes = torch.rand(1, GAIN_BANDS, 48)
    samples = np.repeat(of_subframes[0, 3].numpy(), 120)
    expected = [(samples[f * 480 - 720 : f * 480 + 1200] * SQUARED).sum() / SQUARED.sum() for f in range(2, 10)]
    np.testing.assert_allclose(ENVELOPE.within(of_subframes)[0, 3, 2:10], expected, rtol=1e-4)
