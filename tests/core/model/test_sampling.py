"""Sampling any length: the same as the plain loop when short, without seams and in bounded memory when long."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor

from talkies.core.errors import CancelledError
from talkies.core.flow.windows import cover, seeded_noise
from talkies.core.model.conditions import Conditions
from talkies.core.model.config import MINI
from talkies.core.model.sampling import Settings, sample
from talkies.core.model.sketch import SKETCHED, Sketch
from talkies.core.model.vssflow import Encoded, VSSFlow

SMALL = replace(MINI, num_layers=2, attention_head_dim=16, cond_feat_dim=32)
EXACT = Settings(steps=3, guidance=2.0, half=False)


@pytest.fixture(scope="module")
def model() -> VSSFlow:
    torch.manual_seed(0)
    made = VSSFlow(SMALL).eval().requires_grad_(False)
    for weight in made.parameters():
        if not weight.any():
            torch.nn.init.normal_(weight, std=0.05)
    return made


def conditions(frames: int, *, prompt: list[int] | None = None) -> Conditions:
    torch.manual_seed(1)
    return Conditions(
        frames,
        phones=torch.randint(0, 256, (2 * frames,)),
        lips=torch.randn(frames - 3, 4),
        sync=torch.randn(frames, MINI.synch_dim).half(),
        picture=torch.randn(frames * 2 // 5, 192).half(),
        voice=torch.randn(64),
        prompt=torch.tensor(prompt or [3, 4]),
    )


def encode(model: VSSFlow, given: Conditions) -> Encoded:
    tensors: dict[str, Any] = {**given.batched()}
    return model.encode(frames=given.frames, **tensors)


def noise(frames: int, seed: int = 0) -> Tensor:
    return seeded_noise(seed, SMALL.latent_channels, frames)


@pytest.mark.parametrize("guidance", [1.0, 2.5])
@torch.no_grad()
def test_one_window_is_the_plain_loop(model: VSSFlow, guidance: float) -> None:
    given, x = conditions(80), noise(80)[None]
    encoded = encode(model, given)
    for step in range(4):
        t = torch.tensor([step / 4])
        without = model.velocity(x, t, model.unconditional(encoded))
        x = x + (without + guidance * (model.velocity(x, t, encoded) - without)) / 4
    ours = sample(model, given, noise(80), Settings(steps=4, guidance=guidance, half=False))
    torch.testing.assert_close(ours, x[0], atol=1e-5, rtol=1e-5)


def test_the_seed_decides(model: VSSFlow) -> None:
    given = conditions(400)
    first = sample(model, given, noise(400), EXACT)
    assert torch.equal(first, sample(model, given, noise(400), EXACT))
    assert not torch.allclose(first, sample(model, given, noise(400, seed=1), EXACT))


@pytest.mark.parametrize("change", [{"cache_bytes": 0}, {"batch": 1}, {"batch": 5}])
def test_neither_cache_nor_batch_changes_the_answer(model: VSSFlow, change: dict[str, Any]) -> None:
    given = conditions(900)
    whole = sample(model, given, noise(900), EXACT)
    torch.testing.assert_close(sample(model, given, noise(900), replace(EXACT, **change)), whole, atol=1e-5, rtol=1e-5)


def test_half_precision_is_near(model: VSSFlow) -> None:
    given = conditions(300)
    exact, half = (sample(model, given, noise(300), replace(EXACT, half=half)) for half in (False, True))
    assert half.dtype == torch.float32
    assert (exact - half).square().mean().sqrt() < 0.02 * exact.std()


def test_a_negative_prompt_takes_the_place_of_nothing(model: VSSFlow) -> None:
    given = conditions(60)
    negative = Conditions(60, prompt=torch.tensor([9, 8, 7]))
    without = sample(model, given, noise(60), EXACT)
    assert not torch.allclose(sample(model, given, noise(60), EXACT, negative=negative), without)
    # Guidance 1 never asks the second branch; against itself, guidance of any weight changes nothing.
    plain = sample(model, given, noise(60), replace(EXACT, guidance=1.0))
    torch.testing.assert_close(sample(model, given, noise(60), EXACT, negative=given), plain, atol=1e-5, rtol=1e-5)


def test_no_seam_shows_at_window_borders(model: VSSFlow) -> None:
    """Level and change from frame to frame, near the windows' borders and elsewhere."""
    x = sample(model, conditions(3000), noise(3000), replace(EXACT, steps=8))
    borders = [border for window in cover(3000) for border in (window.start, window.stop) if 0 < border < 3000]
    near = torch.zeros(2999, dtype=torch.bool)
    for border in borders:
        near[border - 3 : border + 3] = True
    for figure in (x.diff(dim=1).square().mean(dim=0), x[:, 1:].square().mean(dim=0)):
        assert figure[near].mean() == pytest.approx(figure[~near].mean().item(), rel=0.08)
        assert figure[near].max() < figure[~near].max() * 1.1


