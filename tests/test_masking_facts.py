"""What tests say of speech under music: on noise whose bands are known."""

from __future__ import annotations

import numpy as np
import pytest
from masking_facts import RATE, WORTH, masked

from talkies.core.arrays import Floats

NOISE = np.random.default_rng(1).standard_normal((2, 2 * RATE))


def test_silence_masks_nothing_and_far_louder_noise_all() -> None:
    assert masked(NOISE[0], np.zeros(2 * RATE)) == 0
    assert masked(NOISE[0], 100 * NOISE[1]) == pytest.approx(1, abs=0.01)


def test_the_louder_the_other_the_more_is_lost() -> None:
    shares = [masked(NOISE[0], gain * NOISE[1]) for gain in (0.05, 0.2, 0.5, 1.0, 2.0)]
    assert shares == sorted(shares) and shares[0] < 0.05 < 0.5 < shares[-1]


def test_a_band_counts_what_it_is_worth() -> None:
    """Loud noise of 1.8 to 2.8 kHz: the third-octaves around 2 and 2.5 kHz, and what a window leaks beside them."""
    share = masked(NOISE[0], 10 * between(NOISE[1], 1800, 2800)) * sum(WORTH.values())
    assert WORTH[2000] + WORTH[2500] - 0.01 < share < sum(WORTH[band] for band in (1600, 2000, 2500, 3150))


def between(sound: Floats, low: float, high: float) -> Floats:
    spectrum, hertz = np.fft.rfft(sound), np.fft.rfftfreq(len(sound), 1 / RATE)
    return np.fft.irfft(np.where((hertz > low) & (hertz < high), spectrum, 0), len(sound))
