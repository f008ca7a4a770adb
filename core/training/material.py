"""Recordings and scenes made ready for the flow model: latents and conditions, packed once into safetensors.

Everything random that is cheap (offsets, neighbours, mixtures) is left to :mod:`mixing`; what is dear (decoding,
alignment, rendering, optical flow, mel) is done here. Latents are stored in half precision.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor

from talkies.core.arrays import Floats32, Sound
from talkies.core.conditioning.picture.lips import LIPS_DIM
from talkies.core.conditioning.picture.visual import PictureFeatures
from talkies.core.conditioning.prompt.vocabulary import PROMPT_TOKENS, word_ids
from talkies.core.conditioning.speech.timing import Spans, phone_ids
from talkies.core.model.codec import Codec

EFFECT_WINDOW, RECAST = "effect window", "recast"
"""Labels of scenes whose sound only the prompt tells (effect_windows.py)."""


@dataclass(frozen=True)
class Example:
    """One utterance or scene. ``latents`` (K, T, C): K soundings of the same conditions; others as in Conditions."""

    kind: str
    label: str
    latents: Tensor
    phones: Tensor
    lips: Tensor
    sync: Tensor | None = None
    picture: Tensor | None = None
    voice: Tensor | None = None
    prompt: Tensor | None = None

    @property
    def frames(self) -> int:
        """T"""
        return self.latents.shape[1]


@torch.inference_mode()
def speech_example(
    codec: Codec, speaker: str, sound: Sound, spans: Spans, lips: Floats32 | None, voice: Floats32
) -> Example:
    """An utterance cut to its speech, from 80 ms before the phonemes to 120 ms after them."""
    start = max(int(spans[0][1] * 25) - 2, 0)
    stop = min(int(spans[-1][2] * 25) + 4, len(sound) // codec.config.latent_samples)
    latents = codec.encode(torch.from_numpy(sound)[None])[0, :, start:stop].T
    moved = [(phoneme, a - start / 25, b - start / 25) for phoneme, a, b in spans]
    mouth = torch.zeros(stop - start, LIPS_DIM)
    if lips is not None:
        seen = torch.from_numpy(lips[start:stop].astype(np.float32))
        mouth[: len(seen)] = seen
    phones = torch.from_numpy(phone_ids(moved, stop - start))
    return Example("speech", speaker, latents[None].half(), phones, mouth, voice=torch.from_numpy(voice))


@torch.inference_mode()
def scene_example(
    codec: Codec, kind: str, sounds: list[Sound], features: PictureFeatures, tags: Sequence[str]
) -> Example:
    """A scene with several soundings (N,) of its events."""
    frames = len(sounds[0]) // codec.config.latent_samples
    latents = codec.encode(torch.from_numpy(np.stack(sounds)))[..., :frames].transpose(1, 2)
    ids = word_ids(tags)[:PROMPT_TOKENS]
    return Example(
        "scene",
        kind,
        latents.half(),
        phones=torch.zeros(2 * frames, dtype=torch.long),
        lips=torch.zeros(frames, LIPS_DIM),
        sync=torch.from_numpy(features.sync[:frames]),
        picture=torch.from_numpy(features.picture),
        prompt=torch.tensor([*ids, *[0] * (PROMPT_TOKENS - len(ids))]),
    )


def save_examples(path: Path, examples: list[Example]) -> None:
    """One shard: tensors ``NUMBER.FIELD``, kinds and labels in the metadata."""
    tensors = {
        f"{number}.{name}": value.contiguous()
        for number, example in enumerate(examples)
        for name, value in vars(example).items()
        if isinstance(value, Tensor)
    }
    heads = json.dumps([[example.kind, example.label] for example in examples])
    part = path.with_suffix(".part")
    save_file(tensors, part, {"examples": heads})
    part.replace(path)


def load_examples(path: Path) -> Iterator[Example]:
    """The examples of one shard."""
    with safe_open(path, framework="pt") as shard:
        heads = json.loads(shard.metadata()["examples"])
        fields: list[dict[str, Tensor]] = [{} for _ in heads]
        for key in shard.keys():  # noqa: SIM118 - not a dict
            number, name = key.split(".")
            fields[int(number)][name] = shard.get_tensor(key)
    for (kind, label), tensors in zip(heads, fields, strict=True):
        yield Example(kind, label, **tensors)
