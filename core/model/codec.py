"""The codec of the shipped model: 48 kHz waveform → 128 numbers 25 times a second → waveform.

Analysis is closed-form, so that latents exist before anything is trained: the levels of bands every 10 ms (bands.py),
four frames side by side, projected on their principal components and scaled to unit variance (docs/design.md:
a linear latent keeps speech intelligible). Synthesis is the projection's inverse, ConvNeXt blocks as in
Vocos (Siuzdak 2023, arXiv 2306.00814) that draw the fine spectrum's magnitude, and phases found by iteration
(phases.py): a network that is to guess phases needs days of adversarial training, one that draws magnitudes minutes.

Letters: B batch, N samples, M bands, K fine bins, F frames (100/s), T latent frames (25/s), C latent channels.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn

from talkies.core.model.bands import FINE_BINS, FRAMES, HOP_SAMPLES, LOW_BANDS, SAMPLE_RATE, BandFrames
from talkies.core.model.phases import find_phases


@dataclass(frozen=True)
class CodecConfig:
    """Sizes of the codec; what it measures is fixed in bands.py."""

    frames_per_latent: int = 4
    latent_channels: int = 128
    width: int = 320
    blocks: int = 6
    sample_rate: ClassVar[int] = SAMPLE_RATE

    @property
    def latent_samples(self) -> int:
        """Samples that one latent frame stands for."""
        return HOP_SAMPLES * self.frames_per_latent


class LinearLatents(nn.Module):
    """Principal components of four frames of bands side by side, each scaled to unit variance; fitted, not trained.

    ``mean`` (4M,), ``encode_matrix`` (C, 4M), ``decode_matrix`` (4M, C).
    """

    mean: Tensor
    encode_matrix: Tensor
    decode_matrix: Tensor

    def __init__(self, config: CodecConfig, bands: int) -> None:
        super().__init__()
        self.config = config
        size = bands * config.frames_per_latent
        self.register_buffer("mean", torch.zeros(size))
        self.register_buffer("encode_matrix", torch.zeros(config.latent_channels, size))
        self.register_buffer("decode_matrix", torch.zeros(size, config.latent_channels))

    def fit(self, stacked: Tensor) -> float:
        """Fits to (n, 4M) frames, errors of low bands counting LOW_WEIGHT times; returns the share of the (weighted)
        variance that the latents keep."""
        weight = torch.ones(stacked.shape[1] // self.config.frames_per_latent)
        weight[:LOW_BANDS] = LOW_WEIGHT
        weight = weight.repeat(self.config.frames_per_latent)
        self.mean.copy_(stacked.mean(0))
        centred = ((stacked - self.mean) * weight).double()
        variance, axes = torch.linalg.eigh(centred.T @ centred / len(centred))
        kept = axes[:, -self.config.latent_channels :].flip(1)
        deviation = variance[-self.config.latent_channels :].flip(0).sqrt()
        self.encode_matrix.copy_((kept / deviation).T * weight)
        self.decode_matrix.copy_(kept * deviation / weight[:, None])
        return float(deviation.square().sum() / variance.sum())

    def stack(self, bands: Tensor) -> Tensor:
        """(B, M, F) → (B, T, 4M); frames that do not fill a latent are dropped."""
        group = self.config.frames_per_latent
        whole = bands[..., : bands.shape[-1] // group * group]
        stacked: Tensor = whole.unflatten(-1, (-1, group)).permute(0, 2, 3, 1).flatten(2)
        return stacked

    def encode(self, bands: Tensor) -> Tensor:
        """(B, M, F) → latents (B, C, T)"""
        return ((self.stack(bands) - self.mean) @ self.encode_matrix.T).transpose(1, 2)

    def decode(self, latents: Tensor) -> Tensor:
        """latents (B, C, T) → (B, M, 4T)"""
        stacked = latents.transpose(1, 2) @ self.decode_matrix.T + self.mean
        bands: Tensor = stacked.unflatten(2, (self.config.frames_per_latent, -1)).flatten(1, 2).transpose(1, 2)
        return bands


class ConvNeXtBlock(nn.Module):
    """Depthwise convolution over time, then a pointwise bottleneck, added to what came in. (B, W, F) → same."""

    def __init__(self, width: int, scale: float) -> None:
        super().__init__()
        self.depthwise = nn.Conv1d(width, width, 7, padding=3, groups=width)
        self.norm = nn.LayerNorm(width, eps=1e-6)
        self.expand = nn.Linear(width, 3 * width)
        self.reduce = nn.Linear(3 * width, width)
        self.scale = nn.Parameter(torch.full((width,), scale))

    def forward(self, x: Tensor) -> Tensor:
        y = self.norm(self.depthwise(x).transpose(1, 2))
        y = self.reduce(nn.functional.gelu(self.expand(y))) * self.scale
        added: Tensor = x + y.transpose(1, 2)
        return added


class MagnitudeNetwork(nn.Module):
    """Bands (B, M, F) → log-magnitude (B, K, F) of the short-time spectrum that synthesis starts from.

    What the network draws is added to the bands spread over the fine bins, so it begins where a plain interpolation
    would end.
    """

    def __init__(self, config: CodecConfig, bands: int) -> None:
        super().__init__()
        self.embed = nn.Conv1d(bands, config.width, 7, padding=3)
        self.norm_in = nn.LayerNorm(config.width, eps=1e-6)
        self.blocks = nn.ModuleList(ConvNeXtBlock(config.width, 1 / config.blocks) for _ in range(config.blocks))
        self.norm_out = nn.LayerNorm(config.width, eps=1e-6)
        self.out = nn.Linear(config.width, FINE_BINS)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)

    def forward(self, bands: Tensor, spread: Tensor) -> Tensor:
        """``spread`` (B, K, F): the same bands on the fine bins."""
        x = self.norm_in(self.embed(bands * LEVEL_SCALE).transpose(1, 2)).transpose(1, 2)
        for block in self.blocks:
            x = block(x)
        drawn = self.out(self.norm_out(x.transpose(1, 2))).transpose(1, 2)
        magnitude: Tensor = spread + drawn.float()
        return magnitude


class Codec(nn.Module):
    """Analysis and synthesis together."""

    def __init__(self, config: CodecConfig | None = None) -> None:
        super().__init__()
        self.config = config or CodecConfig()
        self.bands = BandFrames()
        self.latents = LinearLatents(self.config, self.bands.count)
        self.magnitude = MagnitudeNetwork(self.config, self.bands.count)

    def encode(self, sound: Tensor) -> Tensor:
        """(B, N) at 48 kHz → latents (B, C, ceil(N / latent_samples)); the end is padded with silence."""
        missing = -sound.shape[-1] % self.config.latent_samples
        encoded: Tensor = self.latents.encode(self.bands(nn.functional.pad(sound, (0, missing))))
        return encoded

    def log_magnitude(self, latents: Tensor) -> Tensor:
        """latents (B, C, T) → (B, K, 4T), natural logarithm of the amplitude"""
        bands = self.latents.decode(latents)
        magnitude: Tensor = self.magnitude(bands, self.bands.spread(bands.float()))
        return magnitude

    def decode(self, latents: Tensor) -> Iterator[Tensor]:
        """Latents (C, T) → blocks of samples (n,), together T · latent_samples; memory does not grow with T.

        Pieces are decoded one after another; each finds phases that go on from the sound before it, so that no
        seam is heard.
        """
        group, frames = self.config.frames_per_latent, latents.shape[1]
        before: Tensor | None = None
        for start in range(0, frames, PIECE_FRAMES):
            stop = min(start + PIECE_FRAMES, frames)
            first, last = max(start - CONTEXT_FRAMES, 0), min(stop + CONTEXT_FRAMES, frames)
            spectrum = self.log_magnitude(latents[None, :, first:last])[0].exp()
            ahead = spectrum[:, max(start - KNOWN_FRAMES, 0) * group - first * group :]
            sound = find_phases(ahead, FRAMES, before)
            known = 0 if before is None else len(before)
            block = sound[known : known + (stop - start) * self.config.latent_samples]
            yield block
            before = torch.cat((before if before is not None else block[:0], block))[
                -KNOWN_FRAMES * self.config.latent_samples :
            ]

    def silence(self, frames: int) -> Tensor:
        """Latents (C, frames) of digital silence."""
        silent = self.encode(torch.zeros(1, self.config.latent_samples * 3, device=self.latents.mean.device))[0]
        return silent[:, 1:2].expand(-1, frames)


LOW_WEIGHT = 2.0
"""How much errors in the low bands count against those in the others when latents are fitted."""
LEVEL_SCALE = 0.25
"""Log levels run from -9.2 to about 0; the network likes numbers near one."""
PIECE_FRAMES = 250
"""Latent frames decoded at a time."""
CONTEXT_FRAMES = 12
"""Latent frames beside a piece that its magnitudes can depend on (7-wide convolutions at four frames a latent)."""
KNOWN_FRAMES = 5
"""Latent frames of the sound before a piece that its phases must agree with: 0.2 s."""
