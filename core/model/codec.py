"""The codec of the shipped model: 48 kHz waveform → 128 numbers 25 times a second → waveform.

Analysis is closed-form, so that latents exist before anything is trained: the levels of bands every 10 ms (bands.py),
four frames side by side, projected on their principal components and scaled to unit variance (docs/design.md:
a linear latent keeps speech intelligible). Synthesis undoes the projection; a network draws how much in
each bin is tone and how much noise (decoder.py); tones get phases by iteration (phases.py), noise is shaped Gaussian
noise (noise.py); and the bands of their sum are brought to the latents' levels.

Letters: B batch, N samples, M bands, K fine bins, F frames (100/s), T latent frames (25/s), C latent channels.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import ClassVar

import torch
from torch import Tensor, nn

from talkies.core.arrays import Floats
from talkies.core.model.bands import FRAMES, HOP_SAMPLES, LOG_FLOOR, LOW_BANDS, SAMPLE_RATE, BandFrames
from talkies.core.model.config import LARGEST, MOST_LAYERS
from talkies.core.model.decoder import Fine, FineDecoder
from talkies.core.model.envelope import SUBFRAMES, Envelope
from talkies.core.model.noise import shaped_noise
from talkies.core.model.phases import ROUNDS, guess_phases, reach, refine_phases


@dataclass(frozen=True)
class CodecConfig:
    """Sizes of the codec; what it measures is fixed in bands.py."""

    frames_per_latent: int = 4
    latent_channels: int = 128
    width: int = 320
    blocks: int = 8
    sample_rate: ClassVar[int] = SAMPLE_RATE

    def __post_init__(self) -> None:
        for field in fields(self):
            value, most = getattr(self, field.name), MOST_LAYERS if field.name == "blocks" else LARGEST
            if type(value) is not int or not 1 <= value <= most:
                raise ValueError(f"{field.name} is {value!r}, not a number from 1 to {most}")

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
        self.mean.copy_(stacked.mean(0))
        encode, decode, kept = self.principal(stacked - self.mean, self.config.latent_channels)
        self.encode_matrix.copy_(encode)
        self.decode_matrix.copy_(decode)
        return kept

    def principal(self, centred: Tensor, channels: int) -> tuple[Tensor, Tensor, float]:
        """The first ``channels`` principal components of (n, 4M) frames about 0, errors of low bands counting
        LOW_WEIGHT times: matrices (channels, 4M) into them at unit variance, (4M, channels) back, and the share of the
        (weighted) variance that they keep."""
        weight = torch.ones(centred.shape[1] // self.config.frames_per_latent)
        weight[:LOW_BANDS] = LOW_WEIGHT
        weight = weight.repeat(self.config.frames_per_latent)
        weighted = (centred * weight).double()
        variance, axes = torch.linalg.eigh(weighted.T @ weighted / len(weighted))
        kept, deviation = axes[:, -channels:].flip(1), variance[-channels:].flip(0).sqrt()
        into, back = (kept / deviation).T * weight, kept * deviation / weight[:, None]
        return into.float(), back.float(), float(deviation.square().sum() / variance.sum())

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


@dataclass(frozen=True)
class Parts:
    """What a stretch of sound is made of: ``bands`` (M, F) log levels of the whole, ``tonal`` (K, F) share of a bin's
    power, amplitudes of ``tone`` (K, F) and ``noise`` (K, F), ``gain`` (G, 4F) nepers by which the noise bursts."""

    bands: Tensor
    tonal: Tensor
    tone: Tensor
    noise: Tensor
    gain: Tensor


class Codec(nn.Module):
    """Analysis and synthesis together."""

    def __init__(self, config: CodecConfig | None = None) -> None:
        super().__init__()
        self.config = config or CodecConfig()
        with torch.device("cpu"):  # computed, not loaded: also where the rest is made without memory
            self.bands, self.envelope = BandFrames(), Envelope()
        self.latents = LinearLatents(self.config, self.bands.count)
        self.decoder = FineDecoder(self.config.width, self.config.blocks, self.bands.count)

    def encode(self, sound: Tensor) -> Tensor:
        """(B, N) at 48 kHz → latents (B, C, ceil(N / latent_samples)); the end is padded with silence."""
        missing = -sound.shape[-1] % self.config.latent_samples
        encoded: Tensor = self.latents.encode(self.bands(nn.functional.pad(sound, (0, missing))))
        return encoded

    def decode(self, latents: Tensor, seed: int = 0) -> Iterator[Tensor]:
        """Latents (C, T) → blocks of samples (n,), together T · latent_samples; memory does not grow with T.

        The same latents and ``seed`` give the same samples. What is silent costs next to nothing.
        """
        frames, made = latents.shape[1] * self.config.frames_per_latent, 0
        for start, stop in self._heard(latents):
            yield from _silence(start - made, latents)
            yield from self._stretch(latents, start, stop, seed)
            made = stop
        yield from _silence(frames - made, latents)

    def _heard(self, latents: Tensor) -> list[tuple[int, int]]:
        """The stretches of frames [start, stop) that samples which are not 0 depend on; near ones are one."""
        loudest = torch.cat([self.latents.decode(part[None])[0].amax(0) for part in latents.split(PIECE_FRAMES, 1)])
        heard = audible(loudest[None, None])[0].nonzero().flatten()
        runs = heard.tensor_split((heard.diff() > 4 * REACH_FRAMES).nonzero().flatten().cpu() + 1)
        ends = [(int(run[0]), int(run[-1]) + 1) for run in runs if len(run)]
        return [(max(first - REACH_FRAMES, 0), min(end + REACH_FRAMES, len(loudest))) for first, end in ends]

    def _stretch(self, latents: Tensor, begin: int, end: int, seed: int) -> Iterator[Tensor]:
        """The sound of some frames. Pieces are made one after another, each with as much around it as its samples
        depend on, so that the whole has no joints: made at once it would be the same."""
        frames = latents.shape[1] * self.config.frames_per_latent
        turned: Floats | None = None
        for start in range(begin, end, PIECE_FRAMES):
            stop, first = min(start + PIECE_FRAMES, end), max(start - REACH_FRAMES, 0)
            parts = self._parts(latents, first, min(stop + REACH_FRAMES, frames))
            guess = guess_phases(parts.tone, FRAMES, turned)
            sound = refine_phases(parts.tone, guess.angles, FRAMES)
            sound = sound + shaped_noise(parts.noise, parts.gain, first, seed)
            for _ in range(LEVEL_ROUNDS):
                sound = self._levelled(sound, parts)
            yield sound[(start - first) * FRAMES.hop : (stop - first) * FRAMES.hop]
            turned = guess.turned[stop - REACH_FRAMES - first - 1] if stop - REACH_FRAMES > first else None

    def _parts(self, latents: Tensor, first: int, stop: int) -> Parts:
        """What sounds in the frames from ``first`` to ``stop``.

        The bands' levels are halfway between what the latents say and what the network drew: each alone is further off.
        """
        group, beside = self.config.frames_per_latent, self.decoder.reach
        from_latent, to_latent = max(first - beside, 0) // group, -(-(stop + beside) // group)
        bands = self.latents.decode(latents[None, :, from_latent:to_latent])
        fine: Fine = self.decoder(bands, self.bands.spread(bands))
        inside = slice(first - from_latent * group, stop - from_latent * group)
        noise_power = self.envelope.bursts(fine.noise, fine.gain)[1]
        tone_power = (2 * fine.tone).exp()
        drawn = self.bands.levels((tone_power + NOISE_MEAN * noise_power).sqrt())
        wanted = (bands.clamp_min(LOG_FLOOR) + drawn) / 2
        tonal = tone_power / (tone_power + noise_power)
        heard = audible(bands)[:, None]
        tone, noise = (level.exp() * heard for level in (fine.tone, fine.noise))
        gain = fine.gain[0, :, SUBFRAMES * inside.start : SUBFRAMES * inside.stop]
        wanted, tonal, tone, noise = (part[0, :, inside] for part in (wanted, tonal, tone, noise))
        return Parts(bands=wanted, tonal=tonal, tone=tone, noise=noise, gain=gain)

    def _levelled(self, sound: Tensor, parts: Parts) -> Tensor:
        """The sound (N,) with its bands brought to their levels, which chance and phases missed: tones band by band,
        noise only as far as many bands are off together, for in single ones it rises and falls by chance."""
        spectrum = FRAMES.analyse(sound)
        missing = (parts.bands - self.bands.levels(spectrum.abs())).clamp(-LEVEL_MOST, LEVEL_MOST)
        size, margin = 2 * WIDE_BANDS + 1, WIDE_BANDS
        wide = nn.functional.avg_pool1d(missing.T[:, None], size, 1, margin, count_include_pad=False)[:, 0].T
        factor = torch.lerp(self.bands.spread(wide), self.bands.spread(missing), parts.tonal).exp()
        return FRAMES.overlap_add((spectrum * factor).T)[FRAMES.margin : FRAMES.margin + len(sound)]

    def silence(self, frames: int) -> Tensor:
        """Latents (C, frames) of digital silence."""
        silent = self.encode(torch.zeros(1, self.config.latent_samples * 3, device=self.latents.mean.device))[0]
        return silent[:, 1:2].expand(-1, frames)


def _silence(frames: int, like: Tensor) -> Iterator[Tensor]:
    """Blocks of digital silence."""
    for start in range(0, frames, PIECE_FRAMES):
        yield torch.zeros(min(PIECE_FRAMES, frames - start) * FRAMES.hop, device=like.device)


def audible(bands: Tensor) -> Tensor:
    """(B, M, F) → (B, F): 0 where no band is above the floor, as in digital silence, 1 where one clearly is, or was or
    will be within 40 ms."""
    above = nn.functional.max_pool1d(bands.amax(1) - LOG_FLOOR, 2 * NEAR_FRAMES + 1, 1, NEAR_FRAMES)
    return ((above - SILENT_BELOW) / (HEARD_ABOVE - SILENT_BELOW)).clamp(0, 1)


LOW_WEIGHT = 2.0
"""How much errors in the low bands count against those in the others when latents are fitted."""
PIECE_FRAMES = 1000
"""Frames decoded at a time: 10 s."""
NOISE_MEAN = math.pi / 4
"""The squared mean of a noise's magnitude beside its mean square."""
LEVEL_ROUNDS = 2
"""How often the bands of what was made are brought to the levels that were wanted."""
WIDE_BANDS = 4
"""Bands on either side that the level of noise is judged by together."""
LEVEL_MOST = 1.0
"""Nepers by which a round does so at most."""
REACH_FRAMES = reach(FRAMES, ROUNDS + LEVEL_ROUNDS) + 2
"""Frames beside a piece that its samples depend on."""
SILENT_BELOW, HEARD_ABOVE = 0.05, 0.25
"""Nepers over the floor; latents of digital silence come back as up to 0.03."""
NEAR_FRAMES = 4
"""Frames beside one that is heard that are heard as well."""
