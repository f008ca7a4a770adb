"""Sizes of what goes on from a weights file: as many latents as it has, else those of the model that ships."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from talkies.core.errors import WeightsError
from talkies.core.model.codec import CodecConfig
from talkies.core.model.config import MINI, VSSFlowConfig
from talkies.core.model.weights import load_metadata


def codec_config(start: Path | None) -> CodecConfig:
    """A decoder of today's size for the latents of ``start``. Raises WeightsError for a file of another kind."""
    return CodecConfig() if start is None else replace(CodecConfig(), latent_channels=_noted(start).latent_channels)


def flow_config(start: Path | None) -> VSSFlowConfig:
    """The flow model of ``start``. Raises WeightsError likewise."""
    return MINI if start is None else _noted(start)


def _noted(start: Path) -> VSSFlowConfig:
    notes = load_metadata(start)
    if "flow" not in notes or "codec" not in notes:
        raise WeightsError(start, "holds no configuration of a mini model", "give a file that talkies train wrote")
    flow = VSSFlowConfig.from_json(notes["flow"], str(start))
    if json.loads(notes["codec"]).get("latent_channels") != flow.latent_channels:
        raise WeightsError(start, "has a codec and a flow model of different latents", "give another file")
    return flow
