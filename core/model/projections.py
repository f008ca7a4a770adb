"""Projections of features at any rate to what the transformer reads, and stretching in time.

Letters: B batch, T latent frames, L feature steps, D channels.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional

Stretch = Literal["nearest", "nearest-exact"]


class Projection(nn.Sequential):
    """Linear → SiLU → Linear without bias, hidden twice the output: zeros (unconditional) stay zeros.

    (..., in_dim) → (..., out_dim)
    """

    def __init__(self, in_dim: int, out_dim: int) -> None:
        super().__init__(
            nn.Linear(in_dim, 2 * out_dim, bias=False), nn.SiLU(), nn.Linear(2 * out_dim, out_dim, bias=False)
        )

    def forward(self, features: Tensor) -> Tensor:
        """Features may be stored in another precision than the weights."""
        into, activation, out = self
        projected: Tensor = out(activation(into(features.to(next(into.parameters()).dtype))))
        return projected


@lru_cache(maxsize=8)
def stretch_index(length: int, frames: int, mode: Stretch) -> Tensor:
    """Which of ``length`` feature steps each of ``frames`` latent frames shows: (T,) long.

    The indices are those of ``torch.nn.functional.interpolate``, float rounding included, since the reference
    model was trained with it.
    """
    steps = torch.arange(length, dtype=torch.float32)[None, None]
    return functional.interpolate(steps, size=frames, mode=mode)[0, 0].long()


def stretch(features: Tensor, frames: int, span: tuple[int, int], mode: Stretch) -> Tensor:
    """Features (B, L, D) as seen at latent frames ``span`` of ``frames``: (B, stop - start, D)."""
    index = stretch_index(features.shape[1], frames, mode)[span[0] : span[1]]
    return features[:, index.to(features.device)]


def pad_or_cut(features: Tensor, span: tuple[int, int]) -> Tensor:
    """Features at the latent rate (B, L, D), or ids (B, L), from ``span``; zeros beyond their end."""
    start, stop = span
    part = features[:, start:stop]
    missing = (stop - start) - part.shape[1]
    if not missing:
        return part
    return functional.pad(part, (0, 0) * (features.ndim - 2) + (0, missing))
