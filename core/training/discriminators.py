"""Networks that tell recordings from what the codec's decoder draws, by their short-time spectra.

Each sees one resolution: real and imaginary part of each bin, compressed as hearing compresses, and its level. What is
drawn has the phases of an iteration and a noise of its own, so no bin is foretold; what is told apart is whether
partials, breath and bursts lie as they do in recordings (multi-resolution discriminators: UnivNet, arXiv 2106.07889).

Letters: B sounds, N samples, K bins, F frames, W width.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.utils.parametrizations import weight_norm

from talkies.core.model.phases import Frames

RESOLUTIONS = ((Frames(1920, 480), 480), (Frames(960, 240), 240), (Frames(480, 120), 160))
"""Windows, and how many of their bins are seen: up to 12, 12 and 16 kHz."""
_COMPRESSED = 0.4  # the power of a magnitude that is left
_SLOPE = 0.1


@dataclass(frozen=True)
class Told:
    """``scores`` of places in time and frequency, above 0 where it sounds recorded; ``seen``: what each layer saw."""

    scores: Tensor
    seen: tuple[Tensor, ...]


class Discriminator(nn.Module):
    """Sounds (B, N) → :class:`Told`, at one resolution."""

    def __init__(self, frames: Frames, bins: int, width: int) -> None:
        super().__init__()
        self._frames, self._bins = frames, bins
        sizes = ((3, width, 7), (width, width, 7), (width, 2 * width, 5), (2 * width, 2 * width, 5))
        self.layers = nn.ModuleList(
            weight_norm(nn.Conv2d(seen, made, (3, kernel), (1, 2), (1, kernel // 2))) for seen, made, kernel in sizes
        )
        self.last = weight_norm(nn.Conv2d(2 * width, 1, 3, padding=1))

    def forward(self, sound: Tensor) -> Told:
        x, seen = self._shown(sound), []
        for layer in self.layers:
            x = nn.functional.leaky_relu(layer(x), _SLOPE)
            seen.append(x)
        return Told(self.last(x), tuple(seen))

    def _shown(self, sound: Tensor) -> Tensor:
        """(B, 3, F, K)"""
        spectrum = self._frames.analyse(sound)[..., : self._bins, :].transpose(-1, -2)
        magnitude = (spectrum.real.square() + spectrum.imag.square() + 1e-10).sqrt()
        loudness = 2 * magnitude.pow(_COMPRESSED - 1)
        return torch.stack((spectrum.real * loudness, spectrum.imag * loudness, magnitude.log() / 4 + 1), 1)


class Discriminators(nn.Module):
    """One for each of RESOLUTIONS."""

    def __init__(self, width: int = 20) -> None:
        super().__init__()
        self.each = nn.ModuleList(Discriminator(frames, bins, width) for frames, bins in RESOLUTIONS)

    def forward(self, sound: Tensor) -> list[Told]:
        return [one(sound) for one in self.each]


def mistaken(recorded: list[Told], drawn: list[Told]) -> Tensor:
    """What the discriminators are trained on: how far recordings are below 1 and what was drawn is above -1."""
    pairs = zip(recorded, drawn, strict=True)
    losses = [nn.functional.relu(1 - r.scores).mean() + nn.functional.relu(1 + d.scores).mean() for r, d in pairs]
    return torch.stack(losses).mean()


def found_out(drawn: list[Told]) -> Tensor:
    """What the decoder is trained on: how little what it drew is taken for a recording."""
    return -torch.stack([each.scores.mean() for each in drawn]).mean()


def unlike(recorded: list[Told], drawn: list[Told]) -> Tensor:
    """How far apart the discriminators see each sound and the recording that it should be, relative to the latter."""
    layers = [pair for r, d in zip(recorded, drawn, strict=True) for pair in zip(r.seen, d.seen, strict=True)]
    return torch.stack([(d - r).abs().mean() / r.abs().mean().clamp_min(1e-3) for r, d in layers]).mean()
