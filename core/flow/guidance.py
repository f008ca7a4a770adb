"""Classifier-free guidance: away from what the model would say without the condition."""

from __future__ import annotations

from torch import Tensor


def guided(v_cond: Tensor, v_uncond: Tensor, w: float) -> Tensor:
    """v = v_uncond + w (v_cond - v_uncond); w = 1 is the conditional velocity, w = 0 the unconditional one."""
    return v_uncond + w * (v_cond - v_uncond)


def guided_halves(v: Tensor, w: float) -> Tensor:
    """The same for a batch (2B, C, T) whose first half is conditional: (B, C, T)."""
    v_cond, v_uncond = v.chunk(2)
    return guided(v_cond, v_uncond, w)
