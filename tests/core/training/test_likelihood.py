"""The likelihoods: Rice's density as scipy has it, and a truth that is likelier than what is not true."""

import numpy as np
import pytest
import torch
from scipy.stats import rice

from talkies.core.model.bands import FINE_BINS, FRAMES
from talkies.core.model.decoder import Fine
from talkies.core.model.envelope import GAIN_BANDS, SUBFRAMES
from talkies.core.model.noise import shaped_noise
from talkies.core.training.likelihood import SoundLikelihood, exponential, rician

LIKELIHOOD = SoundLikelihood()
FRAMES_HERE = 100


@pytest.mark.parametrize(("tone", "power"), [(0.0, 0.02), (0.1, 0.02), (0.3, 0.01), (0.5, 0.04)])
def test_the_long_loss_is_rices_density(tone: float, power: float) -> None:
    magnitude = np.linspace(0.05, 0.6, 12)
    magnitude = magnitude[np.abs(magnitude - tone) < 3 * np.sqrt(power)]
    sigma = np.sqrt(power / 2)
    expected = -rice.logpdf(magnitude, tone / sigma, scale=sigma) + np.log(2 * magnitude)
    values = (torch.tensor(magnitude), torch.full((len(magnitude),), tone), torch.full((len(magnitude),), power))
    np.testing.assert_allclose(rician(*(v.double() for v in values)), expected, rtol=1e-5)


def test_far_outliers_count_linearly_and_with_a_finite_slope() -> None:
    far = torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64)
    losses = rician(far, torch.full_like(far, 1e-9), torch.full_like(far, 1e-8))
    steps = losses.diff()
    assert float(steps[0]) == pytest.approx(float(steps[1]), rel=1e-6)


def test_the_short_loss_is_least_at_the_truth() -> None:
    expected = torch.tensor([0.5, 0.9, 1.0, 1.1, 2.0], requires_grad=True)
    losses = exponential(torch.ones(5), expected)
    assert int(losses.argmin()) == 2
    assert float(losses[2].detach()) == pytest.approx(0, abs=1e-6)


def fine(tone: float, noise: torch.Tensor | float, gain: torch.Tensor | float = 0.0) -> Fine:
    fine_shape, gain_shape = (1, FINE_BINS, FRAMES_HERE), (1, GAIN_BANDS, SUBFRAMES * FRAMES_HERE)
    return Fine(
        torch.full(fine_shape, float(np.log(tone))),
        torch.full(fine_shape, noise) if isinstance(noise, float) else noise,
        torch.full(gain_shape, gain) if isinstance(gain, float) else gain,
    )


def losses(drawn: Fine, sound: torch.Tensor) -> tuple[float, float]:
    spread = torch.zeros(1, FINE_BINS, FRAMES_HERE)
    long, short = LIKELIHOOD(drawn, spread, sound[None], slice(8, -8))
    return float(long), float(short)


def test_noise_is_likeliest_at_its_own_level_and_as_noise() -> None:
    level, gain = torch.full((FINE_BINS, FRAMES_HERE), 0.01), torch.zeros(GAIN_BANDS, SUBFRAMES * FRAMES_HERE)
    sound = shaped_noise(level, gain, 0, seed=0)
    truth = losses(fine(1e-6, float(np.log(0.01))), sound)
    for other in (
        fine(1e-6, float(np.log(0.013))),
        fine(1e-6, float(np.log(0.0077))),
        fine(0.009, float(np.log(0.004))),
    ):
        assert truth[0] < losses(other, sound)[0]
        assert truth[1] < losses(other, sound)[1] + 0.02


def test_a_burst_is_likelier_as_a_burst_than_smeared_over_its_windows() -> None:
    level, gain = torch.full((FINE_BINS, FRAMES_HERE), 1e-3), torch.zeros(GAIN_BANDS, SUBFRAMES * FRAMES_HERE)
    gain[:, 201] = 4.0
    sound = shaped_noise(level, gain, 0, seed=0)
    truth = losses(fine(1e-6, level.log()[None], gain[None]), sound)
    seen = FRAMES.analyse(sound).abs().square().mean(0).sqrt()  # what long windows see of it
    smeared = losses(fine(1e-6, seen.log().expand(1, FINE_BINS, -1).contiguous()), sound)
    assert truth[0] < smeared[0] + 0.01
    assert truth[1] < smeared[1] - 0.05
