"""Guidance at the weights where its answer is known."""

from __future__ import annotations

import pytest
import torch

from talkies.core.flow.guidance import guided, guided_halves


@pytest.mark.parametrize(("w", "expected"), [(0.0, 2.0), (1.0, 5.0), (3.0, 11.0)])
def test_guidance_goes_from_the_unconditional_through_the_conditional(w: float, expected: float) -> None:
    assert guided(torch.tensor(5.0), torch.tensor(2.0), w).item() == expected


def test_the_first_half_of_a_batch_is_conditional() -> None:
    v = torch.tensor([[[5.0]], [[2.0]]])
    assert guided_halves(v, 3.0).tolist() == [[[11.0]]]
