"""Who makes a spot: what its row says, else what the model card says of its words."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from talkies.core.engines.ruled import default_source
from talkies.core.sources.chosen import Wishes, choose, without_recording
from talkies.core.spotting.spot import Spot

SPOT = Spot("a", "V1-001", Fraction(1), Fraction(1))


def test_auto_takes_the_default_of_each_word() -> None:
    assert default_source(["bark"]) == choose(replace(SPOT, words="bark"), Wishes()).by
    assert choose(replace(SPOT, words="hammer wood"), Wishes()).by == "rules"
    assert choose(replace(SPOT, words="door slam"), Wishes()).by == "network"
    assert choose(SPOT, Wishes()).by == "network", "without words only the picture says what it is"


def test_a_row_goes_before_the_request() -> None:
    wishes = Wishes("glass", "voice", "network")
    assert choose(replace(SPOT, words="hammer wood", source="rules"), wishes).by == "rules"
    assert choose(replace(SPOT, words="hammer wood"), wishes).by == "network"
    assert (choose(SPOT, wishes).words, choose(SPOT, wishes).avoid) == ("glass", "voice")
    assert choose(replace(SPOT, file="x.wav"), wishes).by == "file"


def test_what_no_recording_fits_is_made_by_its_words() -> None:
    chosen = choose(replace(SPOT, words="hammer wood", source="library"), Wishes())
    assert (chosen.by, without_recording(chosen, Wishes()).by) == ("library", "rules")


def test_strokes_of_one_name_in_a_shot_strike_one_object() -> None:
    def seed(shot: str, words: str, number: int = 0) -> int:
        return choose(replace(SPOT, id=f"{number}", shot=shot, words=words), Wishes()).object_seed(7)

    assert seed("V1-001", "hammer wood", 1) == seed("V1-001", "hammer wood", 2)
    assert len({seed("V1-001", "hammer wood"), seed("V1-002", "hammer wood"), seed("V1-001", "glass break")}) == 3
