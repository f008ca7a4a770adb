"""Spotting what will be heard: a small network that looks at the motion and says when something strikes or goes on.

It learns from rendered scenes, whose events are known, in minutes; the flow model then reads its four numbers beside
the plain motion, and need not learn to see from sound alone.

    column 0, 1   probability that a sound begins in the first, the second half of the latent frame
    column 2      probability that something is sounding on (rain, an engine)
    column 3      force of what begins, 0 to 1
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from talkies.core.conditioning.sync import SYNC_DIM
from talkies.core.conditioning.visual import PICTURE_DIM
from talkies.core.model.codec import ConvNeXtBlock
from talkies.core.model.projections import stretch

EVENT_DIM = 4
WATCHED_DIM = SYNC_DIM + EVENT_DIM
"""What the flow model reads at each latent frame: motion and events."""


class EventSpotter(nn.Module):
    """sync (B, T, 32), picture (B, F, 192) → logits (B, T, 4)"""

    def __init__(self, width: int = 96, blocks: int = 5) -> None:
        super().__init__()
        self.seen = nn.Sequential(nn.Linear(PICTURE_DIM, 32), nn.SiLU())
        self.embed = nn.Conv1d(SYNC_DIM + 32, width, 5, padding=2)
        self.blocks = nn.ModuleList(ConvNeXtBlock(width, 1 / blocks) for _ in range(blocks))
        self.drop = nn.Dropout(0.1)
        self.norm = nn.LayerNorm(width)
        self.out = nn.Linear(width, EVENT_DIM)

    def forward(self, sync: Tensor, picture: Tensor) -> Tensor:
        frames = sync.shape[1]
        looks = stretch(self.seen(picture), frames, (0, frames), "nearest")
        x = self.embed(torch.cat((sync, looks), dim=2).transpose(1, 2))
        for block in self.blocks:
            x = self.drop(block(x))
        logits: Tensor = self.out(self.norm(x.transpose(1, 2)))
        return logits

    @torch.no_grad()
    def probabilities(self, sync: Tensor, picture: Tensor) -> Tensor:
        """The four columns (B, T, 4) themselves; exactly 0 where nothing moves within a second."""
        moves = nn.functional.max_pool1d(sync.abs().amax(2, keepdim=True).transpose(1, 2), 51, 1, 25).transpose(1, 2)
        found: Tensor = self(sync, picture).sigmoid() * (moves > 0)
        return found

    def watch(self, sync: Tensor, picture: Tensor) -> Tensor:
        """Motion and events side by side: sync (T, 32), picture (F, 192) → (T, 36)."""
        sync, picture = sync.float(), picture.float()
        return torch.cat((sync, self.probabilities(sync[None], picture[None])[0]), dim=1)
