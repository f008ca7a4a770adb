"""Trains the duration model on the forced alignments: smooth L1 on the logarithm of each phoneme's seconds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from talkies.core.conditioning.speech.durations import DurationModel
from talkies.core.conditioning.speech.timing import Spans
from talkies.core.training.run import Average, Run, rate_at, set_rate

Line = tuple[list[int], list[float], Tensor]
"""Phoneme ids, their seconds, the speaker's voice (64,)."""


@dataclass(frozen=True)
class DurationTraining:
    """One run; minutes on one core."""

    out: Path
    steps: int = 2500
    batch: int = 32
    peak_rate: float = 1e-3
    seed: int = 0


def line_of(spans: Spans, voice: Tensor) -> Line:
    """What the model should say for one aligned recording."""
    return [i for i, _, _ in spans], [max(end - start, 0.01) for _, start, end in spans], voice


def train_durations(plan: DurationTraining, lines: list[Line]) -> Iterator[dict[str, float]]:
    """Trains or resumes; yields figures every 100 steps."""
    torch.manual_seed(plan.seed)
    model, run = DurationModel(), Run(plan.out)
    optimizer = torch.optim.AdamW(model.parameters(), lr=plan.peak_rate, weight_decay=1e-2)
    average = Average(model)
    step = run.resume(model=model, average=average, optimizer=optimizer)
    rng = np.random.default_rng([plan.seed, step])
    while step < plan.steps:
        set_rate(optimizer, rate_at(step, plan.steps, plan.peak_rate))
        chosen = [lines[i] for i in rng.integers(len(lines), size=plan.batch)]
        ids = nn.utils.rnn.pad_sequence([torch.tensor(line[0]) for line in chosen], batch_first=True)
        seconds = nn.utils.rnn.pad_sequence(
            [torch.tensor(line[1]) for line in chosen], batch_first=True, padding_value=1.0
        )
        voices = torch.stack([line[2] for line in chosen])
        error = nn.functional.smooth_l1_loss(model(ids, voices), seconds.log(), reduction="none", beta=0.3)
        loss = error[ids != 0].mean()
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        average.update(model)
        step += 1
        if step % 100 == 0:
            run.log(step=step, loss=loss.item())
            yield {"step": step, "loss": loss.item()}
        if run.due() or step == plan.steps:
            run.save(step, model=model, average=average, optimizer=optimizer)
