"""Trains VSSFlow on a straight path: bf16 where the device has it, resumable, several processes under torchrun."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from talkies.core.errors import ArgumentError
from talkies.core.flow.path import random_times, straight_path, velocity_loss
from talkies.core.model.bands import LOW_BANDS
from talkies.core.model.codec import Codec
from talkies.core.model.sampling import half_precision_pays
from talkies.core.model.vssflow import VSSFlow
from talkies.core.model.weights import part_of
from talkies.core.training.material import Example
from talkies.core.training.mixing import Mixer, Shares
from talkies.core.training.run import Average, Run, rate_at, set_rate
from talkies.core.training.started import flow_config

_UNMIXED = Shares.speech + Shares.scene  # of the windows


@dataclass(frozen=True)
class FlowTraining:
    """One run of the flow model. ``steps`` fixes the learning rate's fall; change it before, not during a run.
    ``start``: a weights file whose flow model goes on learning. ``speech_share``: how often a window is of speech,
    at the cost of scenes. ``steadiness``: how much the low partials' wavering counts (see :class:`FlowLoss`)."""

    out: Path
    steps: int = 4000
    batch: int = 16
    peak_rate: float = 8e-4
    average_decay: float = 0.998
    speech_share: float = Shares.speech
    steadiness: float = 0.0
    device: str = "cpu"
    start: Path | None = None
    seed: int = 0


class FlowLoss(nn.Module):
    """The model and its loss as one module, so that torchrun's gradient averaging can wrap it."""

    channel_weight: Tensor
    low_levels: Tensor

    def __init__(self, model: VSSFlow, codec: Codec, steadiness: float) -> None:
        super().__init__()
        self.model, self.steadiness = model, steadiness
        matrix = codec.latents.decode_matrix.unflatten(0, (codec.config.frames_per_latent, -1))
        self.register_buffer("channel_weight", channel_weights(codec), persistent=False)
        self.register_buffer("low_levels", matrix[:, :LOW_BANDS], persistent=False)

    def forward(
        self, x_1: Tensor, x_0: Tensor, t: Tensor, conditions: dict[str, Tensor], keep: dict[str, Tensor]
    ) -> Tensor:
        """Mean squared error of the velocity at x_t, latents weighted by what they carry: scalar.

        To it comes ``steadiness`` times the mean square of the second differences, from frame to frame of 10 ms, of the
        error in the levels below 600 Hz (nepers): a quadratic form too, so the velocity that is best stays the same.
        """
        encoded = self.model.encode(frames=x_1.shape[-1], keep=keep, **conditions)  # type: ignore[arg-type]
        point = straight_path(x_0, x_1, t)
        v = self.model.velocity(point.x_t, t, encoded)
        loss = velocity_loss(v * self.channel_weight, point.dx_t * self.channel_weight)
        return loss + self.steadiness * self._wavering(v.float() - point.dx_t) if self.steadiness else loss

    def _wavering(self, error: Tensor) -> Tensor:
        """(B, C, T) → scalar."""
        levels = torch.einsum("bct,fmc->btfm", error, self.low_levels).flatten(1, 2)
        return levels.diff(n=2, dim=1).square().mean()


def channel_weights(codec: Codec) -> Tensor:
    """(C, 1): the first principal components carry the sound, the last its grain; their errors count by the square
    root of their deviation (in the squared loss: by their deviation), mean square 1."""
    deviation = codec.latents.decode_matrix.norm(dim=0)
    weight: Tensor = (deviation / deviation.mean()).sqrt()[:, None]
    return weight


def train_flow(plan: FlowTraining, examples: list[Example], codec: Codec) -> Iterator[dict[str, float]]:
    """Trains or resumes; yields figures every 20 steps. The averaged model is in the run's state."""
    if not 0 <= plan.speech_share <= _UNMIXED:
        raise ArgumentError("speech_share", f"is {plan.speech_share}", f"give 0 to {_UNMIXED}: the rest is mixed")
    rank, device = _join_processes(), _own_device(plan.device)
    torch.manual_seed(plan.seed)
    model, run = VSSFlow(flow_config(plan.start)), Run(plan.out)
    if plan.start is not None:
        model.load_state_dict(part_of(plan.start, "flow"))
    model.to(device)
    optimizer = torch.optim.AdamW(model.parameters(), lr=plan.peak_rate, betas=(0.9, 0.98), weight_decay=1e-2)
    average = Average(model, plan.average_decay)
    step = run.resume(model=model, average=average, optimizer=optimizer)
    shares = Shares(speech=plan.speech_share, scene=_UNMIXED - plan.speech_share)
    mixer = Mixer(examples, codec, shares, np.random.default_rng([plan.seed, step, rank]))
    generator = torch.Generator().manual_seed(plan.seed * 1_000_003 + step * 97 + rank)
    loss_of: nn.Module = FlowLoss(model, codec, plan.steadiness).to(device)
    if torch.distributed.is_initialized():
        loss_of = nn.parallel.DistributedDataParallel(loss_of)
    recent: list[float] = []
    half = half_precision_pays(torch.device(device))
    while step < plan.steps:
        set_rate(optimizer, rate_at(step, plan.steps, plan.peak_rate))
        x_1, conditions, keep = mixer.batch(plan.batch)
        x_0 = torch.randn(x_1.shape, generator=generator)
        t = random_times(len(x_1), generator)
        moved = [x.to(device) for x in (x_1, x_0, t)]
        conditions, keep = ({name: x.to(device) for name, x in group.items()} for group in (conditions, keep))
        with torch.autocast(torch.device(device).type, torch.bfloat16, enabled=half):
            loss = loss_of(*moved, conditions, keep)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        average.update(model)
        step += 1
        recent.append(loss.item())
        if step % 20 == 0 and rank == 0:
            figures = {"step": step, "loss": float(np.mean(recent))}
            recent.clear()
            run.log(**figures)
            yield figures
        if rank == 0 and (run.due() or step == plan.steps):
            run.save(step, model=model, average=average, optimizer=optimizer)


def _own_device(device: str) -> str:
    """Each of torchrun's processes takes a GPU of its own."""
    return f"cuda:{os.environ.get('LOCAL_RANK', '0')}" if device == "cuda" else device


def _join_processes() -> int:
    """This process's number; joins the others when torchrun started several."""
    if int(os.environ.get("WORLD_SIZE", "1")) > 1 and not torch.distributed.is_initialized():
        torch.distributed.init_process_group("nccl" if torch.cuda.is_available() else "gloo")
    return torch.distributed.get_rank() if torch.distributed.is_initialized() else 0
