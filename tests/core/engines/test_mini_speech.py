"""Speech begins with quieter noise than effects do."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from talkies.core.conditioning.speech.phonemes import PAUSE
from talkies.core.engines.mini_speech import begun

FRAMES, SPOKEN = 100, slice(40, 60)
BESIDE = 5
"""Latent frames before and after a word that are its own."""


def _noise() -> Tensor:
    return torch.randn(128, FRAMES, generator=torch.Generator().manual_seed(0))


def _phones(spoken: slice, sound: int = 7) -> Tensor:
    phones = torch.zeros(2 * FRAMES, dtype=torch.long)
    phones[2 * spoken.start : 2 * spoken.stop] = sound
    return phones


def test_noise_is_two_thirds_where_words_are_and_as_it_was_elsewhere() -> None:
    noise, quieter = _noise(), begun(_noise(), _phones(SPOKEN))
    inside, ratio = slice(SPOKEN.start - BESIDE, SPOKEN.stop + BESIDE), quieter / noise
    torch.testing.assert_close(ratio[:, inside], torch.full_like(ratio[:, inside], 2 / 3))
    outside = torch.cat((ratio[:, : inside.start], ratio[:, inside.stop :]), 1)
    assert bool((outside == 1).all())
    assert float(quieter[:, inside].std()) == pytest.approx(2 / 3, abs=3 / math.sqrt(128 * 30))


@pytest.mark.parametrize("phones", [None, _phones(SPOKEN, 0), _phones(SPOKEN, PAUSE)])
def test_effects_begin_as_they_did(phones: Tensor | None) -> None:
    """Bit for bit: nobody speaks."""
    assert torch.equal(begun(_noise(), phones), _noise())
