"""The reference engine with a tiny model: what it needs, what it says when that is missing, how it sounds."""

from __future__ import annotations

import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
import torch
from torch import Tensor
from vssflow_parts import write_decoder

from talkies.core.engines.base import ENGINES, Brief, Line, Task, engine_class, load_engine
from talkies.core.engines.reference.conditions import Beside
from talkies.core.engines.vssflow import LATENT_SAMPLES, VSSFlowEngine, load_decoder, load_model
from talkies.core.errors import ArgumentError, MissingExtraError, WeightsError
from talkies.core.model.config import VSSFLOW
from talkies.core.model.vssflow import VSSFlow
from talkies.core.model.weights import save_state
from talkies.core.times import TimeRange

TINY = replace(
    VSSFLOW,
    latent_channels=128,
    lip_feat_dim=8,
    synch_feat_dim=8,
    cond_feat_dim=16,
    num_layers=1,
    num_attention_heads=2,
    num_key_value_attention_heads=1,
    attention_head_dim=8,
)
SECONDS = Fraction(12)
FRAMES = 300


def corner_decoder(latents: Tensor) -> Tensor:
    """Stands for autoencoder and vocoder: each latent frame becomes 640 times the number at channel 3, frequency 5."""
    assert latents.shape[:2] == (1, 8)
    assert latents.shape[3] == 16
    return latents[0, 3, :, 5].repeat_interleave(LATENT_SAMPLES)


@pytest.fixture
def features() -> dict[str, Tensor]:
    torch.manual_seed(1)
    return {
        "clip_10fps": torch.randn(120, 768),
        "sync_24fps": torch.randn(36, 8, 768),
        "lips_25fps": torch.randn(290, 1024),
        "voice_embedding": torch.randn(256),
        "phone_ids": torch.randint(0, 71, (FRAMES,)),
    }


def engine(features: dict[str, Tensor]) -> VSSFlowEngine:
    torch.manual_seed(0)
    return VSSFlowEngine(VSSFlow(TINY), corner_decoder, Beside(TINY, features), "0" * 64, "cpu")


def sound(made: VSSFlowEngine, task: Task, seed: int = 3) -> Tensor:
    lines = (Line(TimeRange(Fraction(1), Fraction(2)), "hello"),)
    prepared = made.prepare(Brief(task, SECONDS, lines=lines))
    blocks = made.generate(prepared, seed=seed, steps=1, guidance=3.0, on_step=lambda share: None)
    return torch.cat([torch.from_numpy(block) for block in blocks])


@pytest.mark.parametrize("task", ["foley", "dialogue", "joint"])
def test_every_task_has_the_right_length_and_repeats_with_its_seed(task: Task, features: dict[str, Tensor]) -> None:
    made = engine(features)
    first = sound(made, task)
    assert len(first) == 12 * 16_000
    assert torch.equal(first, sound(made, task))
    assert not torch.equal(first, sound(made, task, seed=4))


def test_latent_channels_are_frequency_times_eight_plus_channel() -> None:
    latents = torch.arange(128.0)[:, None] + torch.arange(FRAMES)[None] * 1000
    blocks = list(engine({}).decode(latents))
    joined = torch.cat([torch.from_numpy(block) for block in blocks])
    assert torch.equal(joined, (5 * 8 + 3 + 1000.0 * torch.arange(FRAMES)).repeat_interleave(LATENT_SAMPLES))


def test_no_lines_is_silence(features: dict[str, Tensor]) -> None:
    made = engine(features)
    prepared = made.prepare(Brief("dialogue", SECONDS))
    (block,) = made.generate(prepared, seed=0, steps=1, guidance=3.0, on_step=lambda share: None)
    assert len(block) == 12 * 16_000
    assert not block.any()


def test_missing_features_are_named() -> None:
    with pytest.raises(ArgumentError, match=r"foley with the engine vssflow: needs clip_10fps; .* use the engine mini"):
        engine({}).prepare(Brief("foley", SECONDS))


def test_features_of_another_stretch_are_refused(features: dict[str, Tensor]) -> None:
    with pytest.raises(ArgumentError, match=r"is for 12\.00 s, the segment lasts 3\.00 s"):
        engine(features).prepare(Brief("joint", Fraction(3)))


def test_prompts_are_ignored_with_a_warning(features: dict[str, Tensor]) -> None:
    assert engine(features).prepare(Brief("foley", SECONDS, prompt="rain")).warnings == (
        "the engine vssflow takes no prompts; the prompt is ignored",
    )


def test_the_model_is_read_by_the_references_names_and_extractors_are_left_out(tmp_path: Path) -> None:
    model = VSSFlow(TINY)
    path = tmp_path / "vssflow.safetensors"
    save_state({**model.state_dict(), "clip.visual.weight": torch.ones(2)}, path, dtype=torch.float32)
    path.with_suffix(".json").write_text(TINY.to_json())
    loaded = load_model(path)
    assert all(
        torch.equal(a, b) for a, b in zip(model.state_dict().values(), loaded.state_dict().values(), strict=True)
    )


def test_without_a_checkpoint_the_cure_names_the_option() -> None:
    with pytest.raises(WeightsError, match=r"engine vssflow: ships no weights; .*--weights FILE"):
        load_engine("vssflow")


def test_without_the_extra_the_cure_is_a_command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "diffusers", None)
    with pytest.raises(MissingExtraError, match=r'pip install "talkies\[vssflow\]"'):
        load_decoder(tmp_path, "cpu")


def test_real_autoencoder_and_vocoder_give_640_samples_per_latent(tmp_path: Path) -> None:
    vae, vocoder = write_decoder(tmp_path)
    decode, latents = load_decoder(tmp_path, "cpu"), torch.randn(1, 8, 25, 16)
    with torch.no_grad():
        made, plain = decode(latents), vocoder(vae.decode(latents).sample[:, 0]).flatten()
    assert abs(len(made) - 16_000) < LATENT_SAMPLES
    torch.testing.assert_close(made, plain)  # the reference's latents are not scaled


def test_an_unknown_engine_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ArgumentError, match=r"engine minni: is not known; use one of (hibari, )?mini, vssflow"):
        load_engine("minni")


def test_every_registered_engine_can_be_imported_and_bears_its_name() -> None:
    for name in ENGINES:
        assert engine_class(name).name == name
