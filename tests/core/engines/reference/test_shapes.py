"""What a condition may look like, and the sentence for each that looks otherwise."""

from __future__ import annotations

from fractions import Fraction

import pytest
import torch
from torch import Tensor

from talkies.core.engines.reference.shapes import Condition, Shapes
from talkies.core.errors import EngineError
from talkies.core.model.config import VSSFLOW

SHAPES = Shapes(VSSFLOW, Fraction(10))


@pytest.mark.parametrize(
    ("condition", "given", "taken"),
    [
        ("picture", (100, 768), (100, 768)),
        ("sync", (30, 8, 768), (240, 768)),
        ("sync", (240, 768), (240, 768)),
        ("lips", (247, 1024), (247, 1024)),
        ("voice", (256,), (256,)),
        ("voice", (1, 256), (256,)),
    ],
)
def test_what_the_extractors_of_the_reference_give_is_taken(
    condition: Condition, given: tuple[int, ...], taken: tuple[int, ...]
) -> None:
    checked = SHAPES.checked(condition, torch.ones(given, dtype=torch.float16), "it")
    assert (tuple(checked.shape), checked.dtype) == (taken, torch.float32)


def test_sync_of_a_minute_is_taken_too() -> None:
    """1500 frames of 25 a second are 186 windows of 16, one every 8."""
    Shapes(VSSFLOW, Fraction(60)).checked("sync", torch.ones(186, 8, 768), "it")


@pytest.mark.parametrize(
    ("condition", "given", "problem"),
    [
        ("picture", torch.ones(100, 512), r"has the shape \(100, 512\), not \(F, 768\)"),
        ("sync", torch.ones(768), r"has the shape \(768,\), not \(S, 768\) or \(S, 8, 768\)"),
        ("lips", torch.ones(0, 1024), r"has the shape \(0, 1024\), not \(L, 1024\)"),
        ("voice", torch.ones(10, 256), r"has the shape \(10, 256\), not \(256,\)"),
        ("picture", torch.full((100, 768), torch.nan), "holds numbers that are not finite"),
        ("picture", torch.ones((100, 768), dtype=torch.int64), "holds no floats"),
        ("lips", torch.ones(125, 1024), r"is for 5\.00 s, the segment lasts 10\.00 s"),
        ("phones", torch.ones(250), r"has the shape \(250,\) of torch\.float32, not \(T,\) whole numbers"),
        ("phones", torch.full((250,), 200), "holds ids beyond the 200 of the model"),
        ("phones", torch.ones(300, dtype=torch.long), r"is for 12\.00 s, the segment lasts 10\.00 s"),
    ],
)
def test_anything_else_is_one_sentence(condition: Condition, given: Tensor, problem: str) -> None:
    with pytest.raises(EngineError, match=f"^it: {problem}$"):
        SHAPES.checked(condition, given, "it")
