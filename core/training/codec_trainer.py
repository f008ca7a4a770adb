"""Fits the codec's latents, then trains its decoder with spectral losses at several resolutions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from talkies.core.model.codec import Codec
from talkies.core.training.corpus import SoundCache, effect_files, utterances
from talkies.core.training.run import Average, Run, rate_at, set_rate


@dataclass(frozen=True)
class CodecTraining:
    """``inside`` latent frames are compared, ``beside`` on both sides only give context."""

    data: Path
    cache: Path
    out: Path
    steps: int = 6000
    batch: int = 16
    inside: int = 16
    beside: int = 4
    peak_rate: float = 8e-4
    speech_share: float = 0.6
    band_limited: tuple[str, ...] = ("kerstin",)
    seed: int = 0


class SpectralLoss(nn.Module):
    """Log-magnitude and relative magnitude distance of the spectra at three resolutions, and log-mel distance."""

    sizes = ((512, 120), (1024, 240), (2048, 480))

    def __init__(self, codec: Codec) -> None:
        super().__init__()
        self.mel = codec.mel
        for size, _ in self.sizes:
            self.register_buffer(f"window_{size}", torch.hann_window(size), persistent=False)

    def forward(self, made: Tensor, real: Tensor) -> Tensor:
        """(B, N), (B, N) → scalar"""
        total = 2.0 * (self.mel(made) - self.mel(real)).abs().mean()
        for size, hop in self.sizes:
            a, b = (self._magnitude(x, size, hop) for x in (made, real))
            total = total + (a.clamp_min(1e-3).log() - b.clamp_min(1e-3).log()).abs().mean()
            total = total + (a - b).square().sum().sqrt() / b.square().sum().sqrt().clamp_min(1e-3)
        return total

    def _magnitude(self, sound: Tensor, size: int, hop: int) -> Tensor:
        window = getattr(self, f"window_{size}")
        spectrum = torch.view_as_real(torch.stft(sound, size, hop, window=window, return_complex=True))
        return spectrum.square().sum(-1).clamp_min(1e-9).sqrt()


def draw_sound(
    cache: SoundCache, speech: list[str], effects: list[str], share: float, rng: np.random.Generator
) -> np.ndarray:
    """A random recording at a random, reasonable level: (N,) float32."""
    if rng.random() < share:
        return cache.load_speech(speech[rng.integers(len(speech))]) * np.float32(rng.uniform(0.4, 1.2))
    sound = cache.load(effects[rng.integers(len(effects))])
    peak = max(float(np.abs(sound).max()), 1e-3)
    return sound * np.float32(rng.uniform(0.1, 0.9) / peak)


def crop(sound: np.ndarray, samples: int, rng: np.random.Generator) -> np.ndarray:
    """``samples`` of the sound from a random place, silence around what is shorter."""
    start = int(rng.integers(-samples // 8, max(len(sound) - samples * 7 // 8, 0) + 1))
    piece = sound[max(start, 0) : max(start + samples, 0)]
    out = np.zeros(samples, np.float32)
    out[max(-start, 0) : max(-start, 0) + len(piece)] = piece
    return out


def fit_latents(
    codec: Codec, cache: SoundCache, speech: list[str], effects: list[str], rng: np.random.Generator
) -> float:
    """Principal components of 800 recordings, three in four speech; the share of variance they keep."""
    frames = []
    for _ in range(800):
        sound = draw_sound(cache, speech, effects, 0.75, rng)
        piece = crop(sound, min(len(sound), 6 * codec.config.sample_rate), rng)
        frames.append(codec.latents.stack(codec.mel(torch.from_numpy(piece)[None]))[0])
    return codec.latents.fit(torch.cat(frames))


def train_codec(plan: CodecTraining) -> Iterator[dict[str, float]]:
    """Trains or resumes; yields the figures of every 20th step. The averaged codec is in the run's state."""
    torch.manual_seed(plan.seed)
    cache = SoundCache(plan.data, plan.cache)
    read = [u for u in utterances(plan.data, "train") if u.speaker not in plan.band_limited]
    speech, effects = [u.file for u in read], effect_files(plan.data, "train")
    codec, run = Codec(), Run(plan.out)
    optimizer = torch.optim.AdamW(codec.decoder.parameters(), lr=plan.peak_rate, betas=(0.8, 0.99), weight_decay=1e-3)
    average = Average(codec)
    step = run.resume(codec=codec, average=average, optimizer=optimizer)
    rng = np.random.default_rng([plan.seed, step])
    if step == 0:
        kept = fit_latents(codec, cache, speech, effects, rng)
        average.module.load_state_dict(codec.state_dict())
        yield {"step": 0, "variance_kept": kept}
        run.save(0, codec=codec, average=average, optimizer=optimizer)
    loss_of = SpectralLoss(codec)
    inside = slice(plan.beside * codec.config.latent_samples, (plan.beside + plan.inside) * codec.config.latent_samples)
    samples = (2 * plan.beside + plan.inside) * codec.config.latent_samples
    while step < plan.steps:
        set_rate(optimizer, rate_at(step, plan.steps, plan.peak_rate))
        drawn = [
            crop(draw_sound(cache, speech, effects, plan.speech_share, rng), samples, rng) for _ in range(plan.batch)
        ]
        real = torch.from_numpy(np.stack(drawn))
        with torch.no_grad():
            latents = codec.encode(real)
        with torch.autocast("cpu", torch.bfloat16):
            made = codec.decode(latents).float()
        loss = loss_of(made[:, inside], real[:, inside])
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(codec.decoder.parameters(), 5.0)
        optimizer.step()
        average.update(codec)
        step += 1
        if step % 20 == 0:
            run.log(step=step, loss=loss.item())
            yield {"step": step, "loss": loss.item()}
        if run.due() or step == plan.steps:
            run.save(step, codec=codec, average=average, optimizer=optimizer)
