"""The block that our small networks over time are made of: ConvNeXt (Liu et al. 2022, arXiv 2201.03545) in one
dimension, as in Vocos (Siuzdak 2023, arXiv 2306.00814).

Letters: B batch, W width, F frames.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

KERNEL_FRAMES = 7
"""Width of the convolution over time."""


class ConvNeXtBlock(nn.Module):
    """Depthwise convolution over time, then a pointwise bottleneck, added to what came in. (B, W, F) → same."""

    def __init__(self, width: int, scale: float) -> None:
        super().__init__()
        self.depthwise = nn.Conv1d(width, width, KERNEL_FRAMES, padding=KERNEL_FRAMES // 2, groups=width)
        self.norm = nn.LayerNorm(width, eps=1e-6)
        self.expand = nn.Linear(width, 3 * width)
        self.reduce = nn.Linear(3 * width, width)
        self.scale = nn.Parameter(torch.full((width,), scale))

    def forward(self, x: Tensor) -> Tensor:
        y = self.norm(self.depthwise(x).transpose(1, 2))
        y = self.reduce(nn.functional.gelu(self.expand(y))) * self.scale
        added: Tensor = x + y.transpose(1, 2)
        return added
