"""Trains the event spotter on rendered scenes that nothing else trains on.

The flow model reads what the spotter says of the flow model's own scenes. Were these the spotter's scenes too, its
columns would be better in training than in use, and the flow model would trust them too much.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from talkies.core.conditioning.picture.events import EventSpotter, mirrored
from talkies.core.model.weights import part_of
from talkies.core.scenes import Event
from talkies.core.training.run import Average, Run, rate_at, set_rate

Watched = tuple[Tensor, Tensor, Tensor]
"""sync (T, 32), picture (F, 192) and the wanted columns (T, 4) of one scene."""

_HALVES = 50  # half latent frames per second
_EVERY = 50  # steps between figures


@dataclass(frozen=True)
class EventTraining:
    """One run; minutes on one core, once its scenes are rendered (0.6 s each).

    ``scenes`` of every kind, ``worn_scenes`` on bad film, ``edited_scenes`` of several shots with dissolves and fades,
    ``silent_scenes`` in which only things that make no sound move, ``talking_scenes`` of drawn people who speak,
    ``gesturing_scenes`` of such who sign, ``filmed_scenes`` played before film, ``speaking_clips`` of real people and
    ``signing_views`` of each film of real ones who sign; every ``validation``-th is kept for choosing the best average.
    ``start``: a weights file whose spotter goes on learning.
    """

    out: Path
    scenes: int = 4400
    worn_scenes: int = 2100
    edited_scenes: int = 800
    silent_scenes: int = 300
    talking_scenes: int = 900
    gesturing_scenes: int = 600
    filmed_scenes: int = 600
    speaking_clips: int = 300
    signing_views: int = 30
    steps: int = 12000
    batch: int = 16
    peak_rate: float = 2e-3
    weight_decay: float = 0.1
    onset_weight: float = 3.0
    validation: int = 10
    seed: int = 0
    start: Path | None = None


def wanted_columns(events: Sequence[Event], frames: int) -> Tensor:
    """(T, 4) as :mod:`talkies.core.conditioning.picture.events` lays them out; an onset reaches half into its
    neighbours."""
    onset, force, going = np.zeros(2 * frames), np.zeros(frames), np.zeros(frames)
    for event in events:
        place = float(event.time) * _HALVES
        for half, share in ((int(place) - 1, 0.5), (int(place), 1.0), (int(place) + 1, 0.5)):
            if 0 <= half < 2 * frames:
                onset[half] = max(onset[half], share)
                force[half // 2] = max(force[half // 2], event.force * share)
        if event.sustain > 0:
            going[int(place / 2) : int((float(event.time) + event.sustain) * _HALVES / 2)] = 1
    return torch.tensor(np.column_stack((onset.reshape(-1, 2), going, force)), dtype=torch.float32)


def train_events(plan: EventTraining, scenes: Sequence[Watched]) -> Iterator[dict[str, float]]:
    """Trains or resumes; yields figures every 50 steps. At the end the average is the one that validated best."""
    torch.manual_seed(plan.seed)
    model, run = EventSpotter(), Run(plan.out)
    if plan.start is not None:
        model.load_state_dict(part_of(plan.start, "events"))
    optimizer = torch.optim.AdamW(model.parameters(), lr=plan.peak_rate, weight_decay=plan.weight_decay)
    average, best = Average(model, 0.99), Best()
    step = run.resume(model=model, average=average, optimizer=optimizer, best=best)
    rng = np.random.default_rng([plan.seed, step])
    kept, shown = scenes[:: plan.validation], [s for n, s in enumerate(scenes) if n % plan.validation]
    while step < plan.steps:
        set_rate(optimizer, rate_at(step, plan.steps, plan.peak_rate))
        chosen = [varied(shown[i], rng) for i in rng.integers(len(shown), size=plan.batch)]
        sync, picture, wanted = (torch.stack([scene[part] for scene in chosen]) for part in range(3))
        loss = _loss(model(sync, picture), wanted, plan.onset_weight)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        average.update(model)
        step += 1
        if step % _EVERY == 0 or step == plan.steps:
            validation = _validate(average.module, kept, plan.onset_weight)
            best.offer(validation, average.module)
            figures = {"step": step, "loss": loss.item(), "validation": validation}
            run.log(**figures)
            yield figures
        if step == plan.steps:
            average.module.load_state_dict(best.state)
        if run.due() or step == plan.steps:
            run.save(step, model=model, average=average, optimizer=optimizer, best=best)


class Best:
    """Early stopping: the weights with the lowest validation loss so far."""

    def __init__(self) -> None:
        self.loss = float("inf")
        self.state: dict[str, Tensor] = {}

    def offer(self, loss: float, module: nn.Module) -> None:
        """Keeps a copy when it is better."""
        if loss < self.loss:
            self.loss, self.state = loss, {name: value.clone() for name, value in module.state_dict().items()}

    def state_dict(self) -> dict[str, object]:
        return {"loss": self.loss, "state": self.state}

    def load_state_dict(self, state: dict[str, object]) -> None:
        self.loss, self.state = float(state["loss"]), dict(state["state"])  # type: ignore[arg-type, call-overload]


def varied(scene: Watched, rng: np.random.Generator) -> Watched:
    """The scene as it might have been too: seen in a mirror, faster or fainter, by noisier or half-blind eyes.

    A piece of 6 s from a random place (on the common grid of motion and picture, 0.2 s).
    """
    sync, picture, wanted = (part.float() for part in scene)
    if rng.random() < 0.5:
        sync, picture = mirrored(sync, picture)
    length = min(150, len(sync))
    start = 5 * int(rng.integers((len(sync) - length) // 5 + 1))
    looks = slice(start * 2 // 5, start * 2 // 5 + -(-length * 2 // 5))
    sync, picture, wanted = sync[start : start + length], picture[looks], wanted[start : start + length]
    sync = sync * float(rng.uniform(0.7, 1.3))
    noise = torch.from_numpy(rng.standard_normal(tuple(picture.shape), np.float32))
    picture = picture * float(rng.random() > 0.25) + noise * float(rng.choice([0.0, 0.1, 0.3]))
    picture = picture * torch.from_numpy((rng.random(picture.shape[1]) > 0.15).astype(np.float32))
    return sync, picture, wanted


def _loss(logits: Tensor, wanted: Tensor, onset_weight: float) -> Tensor:
    weight = torch.tensor([onset_weight, onset_weight, 1.0, 1.0])
    return nn.functional.binary_cross_entropy_with_logits(logits, wanted, pos_weight=weight)


@torch.no_grad()
def _validate(model: nn.Module, scenes: Sequence[Watched], onset_weight: float) -> float:
    losses = [
        _loss(model(sync[None].float(), picture[None].float()), wanted[None], onset_weight)
        for sync, picture, wanted in scenes
    ]
    return float(torch.stack(losses).mean()) if losses else 0.0
