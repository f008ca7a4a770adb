"""Trains the codec's decoder on against discriminators: what it draws should not be told from recordings.

    recording ─► latents ─► decoder ─► drawn ─┬─► likelihood of the recording
    what the flow model speaks ─► decoder ────┴─► discriminators ◄── recordings

Nothing is added to what ships: the same network says tone, noise and bursts, and learns from how the sound that is made
of them is heard. The flow model's own latents have no recording; they are only heard by the discriminators, so the
decoder learns to draw speech of them that could have been recorded.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from talkies.core.corpus.recordings import SoundCache, effect_files, utterances
from talkies.core.errors import WeightsError
from talkies.core.model.bands import FRAMES
from talkies.core.model.codec import LEVEL_ROUNDS, Codec
from talkies.core.model.decoder import Fine
from talkies.core.model.noise import shaped_noise
from talkies.core.model.phases import guess_phases, refine_phases
from talkies.core.training.discriminators import Discriminators, found_out, mistaken, unlike
from talkies.core.training.likelihood import SoundLikelihood
from talkies.core.training.pitches import PitchLoss
from talkies.core.training.run import Average, Run, set_rate
from talkies.core.training.started import codec_config
from talkies.core.training.trainers.codec import PITCH_WEIGHT, crop, draw_sound, take_over


@dataclass(frozen=True)
class AdversarialTraining:
    """A step has ``recorded`` crops of recordings and ``spoken`` of the flow model's latents, of ``inside`` latent
    frames with ``beside`` on both sides for context. ``start``: the weights whose decoder goes on;
    ``latents``: a file of what its flow model speaks, ``sentences`` of them. The discriminators learn
    alone for ``alone`` steps; rates fall in a straight line over the last third. ``likelihood``, ``deceit`` and
    ``likeness``: how much each counts, all gradients being equally long."""

    data: Path
    cache: Path
    out: Path
    start: Path
    latents: Path
    sentences: int = 300
    steps: int = 4000
    recorded: int = 3
    spoken: int = 2
    inside: int = 14
    beside: int = 4
    alone: int = 450
    peak_rate: float = 1.5e-5
    discriminators_rate: float = 6e-4
    speech_share: float = 0.6
    likelihood: float = 0.5
    deceit: float = 0.7
    likeness: float = 0.5
    band_limited: tuple[str, ...] = ("kerstin",)
    average_decay: float = 0.995
    seed: int = 0


def drawn(codec: Codec, bands: Tensor, fine: Fine, seeds: Sequence[int]) -> Tensor:
    """(B, N) as the codec draws them; phases and chance get no gradient, what they are given does."""
    every = codec.parts(bands, fine)
    sounds = []
    for number, seed in enumerate(seeds):
        parts = every.of(number)
        rows = _phases(parts.tone.detach()) * parts.tone.T
        sound = FRAMES.overlap_add(rows)[FRAMES.margin : FRAMES.margin + FRAMES.hop * len(rows)]
        sound = sound + shaped_noise(parts.noise, parts.gain, 0, seed)
        for _ in range(LEVEL_ROUNDS):
            sound = codec.levelled(sound, parts)
        sounds.append(sound)
    return torch.stack(sounds)


@torch.no_grad()
def _phases(tone: Tensor) -> Tensor:
    """Complex numbers of length 1 (F, K), as the codec finds them for the amplitudes (K, F)."""
    sound = refine_phases(tone, guess_phases(tone, FRAMES).angles, FRAMES)
    return FRAMES.rows(nn.functional.pad(sound, (FRAMES.margin, FRAMES.margin))).sgn()


@dataclass(frozen=True)
class _Batch:
    recordings: Tensor  # (recorded, N)
    others: Tensor  # (spoken, N): of anybody, saying anything
    bands: Tensor  # (B, M, F), first of the recordings, then of what the flow model speaks
    spread: Tensor  # (B, K, F)
    seeds: tuple[int, ...]


class AdversarialRun:
    """A training in progress. Raises WeightsError where the flow model has spoken nothing that is long enough."""

    def __init__(self, plan: AdversarialTraining) -> None:
        torch.manual_seed(plan.seed)
        self.plan, self.cache, self.run = plan, SoundCache(plan.data, plan.cache), Run(plan.out)
        read = [each for each in utterances(plan.data, "train") if each.speaker not in plan.band_limited]
        self.speech, self.effects = [each.file for each in read], effect_files(plan.data, "train")
        self.latents = [each.float() for each in load_file(plan.latents).values() if each.shape[1] >= self.frames]
        if not self.latents:
            raise WeightsError(plan.start, "has spoken nothing to learn from", "prepare the stage anew")
        self.codec, self.discriminators = Codec(codec_config(plan.start)), Discriminators()
        take_over(self.codec, plan.start)
        self.likelihood, self.pitch_loss = SoundLikelihood(), PitchLoss()
        self.optimizer = _optimizer(self.codec.decoder, plan.peak_rate)
        self.opponent = _optimizer(self.discriminators, plan.discriminators_rate)
        self.average = Average(self.codec, plan.average_decay)
        self.lengths: dict[str, float] = {}
        self.step = self.run.resume(**self.parts)
        self.rng = np.random.default_rng([plan.seed, self.step])

    @property
    def frames(self) -> int:
        """Latent frames of a crop."""
        return self.plan.inside + 2 * self.plan.beside

    @property
    def parts(self) -> dict[str, object]:
        """What a checkpoint holds."""
        return {
            "codec": self.codec, "average": self.average, "optimizer": self.optimizer,
            "discriminators": self.discriminators, "opponent": self.opponent,
        }  # fmt: skip

    def advance(self) -> dict[str, float]:
        """One step of both sides; its losses."""
        plan, batch = self.plan, self._draw()
        falling = min(1.0, 3 * (1 - self.step / plan.steps) + 0.05)
        set_rate(self.optimizer, plan.peak_rate * falling)
        set_rate(self.opponent, plan.discriminators_rate * falling)
        drawing = self.codec.decoder(batch.bands, batch.spread)
        held = Fine(*(getattr(drawing, field.name).detach().requires_grad_() for field in fields(Fine)))
        samples = self._inside(self.codec.config.latent_samples)
        sounds = drawn(self.codec, batch.bands, held, batch.seeds)[:, samples]
        recorded = torch.cat((batch.recordings, batch.others))[:, samples]
        losses = {"opponent": self._opposed(recorded, sounds.detach())}
        if self.step >= plan.alone:
            losses |= self._learn(drawing, held, batch, recorded, sounds)
        self.step += 1
        return losses

    def _draw(self) -> _Batch:
        """Crops of recordings, and of what the flow model speaks."""
        plan, rng, samples = self.plan, self.rng, self.frames * self.codec.config.latent_samples
        share = plan.speech_share
        mixed = [draw_sound(self.cache, self.speech, self.effects, share, rng) for _ in range(plan.recorded)]
        speech = [draw_sound(self.cache, self.speech, self.effects, 1.0, rng) for _ in range(plan.spoken)]
        recordings, others = (
            torch.from_numpy(np.stack([crop(sound, samples, rng) for sound in sounds])) for sounds in (mixed, speech)
        )
        with torch.no_grad():
            latents = torch.cat((self.codec.encode(recordings), self._spoken()))
            bands = self.codec.latents.decode(latents)
            spread = self.codec.bands.spread(bands)
        seeds = tuple(int(seed) for seed in rng.integers(0, 1 << 40, len(bands)))
        return _Batch(recordings, others, bands, spread, seeds)

    def _spoken(self) -> Tensor:
        """(spoken, C, T)"""
        chosen = [self.latents[self.rng.integers(len(self.latents))] for _ in range(self.plan.spoken)]
        starts = [int(self.rng.integers(each.shape[1] - self.frames + 1)) for each in chosen]
        return torch.stack([each[:, at : at + self.frames] for each, at in zip(chosen, starts, strict=True)])

    def _inside(self, each: int) -> slice:
        """Samples or frames that are compared, ``each`` of a latent frame."""
        return slice(self.plan.beside * each, (self.plan.beside + self.plan.inside) * each)

    def _opposed(self, recorded: Tensor, sounds: Tensor) -> float:
        """The discriminators learn."""
        loss = mistaken(self.discriminators(recorded), self.discriminators(sounds))
        self.opponent.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.discriminators.parameters(), _OPPONENT_MOST)
        self.opponent.step()
        return loss.item()

    def _learn(self, drawing: Fine, held: Fine, batch: _Batch, recorded: Tensor, sounds: Tensor) -> dict[str, float]:
        """The decoder learns: each loss says how what it drew should change, the sum of them how the network should."""
        plan, known = self.plan, len(batch.recordings)
        self.discriminators.requires_grad_(False)
        heard = self.discriminators(sounds)
        with torch.no_grad():
            natural = self.discriminators(recorded[:known])
        alike = [replace(each, seen=tuple(seen[:known] for seen in each.seen)) for each in heard]
        losses = {
            "likelihood": (plan.likelihood, self._likelihood(held, batch)),
            "deceit": (plan.deceit, found_out(heard)),
            "likeness": (plan.likeness, unlike(natural, alike)),
        }
        leaves = [getattr(held, field.name) for field in fields(Fine)]
        wanted = [torch.zeros_like(leaf) for leaf in leaves]
        for name, (weight, loss) in losses.items():
            gradients = torch.autograd.grad(loss, leaves, retain_graph=True, materialize_grads=True)
            scale = weight * self._scale(name, gradients)
            wanted = [sum_ + scale * gradient for sum_, gradient in zip(wanted, gradients, strict=True)]
        self.discriminators.requires_grad_(True)
        self.optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward([getattr(drawing, field.name) for field in fields(Fine)], wanted)
        nn.utils.clip_grad_norm_(self.codec.decoder.parameters(), _DECODER_MOST)
        self.optimizer.step()
        self.average.update(self.codec)
        return {name: loss.item() for name, (_, loss) in losses.items()}

    def _likelihood(self, held: Fine, batch: _Batch) -> Tensor:
        known = len(batch.recordings)
        fine = Fine(*(getattr(held, field.name)[:known] for field in fields(Fine)))
        inside = self._inside(self.codec.config.frames_per_latent)
        long, short = self.likelihood(fine, batch.spread[:known], batch.recordings, inside)
        loss: Tensor = long + short + PITCH_WEIGHT * self.pitch_loss(fine.pitch, batch.recordings, inside)
        return loss

    def _scale(self, name: str, gradients: Sequence[Tensor]) -> float:
        """What makes a gradient as long as that of the likelihood, over many steps."""
        here = float(torch.stack([each.square().sum() for each in gradients]).sum().sqrt())
        self.lengths[name] = here if name not in self.lengths else 0.98 * self.lengths[name] + 0.02 * here
        return self.lengths["likelihood"] / max(self.lengths[name], 1e-12)

    def save(self) -> None:
        self.run.save(self.step, **self.parts)


def train_adversarially(plan: AdversarialTraining) -> Iterator[dict[str, float]]:
    """Trains or resumes; yields the mean losses of every 20 steps. The averaged codec is in the run's state."""
    training = AdversarialRun(plan)
    losses: list[dict[str, float]] = []
    while training.step < plan.steps:
        losses.append(training.advance())
        if training.step % 20 == 0:
            figures = {name: float(np.mean([each[name] for each in losses if name in each])) for name in losses[-1]}
            losses.clear()
            training.run.log(step=training.step, **figures)
            yield {"step": training.step} | figures
        if training.run.due() or training.step == plan.steps:
            training.save()


def _optimizer(network: nn.Module, rate: float) -> torch.optim.AdamW:
    return torch.optim.AdamW(network.parameters(), lr=rate, betas=(0.8, 0.99), weight_decay=1e-3)


_OPPONENT_MOST, _DECODER_MOST = 5.0, 2.0
"""Longer gradients are shortened to these."""
