"""Duration model: how long each phoneme lasts, a small convolutional network trained on forced alignments."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from talkies.core.conditioning.speech.voice import VOICE_DIM
from talkies.core.model.convnext import ConvNeXtBlock


class DurationModel(nn.Module):
    """ids (B, P), voice (B, 64) → log of seconds per phoneme (B, P); pauses included."""

    def __init__(self, vocabulary: int = 256, width: int = 128, blocks: int = 4) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, width)
        self.voice = nn.Linear(VOICE_DIM, width)
        self.blocks = nn.ModuleList(ConvNeXtBlock(width, 1 / blocks) for _ in range(blocks))
        self.norm = nn.LayerNorm(width)
        self.out = nn.Linear(width, 1)

    def forward(self, ids: Tensor, voice: Tensor) -> Tensor:
        x = (self.embedding(ids) + self.voice(voice)[:, None]).transpose(1, 2)
        for block in self.blocks:
            x = block(x)
        durations: Tensor = self.out(self.norm(x.transpose(1, 2)))[..., 0]
        return durations - 2.5  # e^-2.5 s = 82 ms, a middling phoneme

    @torch.inference_mode()
    def seconds(self, ids: tuple[int, ...], voice: Tensor) -> list[float]:
        """Natural durations of one line's phonemes, between 20 ms and 0.8 s each."""
        if not ids:
            return []
        durations = self(torch.tensor([ids]), voice[None])[0].exp().clamp(0.02, 0.8)
        return [float(x) for x in durations]
