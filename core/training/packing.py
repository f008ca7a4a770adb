"""From finished runs to the one file that ships."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch

from talkies.core.engines.mini import MiniModel
from talkies.core.errors import WeightsError
from talkies.core.model.codec import CodecConfig
from talkies.core.model.config import MINI, VSSFlowConfig
from talkies.core.model.weights import save_state


def pack_mini(
    flow_run: Path,
    codec_run: Path,
    events_run: Path,
    durations_run: Path,
    out: Path,
    flow: VSSFlowConfig = MINI,
    codec: CodecConfig | None = None,
) -> dict[str, int]:
    """Writes the averaged weights of four runs as one safetensors file; returns the steps of each.

    Raises WeightsError when a run has no state yet or belongs to another configuration.
    """
    codec = codec or CodecConfig()
    model = MiniModel(flow, codec)
    runs = {"flow": flow_run, "codec": codec_run, "events": events_run, "durations": durations_run}
    steps = {name: _load_average(getattr(model, name), folder) for name, folder in runs.items()}
    metadata = {"flow": flow.to_json(), "codec": json.dumps(vars(codec)), "steps": json.dumps(steps)}
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
