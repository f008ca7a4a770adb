"""From finished runs to the one file that ships."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from talkies.core.corpus.effects import EffectLibrary
from talkies.core.engines.mini import MiniModel
from talkies.core.errors import WeightsError
from talkies.core.model.codec import CodecConfig
from talkies.core.model.config import MINI, VSSFlowConfig
from talkies.core.model.weights import save_state
from talkies.core.training.palette_fitting import fit_palette

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


def _load_average(module: torch.nn.Module, folder: Path) -> int:
    path = folder / "state.pt"
    try:
        state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
        module.load_state_dict(state["average"]["module"])
    except (OSError, KeyError, RuntimeError) as error:
        raise WeightsError(path, f"cannot be packed ({error})", "train it first") from error
    return int(state["step"])
