"""Trains the event spotter on rendered scenes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from talkies.core.conditioning.events import EventSpotter
from talkies.core.training.run import Average, Run, rate_at, set_rate
from talkies.core.training.scenes import Event

Watched = tuple[Tensor, Tensor, Tensor]
"""sync (T, 32), picture (F, 192) and the wanted columns (T, 4) of one scene."""

_HALVES = 50  # half latent frames per second


@dataclass(frozen=True)
class EventTraining:
    """One run; minutes on one core."""

    out: Path
    steps: int = 1500
    batch: int = 16
    peak_rate: float = 2e-3
    onset_weight: float = 3.0
    seed: int = 0


def wanted_columns(events: Sequence[Event], frames: int) -> Tensor:
    """(T, 4) as :mod:`talkies.core.conditioning.events` lays them out; an onset reaches half into its neighbours."""
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
    """Trains or resumes; yields figures every 50 steps."""
    torch.manual_seed(plan.seed)
    model, run = EventSpotter(), Run(plan.out)
    optimizer = torch.optim.AdamW(model.parameters(), lr=plan.peak_rate, weight_decay=0.05)
    average = Average(model, 0.995)
    step = run.resume(model=model, average=average, optimizer=optimizer)
    rng = np.random.default_rng([plan.seed, step])
    weight = torch.tensor([plan.onset_weight, plan.onset_weight, 1.0, 1.0])
    while step < plan.steps:
        set_rate(optimizer, rate_at(step, plan.steps, plan.peak_rate))
        chosen = [scenes[i] for i in rng.integers(len(scenes), size=plan.batch)]
        sync, picture, wanted = (torch.stack([scene[part].float() for scene in chosen]) for part in range(3))
        gain = torch.from_numpy(rng.uniform(0.7, 1.3, (plan.batch, 1, 1)).astype(np.float32))
        logits = model(sync * gain, picture)
        loss = nn.functional.binary_cross_entropy_with_logits(logits, wanted, pos_weight=weight)
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
