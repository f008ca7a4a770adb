"""The velocity field: a Stable-Audio-style diffusion transformer with the reference checkpoint's names.

Letters: B batch, T latent frames, N = 1 + T tokens (time first), K cross-attention tokens, W width,
C latent channels, H heads, R rotary dimensions of a head.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from talkies.core.model.config import VSSFlowConfig

Rotary = tuple[Tensor, Tensor]
"""Cosines, and sines with the first half negated, each (N, R)."""

KeyValue = tuple[Tensor, Tensor]
"""Keys and values of a cross-attention, each (B, H_kv, K, head_dim)."""


def rotary(tokens: int, dimensions: int, device: torch.device) -> Rotary:
    """Rotary position embedding of positions 0 .. tokens-1, halves not interleaved."""
    frequencies = 10000.0 ** -(torch.arange(0, dimensions, 2, device=device, dtype=torch.float32) / dimensions)
    angles = torch.arange(tokens, device=device, dtype=torch.float32)[:, None] * frequencies
    cos, sin = angles.cos(), angles.sin()
    return torch.cat((cos, cos), dim=-1), torch.cat((-sin, sin), dim=-1)


def rotate(x: Tensor, positions: Rotary) -> Tensor:
    """Turns the first R dimensions of each head of x (B, H, N, head_dim)."""
    cos, sin = (part.to(x.dtype) for part in positions)
    dimensions = cos.shape[-1]
    out = x.clone(memory_format=torch.contiguous_format)
    turned = out[..., :dimensions]
    crossed = turned.roll(dimensions // 2, dims=-1).mul_(sin)
    turned.mul_(cos).add_(crossed)
    return out


PLAIN_SCORES = 512 * 512
"""Up to so many scores per head, attention in half precision on a CPU is plain matrix products."""


def mix(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    """softmax(q kᵀ / √head_dim) v: query (B, H, N, head_dim), key and value (B, H_kv, K, head_dim) → as query.

    Neighbouring query heads share a key/value head. PyTorch's fused CPU kernel is two to four times slower than
    the three plain operations in bfloat16 at our sizes, backwards above all (measured with 2.11 on AVX-512).
    """
    batch, heads, tokens, head_dim = query.shape
    kv_heads, length = key.shape[1:3]
    if query.device.type == "cpu" and query.dtype == torch.bfloat16 and tokens * length <= PLAIN_SCORES:
        grouped = (query * head_dim**-0.5).reshape(batch, kv_heads, -1, head_dim)
        scores = grouped @ key.transpose(-1, -2)
        mixed: Tensor = scores.softmax(dim=-1) @ value
        return mixed.reshape(batch, heads, tokens, head_dim)
    if heads != kv_heads:
        key, value = (x.repeat_interleave(heads // kv_heads, dim=1) for x in (key, value))
    return functional.scaled_dot_product_attention(query, key, value)


class Attention(nn.Module):
    """Attention without biases; keys and values may have fewer heads than queries, each serving several."""

    def __init__(self, width: int, context_dim: int, heads: int, kv_heads: int, head_dim: int) -> None:
        super().__init__()
        self.head_dim = head_dim
        self.to_q = nn.Linear(width, heads * head_dim, bias=False)
        self.to_k = nn.Linear(context_dim, kv_heads * head_dim, bias=False)
        self.to_v = nn.Linear(context_dim, kv_heads * head_dim, bias=False)
        self.to_out = nn.ModuleList([nn.Linear(heads * head_dim, width, bias=False)])

    def split_heads(self, x: Tensor) -> Tensor:
        """(B, N, H·head_dim) → (B, H, N, head_dim)"""
        return x.reshape(*x.shape[:-1], -1, self.head_dim).transpose(1, 2)

    def keys_values(self, context: Tensor) -> KeyValue:
        """Keys and values of context (B, K, context_dim)."""
        return self.split_heads(self.to_k(context)), self.split_heads(self.to_v(context))

    def attend(self, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        """query (B, H, N, head_dim) → (B, N, width)"""
        mixed = mix(query, key, value)
        out: Tensor = self.to_out[0](mixed.transpose(1, 2).flatten(2))
        return out

    def self_attend(self, x: Tensor, positions: Rotary) -> Tensor:
        """x (B, N, W) attends to itself."""
        key, value = self.keys_values(x)
        return self.attend(rotate(self.split_heads(self.to_q(x)), positions), rotate(key, positions), value)

    def cross_attend(self, x: Tensor, key_value: KeyValue, positions: Rotary) -> Tensor:
        """x (B, N, W) attends to a context; only the queries are turned."""
        return self.attend(rotate(self.split_heads(self.to_q(x)), positions), *key_value)


class GatedLinear(nn.Module):
    """SwiGLU: one projection to value and gate."""

    def __init__(self, width: int, hidden: int) -> None:
        super().__init__()
        self.proj = nn.Linear(width, 2 * hidden)

    def forward(self, x: Tensor) -> Tensor:
        """(B, N, W) → (B, N, hidden)"""
        value, gate = self.proj(x).chunk(2, dim=-1)
        gated: Tensor = value * functional.silu(gate)
        return gated


class FeedForward(nn.Module):
    """SwiGLU and back; ``net.1`` is the reference's dropout, which it never uses."""

    def __init__(self, width: int, mult: int) -> None:
        super().__init__()
        self.net = nn.Sequential(GatedLinear(width, mult * width), nn.Identity(), nn.Linear(mult * width, width))

    def forward(self, x: Tensor) -> Tensor:
        """(B, N, W) → (B, N, W)"""
        out: Tensor = self.net(x)
        return out


