"""Which palette sounds a prompt names: at most one stroke and one texture.

Names are sets of vocabulary words, a prompt is a list of them. Words count differently: "door" in "metal door" says
more than "metal", and who says "wood" means a blow on it, not steps.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from talkies.core.conditioning.prompt.vocabulary import GOING_ON

Words = tuple[str, ...]

MATERIALS = frozenset({
    "carpet", "ceramic", "concrete", "dirt", "floor", "glass", "grass", "gravel", "ice", "leaves", "metal",
    "plastic", "sand", "snow", "soft_ground", "stone", "water", "wood",
})  # fmt: skip
"""Words that mostly say what something is made of, or what lies under it."""

_UNMEANT = frozenset({
    "aircraft", "body", "break", "burst", "chainsaw", "chop", "click_switch", "creak", "dig", "door", "drip",
    "eating", "explosion", "fireworks", "footsteps", "helicopter", "howl", "ice", "insects_night", "knock",
    "rooster", "siren", "sizzle_steam", "snow", "thunder", "train", "water", "weapon", "wild_animal",
})  # fmt: skip
"""What nobody means who does not say it."""

_AMBIENCE = "ambience"
NEARLY = 0.7
"""Share of the best likeness: other names that are as good an answer."""


def named_sounds(
    strokes: Sequence[Words],
    textures: Sequence[Words],
    words: Words,
    unwanted: Words,
    rng: np.random.Generator,
    nearly: float = NEARLY,
) -> tuple[int | None, int | None]:
    """A stroke and a texture for these words, by their numbers; ``rng`` chooses between equally good ones: those that
    are ``nearly`` as like as the likest.

    The side that more of the prompt speaks for comes first. The other gets what is left over, if that names something
    that strikes (not only a material), or that goes on.
    """

    def best(names: Sequence[Words], words: Words, enough: Callable[[set[str]], bool]) -> int | None:
        return _best(names, words, unwanted, rng, nearly, enough)

    stroke = best(strokes, words, lambda shared: bool(shared - GOING_ON))
    texture = best(textures, words, bool)
    if stroke is None and texture is None:  # what goes on, known from strokes alone: a sizzle, but no train by its horn
        told = tuple(name if set(name) <= set(words) else () for name in strokes)
        return best(told, words, bool), None
    for_stroke, for_texture = (
        _weight(set(words) & set(names[number])) if number is not None else 0.0
        for names, number in ((strokes, stroke), (textures, texture))
    )
    going = texture is not None and bool(set(words) & set(textures[texture]) & (GOING_ON | {_AMBIENCE}))
    if for_texture > for_stroke or (for_texture == for_stroke and going):
        assert texture is not None
        left = tuple(word for word in words if word not in textures[texture])
        return best(strokes, left, lambda shared: bool(shared - GOING_ON - MATERIALS)), texture
    left = tuple(word for word in words if stroke is None or word not in strokes[stroke])
    return stroke, best(textures, left, lambda shared: bool(shared & GOING_ON))


def left_out(strokes: Sequence[Words], words: Words, chosen: Sequence[Words]) -> Words:
    """Words of a prompt that name other strokes than the sounds ``chosen``: only one stroke is placed on the onsets."""
    strike = {word for name in strokes for word in name if _word_weight(word) > 1}
    return tuple(word for word in words if word in strike.difference(*chosen))


def _weight(shared: set[str]) -> float:
    """How much the shared words of a prompt speak for a name."""
    return sum(_word_weight(word) for word in shared)


def _word_weight(word: str) -> float:
    if word == _AMBIENCE:
        return 0.5
    return 1.0 if word in MATERIALS or word in GOING_ON else 2.0


def _best(
    names: Sequence[Words],
    words: Words,
    unwanted: Words,
    rng: np.random.Generator,
    nearly: float,
    enough: Callable[[set[str]], bool],
) -> int | None:
    """One of the names that fit best; ``enough`` says whether the words that a prompt shares with a name will do."""
    fits = {number: set(words) & set(name) for number, name in enumerate(names)}
    fits = {number: shared for number, shared in fits.items() if enough(shared - {_AMBIENCE})}
    avoided = set(unwanted) - set(words)
    fits = {number: shared for number, shared in fits.items() if not avoided & set(names[number])} or fits
    if not fits:
        return None

    def rank(number: int) -> tuple[float, int, int]:
        shared = fits[number]
        unmeant = len((set(names[number]) - set(words)) & _UNMEANT)
        heads = [place for place, word in enumerate(words) if word in shared and _word_weight(word) > 1]
        return _weight(shared), -unmeant, -min(heads, default=len(words))

    def likeness(number: int) -> float:
        return len(fits[number]) / len(set(words) | set(names[number]))

    top = max(map(rank, fits))
    best = [number for number in fits if rank(number) == top]
    likest = max(map(likeness, best))
    near = [number for number in best if likeness(number) >= nearly * likest]
    return near[int(rng.integers(len(near)))]