def test_progress_rises_to_one_and_may_stop_the_work(model: VSSFlow) -> None:
    heard: list[float] = []
    sample(model, conditions(900), noise(900), replace(EXACT, solver="midpoint"), on_step=heard.append)
    assert heard == sorted(heard)
    assert heard[-1] == 1.0
    assert len(heard) > 6

    def stop(share: float) -> None:
        raise CancelledError("render", "was stopped")

    with pytest.raises(CancelledError):
        sample(model, conditions(900), noise(900), EXACT, on_step=stop)


MEMORY = """
import resource, sys, torch
from dataclasses import replace
from talkies.core.model.conditions import Conditions
from talkies.core.flow.windows import seeded_noise
from talkies.core.model.config import MINI
from talkies.core.model.sampling import Settings, sample
from talkies.core.model.vssflow import Encoded, VSSFlow
torch.set_num_threads(1)
model = VSSFlow(replace(MINI, num_layers=1)).requires_grad_(False)
for frames in map(int, sys.argv[1:]):
    given = Conditions(frames, phones=torch.zeros(2 * frames, dtype=torch.long), lips=torch.zeros(frames, 4).half(),
        sync=torch.zeros(frames, MINI.synch_dim).half(), picture=torch.zeros(frames * 2 // 5, 192).half(),
        voice=torch.zeros(64))
    sample(model, given, seeded_noise(0, MINI.latent_channels, frames), Settings(steps=1))
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the peak of resident memory is read as Linux gives it")
def test_an_hour_needs_little_more_memory_than_a_minute() -> None:
    command = [sys.executable, "-c", MEMORY, "1500", "90000"]
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    minute, hour = (int(line) / 1024 for line in out.split())
    assert hour - minute < 250  # MB: the state, its velocity and noise, the features


def drawn(frames: int, *ranges: tuple[int, int]) -> Sketch:
    where = torch.zeros(frames, dtype=torch.bool)
    for start, stop in ranges:
        where[start:stop] = True
    return Sketch(torch.full((SMALL.latent_channels, frames), 2.0), where)


@torch.no_grad()
def test_a_sketch_of_everything_is_where_the_way_begins(model: VSSFlow) -> None:
    given, x = conditions(80), noise(80)
    encoded = encode(model, given)
    mixed = (1 - SKETCHED) * x + SKETCHED * torch.full_like(x, 2.0)
    state = mixed[None]
    for step in range(4, 8):  # the first half of eight steps is not walked
        state = state + model.velocity(state, torch.tensor([step / 8]), encoded) / 8
    settings = Settings(steps=8, guidance=1.0, half=False)
    ours = sample(model, given, x, settings, sketch=drawn(80, (0, 80)))
    torch.testing.assert_close(ours, state[0], atol=1e-5, rtol=1e-5)


def test_where_nothing_is_drawn_the_model_walks_all_the_way(model: VSSFlow) -> None:
    given, settings = conditions(80), Settings(steps=8, guidance=2.0, half=False)
    plain = sample(model, given, noise(80), settings)
    torch.testing.assert_close(sample(model, given, noise(80), settings, sketch=drawn(80)), plain, atol=1e-5, rtol=1e-5)
    partly = sample(model, given, noise(80), settings, sketch=drawn(80, (30, 40)))
    change = (partly - plain).abs().mean(0)
    assert change[30:40].min() > 2 * change[60:].max(), "most changes where something was drawn"


@pytest.mark.parametrize("ranges", [((0, 80),), ((10, 20),)])
def test_progress_with_a_sketch_ends_at_one_and_never_falls(
    model: VSSFlow, ranges: tuple[tuple[int, int], ...]
) -> None:
    heard: list[float] = []
    sample(model, conditions(80), noise(80), EXACT, sketch=drawn(80, *ranges), on_step=heard.append)
    assert heard == sorted(heard)
    assert heard[-1] == 1.0
    assert heard[0] < 0.6