class Block(nn.Module):
    """Self-attention, cross-attention, feed-forward, each on a normalised copy and added back."""

    def __init__(self, config: VSSFlowConfig) -> None:
        super().__init__()
        width, heads, head_dim = config.width, config.num_attention_heads, config.attention_head_dim
        self.norm1 = nn.LayerNorm(width)
        self.attn1 = Attention(width, width, heads, heads, head_dim)
        self.norm2 = nn.LayerNorm(width)
        self.attn2 = Attention(width, config.cond_feat_dim, heads, config.num_key_value_attention_heads, head_dim)
        self.norm3 = nn.LayerNorm(width)
        self.ff = FeedForward(width, config.ff_mult)

    def forward(self, h: Tensor, key_value: KeyValue | None, positions: Rotary) -> Tensor:
        """h (B, N, W) → (B, N, W).

        The cross-attention serves the first rows of the batch, as many as ``key_value`` has. The others have no
        condition: keys and values of zeros are zeros, and so is what attention without biases makes of them.
        """
        h = h + self.attn1.self_attend(self.norm1(h), positions)
        if key_value is not None:
            rows = key_value[0].shape[0]
            seen = self.attn2.cross_attend(self.norm2(h[:rows]), key_value, positions)
            h = h + seen if rows == h.shape[0] else torch.cat((h[:rows] + seen, h[rows:]))
        fed: Tensor = self.ff(self.norm3(h))
        return h + fed


