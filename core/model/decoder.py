"""The network that draws a sound's fine structure from its bands: what is tone, what is noise, and when noise bursts.

A bin of the short-time spectrum holds a tone of amplitude A under complex Gaussian noise of power V, so that its
magnitude is distributed as Rice found (1944). The network says both, and beside them how the noise rises and falls
within the 40 ms of a window, in wide bands every 2.5 ms, so that a click is a short noise and not a smeared tone.

Letters: B batch, M bands, K fine bins, F frames (100/s), W width, G gain bands, S sub-frames (400/s), S = 4 F.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor, nn

from talkies.core.model.bands import FINE_BINS
from talkies.core.model.comb import Comb
from talkies.core.model.convnext import KERNEL_FRAMES, ConvNeXtBlock
from talkies.core.model.envelope import GAIN_BANDS, SUBFRAMES


@dataclass(frozen=True)
class Fine:
    """What is drawn: ``tone`` (B, K, F) the log amplitude of the tone in each bin, ``noise`` (B, K, F) the log of the
    noise's root mean square magnitude, ``gain`` (B, G, S) nepers by which the noise is louder than that just then.
    ``pitch`` (B, F, P): logits of the pitches that partials were drawn for, where a network drew them."""

    tone: Tensor
    noise: Tensor
    gain: Tensor
    pitch: Tensor | None = None


class FineDecoder(nn.Module):
    """Bands (B, M, F) → :class:`Fine`.

    What the network draws is added to the bands spread over the fine bins, so it begins where a plain interpolation
    would end: noise at the bands' level, a tone a little below it, no bursts.
    """

    def __init__(self, width: int, blocks: int, bands: int) -> None:
        super().__init__()
        self.embed = nn.Conv1d(bands, width, KERNEL_FRAMES, padding=KERNEL_FRAMES // 2)
        self.norm_in = nn.LayerNorm(width, eps=1e-6)
        self.blocks = nn.ModuleList(ConvNeXtBlock(width, 1 / blocks) for _ in range(blocks))
        self.norm_out = nn.LayerNorm(width, eps=1e-6)
        self.out = nn.Linear(width, 2 * FINE_BINS + SUBFRAMES * GAIN_BANDS)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)
        self.comb = Comb(width)

    @property
    def reach(self) -> int:
        """Frames on either side that a frame depends on."""
        return (len(self.blocks) + 1) * (KERNEL_FRAMES // 2)

    def forward(self, bands: Tensor, spread: Tensor) -> Fine:
        """``spread`` (B, K, F): the same bands on the fine bins."""
        x = self.norm_in(self.embed(bands * LEVEL_SCALE).transpose(1, 2)).transpose(1, 2)
        for block in self.blocks:
            x = block(x)
        seen = self.norm_out(x.transpose(1, 2))
        drawn = self.out(seen).float()  # (B, F, 2K + 4G)
        tone, noise, gain = drawn.split((FINE_BINS, FINE_BINS, SUBFRAMES * GAIN_BANDS), dim=2)
        tone_comb, noise_comb, pitch = self.comb(seen)
        return Fine(
            tone=(spread + tone.transpose(1, 2) + tone_comb - TONE_BELOW).clamp(*LEVELS),
            noise=(spread + noise.transpose(1, 2) + noise_comb).clamp(*LEVELS),
            gain=gain.unflatten(2, (SUBFRAMES, GAIN_BANDS)).flatten(1, 2).transpose(1, 2).clamp(-GAIN_MOST, GAIN_MOST),
            pitch=pitch,
        )


LEVEL_SCALE = 0.25
"""Log levels run from -9.2 to about 0; the network likes numbers near one."""
TONE_BELOW = 0.5
"""Nepers below the bands' level where tones begin to be learned."""
LEVELS = (-16.0, 3.0)
"""Log amplitudes beyond which nothing is drawn."""
GAIN_MOST = 6.0
"""Nepers that noise may rise or fall within a window."""
