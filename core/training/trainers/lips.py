"""Trains the lip network on a speaking face: pictures of the mouth, and what the recording says at each moment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from talkies.core.arrays import Greys
from talkies.core.conditioning.speech.lipreading import LipNetwork
from talkies.core.conditioning.speech.timing import PHONES_PER_SECOND, Spans
from talkies.core.conditioning.speech.visemes import REST, VISEMES, visemes_of
from talkies.core.training.run import Average, Run, rate_at, set_rate

Clip = tuple[Tensor, Tensor]
"""mouths (L, 24, 32) uint8 and what they say (2 L,): visemes."""


@dataclass(frozen=True)
class LipTraining:
    """One run; ten minutes on one core. ``pictures``: how many in a row are read at once."""

    out: Path
    steps: int = 1000
    batch: int = 12
    pictures: int = 64
    peak_rate: float = 2e-3
    seed: int = 0


def clip_of(mouths: Greys, spans: Spans, first_s: float, last_s: float) -> Clip:
    """One movie: mouths (L, 24, 32), the phonemes' times, and when the first word begins and the last one ends."""
    return torch.from_numpy(mouths), said(spans, first_s, last_s, len(mouths))


def said(spans: Spans, first_s: float, last_s: float, pictures: int) -> Tensor:
    """(2 · pictures,) viseme of every 20 ms, at rest outside the words [first_s, last_s)."""
    track = np.full(2 * pictures, REST)
    for phoneme, start, end in spans:
        inside = slice(*(round(min(max(edge, first_s), last_s) * PHONES_PER_SECOND) for edge in (start, end)))
        track[inside] = visemes_of([phoneme])[0]
    return torch.from_numpy(track)


def train_lips(plan: LipTraining, clips: Sequence[Clip]) -> Iterator[dict[str, float]]:
    """Trains or resumes; yields figures every 50 steps."""
    torch.manual_seed(plan.seed)
    model, run = LipNetwork(), Run(plan.out)
    model.usual.copy_(usual_shares(clips))
    optimizer = torch.optim.AdamW(model.parameters(), lr=plan.peak_rate, weight_decay=0.05)
    average = Average(model, 0.995)
    step = run.resume(model=model, average=average, optimizer=optimizer)
    rng = np.random.default_rng([plan.seed, step])
    while step < plan.steps:
        set_rate(optimizer, rate_at(step, plan.steps, plan.peak_rate))
        pairs = [_cut(clips[i], plan.pictures, rng) for i in rng.integers(len(clips), size=plan.batch)]
        mouths = disturbed(torch.stack([mouths for mouths, _ in pairs]), rng)
        scores = model(mouths)
        loss = nn.functional.nll_loss(scores.flatten(0, 1), torch.cat([wanted for _, wanted in pairs]))
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        average.update(model)
        step += 1
        if step % 50 == 0:
            run.log(step=step, loss=loss.item())
            yield {"step": step, "loss": loss.item()}
        if run.due() or step == plan.steps:
            run.save(step, model=model, average=average, optimizer=optimizer)


def usual_shares(clips: Sequence[Clip]) -> Tensor:
    """(20,) share of the time that each viseme takes, none 0."""
    counts = torch.stack([torch.bincount(wanted, minlength=VISEMES) for _, wanted in clips]).sum(0) + 1.0
    return counts / counts.sum()


def _cut(clip: Clip, pictures: int, rng: np.random.Generator) -> Clip:
    """A stretch of a clip, played at 0.8 to 1.25 of its speed; the last picture stays when it ends too early."""
    mouths, wanted = clip
    speed = float(np.exp(rng.uniform(-0.22, 0.22)))
    start = rng.uniform(0, max(len(mouths) - pictures * speed, 0.01))
    places = torch.clamp(start + torch.arange(2 * pictures) * speed / 2, max=len(mouths) - 0.5)
    return mouths[places[::2].long()], wanted[(2 * places).long()]


def disturbed(mouths: Tensor, rng: np.random.Generator) -> Tensor:
    """(B, L, 24, 32) uint8 → float, as other faces, cameras and lights would show it: another for each stretch."""
    return _lit(_moved(mouths.float(), rng), rng)


def _moved(mouths: Tensor, rng: np.random.Generator) -> Tensor:
    """Shifted, turned, scaled, mirrored, and shaken a little from picture to picture."""
    batch, pictures = mouths.shape[:2]
    angle, wide, high = (rng.normal(0, spread, batch) for spread in (0.06, 0.1, 0.1))
    across, down, mirrored = np.exp(wide), np.exp(high), rng.choice((-1, 1), batch)
    turn = np.stack((across * mirrored * np.cos(angle), -np.sin(angle), mirrored * np.sin(angle), down * np.cos(angle)))
    turns = np.broadcast_to(turn.T.reshape(batch, 1, 2, 2), (batch, pictures, 2, 2))
    shift = rng.normal(0, 0.08, (batch, 1, 2)) + rng.normal(0, 0.008, (batch, pictures, 2))
    matrix = torch.from_numpy(np.concatenate((turns, shift[..., None]), 3).astype(np.float32)).flatten(0, 1)
    images = mouths.flatten(0, 1)[:, None]
    grid = nn.functional.affine_grid(matrix, list(images.shape), align_corners=False)
    images = nn.functional.grid_sample(images, grid, padding_mode="border", align_corners=False)
    return images.reshape(mouths.shape)


def _lit(images: Tensor, rng: np.random.Generator) -> Tensor:
    """Blurred in half of the batches, brighter or darker in the middle tones, noisy."""
    one = (len(images), 1, 1, 1)
    blur, gamma, loudness = (
        torch.from_numpy(numbers.astype(np.float32))
        for numbers in (rng.random(one), np.exp(rng.normal(0, 0.25, one)), rng.exponential(2.0, one))
    )
    if rng.random() < 0.5:
        images = images.lerp(nn.functional.avg_pool2d(images, 3, 1, 1, count_include_pad=False), blur)
    noise = torch.from_numpy(rng.standard_normal(tuple(images.shape), np.float32))
    lit: Tensor = 255 * (images / 255).clamp(1e-3, 1) ** gamma + loudness * noise
    return lit
