"""Fits the codec's latents, then trains the network that draws fine structure from them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from talkies.core.arrays import Sound
from talkies.core.corpus.recordings import SoundCache, effect_files, utterances
from talkies.core.errors import WeightsError
from talkies.core.model.codec import Codec
from talkies.core.model.weights import load_state
from talkies.core.training.likelihood import SoundLikelihood
from talkies.core.training.pitches import PitchLoss
from talkies.core.training.run import Average, Run, rate_at, set_rate
from talkies.core.training.started import codec_config


@dataclass(frozen=True)
class CodecTraining:
    """``inside`` latent frames are compared, ``beside`` on both sides only give context.

    ``start`` is a weights file to go on from: it must hold the latents, which are kept as they are, so that whatever
    was trained on them still fits; of the decoder it may hold as much as it likes. Without one the latents are fitted
    and the decoder begins from nothing.
    """

    data: Path
    cache: Path
    out: Path
    steps: int = 9000
    batch: int = 8
    inside: int = 20
    beside: int = 2
    peak_rate: float = 6e-4
    speech_share: float = 0.5
    band_limited: tuple[str, ...] = ("kerstin",)
    start: Path | None = None
    average_decay: float = 0.995
    seed: int = 0


def draw_sound(
    cache: SoundCache, speech: list[str], effects: list[str], share: float, rng: np.random.Generator
) -> Sound:
    """A random recording at a random, reasonable level: (N,) float32."""
    if rng.random() < share:
        sound = cache.load_speech(speech[rng.integers(len(speech))])
        return sound * np.float32(10 ** rng.uniform(-0.6, 0.1))
    sound = cache.load(effects[rng.integers(len(effects))])
    peak = max(float(np.abs(sound).max()), 1e-3)
    return sound * np.float32(10 ** rng.uniform(-1.2, -0.02) / peak)


def crop(sound: Sound, samples: int, rng: np.random.Generator) -> Sound:
    """``samples`` of the sound from a random place, silence around what is shorter."""
    start = int(rng.integers(-samples // 8, max(len(sound) - samples * 7 // 8, 0) + 1))
    piece = sound[max(start, 0) : max(start + samples, 0)]
    out = np.zeros(samples, np.float32)
    out[max(-start, 0) : max(-start, 0) + len(piece)] = piece
    return out


def frames_to_fit(
    codec: Codec, cache: SoundCache, speech: list[str], effects: list[str], rng: np.random.Generator
) -> Tensor:
    """(n, 4M) frames of 800 recordings, three in four speech."""
    frames = []
    for _ in range(800):
        sound = draw_sound(cache, speech, effects, 0.75, rng)
        piece = crop(sound, min(len(sound), 6 * codec.config.sample_rate), rng)
        frames.append(codec.latents.stack(codec.bands(torch.from_numpy(piece)[None]))[0])
    return torch.cat(frames)


def take_over(codec: Codec, path: Path) -> int:
    """Copies the latents of a weights file into ``codec``, and what its decoder has of the same name and shape;
    returns how many of the decoder's tensors that were. Raises WeightsError when the latents do not fit."""
    held = {name.removeprefix("codec."): tensor for name, tensor in load_state(path).items()}
    fitting = {
        name: held[name]
        for name, tensor in codec.state_dict().items()
        if name in held and held[name].shape == tensor.shape
    }
    lacking = [name for name in codec.state_dict() if name.startswith("latents.") and name not in fitting]
    if lacking:
        raise WeightsError(path, f"holds no {lacking[0]} of this codec's shape", "start from nothing")
    codec.load_state_dict(fitting, strict=False)
    return sum(name.startswith("decoder.") for name in fitting)


class CodecRun:
    """A training in progress: the codec, its average, the optimizer, and where in the plan they stand."""

    def __init__(self, plan: CodecTraining) -> None:
        torch.manual_seed(plan.seed)
        self.plan = plan
        self.cache = SoundCache(plan.data, plan.cache)
        read = [u for u in utterances(plan.data, "train") if u.speaker not in plan.band_limited]
        self.speech, self.effects = [u.file for u in read], effect_files(plan.data, "train")
        self.codec, self.run = Codec(codec_config(plan.start)), Run(plan.out)
        self.likelihood, self.pitch_loss = SoundLikelihood(), PitchLoss()
        self.optimizer = torch.optim.AdamW(
            self.codec.decoder.parameters(), lr=plan.peak_rate, betas=(0.8, 0.99), weight_decay=1e-3
        )
        self.average = Average(self.codec, plan.average_decay)
        self.step = self.run.resume(codec=self.codec, average=self.average, optimizer=self.optimizer)
        self.rng = np.random.default_rng([plan.seed, self.step])

    def begin(self) -> dict[str, float]:
        """Latents from the plan's start, or fitted; what there was to begin with."""
        if self.plan.start:
            begun = {"tensors_kept": float(take_over(self.codec, self.plan.start))}
        else:
            frames = frames_to_fit(self.codec, self.cache, self.speech, self.effects, self.rng)
            begun = {"variance_kept": self.codec.latents.fit(frames)}
        self.average.module.load_state_dict(self.codec.state_dict())
        self.save()
        return {"step": 0.0} | begun

    def save(self) -> None:
        self.run.save(self.step, codec=self.codec, average=self.average, optimizer=self.optimizer)

    def draw(self) -> Tensor:
        """(B, N) recordings."""
        plan = self.plan
        samples = (2 * plan.beside + plan.inside) * self.codec.config.latent_samples
        drawn = (
            draw_sound(self.cache, self.speech, self.effects, plan.speech_share, self.rng) for _ in range(plan.batch)
        )
        return torch.from_numpy(np.stack([crop(sound, samples, self.rng) for sound in drawn]))

    def advance(self) -> dict[str, float]:
        """One step; its losses."""
        plan, codec = self.plan, self.codec
        set_rate(self.optimizer, rate_at(self.step, plan.steps, plan.peak_rate))
        sound = self.draw()
        with torch.no_grad():
            bands = codec.latents.decode(codec.encode(sound))
            spread = codec.bands.spread(bands)
        beside = plan.beside * codec.config.frames_per_latent
        inside = slice(beside, beside + plan.inside * codec.config.frames_per_latent)
        fine = codec.decoder(bands, spread)
        long, short = self.likelihood(fine, spread, sound, inside)
        pitch = self.pitch_loss(fine.pitch, sound, inside)
        self.optimizer.zero_grad(set_to_none=True)
        (long + short + PITCH_WEIGHT * pitch).backward()
        nn.utils.clip_grad_norm_(codec.decoder.parameters(), GRADIENT_MOST)
        self.optimizer.step()
        self.average.update(codec)
        self.step += 1
        return {"long": long.item(), "short": short.item(), "pitch": pitch.item()}


def train_codec(plan: CodecTraining) -> Iterator[dict[str, float]]:
    """Trains or resumes; yields the mean losses of every 20 steps. The averaged codec is in the run's state."""
    training = CodecRun(plan)
    if training.step == 0:
        yield training.begin()
    losses: list[dict[str, float]] = []
    while training.step < plan.steps:
        losses.append(training.advance())
        if training.step % 20 == 0:
            figures = {name: sum(loss[name] for loss in losses) / len(losses) for name in losses[0]}
            losses.clear()
            training.run.log(step=training.step, **figures)
            yield {"step": training.step} | figures
        if training.run.due() or training.step == plan.steps:
            training.save()


PITCH_WEIGHT = 0.05
"""How much a nat of a frame's pitch counts beside a nat a bin."""
GRADIENT_MOST = 2.0
"""Longer gradients are shortened to this."""
