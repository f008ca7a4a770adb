"""Fits the codec's latents, then trains the network that draws the fine spectrum from them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from talkies.core.corpus.recordings import SoundCache, effect_files, utterances
from talkies.core.model.bands import FINE_BINS, FRAMES, SAMPLE_RATE, BandFrames
from talkies.core.model.codec import Codec
from talkies.core.training.run import Average, Run, rate_at, set_rate

FLOOR = -9.21
"""Natural logarithm of 1e-4: what is quieter does not count."""


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


def magnitude_loss(made: Tensor, real: Tensor, weight: Tensor, bands: BandFrames) -> Tensor:
    """Distance of log-magnitudes (B, K, F), bins weighted (K, 1): on the logarithmic scale down to -80 dB, on the cube
    root's scale, where loud partials count more, and of the bands' levels, so that energy is right where single bins
    cannot be known."""
    logarithmic = (weight * (made.clamp_min(FLOOR) - real.clamp_min(FLOOR)).abs()).mean()
    compressed = (weight * ((made / 3).exp() - (real / 3).exp()).abs()).mean()
    levels = (bands.levels(made.exp()) - bands.levels(real.exp())).abs().mean()
    return logarithmic + 6.0 * compressed + levels


def hearing_weight() -> Tensor:
    """(K, 1), mean 1: half the same everywhere, half as finely as the ear divides frequency (Glasberg, Moore 1990)."""
    hertz = torch.linspace(0, SAMPLE_RATE / 2, FINE_BINS)
    density = 1 / (24.7 * (4.37e-3 * hertz + 1))
    return (0.5 + 0.5 * density / density.mean())[:, None]


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
        frames.append(codec.latents.stack(codec.bands(torch.from_numpy(piece)[None]))[0])
    return codec.latents.fit(torch.cat(frames))


def train_codec(plan: CodecTraining) -> Iterator[dict[str, float]]:
    """Trains or resumes; yields the figures of every 20th step. The averaged codec is in the run's state."""
    torch.manual_seed(plan.seed)
    cache = SoundCache(plan.data, plan.cache)
    read = [u for u in utterances(plan.data, "train") if u.speaker not in plan.band_limited]
    speech, effects = [u.file for u in read], effect_files(plan.data, "train")
    codec, run = Codec(), Run(plan.out)
    optimizer = torch.optim.AdamW(codec.magnitude.parameters(), lr=plan.peak_rate, betas=(0.8, 0.99), weight_decay=1e-3)
    average = Average(codec)
    step = run.resume(codec=codec, average=average, optimizer=optimizer)
    rng = np.random.default_rng([plan.seed, step])
    if step == 0:
        kept = fit_latents(codec, cache, speech, effects, rng)
        average.module.load_state_dict(codec.state_dict())
        yield {"step": 0, "variance_kept": kept}
        run.save(0, codec=codec, average=average, optimizer=optimizer)
    weight = hearing_weight()
    inside = slice(plan.beside * codec.config.frames_per_latent, -plan.beside * codec.config.frames_per_latent)
    samples = (2 * plan.beside + plan.inside) * codec.config.latent_samples
    while step < plan.steps:
        set_rate(optimizer, rate_at(step, plan.steps, plan.peak_rate))
        drawn = [
            crop(draw_sound(cache, speech, effects, plan.speech_share, rng), samples, rng) for _ in range(plan.batch)
        ]
        real = torch.from_numpy(np.stack(drawn))
        with torch.no_grad():
            latents = codec.encode(real)
            target = FRAMES.analyse(real).abs().clamp_min(1e-7).log()
        with torch.autocast("cpu", torch.bfloat16):
            made = codec.log_magnitude(latents)
        loss = magnitude_loss(made[..., inside], target[..., inside], weight, codec.bands)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(codec.magnitude.parameters(), 5.0)
        optimizer.step()
        average.update(codec)
        step += 1
        if step % 20 == 0:
            run.log(step=step, loss=loss.item())
            yield {"step": step, "loss": loss.item()}
        if run.due() or step == plan.steps:
            run.save(step, codec=codec, average=average, optimizer=optimizer)
