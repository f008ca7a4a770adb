"""The engine ``vssflow`` (reference profile): runs VSSFlow's checkpoint, of which talkies ships nothing.

Everything lies in the folder of the checkpoint that the user names::

    CHECKPOINT.safetensors   or .ckpt, .pt: the reference's names (vaflow.*, lip_proj.*, ...)
    CHECKPOINT.json          optional: sizes, where they are not the reference's (VSSFlowConfig)
    vae/  vocoder/           AudioLDM 2's, as diffusers and transformers save them (extra [vssflow])
    clip/                    CLIP ViT-B/16, as transformers saves it: picture features of every shot
    phonemes.json            the reference's token_list.json
    features.safetensors     conditions that were computed elsewhere, ahead of all these

The extractors are large, and some are not free for every use, so they stay outside. ``features.safetensors`` holds,
without a batch dimension, any of ``clip_10fps`` (F, 768), ``sync_24fps`` (S, 768) or (S, 8, 768), ``lips_25fps``
(L, 1024), ``voice_embedding`` (256,), ``phone_ids`` (T,) of one stretch of picture. Prompts are unknown to this model.

The autoencoder's own scaling factor is left out, as in the reference's public code (its settings have 1.0 in training
and inference); not heard with the published checkpoint, which we do not have.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Self

import torch
from torch import Tensor

from talkies.core.arrays import Sound
from talkies.core.engines.base import Brief, Engine, Prepared, refuse_music
from talkies.core.engines.reference.conditions import DECODER_NAMES, Beside
from talkies.core.engines.reference.pretrained import extra, loaded
from talkies.core.errors import WeightsError
from talkies.core.files.hashing import checked_hash
from talkies.core.flow.windows import seeded_noise
from talkies.core.model.conditions import Conditions
from talkies.core.model.config import VSSFLOW, VSSFlowConfig
from talkies.core.model.sampling import Settings, sample
from talkies.core.model.vssflow import VSSFlow
from talkies.core.model.weights import fitted, load_state, outline
from talkies.core.times import latent_count

LATENT_SAMPLES = 640  # 16 kHz / 25 latents per second
MEL_CHANNELS = 8  # of the autoencoder's latents; the other factor of 128 is frequency
DECODE_FRAMES = 250
DECODE_MARGIN = 25  # latent frames decoded on both sides and thrown away, so that blocks fit together

Decoder = Callable[[Tensor], Tensor]
"""Autoencoder and vocoder: latents (1, 8, T, 16) → 16 kHz samples (640 T,) or nearly as many."""


@dataclass(frozen=True, kw_only=True)
class VSSFlowPrepared(Prepared):
    """``conditions`` of the reference's transformer."""

    conditions: Conditions


