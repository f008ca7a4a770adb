"""Lip reading: evidence for each viseme, 50 times a second, from pictures of the mouth.

mouths (L, 24, 32) ─► each even in light, beside its change ─► small pictures' convolutions ─► convolutions over
time ─► log-probabilities (2 L, 20) ─► less how usual each viseme is anyhow ─► evidence
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from talkies.core.arrays import Floats32, Greys
from talkies.core.conditioning.picture.lips import MOUTH_COLUMNS, MOUTH_LINES
from talkies.core.conditioning.speech.visemes import VISEMES
from talkies.core.model.convnext import ConvNeXtBlock

_CHANNELS = (16, 32, 48)
_CHUNK, _AROUND = 500, 25  # pictures read at once, and those before and after that they are understood by


class LipNetwork(nn.Module):
    """mouths (B, L, 24, 32), 0 to 255 → log-probabilities of visemes (B, 2 L, 20), two for each picture."""

    usual: Tensor

    def __init__(self, width: int = 128, blocks: int = 3) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for before, after in zip((2, *_CHANNELS), _CHANNELS, strict=False):
            layers += [nn.Conv2d(before, after, 5 if before == 2 else 3, 2, padding=2 if before == 2 else 1)]
            layers += [nn.GroupNorm(1, after), nn.SiLU()]
        self.look = nn.Sequential(*layers, nn.Flatten())
        self.embed = nn.Linear(_CHANNELS[-1] * (MOUTH_LINES // 8) * (MOUTH_COLUMNS // 8), width)
        self.blocks = nn.ModuleList(ConvNeXtBlock(width, 1 / blocks) for _ in range(blocks))
        self.drop = nn.Dropout(0.2)
        self.norm = nn.LayerNorm(width)
        self.out = nn.Linear(width, 2 * VISEMES)
        self.register_buffer("usual", torch.full((VISEMES,), 1 / VISEMES))  # share of time of each viseme in training

    def forward(self, mouths: Tensor) -> Tensor:
        batch, pictures = mouths.shape[:2]
        x = self.look(evened(mouths).flatten(0, 1))
        x = self.drop(self.embed(x)).unflatten(0, (batch, pictures)).transpose(1, 2)
        for block in self.blocks:
            x = self.drop(block(x))
        scores: Tensor = self.out(self.norm(x.transpose(1, 2))).unflatten(2, (2, VISEMES)).flatten(1, 2)
        return scores.log_softmax(-1)

    @torch.inference_mode()
    def evidence(self, mouths: Greys) -> Floats32:
        """mouths (L, 24, 32) → (2 L, 20): how much likelier than usual each viseme is (log); 0 without a face."""
        parts = []
        for start in range(0, len(mouths), _CHUNK):
            before = min(start, _AROUND)
            part = torch.from_numpy(mouths[start - before : start + _CHUNK + _AROUND]).to(self.usual)
            parts.append(self(part[None])[0, 2 * before : 2 * (before + _CHUNK)])
        found = (torch.cat(parts) - self.usual.log()).cpu().numpy()
        seen = mouths.reshape(len(mouths), -1).any(1).repeat(2)
        return np.asarray(np.where(seen[:, None], found, 0), np.float32)


def evened(mouths: Tensor) -> Tensor:
    """(B, L, 24, 32) → (B, L, 2, 24, 32): each picture with mean 0 and spread 1, and its change from the last one."""
    spread, mean = torch.std_mean(mouths, (2, 3), keepdim=True)
    even = (mouths - mean) / (spread + 4)
    change = torch.diff(even, dim=1, prepend=even[:, :1])
    return torch.stack((even, 2 * change), 2)
