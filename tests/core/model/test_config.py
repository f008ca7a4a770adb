"""Sizes: the reference counts what it must, and unusable configurations are refused in one sentence."""

from __future__ import annotations

import json

import pytest
import torch

from talkies.core.errors import WeightsError
from talkies.core.model.config import MINI, VSSFLOW, VSSFlowConfig
from talkies.core.model.vssflow import VSSFlow


def test_the_reference_transformer_counts_453_07_million() -> None:
    with torch.device("meta"):
        model = VSSFlow(VSSFLOW)
    assert round(sum(weight.numel() for weight in model.vaflow.parameters()) / 1e6, 2) == 453.07
    assert VSSFLOW.in_channels == 1952
    assert VSSFLOW.width == 1536


def test_the_mini_transformer_fits_into_the_shipped_file() -> None:
    with torch.device("meta"):
        model = VSSFlow(MINI)
    assert sum(weight.numel() for weight in model.parameters()) * 2 < 32e6
    assert MINI.in_channels == 128 + 16 + 2 * 32 + 64


@pytest.mark.parametrize("config", [MINI, VSSFLOW])
def test_json_and_back(config: VSSFlowConfig) -> None:
    assert VSSFlowConfig.from_json(config.to_json()) == config


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "sizes: is not JSON"),
        ("[]", "sizes: is not a JSON object of fields"),
        ('{"layers": 3}', "sizes: unknown field layers; use one of attention_head_dim"),
        ('{"num_layers": 0}', "sizes: num_layers is 0, not a positive whole number"),
        ('{"num_layers": "10"}', "sizes: num_layers is '10', not a positive whole number"),
        ('{"num_layers": true}', "sizes: num_layers is True, not a positive whole number"),
        ('{"num_key_value_attention_heads": 5}', "sizes: 24 attention heads cannot share 5 key/value heads"),
        ('{"attention_head_dim": 6}', "sizes: attention_head_dim must divide by 4"),
        ('{"in_channels": 7}', "sizes: in_channels is 7, but the other fields add up to 1952"),
    ],
)
def test_unusable_sizes_are_refused(text: str, sentence: str) -> None:
    with pytest.raises(WeightsError) as caught:
        VSSFlowConfig.from_json(text, "sizes")
    assert str(caught.value).startswith(sentence)


def test_a_golden_files_derived_channels_are_accepted() -> None:
    assert VSSFlowConfig.from_dict({**json.loads(MINI.to_json()), "in_channels": MINI.in_channels}) == MINI
