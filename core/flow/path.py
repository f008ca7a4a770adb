"""The straight path from noise x_0 (t = 0) to data x_1 (t = 1), and what the model is trained to say on it.

Letters: B batch, C channels, T latent frames.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class PathPoint:
    """Where the path is at time t, and its velocity there: both (B, C, T)."""

    x_t: Tensor
    dx_t: Tensor


def straight_path(x_0: Tensor, x_1: Tensor, t: Tensor) -> PathPoint:
    """x_t = (1 - t) x_0 + t x_1 with velocity x_1 - x_0; x_0 and x_1 (B, C, T), t (B,)."""
    t = t.reshape(-1, *[1] * (x_1.ndim - 1))
    return PathPoint(x_t=(1 - t) * x_0 + t * x_1, dx_t=x_1 - x_0)


def random_times(batch: int, generator: torch.Generator | None = None, *, centred: bool = False) -> Tensor:
    """Training times (B,) in (0, 1), one from each of B equal strata in random order: lower variance than uniform.

    ``centred`` draws more of them from the middle (logit-normal), where the velocity is hardest to know.
    """
    u = (torch.arange(batch) + torch.rand(batch, generator=generator)) / batch
    u = u[torch.randperm(batch, generator=generator)]
    return torch.special.ndtri(u.clamp(1e-4, 1 - 1e-4)).sigmoid() if centred else u


def velocity_loss(v: Tensor, dx_t: Tensor, weight: Tensor | None = None) -> Tensor:
    """Mean squared error of v against dx_t, both (B, C, T), in float32: a number.

    ``weight`` (B, T) or a boolean mask leaves out padding, or lets some frames count more.
    """
    error = (v.float() - dx_t.float()).square().mean(dim=1)
    if weight is None:
        return error.mean()
    weight = weight.to(error.dtype)
    return (error * weight).sum() / weight.sum().clamp(min=1e-8)
