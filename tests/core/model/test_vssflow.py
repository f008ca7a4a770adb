"""The model's behaviour that users rely on: dropping conditions, windows of encodings, one answer by two paths."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch

from talkies.core.model.config import MINI
from talkies.core.model.transformer import mix
from talkies.core.model.vssflow import Encoded, VSSFlow

CHANNELS = MINI.latent_channels
SMALL = replace(MINI, num_layers=2, attention_head_dim=16, cond_feat_dim=32)
FRAMES = 40


@pytest.fixture
def model() -> VSSFlow:
    """Random weights everywhere, also where training starts from zeros."""
    torch.manual_seed(0)
    made = VSSFlow(SMALL).eval()
    for weight in made.parameters():
        if not weight.any():
            torch.nn.init.normal_(weight, std=0.1)
    return made


def conditions(batch: int = 2) -> dict[str, Any]:
    """The tensors that ``encode`` takes by name."""
    torch.manual_seed(1)
    return {
        "phones": torch.randint(0, 256, (batch, 2 * FRAMES)),
        "lips": torch.randn(batch, FRAMES, 4),
        "sync": torch.randn(batch, FRAMES, MINI.synch_dim),
        "picture": torch.randn(batch, 16, 192),
        "voice": torch.randn(batch, 64),
        "prompt": torch.tensor([[3, 7, 0]] * batch),
    }


def test_shapes_of_an_encoding(model: VSSFlow) -> None:
    encoded = model.encode(frames=FRAMES, **conditions())
    assert encoded.latent.shape == (2, SMALL.condition_channels, FRAMES)
    assert encoded.cross.shape == (2, 1 + 3 + FRAMES, SMALL.cond_feat_dim)
    assert not encoded.cross[:, 3].any()  # prompt 0 is none


def test_nothing_given_is_nothing_but_zeros(model: VSSFlow) -> None:
    encoded = model.encode(frames=FRAMES, batch=3)
    assert encoded.latent.shape == (3, SMALL.condition_channels, FRAMES)
    assert not encoded.latent.any()
    assert not encoded.cross.any()


@pytest.mark.parametrize("name", ["phones", "lips", "sync", "picture", "voice", "prompt"])
def test_a_dropped_condition_is_as_if_it_had_not_been_given(model: VSSFlow, name: str) -> None:
    given = conditions()
    whole = model.encode(frames=FRAMES, **given)
    dropped = model.encode(frames=FRAMES, **given, keep={name: torch.tensor([True, False])})
    without = model.encode(frames=FRAMES, **{key: value for key, value in given.items() if key != name})
    assert torch.equal(dropped.latent[0], whole.latent[0])
    assert torch.equal(dropped.cross[0], whole.cross[0])
    assert torch.equal(dropped.latent[1], without.latent[1])
    if name != "prompt":
        assert torch.equal(dropped.cross[1], without.cross[1])
    else:
        assert not dropped.cross[1, 1:4].any()


def test_a_span_is_cut_from_the_whole(model: VSSFlow) -> None:
    given = conditions()
    cut, span = model.encode(frames=FRAMES, **given).window(11, 29), model.encode(frames=FRAMES, **given, span=(11, 29))
    torch.testing.assert_close(cut.latent, span.latent)
    torch.testing.assert_close(cut.cross, span.cross)


@torch.no_grad()
def test_the_prepared_path_says_what_the_plain_path_says(model: VSSFlow) -> None:
    encoded, other = model.encode(frames=FRAMES, **conditions()), model.encode(frames=FRAMES, batch=2)
    negative = model.encode(frames=FRAMES, batch=2, prompt=torch.tensor([[9, 0, 0]] * 2))
    x_t, t = torch.randn(2, CHANNELS, FRAMES), torch.tensor([0.2, 0.7])
    conditional, nothing = model.velocity(x_t, t, encoded), model.velocity(x_t, t, model.unconditional(encoded))
    torch.testing.assert_close(model.prepared_velocity(x_t, t, model.prepare(encoded)), conditional)
    x_twice, t_twice = torch.cat((x_t, x_t)), torch.cat((t, t))
    both = model.prepared_velocity(x_twice, t_twice, model.prepare_guided(encoded))
    torch.testing.assert_close(both, torch.cat((conditional, nothing)))
    against = model.prepared_velocity(x_twice, t_twice, model.prepare_guided(encoded, negative))
    torch.testing.assert_close(against, torch.cat((conditional, model.velocity(x_t, t, negative))))
    assert not torch.allclose(against, both)
    assert other.frames == FRAMES


def test_every_trainable_weight_gets_a_gradient(model: VSSFlow) -> None:
    v = model.velocity(torch.randn(2, CHANNELS, FRAMES), torch.rand(2), model.encode(frames=FRAMES, **conditions()))
    v.square().mean().backward()
    silent = [name for name, weight in model.named_parameters() if weight.requires_grad and weight.grad is None]
    assert not silent


def test_a_new_model_starts_without_its_branches() -> None:
    """Residual branches begin at zero, so the first answer does not depend on the conditions' tokens."""
    made = VSSFlow(SMALL)
    given = conditions()
    x_t, t = torch.randn(2, CHANNELS, FRAMES), torch.rand(2)
    with_voice = made.velocity(x_t, t, made.encode(frames=FRAMES, **given))
    without = made.velocity(x_t, t, made.encode(frames=FRAMES, **{**given, "voice": torch.zeros(2, 64)}))
    assert torch.equal(with_voice, without)


