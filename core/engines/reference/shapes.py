"""The shapes of the reference's conditions: what comes out of a file or a program is looked at before it is used.

Letters: F pictures, S steps of sync, L frames of lips, T latent frames.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import torch
from torch import Tensor

from talkies.core.errors import EngineError, InputError
from talkies.core.model.config import VSSFlowConfig
from talkies.core.times import latent_count

Condition = Literal["picture", "sync", "lips", "voice", "phones"]
FILE_NAMES: dict[Condition, str] = {
    "picture": "clip_10fps",
    "sync": "sync_24fps",
    "lips": "lips_25fps",
    "voice": "voice_embedding",
    "phones": "phone_ids",
}
"""What each condition is called in files."""

_RATES: Mapping[Condition, tuple[int, int]] = {"picture": (10, 10), "sync": (24, 25), "lips": (25, 25)}
"""Steps per second, fewest and most: Synchformer's 8 of every 8 frames of 25 a second are 240 in ten seconds."""
_SLACK_S = 1  # windows of 16 frames leave up to 22 at the end out


@dataclass(frozen=True)
class Shapes:
    """What conditions of a model look like for ``duration`` seconds."""

    config: VSSFlowConfig
    duration: Fraction

    def checked(
        self, condition: Condition, tensor: Tensor, subject: str, error: type[InputError] = EngineError
    ) -> Tensor:
        """The condition as the model takes it: (F | S | L, D), (D,) for the voice, (T,) ids for the phonemes.

        Raises ``error``, with ``subject`` as the thing that is wrong: other shapes, numbers that are not finite, ids
        that the model does not have, or of another length than the stretch.
        """
        if condition == "phones":
            return self._phones(tensor, subject, error)
        width, shown = self._width(condition), tuple(tensor.shape)
        if condition == "sync" and tensor.ndim == 3:
            tensor = tensor.reshape(-1, tensor.shape[-1])
        if condition == "voice" and tensor.ndim == 1:
            tensor = tensor[None]
        fits = tensor.ndim == 2 and tensor.shape[1] == width and len(tensor) > 0
        if not fits or (condition == "voice" and len(tensor) > 1):
            raise error(subject, f"has the shape {shown}, not {_WANTED[condition].format(width=width)}")
        if not tensor.is_floating_point() or not bool(torch.isfinite(tensor).all()):
            raise error(
                subject, "holds numbers that are not finite" if tensor.is_floating_point() else "holds no floats"
            )
        if condition == "voice":
            return tensor[0].float()
        self._check_length(condition, len(tensor), subject, error)
        return tensor.float()

    def most_numbers(self, condition: Condition) -> int:
        """More than any condition has for this stretch."""
        rate = _RATES.get(condition, (0, 25))[1]
        return (int((self.duration + _SLACK_S) * rate) + 1) * self._width(condition)

    def _width(self, condition: Condition) -> int:
        config = self.config
        widths: dict[Condition, int] = {
            "picture": config.cond_dim, "sync": config.synch_dim, "lips": config.lip_dim, "voice": config.voice_dim,
            "phones": config.phones_per_frame,
        }  # fmt: skip
        return widths[condition]

    def _check_length(self, condition: Condition, count: int, subject: str, error: type[InputError]) -> None:
        slowest, fastest = _RATES[condition]
        if not (self.duration - _SLACK_S) * slowest <= count <= (self.duration + _SLACK_S) * fastest:
            raise error(subject, _of_another_stretch(count / slowest, self.duration))

    def _phones(self, ids: Tensor, subject: str, error: type[InputError]) -> Tensor:
        frames, per_frame = latent_count(self.duration), self.config.phones_per_frame
        if ids.ndim != 1 or ids.is_floating_point() or ids.is_complex():
            raise error(subject, f"has the shape {tuple(ids.shape)} of {ids.dtype}, not (T,) whole numbers")
        if abs(len(ids) - frames * per_frame) > per_frame:
            raise error(subject, _of_another_stretch(len(ids) / per_frame / 25, self.duration))
        if not bool(((ids >= 0) & (ids < self.config.phone_vocabulary)).all()):
            raise error(subject, f"holds ids beyond the {self.config.phone_vocabulary} of the model")
        return ids.long()


_WANTED: Mapping[Condition, str] = {
    "picture": "(F, {width})", "sync": "(S, {width}) or (S, 8, {width})", "lips": "(L, {width})", "voice": "({width},)",
}  # fmt: skip


def _of_another_stretch(seconds: float, duration: Fraction) -> str:
    return f"is for {seconds:.2f} s, the segment lasts {float(duration):.2f} s"
