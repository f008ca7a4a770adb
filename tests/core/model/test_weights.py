"""Checkpoints: what is damaged, foreign or dangerous is refused in one sentence, and nothing is half-written."""

from __future__ import annotations

import os
import pickle
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import nn

from talkies.core.errors import OutputError, WeightsError
from talkies.core.model.bands import BandFrames
from talkies.core.model.config import MINI
from talkies.core.model.vssflow import VSSFlow
from talkies.core.model.weights import (
    fit_state,
    load_metadata,
    load_state,
    outline,
    save_state,
    shipped_weights,
)

TINY = replace(MINI, num_layers=1, attention_head_dim=8, cond_feat_dim=16)


@pytest.fixture
def model() -> VSSFlow:
    torch.manual_seed(0)
    return VSSFlow(TINY)


@pytest.fixture
def checkpoint(tmp_path: Path, model: VSSFlow) -> Path:
    path = tmp_path / "model.safetensors"
    save_state(model.state_dict(), path, metadata={"flow": TINY.to_json()})
    return path


class Exploit:
    """Writes a file when unpickled."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (os.mkdir, (str(self.target),))


def test_saved_and_loaded_matrices_keep_eight_bits_and_vectors_all(checkpoint: Path, model: VSSFlow) -> None:
    state = load_state(checkpoint)
    for name, weight in model.state_dict().items():
        expected = weight.bfloat16() if weight.ndim > 1 else weight
        assert torch.equal(state[name], expected)
    fit_state(VSSFlow(TINY), state, checkpoint)
    assert load_metadata(checkpoint) == {"flow": TINY.to_json()}
    assert not list(checkpoint.parent.glob("*.part"))


def test_torch_files_are_read_also_wrapped(tmp_path: Path, model: VSSFlow) -> None:
    for content in (model.state_dict(), {"state_dict": model.state_dict(), "epoch": 3}):
        torch.save(content, tmp_path / "model.ckpt")
        assert load_state(tmp_path / "model.ckpt").keys() == model.state_dict().keys()


def test_a_pickle_is_not_executed(tmp_path: Path) -> None:
    target = tmp_path / "made by the exploit"
    torch.save({"weight": torch.ones(1), "evil": Exploit(target)}, tmp_path / "evil.pt")
    (tmp_path / "raw.pt").write_bytes(pickle.dumps(Exploit(target)))
    for name in ("evil.pt", "raw.pt"):
        with pytest.raises(WeightsError, match="is damaged or not a checkpoint"):
            load_state(tmp_path / name)
    assert not target.exists()


@pytest.mark.parametrize("suffix", [".safetensors", ".pt"])
@pytest.mark.parametrize("content", [b"", b"junk", b"\xff" * 4096])
def test_damaged_files_are_refused(tmp_path: Path, suffix: str, content: bytes) -> None:
    path = tmp_path / f"model{suffix}"
    path.write_bytes(content)
    with pytest.raises(WeightsError, match=r"is damaged or not a checkpoint .*; get the file again"):
        load_state(path)


def test_a_cut_file_is_refused(checkpoint: Path) -> None:
    checkpoint.write_bytes(checkpoint.read_bytes()[:-100])
    for read in (load_state, load_metadata):
        with pytest.raises(WeightsError, match="is damaged or not a checkpoint"):
            read(checkpoint)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="does not exist"):
        load_state(tmp_path / "none.safetensors")
    with pytest.raises(WeightsError, match="is not a file"):
        load_state(tmp_path)


def test_a_torch_file_of_other_things_is_refused(tmp_path: Path) -> None:
    torch.save({"epoch": 3}, tmp_path / "other.pt")
    with pytest.raises(WeightsError, match="holds something other than tensors by name"):
        load_state(tmp_path / "other.pt")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("shape", r"m: lip_proj.0.weight has shape \(3, 2\) where the model has \(32, 4\); it belongs to another"),
        ("missing", "m: lacks a tensor, vaflow.proj_in.weight first"),
        ("unexpected", "m: has 2 tensors too many, extra.a first"),
        ("not finite", "m: phone_embedding.weight holds numbers that are not finite"),
    ],
)
def test_weights_that_do_not_fit_are_refused_and_nothing_is_copied(model: VSSFlow, change: str, sentence: str) -> None:
    state = {name: weight.clone() + 1 for name, weight in model.state_dict().items()}
    if change == "shape":
        state["lip_proj.0.weight"] = torch.zeros(3, 2)
    elif change == "missing":
        del state["vaflow.proj_in.weight"]
    elif change == "unexpected":
        state |= {"extra.a": torch.zeros(1), "extra.b": torch.zeros(1)}
    else:
        state["phone_embedding.weight"][0, 0] = torch.nan
    before = {name: weight.clone() for name, weight in model.state_dict().items()}
    with pytest.raises(WeightsError, match=sentence):
        fit_state(model, state, "m")
    assert all(torch.equal(weight, before[name]) for name, weight in model.state_dict().items())


def test_what_cannot_be_written_leaves_the_old_file(tmp_path: Path, model: VSSFlow) -> None:
    path = tmp_path / "taken"
    path.mkdir()
    (path / "inside").write_text("kept")
    with pytest.raises(OutputError, match="the weights cannot be written"):
        save_state(model.state_dict(), path)
    assert [file.name for file in tmp_path.iterdir()] == ["taken"]


def test_weights_that_do_not_ship_are_named() -> None:
    with pytest.raises(WeightsError, match=r"weights none\.safetensors: are not part of this installation"):
        shipped_weights("none.safetensors")


class Filled(nn.Module):
    """Is given first values in every way there is."""

    def __init__(self) -> None:
        super().__init__()
        self.a = nn.Parameter(torch.zeros(2, 3))
        self.b = nn.Parameter(torch.ones((4,)))
        self.c = nn.Parameter(torch.full((5, 2), fill_value=0.5))
        self.d = nn.Parameter(torch.full(size=(6,), fill_value=0.5))
        self.e = nn.Parameter(torch.randn(7, generator=torch.Generator()))
        self.f = nn.Parameter(torch.full((), 2.0))


def test_an_outline_has_every_shape_and_takes_no_memory() -> None:
    shapes = {name: tuple(each.shape) for name, each in outline(Filled, "x").state_dict().items()}
    assert shapes == {"a": (2, 3), "b": (4,), "c": (5, 2), "d": (6,), "e": (7,), "f": ()}
    assert all(each.is_meta for each in outline(Filled, "x").parameters())


def test_the_constants_of_an_outline_are_those_of_the_model() -> None:
    ours, real = outline(BandFrames, "x"), BandFrames()
    assert torch.equal(ours.filters, real.filters)
    assert torch.equal(ours.interpolation, real.interpolation)