def test_it_learns() -> None:
    """Thirty steps on one pair halve the error: the plain path trains, under autocast too."""
    torch.manual_seed(0)
    made = VSSFlow(SMALL)
    optimiser = torch.optim.AdamW(made.parameters(), lr=3e-3)
    given, x_t, t, target = (
        conditions(),
        torch.randn(2, CHANNELS, FRAMES),
        torch.rand(2),
        torch.randn(2, CHANNELS, FRAMES),
    )
    errors = []
    for _ in range(30):
        with torch.autocast("cpu", torch.bfloat16):
            v = made.velocity(x_t, t, made.encode(frames=FRAMES, **given))
        error = (v.float() - target).square().mean()
        error.backward()
        optimiser.step()
        optimiser.zero_grad()
        errors.append(error.item())
    assert errors[-1] < errors[0] / 2


@pytest.mark.parametrize("kv_heads", [1, 2, 4])
def test_plain_attention_in_half_precision_agrees_with_pytorchs_own(kv_heads: int) -> None:
    torch.manual_seed(0)
    query, key, value = torch.randn(2, 4, 9, 8), torch.randn(2, kv_heads, 11, 8), torch.randn(2, kv_heads, 11, 8)
    plain = mix(query.bfloat16(), key.bfloat16(), value.bfloat16()).float()
    keys, values = (x.repeat_interleave(4 // kv_heads, dim=1) for x in (key, value))
    whole = torch.nn.functional.scaled_dot_product_attention(query, keys, values)
    torch.testing.assert_close(mix(query, key, value), whole)
    torch.testing.assert_close(plain, whole, atol=0.03, rtol=0.03)


def test_encodings_stack_to_a_batch(model: VSSFlow) -> None:
    encoded = model.encode(frames=FRAMES, **conditions(batch=2))
    single = [Encoded(encoded.latent[row : row + 1], encoded.cross[row : row + 1]) for row in range(2)]
    assert torch.equal(Encoded.stack(single).latent, encoded.latent)


@pytest.mark.parametrize("t", [0.1, 0.5, 0.8])
def test_a_preconditioned_model_begins_with_the_best_guess_without_looking(t: float) -> None:
    """Against a least-squares line through 200,000 draws of x_t and the velocity of independent normal numbers."""
    made = VSSFlow(replace(SMALL, preconditioned=True)).requires_grad_(False)
    made.vaflow.proj_out.weight.zero_()
    x_0, x_1 = torch.randn(2, 200_000, generator=torch.Generator().manual_seed(1)).double()
    x_t, dx_t = (1 - t) * x_0 + t * x_1, x_1 - x_0
    slope = float((x_t * dx_t).sum() / x_t.square().sum())
    at = torch.randn(2, CHANNELS, FRAMES)
    v = made.velocity(at, torch.full((2,), t), made.encode(frames=FRAMES, **conditions()))
    torch.testing.assert_close(v, slope * at, atol=0.02, rtol=0.02)
