"""Event spotter: a small network that finds onsets and sustained sounds in the motion.

It learns from rendered scenes, whose events are known, in minutes; the flow model then reads its four numbers beside
the plain motion, and need not learn to see from sound alone.

    column 0, 1   probability that a sound begins in the first, the second half of the latent frame
    column 2      probability that something is sounding on (rain, an engine)
    column 3      force of what begins, 0 to 1
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from talkies.core.conditioning.picture.sync import SYNC_DIM
from talkies.core.conditioning.picture.visual import PICTURE_DIM
from talkies.core.model.convnext import ConvNeXtBlock
from talkies.core.model.projections import stretch
from talkies.core.times import LATENT_RATE

FORCE_RANGE_DB = 24.0
"""How much fainter an event of force 0 sounds than one of force 1."""

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
    def probabilities(self, sync: Tensor, picture: Tensor, *, in_a_mirror: bool = False) -> Tensor:
        """sync (T, 32), picture (F, 192) → the four columns (T, 4) themselves; exactly 0 where nothing moves within a
        second. ``in_a_mirror``: the mirror image, which sounds alike, is asked as well; the flow model learned without.
        """
        moves = nn.functional.max_pool1d(sync.abs().amax(1)[None, None], 51, 1, 25)[0, 0]
        views = [(sync, picture), *([mirrored(sync, picture)] if in_a_mirror else [])]
        logits: Tensor = self(*(torch.stack(each) for each in zip(*views, strict=True))).mean(0)
        return logits.sigmoid() * (moves > 0)[:, None]

    def watch(self, sync: Tensor, picture: Tensor, *, decide: bool = False) -> Tensor:
        """Motion and events side by side: sync (T, 32), picture (F, 192) → (T, 36). ``decide``: see :func:`decided`."""
        sync, picture = sync.float(), picture.float()
        events = self.probabilities(sync, picture)
        return torch.cat((sync, decided(events) if decide else events), dim=1)


def mirrored(sync: Tensor, picture: Tensor) -> tuple[Tensor, Tensor]:
    """Left and right exchanged in sync (T, 32) and picture (F, 192), as ``sync.py`` and ``visual.py`` lay them out."""
    regions = sync[:, :24].reshape(-1, 2, 3, 4).flip(2).reshape(-1, 24)
    rest = sync[:, 24:].clone()
    rest[:, 5] = -rest[:, 5]  # column 29, to the right
    parts = [
        picture[:, :96].reshape(-1, 8, 12).flip(2).reshape(-1, 96),
        picture[:, 96:144].reshape(-1, 2, 4, 6).flip(3).reshape(-1, 48),
        picture[:, 144:156].reshape(-1, 3, 4).flip(2).reshape(-1, 12),
        picture[:, 156:180].reshape(-1, 4, 6).flip(2).reshape(-1, 24),
    ]
    thing = picture[:, 180:].clone()
    thing[:, [0, 10]] = -thing[:, [0, 10]]  # its place and its velocity, to the right
    return torch.cat((regions, rest), 1), torch.cat((*parts, thing), 1)


SURE = 0.55
"""A peak of the onset columns at least so high is an event (development scenes: F1 0.87, against 0.83 at 0.3)."""
CERTAIN = 0.9
"""What the peak of an event is raised to: about what the flow model saw in training where something did strike."""
_REACH = 3  # half frames around a peak that belong to it


def decided(events: Tensor) -> Tensor:
    """The four columns (T, 4) after a decision: likely events are certain, unlikely ones are gone.

    The flow model sounds a doubtful event now and then; an editor would rather have it always or never.
    """
    halves = events[:, :2].reshape(-1)
    around = nn.functional.max_pool1d(halves[None, None], 2 * _REACH + 1, 1, _REACH)[0, 0]
    factor = torch.where(around >= SURE, (CERTAIN / around.clamp_min(1e-3)).clamp_min(1.0), torch.zeros(()))
    onsets = (halves * factor).clamp_max(1.0).reshape(-1, 2)
    usual = nn.functional.avg_pool1d(events[None, None, :, 2], 25, 1, 12, count_include_pad=False)[0, 0]
    going = events[:, 2:3] * (usual >= _GOING)[:, None]
    force = events[:, 3:] * (onsets.amax(1, keepdim=True) > 0)
    return torch.cat((onsets, going, force), dim=1)


_GOING = 0.5  # mean over a second above which something sounds on


def audible_frames(events: Tensor) -> Tensor:
    """Decided events (T, 4) → (T,) 1 where what happens can be heard, 0 where nothing happens near, soft between.

    From just before an event until it must have died away; while something sounds on, and as long after it.
    """
    happens = ((events[:, :2].amax(1) > 0) | (events[:, 2] > 0)).float()
    ahead, ringing = round(_AHEAD_S * LATENT_RATE), round(_RINGING_S * LATENT_RATE)
    near = nn.functional.max_pool1d(nn.functional.pad(happens[None, None], (ringing, ahead)), ringing + ahead + 1, 1)
    return nn.functional.avg_pool1d(near, 5, 1, 2, count_include_pad=False)[0, 0]


_AHEAD_S, _RINGING_S = 0.2, 3.0
