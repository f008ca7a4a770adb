"""Weights with more latent channels: the old ones as they are, and the first components of what they leave out.

    start ─► latents: residual of 800 recordings ─► its principal components, each scaled to unit variance, appended
             flow model: rows and columns of zeros for them, so that it says of the new channels what is known
             without looking, until it is trained on
             palette: its sketches leave them at their mean

Letters: C latent channels before, D after, M bands.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from talkies.core.corpus.recordings import SoundCache, effect_files, utterances
from talkies.core.errors import WeightsError
from talkies.core.model.codec import Codec, LinearLatents
from talkies.core.model.weights import load_metadata, load_state, save_state
from talkies.core.training.started import codec_config, flow_config
from talkies.core.training.trainers.codec import frames_to_fit, take_over


@dataclass(frozen=True)
class WideningPlan:
    """``channels``: how many latents there are to be; ``seed`` draws the recordings."""

    channels: int = 192
    seed: int = 0


def widen(start: Path, data: Path, cache: Path, out: Path, plan: WideningPlan) -> Iterator[dict[str, float]]:
    """Writes ``start`` with more latents to ``out``. Raises WeightsError when it has as many already."""
    flow, codec = flow_config(start), Codec(codec_config(start))
    before = flow.latent_channels
    if before >= plan.channels:
        raise WeightsError(start, f"has {before} latents already", "leave the stage 'widen' out")
    take_over(codec, start)
    latents, kept = with_rest(codec.latents, _frames(codec, data, cache, plan.seed), plan.channels)
    wide = {name: _wider(name, tensor, before, plan.channels) for name, tensor in load_state(start).items()}
    wide |= {f"codec.latents.{name}": tensor for name, tensor in latents.state_dict().items()}
    metadata = load_metadata(start)
    metadata["codec"] = json.dumps(json.loads(metadata["codec"]) | {"latent_channels": plan.channels})
    metadata["flow"] = replace(flow, latent_channels=plan.channels).to_json()
    save_state(wide, out, dtype=torch.float16, metadata=metadata)
    yield {"latents": float(plan.channels), "rest_kept": kept}


def with_rest(latents: LinearLatents, stacked: Tensor, channels: int) -> tuple[LinearLatents, float]:
    """The latents with the first components of what they leave of (n, 4M) frames; the share of its (weighted) variance
    that these keep. What the first C say of a sound stays the same."""
    left = torch.eye(stacked.shape[1]) - latents.decode_matrix @ latents.encode_matrix  # (4M, 4M)
    rest = (stacked - latents.mean) @ left.T
    into, back, kept = latents.principal(rest - rest.mean(0), channels - latents.config.latent_channels)
    bands = stacked.shape[1] // latents.config.frames_per_latent
    wide = LinearLatents(replace(latents.config, latent_channels=channels), bands)
    wide.mean.copy_(latents.mean)
    wide.encode_matrix.copy_(torch.cat((latents.encode_matrix, into @ left)))
    wide.decode_matrix.copy_(torch.cat((latents.decode_matrix, back), 1))
    return wide, kept


def _frames(codec: Codec, data: Path, cache: Path, seed: int) -> Tensor:
    """(n, 4M) frames of recordings."""
    speech, effects = [u.file for u in utterances(data, "train")], effect_files(data, "train")
    return frames_to_fit(codec, SoundCache(data, cache), speech, effects, np.random.default_rng(seed))


_INTO = ("flow.vaflow.preprocess_conv.weight", "flow.vaflow.postprocess_conv.weight")
_AXES = {"flow.vaflow.proj_in.weight": (1,), "flow.vaflow.proj_out.weight": (0,)} | dict.fromkeys(_INTO, (0, 1))
"""Along which axes a tensor of the flow model has latents first and conditions after them."""
_PALETTE = {"palette.strokes": (1,), "palette.means": (1,), "palette.axes": (1,)}


def _wider(name: str, tensor: Tensor, before: int, after: int) -> Tensor:
    """Zeros for the new channels, between the old ones and the conditions."""
    for axis in (_AXES | _PALETTE).get(name, ()):
        old, conditions = tensor.split((before, tensor.shape[axis] - before), axis)
        shape = list(tensor.shape)
        shape[axis] = after - before
        tensor = torch.cat((old, tensor.new_zeros(shape), conditions), axis)
    return tensor
