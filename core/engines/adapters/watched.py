"""Watching a model of transformers that generates tokens: how far it is, and whether anybody still waits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Watched:
    """A stopping criterion that never stops it; ``on_share`` is told the share of ``steps`` that are made, and may
    raise."""

    def __init__(self, on_share: Callable[[float], None], steps: int = 0) -> None:
        self._on_share, self._steps, self._begun = on_share, steps, 0

    def over(self, steps: int) -> Watched:
        """The same, of so many steps."""
        return Watched(self._on_share, steps)

    def __call__(self, made: Any, scores: Any, **more: Any) -> Any:
        """``made`` (B, T, ...) so far, of which what was given is not counted; (B,) whether each is to stop."""
        import torch

        self._begun = self._begun or made.shape[1] - 1
        self._on_share(min((made.shape[1] - self._begun) / max(self._steps, 1), 1.0))
        return torch.zeros(made.shape[0], dtype=torch.bool, device=made.device)
