"""Prompt vocabulary: free text → known words → ids; an unknown word is reported with the nearest known ones."""

from __future__ import annotations

import difflib
import functools
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources

PROMPT_TOKENS = 4
"""No more words than this reach the model; the first ones count."""

GOING_ON = frozenset(
    (
        "aircraft",
        "ambience",
        "chainsaw",
        "engine",
        "fire",
        "helicopter",
        "insects_night",
        "machine",
        "rain",
        "sea",
        "siren",
        "sizzle_steam",
        "spray",
        "train",
        "vehicle",
        "waterfall",
        "waves",
        "wind",
    )
)
"""Words for what sounds on, with or without a visible cause."""


@dataclass(frozen=True)
class PromptWords:
    """What a prompt came to: known words in order, ids (PROMPT_TOKENS of them at most), and one sentence per word
    that is not known."""

    words: tuple[str, ...]
    ids: tuple[int, ...]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Lexicon:
    """``resources/vocabularies/effects.json``: ids by word, words by synonym and by category of the Universal Category
    System, and words that say nothing about the sound."""

    ids: dict[str, int]
    synonyms: dict[str, str]
    categories: dict[str, str]
    unheard: frozenset[str]


@functools.cache
def _lexicon() -> _Lexicon:
    file = resources.files("talkies.resources.vocabularies") / "effects.json"
    stored = json.loads(file.read_text(encoding="utf-8"))
    ids = {word: number for number, word in enumerate(stored["words"], 1)}
    return _Lexicon(ids, stored["synonyms"], stored["ucs"], frozenset(stored["unheard"]))


def known_words() -> tuple[str, ...]:
    """The vocabulary, for completion and for messages."""
    return tuple(_lexicon().ids)


def word_ids(words: Sequence[str]) -> tuple[int, ...]:
    """Ids of vocabulary words; others are left out."""
    ids = _lexicon().ids
    return tuple(ids[word] for word in words if word in ids)


_LONGEST_PHRASE = 4  # "knock at the door"


def read_prompt(text: str) -> PromptWords:
    """The known words of a prompt; phrases are tried before their words; plurals, synonyms and UCS names are known."""
    lexicon = _lexicon()
    tokens = re.findall(r"[\w'-]+", text)
    found: list[str] = []
    warnings: list[str] = []
    while tokens:
        length, words_found = _longest_known(tokens)
        token = tokens[0].casefold()
        if not length and token not in lexicon.unheard:
            warnings.append(_unknown(token))
        found += words_found
        tokens = tokens[max(length, 1) :]
    words = tuple(dict.fromkeys(found))
    if text.strip() and not words and not warnings:
        warnings.append(
            f"the prompt {text.strip()[:40]!r} names no sound; known words are {', '.join(known_words()[:3])} ..."
        )
    if len(words) > PROMPT_TOKENS:
        warnings.append(f"only the first {PROMPT_TOKENS} words count: {', '.join(words[:PROMPT_TOKENS])}")
    words = words[:PROMPT_TOKENS]
    return PromptWords(words, word_ids(words), tuple(warnings))


def _longest_known(tokens: Sequence[str]) -> tuple[int, list[str]]:
    """How many of the first tokens make a known phrase or word, and the vocabulary words that they stand for."""
    for length in range(min(_LONGEST_PHRASE, len(tokens)), 0, -1):
        if words := _known(" ".join(tokens[:length]).casefold()):
            return length, words
    words = _catalogued(tokens[0])
    return (1 if words else 0), words


def _catalogued(token: str) -> list[str]:
    """Words of a Universal Category System name, as sound libraries begin file names: "DOORWood" is door, wood."""
    name = re.match(r"([A-Z]{2,5})([A-Z][a-z]+)?(?![A-Za-z])", token)
    category = _lexicon().categories.get(name[1]) if name else None
    if not name or not category:
        return []
    return [*category.split(), *_known((name[2] or "").casefold())]


def _known(token: str) -> list[str]:
    """Vocabulary words that a token stands for, [] if none."""
    ids, synonyms = _lexicon().ids, _lexicon().synonyms
    for form in dict.fromkeys((token, token.replace(" ", "_"), *_singulars(token))):
        if form in ids:
            return [form]
        if form in synonyms:
            return [word for word in synonyms[form].split() if word in ids]
    return []


def _singulars(token: str) -> tuple[str, ...]:
    """ "barking dogs" should find "dog" and "bark": plural and -ing forms cut back, plural added."""
    forms = [token + "s"]
    for ending in ("s", "es", "ing", "ed"):
        if token.endswith(ending) and len(token) > len(ending) + 2:
            stem = token[: -len(ending)]
            forms += [stem, stem + "e", stem[:-1] if stem[-1:] == stem[-2:-1] else stem]
    return tuple(forms)


def _unknown(token: str) -> str:
    near = difflib.get_close_matches(token, [*known_words(), *_lexicon().synonyms], 3, cutoff=0.5)
    return f"no sound is known for {token!r}; the nearest known words are {', '.join(near or known_words()[:3])}"
