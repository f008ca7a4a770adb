"""More latents say the same of a sound, and more; the flow model and the palette say the same with them as before."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from talkies.core.engines.mini import MiniEngine
from talkies.core.errors import WeightsError
from talkies.core.model.weights import shipped_weights
from talkies.core.training import widening
from talkies.core.training.widening import WideningPlan, widen

MORE = 16


@pytest.fixture(scope="module")
def engines(tmp_path_factory: pytest.TempPathFactory) -> tuple[MiniEngine, MiniEngine]:
    """The shipped engine, and the same with more latents, fitted to noises and tones."""
    rng, out = np.random.default_rng(0), tmp_path_factory.mktemp("wide") / "wide.safetensors"
    shipped = shipped_weights("mini.safetensors")
    narrow = MiniEngine.load(shipped, "cpu")
    codec = narrow.model.codec
    sounds = torch.from_numpy(rng.normal(0, 0.05, (40, 48_000)).astype(np.float32))
    frames = codec.latents.stack(codec.bands(sounds)).flatten(0, 1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(widening, "_frames", lambda *_: frames)
        plan = WideningPlan(codec.config.latent_channels + MORE)
        (figures,) = widen(shipped, Path(), Path(), out, plan)
    assert 0 < figures["rest_kept"] < 1
    return narrow, MiniEngine.load(out, "cpu")


def test_the_first_latents_are_the_same_and_the_others_bring_it_nearer(engines: tuple[MiniEngine, MiniEngine]) -> None:
    narrow, wide = (engine.model.codec for engine in engines)
    sound = torch.randn(1, 48_000, generator=torch.Generator().manual_seed(1)) * 0.05
    before, after = narrow.encode(sound), wide.encode(sound)
    torch.testing.assert_close(after[:, : before.shape[1]], before)
    assert after[:, before.shape[1] :].square().mean() == pytest.approx(1, abs=0.3)
    true = narrow.bands(sound)
    errors = [float((codec.latents.decode(z) - true).square().mean()) for codec, z in ((narrow, before), (wide, after))]
    assert errors[1] < errors[0]


def test_the_flow_model_says_the_same_of_the_first_latents(engines: tuple[MiniEngine, MiniEngine]) -> None:
    narrow, wide = (engine.model.flow for engine in engines)
    x_t, t = torch.randn(1, wide.config.latent_channels, 25), torch.tensor([0.4])
    first = narrow.config.latent_channels
    before = narrow.velocity(x_t[:, :first], t, narrow.encode(frames=25))
    torch.testing.assert_close(wide.velocity(x_t, t, wide.encode(frames=25))[:, :first], before, rtol=1e-4, atol=1e-4)


def test_as_many_latents_are_refused(tmp_path: Path) -> None:
    shipped = shipped_weights("mini.safetensors")
    with pytest.raises(WeightsError, match="latents already"):
        list(widen(shipped, Path(), Path(), tmp_path / "out.safetensors", WideningPlan(64)))
