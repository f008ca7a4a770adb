"""Events as a list: what is written into columns is read back, and what an engine is told is where it strikes."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import torch

from talkies.core.conditioning.picture.visual import PictureFeatures
from talkies.core.engines.base import Brief, Spotted, Stroke
from talkies.core.engines.listed import listed_events, spotted_in
from talkies.core.engines.mini import MiniEngine


@pytest.fixture(scope="module")
def engine() -> MiniEngine:
    return MiniEngine.load(None, "cpu")


def test_a_list_survives_its_columns() -> None:
    given = Spotted((Stroke(0.51, 0.25), Stroke(1.23, 1.0), Stroke(3.9, 0.5)), ((2.0, 3.2),))
    columns = listed_events(given, 100)
    found = spotted_in(columns, columns)
    assert [stroke.force for stroke in found.strokes] == [0.25, 1.0, 0.5]
    assert np.allclose([s.time for s in found.strokes], [s.time for s in given.strokes], atol=0.0101)
    assert found.spans == given.spans


def test_what_lies_outside_of_the_sound_is_left_out() -> None:
    columns = listed_events(Spotted((Stroke(-0.1, 1.0), Stroke(4.0, 1.0)), ((-1.0, 0.2), (3.9, 6.0))), 100)
    assert not bool(columns[:, :2].any())
    assert columns[:, 2].nonzero()[:, 0].tolist() == [0, 1, 2, 3, 4, 98, 99]
    assert torch.equal(columns[:, 3], torch.zeros(100))


def test_the_network_sounds_a_list_and_not_what_it_sees(engine: MiniEngine) -> None:
    """A still picture with one listed stroke: silence until just before it, sound after it."""
    seconds = Fraction(3)
    brief = Brief(
        "foley", seconds, PictureFeatures.nothing(seconds), prompt="knock", source="network",
        spotted=Spotted((Stroke(1.4, 0.9),)),
    )  # fmt: skip
    prepared = engine.prepare(brief)
    assert not prepared.silent
    blocks = engine.generate(prepared, seed=1, steps=4, guidance=3.0, on_step=lambda share: None)
    sound = np.concatenate(list(blocks))
    before, after = sound[: round(1.15 * 48_000)], sound[round(1.35 * 48_000) : round(1.6 * 48_000)]
    assert np.abs(after).max() > 100 * np.abs(before).max()


def test_an_empty_list_is_silence_even_where_the_picture_moves(engine: MiniEngine) -> None:
    seconds = Fraction(2)
    features = PictureFeatures.nothing(seconds)
    moving = PictureFeatures(features.sync + 1, features.picture, features.lips, features.mouths)
    assert engine.prepare(Brief("foley", seconds, moving, spotted=Spotted())).silent
