"""From finished runs to the one file that ships."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from talkies.core.corpus.effects import EffectLibrary
from talkies.core.engines.mini import MiniEngine, MiniModel
from talkies.core.errors import WeightsError
from talkies.core.model.codec import CodecConfig
from talkies.core.model.config import MINI, VSSFlowConfig
from talkies.core.model.weights import load_metadata, load_state, save_state
from talkies.core.training.palette_fitting import fit_palette
from talkies.core.training.started import codec_config

PARTS = ("flow", "codec", "events", "durations", "lips")
"""The modules of the weights file that are trained, each by the stage of its name."""


def pack_mini(
    runs: Mapping[str, Path],
    out: Path,
    flow: VSSFlowConfig = MINI,
    codec: CodecConfig | None = None,
    library: EffectLibrary | None = None,
) -> dict[str, int]:
    """Writes the averaged weights of a run of each of PARTS as one safetensors file; returns the steps of each.
    Lips are left out when they were not trained. The palette is fitted here, to the recordings of ``library``.

    Raises WeightsError when a run has no state yet or belongs to another configuration.
    """
    codec = codec or CodecConfig()
    reads_lips = (runs["lips"] / "state.pt").exists()
    model = MiniModel(flow, codec, reads_lips)
    parts = [part for part in PARTS if part != "lips" or reads_lips]
    steps = {part: _load_average(getattr(model, part), runs[part]) for part in parts}
    metadata = {"flow": flow.to_json(), "codec": json.dumps(vars(codec)), "steps": json.dumps(steps)}
    if library is not None:
        model.palette = fit_palette(model.codec, library)
        metadata["palette"] = model.palette.names.to_json()
    save_state(model.state_dict(), out, dtype=torch.float16, metadata=metadata)
    return steps


def repack_mini(start: Path, runs: Mapping[str, Path], out: Path) -> dict[str, int]:
    """Writes the weights of ``start`` with the averaged weights of ``runs``, each of PARTS, in place of its own; the
    other parts stay bit for bit. Returns the steps of every part.

    Raises WeightsError when a run has no state, or when its latents are not those that the other parts know.
    """
    state, metadata = load_state(start), load_metadata(start)
    steps = dict(json.loads(metadata.get("steps", "{}")))
    for part, folder in runs.items():
        average, steps[part] = _read_average(folder)
        trained = {f"{part}.{name}": tensor for name, tensor in average.items()}
        for name in (name for name in trained if name.startswith("codec.latents.")):
            if name not in state or not torch.equal(state[name].float(), trained[name]):
                raise WeightsError(folder, "has other latents than the weights it is to join", f"train from {start}")
        state = {name: tensor for name, tensor in state.items() if not name.startswith(f"{part}.")} | trained
    if "codec" in runs:
        metadata["codec"] = json.dumps(vars(codec_config(start)))
    save_state(state, out, dtype=torch.float16, metadata=metadata | {"steps": json.dumps(steps)})
    MiniEngine.load(out, "cpu")
    return steps


def _load_average(module: torch.nn.Module, folder: Path) -> int:
    average, step = _read_average(folder)
    try:
        module.load_state_dict(average)
    except RuntimeError as error:
        raise WeightsError(folder, f"cannot be packed ({error})", "train it anew") from error
    return step


def _read_average(folder: Path) -> tuple[dict[str, Tensor], int]:
    """The averaged weights of a run, and how many steps it made."""
    path = folder / "state.pt"
    try:
        state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
        return dict(state["average"]["module"]), int(state["step"])
    except (OSError, KeyError, RuntimeError) as error:
        raise WeightsError(path, f"cannot be packed ({error})", "train it first") from error
