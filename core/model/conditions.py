"""Conditions of the model for one stretch of picture, in one frozen bundle.

Letters: T latent frames (25 per second), D numbers per step.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, Self

import torch
from torch import Tensor


@dataclass(frozen=True)
class Conditions:
    """Conditions of ``frames`` latent frames, without a batch dimension; None = unconditional.

    ``phones`` (T · phones_per_frame,) ids, 0 none; ``lips`` (L, D) 25 per second; ``sync`` (S, D);
    ``picture`` (F, D); ``voice`` (D,); ``prompt`` (P,) ids, 0 none. Features may be stored in half precision.
    """

    frames: int
    phones: Tensor | None = None
    lips: Tensor | None = None
    sync: Tensor | None = None
    picture: Tensor | None = None
    voice: Tensor | None = None
    prompt: Tensor | None = None

    def tensors(self) -> dict[str, Tensor]:
        """The conditions that are there, by name."""
        values = {field.name: getattr(self, field.name) for field in fields(self) if field.name != "frames"}
        return {name: value for name, value in values.items() if value is not None}

    def batched(self) -> dict[str, Tensor]:
        """As :meth:`tensors`, each with a batch dimension of 1: the arguments of ``VSSFlow.encode``."""
        return {name: value[None] for name, value in self.tensors().items()}

    def to(self, device: torch.device | str) -> Self:
        """The same on a device."""
        moved: dict[str, Any] = {name: value.to(device) for name, value in self.tensors().items()}
        return replace(self, **moved)
