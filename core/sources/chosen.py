"""What makes a spot: its own source, else that of its words on the model card."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from talkies.core.conditioning.prompt.vocabulary import read_prompt
from talkies.core.engines.ruled import recipe_asked_for, unlearned
from talkies.core.segment import Source
from talkies.core.spotting.spot import Spot
from talkies.core.synthesis import Recipe

By = Literal["rules", "network", "library", "file"]


@dataclass(frozen=True)
class Wishes:
    """What a request says for spots that say nothing themselves."""

    words: str = ""
    avoid: str = ""
    source: Source = "auto"


@dataclass(frozen=True)
class Chosen:
    """A spot with its words, and what makes it; ``recipe``: the rules, where these do."""

    spot: Spot
    words: str
    avoid: str
    by: By
    recipe: Recipe | None = None
    warnings: tuple[str, ...] = ()

    def object_seed(self, seed: int) -> int:
        """Of what is struck: the same for all spots of a shot whose words call for the same rules."""
        name = self.words if self.recipe is None else self.recipe.laid
        drawn = hashlib.sha256(f"{seed} {self.spot.shot} {name}".encode("utf-8", "replace")).digest()
        return int.from_bytes(drawn[:4], "big")


def choose(spot: Spot, wishes: Wishes) -> Chosen:
    """Who makes a spot. Words that have no rules go to the network, and a sentence says so where rules were asked."""
    words, avoid = spot.words or wishes.words, spot.avoid or wishes.avoid
    if spot.source == "library" or spot.source == "file":
        return Chosen(spot, words, avoid, spot.source)
    if spot.source == "auto" and spot.file:
        return Chosen(spot, words, avoid, "file")
    recipe, warnings = _recipe(words, avoid, wishes.source if spot.source == "auto" else spot.source)
    return Chosen(spot, words, avoid, "network" if recipe is None else "rules", recipe, warnings)


def without_recording(chosen: Chosen, wishes: Wishes) -> Chosen:
    """The same where no recording fits."""
    return choose(replace(chosen.spot, source="auto", file=""), wishes)


@lru_cache(maxsize=4096)
def _recipe(words: str, avoid: str, source: Source) -> tuple[Recipe | None, tuple[str, ...]]:
    wanted, unwanted = read_prompt(words), read_prompt(avoid)
    recipe, told = recipe_asked_for(source, wanted, unwanted)
    learned = unlearned(wanted) if recipe is None else []
    return recipe, (*wanted.warnings, *unwanted.warnings, *told, *learned)
