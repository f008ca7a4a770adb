"""The pitch that is learned is the pitch that sounds."""

import math

import numpy as np
import pytest
import torch

from talkies.core.model.bands import SAMPLE_RATE
from talkies.core.model.comb import PITCHES, pitch_hertz
from talkies.core.training.pitches import VOICED, PitchLoss

LOSS = PitchLoss()


def voice(hertz: float) -> torch.Tensor:
    """A second of partials that fall by 6 dB an octave."""
    time = np.arange(SAMPLE_RATE) / SAMPLE_RATE
    partials = range(1, int(8000 / hertz))
    return torch.from_numpy(0.1 * sum(np.sin(2 * np.pi * hertz * n * time + n * n) / n for n in partials))[None].float()


@pytest.mark.parametrize("hertz", [75.0, 120.0, 210.0, 330.0, 600.0])
def test_the_likest_comb_is_that_of_the_pitch(hertz: float) -> None:
    likeness, pitch = LOSS.likeness(voice(hertz))[0, :, 50].max(0)
    assert float(likeness) > VOICED
    assert abs(math.log(float(pitch_hertz()[pitch]) / hertz)) < 0.006


def test_noise_has_no_pitch() -> None:
    noise = torch.randn(1, SAMPLE_RATE, generator=torch.Generator().manual_seed(0))
    assert float(LOSS.likeness(noise).max()) < VOICED
    assert float(LOSS(torch.randn(1, 100, PITCHES), noise, slice(0, 100))) == 0


def test_the_loss_falls_towards_the_right_pitch_and_neighbours_are_nearly_right() -> None:
    sound = voice(210.0)
    right = int((pitch_hertz() - 210.0).abs().argmin())

    def loss(pitch: int) -> float:
        logits = torch.zeros(1, 100, PITCHES)
        logits[..., pitch] = 8.0
        return float(LOSS(logits, sound, slice(20, 80)))

    assert loss(right) < loss(right + 1) < loss(right + 10)
