"""Sketch that denoising may begin with: latents drawn ahead of the model, in the place of noise up to ``SKETCHED``.

Letters: C latent channels, T latent frames (25 per second).
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

SKETCHED = 0.5
"""The time t up to which the way is drawn (development scenes: more sounds named right than at 0.3 or 0.4)."""


@dataclass(frozen=True)
class Sketch:
    """``latents`` (C, T), and where something was drawn: ``drawn`` (T,) boolean, elsewhere it is silence."""

    latents: Tensor
    drawn: Tensor
