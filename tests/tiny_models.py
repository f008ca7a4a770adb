"""Tiny random models in folders, as ``save_pretrained`` writes the large ones, and engines added with them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import torch

from talkies.core.engines.base import load_engine
from talkies.core.engines.guest import GuestEngine
from talkies.core.engines.guests.adding import add, remove

CARD = "---\nlicense: cc-by-nc-4.0\ntags:\n- mms\n---\n\n# A model\n"
LETTERS = " 'abcdefghijklmnopqrstuvwxyz"


@contextmanager
def added(adapter: str, folder: Path, *options: str) -> Iterator[GuestEngine]:
    """The engine that an adapter is with a folder, added as the user adds it and loaded; gone afterwards."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TALKIES_CONFIG", str(folder.parent / "configuration" / "config.toml"))
        add("tiny", [str(folder), *options], adapter=adapter)
        engine = load_engine("tiny", device="cpu")
        remove("tiny")
    assert isinstance(engine, GuestEngine)
    try:
        yield engine
    finally:
        engine.close()


def tiny_vits(folder: Path, language: str = "nld", uroman: bool = False, **more: Any) -> Path:
    """A random model that speaks noise, 64 ms for each character at its own pace."""
    library: Any = import_module("transformers")
    folder.mkdir(parents=True)
    (folder / "vocab.json").write_text(json.dumps({each: number for number, each in enumerate(["<pad>", *LETTERS])}))
    spelling = {"language": language, "is_uroman": uroman, "phonemize": False}
    library.VitsTokenizer(folder / "vocab.json", **spelling).save_pretrained(folder)
    torch.manual_seed(0)
    shape = {
        "vocab_size": len(LETTERS) + 1, "hidden_size": 16, "num_hidden_layers": 1, "ffn_dim": 16, "flow_size": 16,
        "spectrogram_bins": 9, "upsample_initial_channel": 16, "upsample_rates": [4, 4, 2, 2],
        "upsample_kernel_sizes": [8, 8, 4, 4], "resblock_kernel_sizes": [3], "resblock_dilation_sizes": [[1]],
        "prior_encoder_num_wavenet_layers": 1, "posterior_encoder_num_wavenet_layers": 1, "prior_encoder_num_flows": 1,
        "duration_predictor_filter_channels": 16, "use_stochastic_duration_prediction": False,
    }  # fmt: skip
    model = library.VitsModel(library.VitsConfig(**shape | more))
    if not model.config.use_stochastic_duration_prediction:
        model.duration_predictor.proj.weight.data.zero_()
        model.duration_predictor.proj.bias.data.fill_(2.0)  # e², which is 8 frames, for each character and each blank
    model.save_pretrained(folder)
    (folder / "README.md").write_text(CARD)
    return folder
