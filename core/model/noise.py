"""The noise part of a sound: white noise that belongs to its place in the sound, filtered in frames, then shaped in
finer time.

White noise is drawn by absolute sample position, so that a sound made in pieces is the sound made at once, and the
same levels under the same seed give the same samples.

Letters: N samples, K fine bins, F frames (100/s), G gain bands, S sub-frames (400/s), S = 4 F.
"""

from __future__ import annotations

import torch
from torch import Tensor

from talkies.core.model.bands import FRAMES
from talkies.core.model.envelope import SUBFRAME_SAMPLES, gain_shares
from talkies.core.model.phases import Frames

BRIEF = Frames(2 * SUBFRAME_SAMPLES, SUBFRAME_SAMPLES // 2)
"""Windows of 5 ms, two a sub-frame, so that a gain that jumps makes no click of its own."""
_BLOCK = 1 << 16  # positions drawn together
_SEEDS = 1 << 62


def white_noise(first: int, samples: int, seed: int) -> Tensor:
    """(samples,) standard normal numbers for the positions from ``first`` on, which may be negative."""
    blocks = range(first // _BLOCK, (first + samples - 1) // _BLOCK + 1)
    drawn = torch.cat([_block(number, seed) for number in blocks])
    start = first - blocks[0] * _BLOCK
    return drawn[start : start + samples]


def _block(number: int, seed: int) -> Tensor:
    mixed = (seed * 0x9E3779B97F4A7C15 + number * 0xD1B54A32D192ED03) % _SEEDS
    return torch.randn(_BLOCK, generator=torch.Generator().manual_seed(mixed))


def shaped_noise(level: Tensor, gain: Tensor, first_frame: int, seed: int) -> Tensor:
    """Noise (F · hop,) whose bins have the root mean square magnitudes ``level`` (K, F), times exp(``gain``) (G, S).

    ``first_frame`` is where in the whole sound the first of these frames lies. A tenth of a second at both ends knows
    less of its neighbours than it would in the whole.
    """
    frames = level.shape[1]
    white = white_noise(first_frame * FRAMES.hop - FRAMES.margin, frames * FRAMES.hop + 2 * FRAMES.margin, seed)
    rows = FRAMES.rows(white.to(level.device)) / FRAMES.noise_magnitude() * level.T
    steady = FRAMES.overlap_add(rows)[FRAMES.margin : FRAMES.margin + frames * FRAMES.hop]
    return burst(steady, gain)


def burst(sound: Tensor, gain: Tensor) -> Tensor:
    """The sound (N,) with its bands made louder by ``gain`` (G, S) nepers; N = S · 120."""
    factor = (gain_shares(BRIEF.size // 2 + 1).to(gain) @ gain).exp().repeat_interleave(2, dim=1)
    rows = BRIEF.rows(torch.nn.functional.pad(sound, (BRIEF.margin, BRIEF.margin))) * factor.T
    return BRIEF.overlap_add(rows)[BRIEF.margin : BRIEF.margin + len(sound)]
