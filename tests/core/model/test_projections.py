"""Stretching features in time, and zeros that stay zeros."""

from __future__ import annotations

import torch
from torch.nn import functional

from talkies.core.model.projections import Projection, pad_or_cut, stretch


def test_no_feature_is_no_condition() -> None:
    assert not Projection(5, 3)(torch.zeros(2, 4, 5)).any()


def test_features_in_half_precision_are_read() -> None:
    assert Projection(5, 3)(torch.ones(2, 4, 5, dtype=torch.float16)).dtype == torch.float32


def test_ten_per_second_are_held_for_two_or_three_latent_frames() -> None:
    features = torch.arange(4.0).reshape(1, 4, 1)
    assert stretch(features, 10, (0, 10), "nearest").flatten().tolist() == [0, 0, 0, 1, 1, 2, 2, 2, 3, 3]


def test_stretching_agrees_with_interpolation_also_for_spans() -> None:
    features = torch.randn(2, 48, 6)
    for mode in ("nearest", "nearest-exact"):
        whole = functional.interpolate(features.transpose(1, 2), size=50, mode=mode).transpose(1, 2)
        assert torch.equal(stretch(features, 50, (0, 50), mode), whole)
        assert torch.equal(stretch(features, 50, (13, 37), mode), whole[:, 13:37])


def test_what_is_short_is_filled_with_zeros_and_what_is_long_is_cut() -> None:
    features = torch.ones(1, 5, 2)
    assert pad_or_cut(features, (3, 7))[0, :, 0].tolist() == [1, 1, 0, 0]
    assert pad_or_cut(features, (6, 8))[0, :, 0].tolist() == [0, 0]
    assert pad_or_cut(features, (0, 4)).shape == (1, 4, 2)
    assert pad_or_cut(torch.ones(1, 3, dtype=torch.long), (0, 4)).tolist() == [[1, 1, 1, 0]]
