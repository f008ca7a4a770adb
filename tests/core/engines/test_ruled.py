"""When rules sound: one hit turns nothing off that goes on, and one in a handle decides nothing."""

from __future__ import annotations

from fractions import Fraction

import pytest
import torch

from talkies.core.engines.ruled import audible_where, ruled
from talkies.core.synthesis import recipe_for
from talkies.core.times import TimeRange

SECONDS = 8.0
INSIDE = TimeRange(Fraction(1), Fraction(7))


def hit(time: float) -> torch.Tensor:
    """Decided events (200, 4) with one hit."""
    events = torch.zeros(200, 4)
    events[int(time * 25), 0], events[int(time * 25), 3] = 0.9, 1.0
    return events


@pytest.mark.parametrize("words", [("water",), ("tool_machine",), ("rollercoaster",), ("rain",), ("crowd",)])
@pytest.mark.parametrize("time", [0.4, 4.0])
def test_one_hit_does_not_turn_a_texture_off(words: tuple[str, ...], time: float) -> None:
    recipe = recipe_for(words)
    assert recipe is not None and recipe.going is not None
    by_rules = ruled(recipe, hit(time), audible_where(hit(time), words, INSIDE), SECONDS, INSIDE)
    assert by_rules.spans is None, "throughout"


def test_a_hit_in_a_handle_alone_does_not_silence_the_shot() -> None:
    recipe, words = recipe_for(("footsteps",)), ("footsteps",)
    assert recipe is not None
    seen, hidden = (
        ruled(recipe, hit(time), audible_where(hit(time), words, INSIDE), SECONDS, INSIDE) for time in (4.0, 0.4)
    )
    assert seen.strokes is not None and [stroke.time for stroke in seen.strokes] == pytest.approx([4.0], abs=0.05)
    assert hidden.strokes is None and hidden.spans is None, "at a pace of its own, as where nothing is spotted"


def test_without_words_effects_stay_with_what_is_spotted() -> None:
    audible = audible_where(hit(0.4), (), INSIDE)
    assert audible is not None and audible[10] == 1 and audible[150] == 0
