"""One part joins weights that are there already only if it speaks of the same latents."""

from pathlib import Path

import pytest
import torch

from talkies.core.errors import WeightsError
from talkies.core.model.codec import Codec
from talkies.core.model.weights import shipped_weights
from talkies.core.training.packing import repack_mini


def test_a_decoder_of_other_latents_is_refused(tmp_path: Path) -> None:
    run = tmp_path / "codec"
    run.mkdir()
    torch.save({"step": 7, "average": {"module": Codec().state_dict()}}, run / "state.pt")
    with pytest.raises(WeightsError, match="other latents than the weights it is to join"):
        repack_mini(shipped_weights("mini.safetensors"), {"codec": run}, tmp_path / "out.safetensors")
    assert not (tmp_path / "out.safetensors").exists()


def test_a_run_without_a_state_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="train it first"):
        repack_mini(shipped_weights("mini.safetensors"), {"codec": tmp_path}, tmp_path / "out.safetensors")
