"""Golden files: does our model compute what the reference did? Weights, inputs, conditions and outputs.

Layout: ``weights.*``, ``input.*``, ``cond.*``, ``output.*`` in a safetensors file, the sizes in a ``.json`` of the
same name beside it. All that is compared is found by name; sizes that the ``.json`` leaves out are read from the
weights' shapes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from talkies.core.errors import WeightsError
from talkies.core.flow.guidance import guided_halves
from talkies.core.flow.solver import SOLVERS, dopri5, even_times
from talkies.core.model.config import VSSFlowConfig
from talkies.core.model.vssflow import Encoded, VSSFlow
from talkies.core.model.weights import fit_state, load_state

SAMPLE_STEPS = 10
DEFAULT_GUIDANCE = 3.0

# Sizes that may be missing from the .json: field → tensor, axis.
_SHAPES = {
    "lip_dim": ("lip_proj.0.weight", 1),
    "lip_feat_dim": ("lip_proj.2.weight", 0),
    "synch_dim": ("synch_proj.0.weight", 1),
    "synch_feat_dim": ("synch_proj.2.weight", 0),
    "voice_dim": ("ref_proj.0.weight", 1),
    "cond_dim": ("cond_proj.0.weight", 1),
    "cond_feat_dim": ("cond_proj.2.weight", 0),
    "phone_vocabulary": ("phone_embedding.weight", 0),
    "phone_embedding_dim": ("phone_embedding.weight", 1),
    "prompt_vocabulary": ("prompt_embedding.weight", 0),
}


@torch.no_grad()
def compare_golden(path: Path) -> dict[str, float]:
    """The largest absolute difference between our tensors and each ``cond.*`` and ``output.*`` of the file.

    Raises WeightsError when the file, its .json or one of its tensors is missing, damaged or of a wrong shape.
    """
    tensors = load_state(path)
    settings = _settings(path.with_suffix(".json"))
    weights = _under(tensors, "weights.")
    inputs, expected = _under(tensors, "input."), {**_named(tensors, "cond."), **_named(tensors, "output.")}
    if not weights or not expected:
        raise WeightsError(
            path, "is not a golden file", "it needs tensors named weights.*, input.*, and output.* or cond.*"
        )
    frames, guidance = _frames(settings, inputs, path), _guidance(settings, path)
    model = VSSFlow(_config(settings, weights, path)).float().eval()
    fit_state(model, weights, path)
    ours = _Ours(model, inputs, frames, guidance, path)
    return {name: _difference(ours.compute(name), tensor, name, path) for name, tensor in expected.items()}


class _Ours:
    """Our answer to each tensor of a golden file, by its name."""

    def __init__(self, model: VSSFlow, inputs: Mapping[str, Tensor], frames: int, guidance: float, path: Path) -> None:
        self.model, self.inputs, self.guidance, self.path = model, inputs, guidance, path
        self.encoded = self._encode(frames)
        self.prepared = self.model.prepare_guided(self.encoded)

    def compute(self, name: str) -> Tensor:
        """Our tensor for ``cond.*`` or ``output.*``. Raises WeightsError for a name that we do not know."""
        if name == "cond.cross_attention":
            return self.encoded.cross
        if name == "cond.latent":
            return self.encoded.latent
        velocity = re.fullmatch(r"output\.velocity_(cond|uncond|cfg)_t([0-9.]+)", name)
        if velocity:
            return self._velocities()[velocity[1]](float(velocity[2]), self._input("noise"))
        sampler = re.fullmatch(r"output\.sample_(\w+)", name)
        if sampler and sampler[1] == "dopri5":
            return dopri5(self._guided, self._input("noise"))
        if sampler and sampler[1] in SOLVERS:
            return SOLVERS[sampler[1]](self._guided, self._input("noise"), even_times(SAMPLE_STEPS), None)
        raise WeightsError(self.path, f"{name} is an output that talkies does not know")

    def _encode(self, frames: int) -> Encoded:
        sync = self._input("sync_24fps")
        return self.model.encode(
            frames=frames,
            phones=self._input("phone_ids"),
            lips=self._input("lips_25fps"),
            sync=sync.flatten(1, -2),
            picture=self._input("clip_10fps"),
            voice=self._input("voice_embedding"),
        )

    def _velocities(self) -> dict[str, Callable[[float, Tensor], Tensor]]:
        nothing = self.model.unconditional(self.encoded)
        return {
            "cond": lambda t, x: self._plain(t, x, self.encoded),
            "uncond": lambda t, x: self._plain(t, x, nothing),
            "cfg": self._guided,
        }

    def _plain(self, t: float, x: Tensor, encoded: Encoded) -> Tensor:
        return self.model.velocity(x, x.new_full((len(x),), t), encoded)

    def _guided(self, t: float, x: Tensor) -> Tensor:
        """The path that sampling takes: constant work done before, both branches as one batch."""
        v = self.model.prepared_velocity(torch.cat((x, x)), x.new_full((2 * len(x),), t), self.prepared)
        return guided_halves(v, self.guidance)

    def _input(self, name: str) -> Tensor:
        if name not in self.inputs:
            raise WeightsError(self.path, f"lacks input.{name}")
        return self.inputs[name]


def _settings(path: Path) -> dict[str, Any]:
    try:
        settings = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise WeightsError(path, "does not exist", "the sizes of a golden file stand beside it") from None
    except (OSError, ValueError) as error:
        raise WeightsError(path, f"cannot be read ({error})") from None
    if not isinstance(settings, dict):
        raise WeightsError(path, "is not a JSON object of sizes")
    return settings


def _config(settings: Mapping[str, Any], weights: Mapping[str, Tensor], path: Path) -> VSSFlowConfig:
    """The model's sizes: from the .json, and where it is silent from the weights' shapes."""
    known = {field.name for field in fields(VSSFlowConfig)} | {"in_channels"}
    sizes = {name: value for name, value in settings.items() if name in known}
    shapes = {name: weights[key].shape[axis] for name, (key, axis) in _SHAPES.items() if key in weights}
    hidden, width = "vaflow.transformer_blocks.0.ff.net.2.weight", "vaflow.proj_in.weight"
    if hidden in weights and width in weights:
        shapes["ff_mult"] = weights[hidden].shape[1] // weights[width].shape[0]
    layers = {name.split(".")[2] for name in weights if name.startswith("vaflow.transformer_blocks.")}
    if layers:
        shapes["num_layers"] = len(layers)
    if "vaflow.time_proj.weight" in weights:
        shapes["time_proj_dim"] = 2 * weights["vaflow.time_proj.weight"].shape[0]
    return VSSFlowConfig.from_dict({**shapes, **sizes}, str(path.with_suffix(".json")))


def _frames(settings: Mapping[str, Any], inputs: Mapping[str, Tensor], path: Path) -> int:
    frames = settings.get("latent_frames", inputs["noise"].shape[-1] if "noise" in inputs else None)
    if not isinstance(frames, int) or frames < 1:
        raise WeightsError(path.with_suffix(".json"), f"latent_frames is {frames!r}, not a positive whole number")
    return frames


def _guidance(settings: Mapping[str, Any], path: Path) -> float:
    guidance = settings.get("guidance_scale", DEFAULT_GUIDANCE)
    if not isinstance(guidance, int | float):
        raise WeightsError(path.with_suffix(".json"), f"guidance_scale is {guidance!r}, not a number")
    return float(guidance)


def _under(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    """The tensors under a prefix, without it; numbers in float32."""
    found = {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}
    return {name: tensor.float() if tensor.is_floating_point() else tensor for name, tensor in found.items()}


def _named(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {name: tensor for name, tensor in tensors.items() if name.startswith(prefix)}


def _difference(ours: Tensor, theirs: Tensor, name: str, path: Path) -> float:
    if ours.shape != theirs.shape:
        raise WeightsError(path, f"{name} has shape {tuple(theirs.shape)} where ours has {tuple(ours.shape)}")
    return (ours - theirs.to(ours)).abs().max().item()
