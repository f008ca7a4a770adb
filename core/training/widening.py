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
from talkies.core.model.bands import LOW_BANDS
from talkies.core.model.codec import LOW_WEIGHT, Codec, CodecConfig, LinearLatents
from talkies.core.model.config import VSSFlowConfig
from talkies.core.model.weights import load_metadata, load_state, save_state
from talkies.core.training.trainers.codec import crop, draw_sound

_RECORDINGS, _LONGEST_S, _SPEECH = 800, 6, 0.75


@dataclass(frozen=True)
class WideningPlan:
    """``channels``: how many latents there are to be; ``seed`` draws the recordings."""

    channels: int = 192
    seed: int = 0


def widen(start: Path, data: Path, cache: Path, out: Path, plan: WideningPlan) -> Iterator[dict[str, float]]:
    """Writes ``start`` with more latents to ``out``. Raises WeightsError when it has as many already."""
    state, metadata = load_state(start), load_metadata(start)
    codec = Codec(CodecConfig(**json.loads(metadata["codec"])))
    before = codec.config.latent_channels
    if before >= plan.channels:
        raise WeightsError(start, f"has {before} latents already", "leave the stage 'widen' out")
    codec.load_state_dict({n.removeprefix("codec."): t.float() for n, t in state.items() if n.startswith("codec.")})
    latents, kept = with_rest(codec.latents, _frames(codec, data, cache, plan.seed), plan.channels)
    flow = VSSFlowConfig.from_json(metadata["flow"])
    wide = {name: _wider(name, tensor, before, plan.channels) for name, tensor in state.items()}
    wide |= {f"codec.latents.{name}": tensor for name, tensor in latents.state_dict().items()}
    metadata["codec"] = json.dumps(vars(latents.config))
    metadata["flow"] = replace(flow, latent_channels=plan.channels).to_json()
    save_state(wide, out, dtype=torch.float16, metadata=metadata)
    yield {"latents": float(plan.channels), "rest_kept": kept}


def with_rest(latents: LinearLatents, stacked: Tensor, channels: int) -> tuple[LinearLatents, float]:
    """The latents with the first components of what they leave of (n, 4M) frames; the share of its (weighted) variance
    that these keep. What the first C say of a sound stays the same."""
    count = stacked.shape[1] // latents.config.frames_per_latent
    weight = torch.ones(count)
    weight[:LOW_BANDS] = LOW_WEIGHT
    weight = weight.repeat(latents.config.frames_per_latent)
    left = torch.eye(stacked.shape[1]) - latents.decode_matrix @ latents.encode_matrix  # (4M, 4M)
    rest = ((stacked - latents.mean) @ left.T * weight).double()
    rest = rest - rest.mean(0)
    variance, axes = torch.linalg.eigh(rest.T @ rest / len(rest))
    added = channels - latents.config.latent_channels
    kept, deviation = axes[:, -added:].flip(1).float(), variance[-added:].flip(0).sqrt().float()
    wide = LinearLatents(replace(latents.config, latent_channels=channels), count)
    wide.mean.copy_(latents.mean)
    wide.encode_matrix.copy_(torch.cat((latents.encode_matrix, (kept / deviation * weight[:, None]).T @ left)))
    wide.decode_matrix.copy_(torch.cat((latents.decode_matrix, kept * deviation / weight[:, None]), 1))
    return wide, float(deviation.square().sum() / variance.sum())


def _frames(codec: Codec, data: Path, cache: Path, seed: int) -> Tensor:
    """(n, 4M) frames of recordings, three in four speech."""
    sounds, rng = SoundCache(data, cache), np.random.default_rng(seed)
    speech, effects = [u.file for u in utterances(data, "train")], effect_files(data, "train")
    frames = []
    for _ in range(_RECORDINGS):
        sound = draw_sound(sounds, speech, effects, _SPEECH, rng)
        piece = crop(sound, min(len(sound), _LONGEST_S * codec.config.sample_rate), rng)
        frames.append(codec.latents.stack(codec.bands(torch.from_numpy(piece)[None]))[0])
    return torch.cat(frames)


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
