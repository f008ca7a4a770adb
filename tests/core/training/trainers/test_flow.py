"""What the flow model is trained to: the velocity, and low partials that do not waver more than they should."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from talkies.core.model.bands import LOW_BANDS
from talkies.core.model.codec import Codec
from talkies.core.model.config import VSSFlowConfig
from talkies.core.model.vssflow import VSSFlow
from talkies.core.training.trainers.flow import FlowLoss

BATCH, LATENTS = 2, 6


class Constant(VSSFlow):
    """A model that says the same velocity whatever it is asked."""

    said: Tensor

    def __init__(self) -> None:
        torch.nn.Module.__init__(self)

    def encode(self, **asked: object) -> None:  # type: ignore[override]
        return None

    def velocity(self, *asked: object) -> Tensor:
        return self.said


def loss_of(error: Tensor, steadiness: float) -> float:
    """Of a model whose velocity is off by ``error`` (C, T); the first latent moves the first band in all its frames."""
    codec = Codec()
    codec.latents.decode_matrix.zero_()
    rows = codec.latents.decode_matrix.unflatten(0, (codec.config.frames_per_latent, -1))
    rows[:, 0, 0] = 1.0
    rows[:, LOW_BANDS + 10, 1] = 1.0  # a band above them
    model = Constant()
    x_0, x_1 = torch.randn(2, BATCH, len(error), LATENTS)
    model.said = x_1 - x_0 + error
    return float(FlowLoss(model, codec, steadiness)(x_1, x_0, torch.rand(BATCH), {}, {}))


@pytest.fixture
def nothing() -> Tensor:
    return torch.zeros(VSSFlowConfig().latent_channels, LATENTS)


def test_a_wavering_low_band_counts_and_a_steady_one_or_a_higher_one_does_not(nothing: Tensor) -> None:
    wavers = torch.tensor([1.0, -1.0] * (LATENTS // 2))
    errors = [nothing.clone() for _ in range(3)]
    errors[0][0], errors[1][0], errors[2][1] = wavers, 1.0, wavers
    added = [loss_of(error, 2.0) - loss_of(error, 0.0) for error in errors]
    bends = np.diff(np.repeat(wavers.numpy(), 4), n=2)
    assert added[0] == pytest.approx(2.0 * np.square(bends).sum() / (len(bends) * LOW_BANDS), rel=1e-4)
    assert added[1:] == pytest.approx([0, 0], abs=1e-5)


def test_the_right_velocity_has_no_loss(nothing: Tensor) -> None:
    assert loss_of(nothing, 3.0) == pytest.approx(0, abs=1e-9)
