"""The straight path and its loss against formulas written out by hand."""

from __future__ import annotations

import torch

from talkies.core.flow.path import random_times, straight_path, velocity_loss


def test_the_path_begins_at_the_noise_and_ends_at_the_data() -> None:
    x_0, x_1 = torch.randn(2, 3, 4), torch.randn(2, 3, 4)
    point = straight_path(x_0, x_1, torch.tensor([0.0, 1.0]))
    assert torch.equal(point.x_t[0], x_0[0])
    assert torch.equal(point.x_t[1], x_1[1])
    assert torch.equal(point.dx_t, x_1 - x_0)


def test_the_velocity_is_the_slope_of_the_path() -> None:
    x_0, x_1 = torch.randn(1, 3, 4).double(), torch.randn(1, 3, 4).double()
    before, after = (straight_path(x_0, x_1, torch.tensor([t], dtype=torch.float64)) for t in (0.3, 0.3001))
    torch.testing.assert_close((after.x_t - before.x_t) / 0.0001, before.dx_t, atol=1e-8, rtol=0)


def test_from_anywhere_on_the_path_the_data_can_be_told() -> None:
    x_0, x_1, t = torch.randn(5, 3, 4), torch.randn(5, 3, 4), torch.rand(5)
    point = straight_path(x_0, x_1, t)
    torch.testing.assert_close(point.x_t + (1 - t[:, None, None]) * point.dx_t, x_1)


def test_the_loss_counts_only_frames_with_weight() -> None:
    v, dx_t = torch.zeros(1, 2, 4), torch.tensor([[[1.0, 2.0, 9.0, 9.0], [1.0, 4.0, 9.0, 9.0]]])
    mask = torch.tensor([[True, True, False, False]])
    assert velocity_loss(v, dx_t, mask).item() == (1 + 1 + 4 + 16) / 4
    assert velocity_loss(v, dx_t).item() == (1 + 1 + 4 + 16 + 4 * 81) / 8


def test_training_times_fill_the_interval_evenly() -> None:
    t = random_times(100, torch.Generator().manual_seed(0)).sort().values
    assert ((t - (torch.arange(100) + 0.5) / 100).abs() <= 0.005).all()


def test_centred_times_prefer_the_middle() -> None:
    t = random_times(1000, torch.Generator().manual_seed(0), centred=True)
    assert 0 < t.min() < t.max() < 1
    assert ((t > 0.25) & (t < 0.75)).float().mean() > 0.6