class VSSFlowEngine(Engine):
    """See the module; ``licence``: that of the checkpoint."""

    name: ClassVar[str] = "vssflow"
    default_steps: ClassVar[int] = 25
    default_guidance: ClassVar[float] = 3.0
    sample_rate = 16_000
    licence = "that of the checkpoint; see its source"

    def __init__(self, model: VSSFlow, decoder: Decoder, beside: Beside, weights_hash: str, device: str) -> None:
        self.model, self.decoder, self.beside = model.to(device).eval(), decoder, beside
        self.weights_hash, self.device = weights_hash, device

    @classmethod
    def load(cls, weights: Path | None, device: str) -> Self:
        """Raises WeightsError for what is missing or does not fit, MissingExtraError without [vssflow]."""
        if weights is None:
            raise WeightsError("engine vssflow", "ships no weights", "give VSSFlow's checkpoint with --weights FILE")
        decoder = load_decoder(weights.parent, device)
        model = load_model(weights)
        beside = Beside.of(weights, model.config, device)
        return cls(model, decoder, beside, checked_hash(weights, WeightsError), device)

    @property
    def provenance(self) -> Mapping[str, Any]:
        """``beside``: a hash of all else that shapes its sound."""
        return {"beside": dict(self.beside.identity)}

    def prepare(self, brief: Brief) -> VSSFlowPrepared:
        """Raises as :meth:`Beside.conditions` does; our own light features mean nothing to this model."""
        refuse_music(self.name, brief.task)
        conditions, warnings = self.beside.conditions(brief)
        return VSSFlowPrepared(
            task=brief.task,
            duration=brief.duration,
            silent=brief.task == "dialogue" and not brief.lines,
            warnings=warnings if brief.task == "dialogue" else (*_prompts_ignored(brief), *warnings),
            conditions=conditions,
        )

    @torch.no_grad()
    def sound(
        self, prepared: VSSFlowPrepared, *, seed: int, steps: int, guidance: float, on_step: Callable[[float], None]
    ) -> Iterator[Sound]:
        frames = latent_count(prepared.duration)
        noise = seeded_noise(seed, self.model.config.latent_channels, frames).to(self.device)
        settings = Settings(steps=steps, guidance=guidance, solver="midpoint")
        latents = sample(self.model, prepared.conditions.to(self.device), noise, settings, on_step=on_step)
        yield from self.decode(latents)

    def decode(self, latents: Tensor) -> Iterator[Sound]:
        """Latents (128, T), channel = frequency · 8 + c, → blocks of sound, 640 samples per latent frame."""
        picture = latents.reshape(-1, MEL_CHANNELS, latents.shape[1]).permute(1, 2, 0)[None]
        frames = latents.shape[1]
        for start in range(0, frames, DECODE_FRAMES):
            stop, first = min(start + DECODE_FRAMES, frames), max(0, start - DECODE_MARGIN)
            sound = self.decoder(picture[:, :, first : stop + DECODE_MARGIN]).float().cpu()
            wanted = sound[(start - first) * LATENT_SAMPLES :][: (stop - start) * LATENT_SAMPLES]
            missing = (stop - start) * LATENT_SAMPLES - len(wanted)
            yield torch.nn.functional.pad(wanted, (0, missing)).numpy()


def load_model(weights: Path) -> VSSFlow:
    """The reference model from a checkpoint; names that are not the model's (extractors) are left out."""
    sizes = weights.with_suffix(".json")
    try:
        config = VSSFlowConfig.from_json(sizes.read_text("utf-8"), str(sizes)) if sizes.is_file() else VSSFLOW
    except (OSError, UnicodeDecodeError) as error:
        raise WeightsError(sizes, f"cannot be read ({error})") from None
    ours = tuple(f"{name}." for name, _ in outline(lambda: VSSFlow(config), weights).named_children())
    state = {name: tensor for name, tensor in load_state(weights).items() if name.startswith(ours)}
    return fitted(lambda: VSSFlow(config), state, weights).requires_grad_(False)


def load_decoder(folder: Path, device: str) -> Decoder:
    """AudioLDM 2's autoencoder and vocoder from ``folder``, offline. Raises MissingExtraError, WeightsError."""
    kinds = (extra("diffusers").AutoencoderKL, extra("transformers").SpeechT5HifiGan)
    cure = "put AudioLDM 2's vae and vocoder beside the checkpoint"
    named = zip(kinds, DECODER_NAMES, strict=True)
    vae, vocoder = (loaded(kind, folder / name, cure).to(device) for kind, name in named)

    def decode(latents: Tensor) -> Tensor:
        mel = vae.decode(latents).sample
        sound: Tensor = vocoder(mel[:, 0])
        return sound.flatten()

    return decode


def _prompts_ignored(brief: Brief) -> tuple[str, ...]:
    asked = brief.prompt or brief.negative_prompt or brief.sounds
    said = ["the engine vssflow takes no prompts; the prompt is ignored"] if asked else []
    if brief.source == "rules":
        said.append("the engine vssflow has no rules; --source rules is ignored")
    return tuple(said)
