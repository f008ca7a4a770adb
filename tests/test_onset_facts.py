"""The tests' own onsets, on sounds that begin where it is known."""

from __future__ import annotations

import numpy as np
import pytest
from onset_facts import RATE, offsets, strength


@pytest.mark.parametrize("kind", ["tone", "noise", "slow"])
def test_what_begins_is_found_where_it_begins(kind: str) -> None:
    """Over a tone that goes on with a vibrato; what rises over 40 ms is found where it is first heard."""
    times = np.arange(4 * RATE) / RATE
    sound = 0.1 * np.sin(2 * np.pi * 220 * times + 0.8 * np.sin(2 * np.pi * 5.5 * times))
    begins, rng = (0.5, 1.31, 2.777), np.random.default_rng(1)
    for begin in begins:
        past = times - begin
        rise_s = 0.04 if kind == "slow" else 0.001
        level = np.clip(past / rise_s, 0, 1) * np.exp(-np.maximum(past, 0) * 6) * (past > 0)
        sound += 0.3 * level * (rng.normal(0, 0.3, len(times)) if kind == "noise" else np.sin(2 * np.pi * 990 * times))
    assert [abs(found) <= 0.0101 for found in offsets(strength(sound), begins)] == [True] * 3
