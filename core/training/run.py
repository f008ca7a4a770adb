"""What every training run shares: a folder with checkpoints that resume, a log that can be plotted, an average of
the weights, and a learning rate that rises and falls."""

from __future__ import annotations

import copy
import json
import math
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import nn

from talkies.core.errors import WeightsError


@dataclass
class Run:
    """A folder that holds ``state.pt`` (everything to go on with) and ``log.jsonl``."""

    folder: Path
    save_every_s: float = 180.0
    _saved: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)

    @property
    def state_file(self) -> Path:
        return self.folder / "state.pt"

    def resume(self, **parts: Any) -> int:
        """Loads what the parts' ``load_state_dict`` takes; returns the step to go on from (0 for a new run).

        Only tensors and plain data are unpickled. Raises WeightsError when the state does not fit.
        """
        if not self.state_file.exists():
            return 0
        try:
            state = torch.load(self.state_file, map_location="cpu", weights_only=True)
            for name, part in parts.items():
                part.load_state_dict(state[name])
        except Exception as error:  # torch raises half a dozen kinds for a broken file
            cure = "delete it to begin anew, or give the run another folder"
            raise WeightsError(self.state_file, f"cannot be resumed from ({error})", cure) from error
        return int(state["step"])

    def save(self, step: int, **parts: Any) -> None:
        """Writes the state atomically."""
        part_file = self.state_file.with_suffix(".part")
        torch.save({"step": step} | {name: part.state_dict() for name, part in parts.items()}, part_file)
        part_file.replace(self.state_file)
        self._saved = time.monotonic()

    def due(self) -> bool:
        """Whether it is time for another checkpoint."""
        return time.monotonic() - self._saved > self.save_every_s

    def log(self, **values: float) -> None:
        """Appends one line to the log."""
        with (self.folder / "log.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(values) + "\n")


class Average:
    """Exponential moving average of a module's parameters; young averages follow faster, so no warm-up shows."""

    def __init__(self, module: nn.Module, decay: float = 0.999) -> None:
        self.decay = decay
        self.updates = 0
        self.module = copy.deepcopy(module).eval().requires_grad_(False)

    @torch.no_grad()
    def update(self, module: nn.Module) -> None:
        self.updates += 1
        decay = min(self.decay, (1 + self.updates) / (10 + self.updates))
        for mine, theirs in zip(self.module.parameters(), module.parameters(), strict=True):
            mine.lerp_(theirs, 1 - decay)

    def state_dict(self) -> dict[str, Any]:
        return {"updates": self.updates, "module": self.module.state_dict()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.updates = state["updates"]
        self.module.load_state_dict(state["module"])


def rate_at(step: int, steps: int, peak: float, warmup: int = 200, last: float = 0.05) -> float:
    """Learning rate: linear warm-up, then half a cosine down to ``last`` of the peak."""
    if step < warmup:
        return peak * (step + 1) / warmup
    progress = min((step - warmup) / max(steps - warmup, 1), 1.0)
    return peak * (last + (1 - last) * 0.5 * (1 + math.cos(math.pi * progress)))


def set_rate(optimizer: torch.optim.Optimizer, rate: float) -> None:
    for group in optimizer.param_groups:
        group["lr"] = rate
