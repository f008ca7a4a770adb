"""Words for a background: a place, and what is heard in it.

"kitchen, rain" ─► indoors + rain. A place is indoors or outdoors; everything else is read as the prompt of effects is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from talkies.core.backgrounds.air import INDOORS, OUTDOORS, Air
from talkies.core.conditioning.prompt.vocabulary import GOING_ON, read_prompt, words_in
from talkies.core.synthesis import Recipe, recipe_for

_INSIDE = (
    *("room", "tone", "roomtone", "indoors", "indoor", "inside", "interior", "int", "office", "kitchen", "bedroom"),
    *("bathroom", "hall", "hallway", "corridor", "cellar", "basement", "attic", "studio", "flat", "apartment", "house"),
    *("home", "shop", "classroom", "library", "museum", "warehouse"),
)
_OUTSIDE = (
    *("outdoors", "outdoor", "outside", "exterior", "ext", "air", "street", "city", "town", "village", "road"),
    *("traffic", "forest", "woods", "field", "meadow", "park", "garden", "yard", "mountain", "mountains", "desert"),
    "countryside",
)
_ADDED = {"forest": "wind leaves", "woods": "wind leaves"}
_HUM = re.compile(r"\b(?:mains|hum|neon)\b", re.IGNORECASE)
_SIXTY = re.compile(r"\b60(?:\s*hz)?\b", re.IGNORECASE)
_WEATHER = frozenset(("rain", "sea", "waves", "wind", "waterfall", "insects_night", "bird", "thunder", "water"))
"""Words that are outdoors where no place is named."""


@dataclass(frozen=True)
class Wanted:
    """What words ask for. ``air``: None where they name no place. ``recipes``: one for each thing that is heard.
    ``hum_hz``: of the mains, 0 for none. ``warnings``: one sentence for each word that is not known."""

    air: Air | None = None
    recipes: tuple[Recipe, ...] = ()
    hum_hz: int = 0
    warnings: tuple[str, ...] = ()


def read_words(text: str) -> Wanted:
    """What the words of a background ask for, however many."""
    hum = (60 if _SIXTY.search(text) else 50) if _HUM.search(text) else 0
    rest = _SIXTY.sub(" ", _HUM.sub(" ", text)) if hum else text
    tokens = re.findall(r"[\w'-]+", rest)
    inside = any(token.casefold() in _INSIDE for token in tokens)
    outside = any(token.casefold() in _OUTSIDE for token in tokens)
    left = [
        _ADDED.get(token.casefold(), "" if token.casefold() in (*_INSIDE, *_OUTSIDE) else token) for token in tokens
    ]
    named = " ".join(filter(None, left))
    prompt = read_prompt(named)
    weather = _WEATHER & set(words_in(named))
    air = INDOORS if inside else OUTDOORS if outside or weather else None
    warnings = prompt.warnings if named else ()
    return Wanted(air, _recipes(prompt.words), hum, tuple(warnings))


def _recipes(words: tuple[str, ...]) -> tuple[Recipe, ...]:
    """Each thing that goes on, and one for all that strikes."""
    going = [recipe for word in words if word in GOING_ON or word == "water" if (recipe := recipe_for((word,)))]
    together = recipe_for(words) if words else None
    if together is None:
        return ()
    named = {recipe.going.name for recipe in going if recipe.going is not None}
    if together.going is not None and together.going.name not in named:
        going = [recipe for recipe in going if not set(recipe.words) <= set(together.going.name.split())]
        going.append(Recipe(together.words, None, together.going))
    strikes = [Recipe(together.words, together.stroke, None)] if together.stroke is not None else []
    return (*going, *strikes)