class FourierFeatures(nn.Module):
    """Random Fourier features of a number, fixed: (B,) → (B, features), cosines first."""

    def __init__(self, features: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(features // 2), requires_grad=False)

    def forward(self, t: Tensor) -> Tensor:
        """t (B,) → (B, features)"""
        angles = 2 * math.pi * t.float()[:, None] * self.weight.float()
        return torch.cat((angles.cos(), angles.sin()), dim=-1)


@dataclass(frozen=True)
class Prepared:
    """What stays constant while integrating: computed once per encoding.

    ``latent_in`` (W, C) carries the latents into the stream, ``share`` (B, T, W) is what the concatenated
    conditions add there, ``key_values`` one pair per layer (rows may be fewer than B: see :class:`Block`),
    ``latent_out`` (C, W) reads the velocity from the stream.
    """

    latent_in: Tensor
    share: Tensor
    key_values: tuple[KeyValue | None, ...]
    latent_out: Tensor
    positions: Rotary

    @property
    def bytes(self) -> int:
        """Memory held per encoding (the two small matrices not counted)."""
        pairs = (tensor for pair in self.key_values if pair for tensor in pair)
        return sum(tensor.numel() * tensor.element_size() for tensor in (self.share, *pairs))


class Transformer(nn.Module):
    """v(x_t, t, conditions) on the latent channels; the velocity of the condition channels is 0 by definition."""

    def __init__(self, config: VSSFlowConfig) -> None:
        super().__init__()
        channels, width = config.in_channels, config.width
        self.config = config
        self.time_proj = FourierFeatures(config.time_proj_dim)
        self.timestep_proj = nn.Sequential(nn.Linear(config.time_proj_dim, width), nn.SiLU(), nn.Linear(width, width))
        self.preprocess_conv = nn.Conv1d(channels, channels, 1, bias=False)
        self.proj_in = nn.Linear(channels, width, bias=False)
        self.transformer_blocks = nn.ModuleList(Block(config) for _ in range(config.num_layers))
        self.proj_out = nn.Linear(width, channels, bias=False)
        self.postprocess_conv = nn.Conv1d(channels, channels, 1, bias=False)
        self._start_as_identity()

    def _start_as_identity(self) -> None:
        """Every residual branch starts at zero, so that depth costs no stability at the start of training."""
        for convolution in (self.preprocess_conv, self.postprocess_conv):
            nn.init.zeros_(convolution.weight)
        for block in self.blocks:
            for branch in (block.attn1.to_out, block.attn2.to_out, block.ff.net[-1:]):
                for weight in branch.parameters():
                    nn.init.zeros_(weight)

    @property
    def blocks(self) -> list[Block]:
        """The blocks in order, known to type checkers."""
        return cast(list[Block], list(self.transformer_blocks))

    def positions(self, frames: int) -> Rotary:
        """Rotary embedding of the time token and ``frames`` latents, on half of each head."""
        return rotary(frames + 1, self.config.attention_head_dim // 2, self.proj_in.weight.device)

    def forward(self, x_t: Tensor, t: Tensor, latent: Tensor, cross: Tensor) -> Tensor:
        """Velocity, the plain way, for training.

        x_t (B, C, T), t (B,), latent (B, in_channels - C, T), cross (B, K, cond_feat_dim) → (B, C, T)
        """
        channels = self.config.latent_channels
        x = torch.cat((x_t, latent), dim=1)
        x = self.preprocess_conv(x) + x
        h = self._run_blocks(
            self.proj_in(x.transpose(1, 2)),
            t,
            [block.attn2.keys_values(cross) for block in self.blocks],
            self.positions(x.shape[-1]),
        )
        out: Tensor = self.proj_out(h).transpose(1, 2)
        return functional.conv1d(out, self.postprocess_conv.weight[:channels]) + out[:, :channels]

    def _run_blocks(
        self, h: Tensor, t: Tensor, key_values: list[KeyValue] | tuple[KeyValue | None, ...], positions: Rotary
    ) -> Tensor:
        """h (B, T, W) through the blocks with the time token in front, which is dropped again: (B, T, W)."""
        time = self.timestep_proj(self.time_proj(t).to(self.proj_in.weight.dtype))
        h = torch.cat((time[:, None].to(h.dtype), h), dim=1)
        for block, key_value in zip(self.blocks, key_values, strict=True):
            h = block(h, key_value, positions)
        return h[:, 1:]

    @torch.no_grad()
    def prepare(self, latent: Tensor, cross: Tensor | None) -> Prepared:
        """The constant work of conditions latent (B, in_channels - C, T), cross (B' ≤ B, K, cond_feat_dim).

        Both 1×1 convolutions with their residuals and both projections are linear, so each pair is one matrix.
        """
        channels = self.config.latent_channels
        matrix_in = self.proj_in.weight @ self.preprocess_conv.weight[..., 0] + self.proj_in.weight
        matrix_out = self.postprocess_conv.weight[:channels, :, 0] @ self.proj_out.weight
        key_values: list[KeyValue | None] = [None] * len(self.blocks)
        if cross is not None:
            key_values = [block.attn2.keys_values(cross) for block in self.blocks]
        return Prepared(
            latent_in=matrix_in[:, :channels].contiguous(),
            share=functional.linear(latent.transpose(1, 2), matrix_in[:, channels:]),
            key_values=tuple(key_values),
            latent_out=matrix_out + self.proj_out.weight[:channels],
            positions=self.positions(latent.shape[-1]),
        )

    @torch.no_grad()
    def velocity(self, x_t: Tensor, t: Tensor, prepared: Prepared) -> Tensor:
        """As :meth:`forward`, from what :meth:`prepare` made: x_t (B, C, T), t (B,) → (B, C, T)"""
        h = functional.linear(x_t.transpose(1, 2).to(prepared.latent_in.dtype), prepared.latent_in) + prepared.share
        h = self._run_blocks(h, t, prepared.key_values, prepared.positions)
        return functional.linear(h, prepared.latent_out).transpose(1, 2)
