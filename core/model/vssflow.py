"""VSSFlow: conditions are projected and laid out, the transformer gives the velocity.

Letters: B batch, C latent channels, T latent frames, P prompt tokens, K = 1 + P + T cross-attention tokens.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from talkies.core.model.config import VSSFlowConfig
from talkies.core.model.projections import Projection, pad_or_cut, stretch
from talkies.core.model.transformer import Prepared, Transformer

Keep = Mapping[str, Tensor]
"""Per condition (phones, lips, sync, picture, voice, prompt) a boolean (B,): False drops it for that sample."""


@dataclass(frozen=True)
class Encoded:
    """Conditions as the transformer reads them; zeros mean unconditional.

    ``latent`` (B, condition_channels, T): lips, phonemes, sync. ``cross`` (B, K, cond_feat_dim): one voice token,
    P prompt tokens, the picture stretched to T.
    """

    latent: Tensor
    cross: Tensor

    @property
    def frames(self) -> int:
        """T, latent frames."""
        return self.latent.shape[-1]

    def window(self, start: int, stop: int) -> Encoded:
        """Latent frames [start, stop): voice and prompt stay, the picture is cut like the latents."""
        first_picture = self.cross.shape[1] - self.frames
        always, picture = self.cross[:, :first_picture], self.cross[:, first_picture:]
        return Encoded(self.latent[..., start:stop], torch.cat((always, picture[:, start:stop]), dim=1))

    @staticmethod
    def stack(parts: list[Encoded]) -> Encoded:
        """Several encodings of the same shape as one batch."""
        return Encoded(torch.cat([part.latent for part in parts]), torch.cat([part.cross for part in parts]))


class VSSFlow(nn.Module):
    """One class for both profiles; state-dict names are the reference checkpoint's."""

    def __init__(self, config: VSSFlowConfig) -> None:
        super().__init__()
        self.config = config
        self.lip_proj = Projection(config.lip_dim, config.lip_feat_dim)
        self.synch_proj = Projection(config.synch_dim, config.synch_feat_dim)
        self.ref_proj = Projection(config.voice_dim, config.cond_feat_dim)
        self.cond_proj = Projection(config.cond_dim, config.cond_feat_dim)
        self.phone_embedding = nn.Embedding(config.phone_vocabulary, config.phone_embedding_dim)
        if config.prompt_vocabulary:
            self.prompt_embedding = nn.Embedding(config.prompt_vocabulary, config.cond_feat_dim)
        self.vaflow = Transformer(config)

    def encode(
        self,
        *,
        frames: int,
        batch: int = 1,
        phones: Tensor | None = None,
        lips: Tensor | None = None,
        sync: Tensor | None = None,
        picture: Tensor | None = None,
        voice: Tensor | None = None,
        prompt: Tensor | None = None,
        keep: Keep | None = None,
        span: tuple[int, int] | None = None,
    ) -> Encoded:
        """Conditions of ``frames`` latent frames; None = unconditional.

        phones (B, T·phones_per_frame) ids, lips (B, L, lip_dim) at the latent rate, sync (B, S, synch_dim) and
        picture (B, F, cond_dim) at any rate (stretched to T), voice (B, voice_dim), prompt (B, P) ids of which 0
        is none. ``keep`` drops a condition of single samples after its projection. ``span`` encodes only latent
        frames [start, stop), exactly as they would be cut from the whole. ``batch`` counts when all are None.
        """
        given = [x for x in (phones, lips, sync, picture, voice, prompt) if x is not None]
        batch = given[0].shape[0] if given else batch
        span = span or (0, frames)
        zeros = _Zeros(batch, self.phone_embedding.weight)
        time = span[1] - span[0]
        size = self.config

        def kept(name: str, projected: Tensor | None, *shape: int) -> Tensor:
            """The projection with the dropped samples' zeros in place, or nothing but zeros."""
            if projected is None:
                return zeros(*shape)
            mask = keep.get(name) if keep else None
            if mask is None:
                return projected
            return projected * mask.to(projected).reshape(-1, *[1] * (projected.ndim - 1))

        heard = None if sync is None else self.synch_proj(stretch(sync, frames, span, "nearest-exact"))
        seen = None if picture is None else self.cond_proj(stretch(picture, frames, span, "nearest"))
        latent = [
            kept("lips", None if lips is None else self.lip_proj(pad_or_cut(lips, span)), time, size.lip_feat_dim),
            kept("phones", None if phones is None else self._phones(phones, span), time, size.phone_feat_dim),
            kept("sync", heard, time, size.synch_feat_dim),
        ]
        cross = [
            kept("voice", None if voice is None else self.ref_proj(voice)[:, None], 1, size.cond_feat_dim),
            kept("prompt", self._prompt(prompt), 0, size.cond_feat_dim),
            kept("picture", seen, time, size.cond_feat_dim),
        ]
        return Encoded(_join(latent, dim=2).transpose(1, 2), _join(cross, dim=1))

    def _phones(self, phones: Tensor, span: tuple[int, int]) -> Tensor:
        """ids (B, T·per_frame) → embeddings (B, stop - start, per_frame·embedding)"""
        per_frame = self.config.phones_per_frame
        ids = pad_or_cut(phones, (span[0] * per_frame, span[1] * per_frame))
        embedded: Tensor = self.phone_embedding(ids)
        return embedded.reshape(len(ids), span[1] - span[0], -1)

    def _prompt(self, prompt: Tensor | None) -> Tensor | None:
        """ids (B, P) → tokens (B, P, cond_feat_dim), zeros where the id is 0; models without prompts have none."""
        if prompt is None or not self.config.prompt_vocabulary:
            return None
        tokens: Tensor = self.prompt_embedding(prompt)
        return tokens * (prompt != 0).to(tokens)[..., None]

    def unconditional(self, encoded: Encoded) -> Encoded:
        """The unconditional branch: zeros in the shape of ``encoded``."""
        return Encoded(torch.zeros_like(encoded.latent), torch.zeros_like(encoded.cross))

    def velocity(self, x_t: Tensor, t: Tensor, encoded: Encoded) -> Tensor:
        """The velocity at x_t (B, C, T) and times t (B,): (B, C, T). The plain path, with gradients.

        A preconditioned network (after Karras et al. 2022, arXiv 2206.00364, section 5, for the straight path) sees
        x_t at unit variance and gives the rest, at unit variance too, of what is known without looking: for latents
        that were independent, normal and of variance 1, v = (2t - 1) / d · x_t with d = t² + (1 - t)². A narrow
        network then need not carry the noise of all channels through its stream.
        """
        if not self.config.preconditioned:
            plain: Tensor = self.vaflow(x_t, t, encoded.latent, encoded.cross)
            return plain
        known, scale = _known_velocity(x_t, t)
        rest: Tensor = self.vaflow(x_t * scale, t, encoded.latent, encoded.cross)
        return known + scale * rest

    forward = velocity

    def prepare(self, encoded: Encoded) -> Prepared:
        """The constant work of sampling under one encoding."""
        return self.vaflow.prepare(encoded.latent, encoded.cross)

    def prepare_guided(self, encoded: Encoded, negative: Encoded | None = None) -> Prepared:
        """The same for guidance's two branches as one batch of 2B: conditional rows first.

        Without ``negative`` the second branch is unconditional, and no cross-attention is computed for it.
        """
        other = torch.zeros_like(encoded.latent) if negative is None else negative.latent
        cross = encoded.cross if negative is None else torch.cat((encoded.cross, negative.cross))
        return self.vaflow.prepare(torch.cat((encoded.latent, other)), cross)

    def prepared_velocity(self, x_t: Tensor, t: Tensor, prepared: Prepared) -> Tensor:
        """As :meth:`velocity`, from constant work done before: x_t (B, C, T), t (B,)."""
        if not self.config.preconditioned:
            return self.vaflow.velocity(x_t, t, prepared)
        known, scale = _known_velocity(x_t, t)
        v: Tensor = known + scale * self.vaflow.velocity(x_t * scale, t, prepared)
        return v


def _known_velocity(x_t: Tensor, t: Tensor) -> tuple[Tensor, Tensor]:
    """(2t - 1) / d · x_t (B, C, T), and 1 / √d (B, 1, 1): the deviation of x_t's inverse and of what stays unknown."""
    t = t.to(x_t)[:, None, None]
    d = t.square() + (1 - t).square()
    return (2 * t - 1) / d * x_t, d.rsqrt()


@dataclass(frozen=True)
class _Zeros:
    """Zeros (batch, ...) like the model's own tensors."""

    batch: int
    like: Tensor

    def __call__(self, *shape: int) -> Tensor:
        return self.like.new_zeros(self.batch, *shape)


def _join(parts: list[Tensor], dim: int) -> Tensor:
    """Concatenation in one type: under autocast, projections are in half precision and zeros are not."""
    dtype = next((part.dtype for part in parts if part.dtype != torch.float32), torch.float32)
    return torch.cat([part.to(dtype) for part in parts], dim=dim)
