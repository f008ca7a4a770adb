"""What adapters say of model folders before a library is imported: one that is not there, values of wrong types."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save_file

from talkies.core.engines.adapters.diffusers import EffectsAdapter
from talkies.core.engines.adapters.folders import ModelFolder
from talkies.core.errors import EngineError

EFFECTS = {"_class_name": "AudioLDM2Pipeline"}
STABLE = {"transformer": {"sample_size": 1024}, "vae": {"downsampling_ratios": [2, 4, 4, 8, 8]}}


def effects(folder: Path, index: dict[str, Any], **parts: dict[str, Any]) -> EffectsAdapter:
    """With a pipeline that has only these configurations."""
    (folder / "broken").mkdir()
    for name, facts in {"model_index": index, **{f"{part}/config": facts for part, facts in parts.items()}}.items():
        path = folder / "broken" / f"{name}.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(facts))
    return EffectsAdapter([str(folder / "broken"), "--licence", "its own"])


def test_a_library_that_is_not_installed_is_named(tmp_path: Path) -> None:
    said = effects(tmp_path, EFFECTS).said
    with pytest.raises(EngineError, match=r"broken: needs no-such-library; pip install 'talkies\[vssflow\]'"):
        ModelFolder(said.folder, "config.json").manifest("no-such-library", said)


@pytest.mark.parametrize(
    ("index", "parts", "why"),
    [
        ({"vae": []}, {}, r"broken/model_index\.json: vae is no part of a pipeline; fetch it again"),
        ({"vae": [[], 1]}, {}, r"broken/model_index\.json: vae is no part of a pipeline"),
        ({}, {"vocoder": {"sampling_rate": 0}}, r"broken/vocoder/config\.json: sampling_rate is no whole number, 1 to"),
        ({}, {"vocoder": {"sampling_rate": "x"}}, r"broken/vocoder/config\.json: sampling_rate is no whole number"),
        ({}, {"vocoder": {"sampling_rate": True}}, r"broken/vocoder/config\.json: sampling_rate is no whole number"),
        (
            {},
            {**STABLE, "vae": {"downsampling_ratios": 5}},
            r"broken/vae/config\.json: downsampling_ratios are no whole",
        ),
        (
            {},
            {**STABLE, "vae": {"downsampling_ratios": ["x"]}},
            "downsampling_ratios are no whole numbers; fetch it again",
        ),
        ({}, {**STABLE, "vae": {"downsampling_ratios": [4096] * 999}}, "downsampling_ratios are no whole numbers"),
        ({}, {"transformer": {"sample_size": [5]}}, r"broken/transformer/config\.json: sample_size is no whole number"),
    ],
)
def test_a_value_of_another_type_is_one_sentence(
    index: dict[str, Any], parts: dict[str, Any], why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("talkies.core.engines.adapters.folders.version", lambda package: "0")
    with pytest.raises(EngineError, match=why):
        print(effects(tmp_path, {**EFFECTS, **index}, **parts).manifest)


def test_a_value_that_is_null_or_left_out_is_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("talkies.core.engines.adapters.folders.version", lambda package: "0")
    manifest = effects(tmp_path, EFFECTS, vocoder={"sampling_rate": None}).manifest
    assert (manifest["sample_rate"], manifest["window_s"]) == (16_000, 10.0)


def test_weights_that_are_not_whole_are_refused(tmp_path: Path) -> None:
    folder, path = ModelFolder(tmp_path, "config.json"), tmp_path / "vae" / "model.safetensors"
    path.parent.mkdir()
    save_file({"weight": np.zeros(100, np.float32)}, path)
    folder.check_weights(["vae"])
    for data in (b"", b"version https://git-lfs/spec/v1\n", path.read_bytes()[:-4]):
        path.write_bytes(data)
        with pytest.raises(EngineError, match=r"vae/model\.safetensors: is not whole; fetch it again"):
            folder.check_weights(["vae"])
    save_file({}, path)
    with pytest.raises(EngineError, match=r"vae/model\.safetensors: has no weights in it; fetch it again"):
        folder.check_weights(["vae"])
