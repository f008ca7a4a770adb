"""Which pitch a recording has, frame by frame: the comb that its short-time spectrum resembles most.

It teaches the decoder to name pitches; what it then draws with them, the likelihood decides.

Letters: B batch, K fine bins, F frames, P pitches.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from talkies.core.model.bands import FRAMES
from talkies.core.model.comb import PITCHES, combs

FIRST_BIN, LAST_BIN = 3, 160
"""Bins that are compared: 75 Hz to 4 kHz."""
SMOOTHED_BINS = 21
"""What is flat over so many bins is no comb."""
VOICED = 0.45
"""Likeness (-1 to 1) from which on a frame has a pitch."""
NEAR_STEPS = 1.0
"""Deviation, in steps of pitch, of the distribution that is learned: neighbours are nearly right."""


class PitchLoss(nn.Module):
    """The cross entropy of pitches, in nats a frame that has one. Holds constants only."""

    references: Tensor
    targets: Tensor

    def __init__(self) -> None:
        super().__init__()
        references = combs()[:, FIRST_BIN:LAST_BIN]
        references = references - references.mean(1, keepdim=True)
        self.register_buffer("references", references / references.norm(dim=1, keepdim=True), persistent=False)
        steps = torch.arange(PITCHES, dtype=torch.float32)
        near = (-0.5 * ((steps[:, None] - steps) / NEAR_STEPS).square()).exp()
        self.register_buffer("targets", near / near.sum(1, keepdim=True), persistent=False)

    def likeness(self, sound: Tensor) -> Tensor:
        """(B, N) → (B, P, F): the correlation of each frame's log spectrum with each comb."""
        levels = (FRAMES.analyse(sound).abs() + 1e-5).log()[:, :LAST_BIN].transpose(1, 2)
        margin = SMOOTHED_BINS // 2
        flat = nn.functional.avg_pool1d(levels, SMOOTHED_BINS, 1, margin, count_include_pad=False)
        rough = (levels - flat)[..., FIRST_BIN:]
        rough = rough - rough.mean(2, keepdim=True)
        likeness: Tensor = rough / rough.norm(dim=2, keepdim=True).clamp_min(1e-3) @ self.references.T
        return likeness.transpose(1, 2)

    def forward(self, logits: Tensor, sound: Tensor, inside: slice) -> Tensor:
        """``logits`` (B, F, P) against the pitches of ``sound`` (B, N) in the frames ``inside``."""
        likeness, pitch = self.likeness(sound)[..., inside].max(1)
        voiced = (likeness > VOICED).float()
        entropy = -(self.targets[pitch] * logits[:, inside].log_softmax(2)).sum(2)
        loss: Tensor = (entropy * voiced).sum() / voiced.sum().clamp_min(1)
        return loss
