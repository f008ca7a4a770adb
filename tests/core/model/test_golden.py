"""Agreement with the reference's own tensors, and with a second file of other sizes from formulas written anew."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from talkies.core.errors import WeightsError
from talkies.core.model.config import VSSFlowConfig
from talkies.core.model.golden import compare_golden
from talkies.core.model.vssflow import VSSFlow

OTHER = VSSFlowConfig(
    latent_channels=24,
    lip_dim=40,
    lip_feat_dim=8,
    phone_vocabulary=90,
    phone_embedding_dim=6,
    synch_dim=36,
    synch_feat_dim=10,
    cond_dim=44,
    cond_feat_dim=20,
    voice_dim=12,
    num_layers=3,
    num_attention_heads=6,
    num_key_value_attention_heads=3,
    attention_head_dim=12,
    time_proj_dim=16,
    ff_mult=2,
)
FRAMES, GUIDANCE = 37, 2.5


def test_we_say_what_the_reference_said(shared_dir: Path) -> None:
    differences = compare_golden(shared_dir / "golden" / "vssflow_tiny.safetensors")
    assert len(differences) == 8
    for name, difference in differences.items():
        assert difference < (1e-3 if "sample" in name else 1e-4), name


@pytest.fixture
def other_file(tmp_path: Path) -> Path:
    """A golden file of other sizes with two samples in its batch; outputs by the plain path and a loop of our own."""
    torch.manual_seed(5)
    model = VSSFlow(OTHER).eval()
    for weight in model.parameters():
        if not weight.any():
            torch.nn.init.normal_(weight, std=0.1)
    inputs = {
        "clip_10fps": torch.randn(2, 15, 44),
        "voice_embedding": torch.randn(2, 12),
        "sync_24fps": torch.randn(2, 5, 7, 36),
        "lips_25fps": torch.randn(2, 30, 40),
        "phone_ids": torch.randint(0, 90, (2, FRAMES)),
        "noise": torch.randn(2, 24, FRAMES),
    }
    tensors = {f"weights.{name}": weight for name, weight in model.state_dict().items()}
    tensors |= {f"input.{name}": tensor for name, tensor in inputs.items()}
    tensors |= outputs(model, inputs)
    path = tmp_path / "other.safetensors"
    save_file(tensors, path)
    written = ("latent_channels", "attention_head_dim", "num_attention_heads", "num_key_value_attention_heads")
    sizes = {name: asdict(OTHER)[name] for name in (*written, "num_layers", "cond_feat_dim", "phone_vocabulary")}
    path.with_suffix(".json").write_text(json.dumps({**sizes, "latent_frames": FRAMES, "guidance_scale": GUIDANCE}))
    return path


@torch.no_grad()
def outputs(model: VSSFlow, inputs: dict[str, Tensor]) -> dict[str, Tensor]:
    encoded = model.encode(
        frames=FRAMES,
        phones=inputs["phone_ids"],
        lips=inputs["lips_25fps"],
        sync=inputs["sync_24fps"].reshape(2, 35, 36),
        picture=inputs["clip_10fps"],
        voice=inputs["voice_embedding"],
    )

    def plain(x: Tensor, t: float, conditional: bool) -> Tensor:
        return model.velocity(x, torch.tensor([t, t]), encoded if conditional else model.unconditional(encoded))

    x = inputs["noise"]
    for step in range(10):
        without = plain(x, step / 10, False)
        x = x + (without + GUIDANCE * (plain(x, step / 10, True) - without)) / 10
    return {
        "cond.latent": encoded.latent.contiguous(),
        "output.velocity_uncond_t0.75": plain(inputs["noise"], 0.75, False).contiguous(),
        "output.sample_euler": x.contiguous(),
    }


def test_other_sizes_are_read_from_the_file(other_file: Path) -> None:
    differences = compare_golden(other_file)
    assert set(differences) == {"cond.latent", "output.velocity_uncond_t0.75", "output.sample_euler"}
    assert max(differences.values()) < 1e-4


def test_a_difference_is_reported_as_it_is(other_file: Path) -> None:
    tensors = load_file(other_file)
    tensors["output.sample_euler"][1, 3, 7] += 0.5
    save_file(tensors, other_file)
    assert compare_golden(other_file)["output.sample_euler"] == pytest.approx(0.5, abs=1e-4)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("input.noise", r"lacks input\.noise"),
        ("weights.vaflow.proj_in.weight", r"lacks a tensor, vaflow\.proj_in\.weight first"),
    ],
)
def test_a_missing_tensor_is_named(other_file: Path, name: str, sentence: str) -> None:
    tensors = load_file(other_file)
    del tensors[name]
    save_file(tensors, other_file)
    with pytest.raises(WeightsError, match=sentence):
        compare_golden(other_file)


def test_a_wrong_shape_and_an_unknown_output_are_refused(other_file: Path) -> None:
    tensors = load_file(other_file)
    save_file({**tensors, "output.sample_euler": torch.zeros(1, 2, 3)}, other_file)
    with pytest.raises(WeightsError, match=r"output\.sample_euler has shape \(1, 2, 3\) where ours has \(2, 24, 37\)"):
        compare_golden(other_file)
    save_file({**tensors, "output.poem": torch.zeros(1)}, other_file)
    with pytest.raises(WeightsError, match=r"output\.poem is an output that talkies does not know"):
        compare_golden(other_file)


@pytest.mark.parametrize("text", ["{", "[1]", '{"num_layers": -1}', '{"latent_frames": "many"}'])
def test_unusable_sizes_are_refused(other_file: Path, text: str) -> None:
    other_file.with_suffix(".json").write_text(text)
    with pytest.raises(WeightsError, match=r"other\.json"):
        compare_golden(other_file)


def test_without_its_json_a_file_is_refused(other_file: Path) -> None:
    other_file.with_suffix(".json").unlink()
    with pytest.raises(WeightsError, match=r"other\.json: does not exist; the sizes of a golden file stand beside it"):
        compare_golden(other_file)


def test_a_file_of_other_tensors_is_no_golden_file(tmp_path: Path) -> None:
    save_file({"a": torch.zeros(1)}, tmp_path / "a.safetensors")
    (tmp_path / "a.json").write_text("{}")
    with pytest.raises(WeightsError, match="is not a golden file"):
        compare_golden(tmp_path / "a.safetensors")
