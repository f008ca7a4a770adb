"""The codec of the shipped model: 48 kHz waveform → 64 numbers 25 times a second → waveform.

Analysis is closed-form, so that latents exist before anything is trained: log-mel frames every 10 ms, four of them
side by side, projected on their principal components and scaled to unit variance (DESIGN section 5 measured that a
linear latent of this size keeps speech intelligible). Synthesis is the projection's inverse, ConvNeXt blocks as in
Vocos (Siuzdak 2023, arXiv 2306.00814) that draw the fine spectrum's magnitude, and phases found by iteration
(phases.py): a network that is to guess phases needs days of adversarial training, one that draws magnitudes minutes.

Letters: B batch, N samples, M mel bins, F mel frames (100/s), T latent frames (25/s), C latent channels.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torchaudio.functional import melscale_fbanks

from talkies.core.model.phases import Frames, find_phases


@dataclass(frozen=True)
class CodecConfig:
    """Sizes of the codec. ``floor`` is the mel amplitude below which nothing is heard (-80 dB)."""

    sample_rate: int = 48_000
    hop_samples: int = 480
    window_samples: int = 2048
    mel_bins: int = 100
    frames_per_latent: int = 4
    latent_channels: int = 64
    floor: float = 1e-4
    width: int = 320
    blocks: int = 6
    synthesis_fft: int = 1920

    @property
    def latent_samples(self) -> int:
        """Samples that one latent frame stands for."""
        return self.hop_samples * self.frames_per_latent


class MelFrames(nn.Module):
    """(B, N) → log-mel (B, M, F): frame f is centred on the middle of samples [f·hop, (f+1)·hop)."""

    window: Tensor
    filters: Tensor

    def __init__(self, config: CodecConfig) -> None:
        super().__init__()
        self.config = config
        window = torch.hann_window(config.window_samples)
        self.register_buffer("window", window * (2 / window.sum()), persistent=False)
        self.register_buffer("filters", _mel_filters(config), persistent=False)

    def forward(self, sound: Tensor) -> Tensor:
        config = self.config
        margin = (config.window_samples - config.hop_samples) // 2
        padded = nn.functional.pad(sound, (margin, margin))
        spectrum = torch.stft(
            padded, config.window_samples, config.hop_samples, window=self.window, center=False, return_complex=True
        )
        mel = self.filters.T @ spectrum.abs()
        return mel.clamp_min(config.floor).log()


def _mel_filters(config: CodecConfig) -> Tensor:
    """(window/2+1, M) triangles, each with the sum 1, so that a band holds the mean amplitude of its bins."""
    filters = melscale_fbanks(
        config.window_samples // 2 + 1,
        0.0,
        config.sample_rate / 2,
        config.mel_bins,
        config.sample_rate,
        norm="slaney",
        mel_scale="slaney",
    )
    return filters / filters.sum(0, keepdim=True).clamp_min(1e-8)  # type: ignore[no-any-return]


class LinearLatents(nn.Module):
    """Principal components of four mel frames side by side, each scaled to unit variance; fitted, never trained.

    ``mean`` (4M,), ``encode_matrix`` (C, 4M), ``decode_matrix`` (4M, C).
    """

    mean: Tensor
    encode_matrix: Tensor
    decode_matrix: Tensor

    def __init__(self, config: CodecConfig) -> None:
        super().__init__()
        self.config = config
        size = config.mel_bins * config.frames_per_latent
        self.register_buffer("mean", torch.zeros(size))
        self.register_buffer("encode_matrix", torch.zeros(config.latent_channels, size))
        self.register_buffer("decode_matrix", torch.zeros(size, config.latent_channels))

    def fit(self, stacked: Tensor) -> float:
        """Fits to (n, 4M) frames; returns the share of the variance that the latents keep."""
        self.mean.copy_(stacked.mean(0))
        centred = (stacked - self.mean).double()
        variance, axes = torch.linalg.eigh(centred.T @ centred / len(centred))
        kept = axes[:, -self.config.latent_channels :].flip(1)
        deviation = variance[-self.config.latent_channels :].flip(0).sqrt()
        self.encode_matrix.copy_((kept / deviation).T)
        self.decode_matrix.copy_(kept * deviation)
        return float(deviation.square().sum() / variance.sum())

    def stack(self, mel: Tensor) -> Tensor:
        """(B, M, F) → (B, T, 4M); frames that do not fill a latent are dropped."""
        group = self.config.frames_per_latent
        whole = mel[..., : mel.shape[-1] // group * group]
        stacked: Tensor = whole.unflatten(-1, (-1, group)).permute(0, 2, 3, 1).flatten(2)
        return stacked

    def encode(self, mel: Tensor) -> Tensor:
        """(B, M, F) → latents (B, C, T)"""
        return ((self.stack(mel) - self.mean) @ self.encode_matrix.T).transpose(1, 2)

    def decode(self, latents: Tensor) -> Tensor:
        """latents (B, C, T) → (B, M, 4T)"""
        stacked = latents.transpose(1, 2) @ self.decode_matrix.T + self.mean
        mel: Tensor = stacked.unflatten(2, (self.config.frames_per_latent, -1)).flatten(1, 2).transpose(1, 2)
        return mel


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
    """log-mel (B, M, F) → log-magnitude (B, fft/2+1, F) of the short-time spectrum that synthesis starts from.

    What the network draws is added to the mel spectrum interpolated to the fine bins, so it begins where a plain
    interpolation would end.
    """

    interpolation: Tensor

    def __init__(self, config: CodecConfig) -> None:
        super().__init__()
        self.register_buffer("interpolation", _interpolation(config), persistent=False)
        self.embed = nn.Conv1d(config.mel_bins, config.width, 7, padding=3)
        self.norm_in = nn.LayerNorm(config.width, eps=1e-6)
        self.blocks = nn.ModuleList(ConvNeXtBlock(config.width, 1 / config.blocks) for _ in range(config.blocks))
        self.norm_out = nn.LayerNorm(config.width, eps=1e-6)
        self.out = nn.Linear(config.width, config.synthesis_fft // 2 + 1)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)

    def forward(self, mel: Tensor) -> Tensor:
        x = self.norm_in(self.embed(mel * MEL_SCALE).transpose(1, 2)).transpose(1, 2)
        for block in self.blocks:
            x = block(x)
        drawn = self.out(self.norm_out(x.transpose(1, 2))).transpose(1, 2)
        magnitude: Tensor = self.interpolation @ mel.float() + drawn.float()
        return magnitude


def _interpolation(config: CodecConfig) -> Tensor:
    """(fft/2+1, M): each fine bin between its two neighbours among the mel bands' centres."""
    filters = _mel_filters(config)
    bins = torch.linspace(0, config.sample_rate / 2, config.window_samples // 2 + 1)
    centres = (filters * bins[:, None]).sum(0) / filters.sum(0)
    fine = torch.linspace(0, config.sample_rate / 2, config.synthesis_fft // 2 + 1).clamp(centres[0], centres[-1])
    right = torch.searchsorted(centres, fine).clamp(1, config.mel_bins - 1)
    share = (fine - centres[right - 1]) / (centres[right] - centres[right - 1]).clamp_min(1e-6)
    matrix = torch.zeros(len(fine), config.mel_bins)
    matrix[torch.arange(len(fine)), right - 1] = 1 - share
    matrix[torch.arange(len(fine)), right] = share
    return matrix


class Codec(nn.Module):
    """Analysis and synthesis together."""

    def __init__(self, config: CodecConfig | None = None) -> None:
        super().__init__()
        self.config = config or CodecConfig()
        self.mel = MelFrames(self.config)
        self.latents = LinearLatents(self.config)
        self.magnitude = MagnitudeNetwork(self.config)

    def encode(self, sound: Tensor) -> Tensor:
        """(B, N) at 48 kHz → latents (B, C, ceil(N / latent_samples)); the end is padded with silence."""
        missing = -sound.shape[-1] % self.config.latent_samples
        encoded: Tensor = self.latents.encode(self.mel(nn.functional.pad(sound, (0, missing))))
        return encoded

    def log_magnitude(self, latents: Tensor) -> Tensor:
        """latents (B, C, T) → (B, fft/2+1, 4T), natural logarithm of the amplitude"""
        magnitude: Tensor = self.magnitude(self.latents.decode(latents))
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
            sound = find_phases(ahead, self.frames, before)
            known = 0 if before is None else len(before)
            block = sound[known : known + (stop - start) * self.config.latent_samples]
            yield block
            before = torch.cat((before if before is not None else block[:0], block))[
                -KNOWN_FRAMES * self.config.latent_samples :
            ]

    @property
    def frames(self) -> Frames:
        """The short-time spectrum of synthesis."""
        return Frames(self.config.synthesis_fft, self.config.hop_samples)

    def silence(self, frames: int) -> Tensor:
        """Latents (C, frames) of digital silence."""
        silent = self.encode(torch.zeros(1, self.config.latent_samples * 3, device=self.latents.mean.device))[0]
        return silent[:, 1:2].expand(-1, frames)


MEL_SCALE = 0.25
"""Log-mel runs from -9.2 to about 0; the network likes numbers near one."""
PIECE_FRAMES = 250
"""Latent frames decoded at a time."""
CONTEXT_FRAMES = 12
"""Latent frames beside a piece that its magnitudes can depend on (7-wide convolutions at four frames a latent)."""
KNOWN_FRAMES = 5
"""Latent frames of the sound before a piece that its phases must agree with: 0.2 s."""
