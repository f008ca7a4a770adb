"""Prompt vocabulary: free text → known words → ids; an unknown word is reported with the nearest known ones."""

from __future__ import annotations

import functools
import itertools
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources

from talkies.core.conditioning.prompt.nearness import about_unknown

PROMPT_TOKENS = 4
"""No more words than this reach the model; the first ones count."""

GOING_ON = frozenset(
    (
        "aircraft",
        "ambience",
        "applause",
        "chainsaw",
        "crowd",
        "engine",
        "fire",
        "helicopter",
        "insects_night",
        "machine",
        "projector",
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

ALL_AROUND = frozenset(
    ("ambience", "applause", "crowd", "insects_night", "leaves", "rain", "sea", "thunder", "water", "waves", "wind")
)
"""Words for what comes from no one place in a picture."""


@dataclass(frozen=True)
class PromptWords:
    """What a prompt came to: known words in order (PROMPT_TOKENS of them at most), and one sentence per word that is
    not known. ``learned``: the words that the network is told, ``ids`` theirs; some are known to rules alone."""

    words: tuple[str, ...]
    learned: tuple[str, ...]
    ids: tuple[int, ...]
    warnings: tuple[str, ...] = ()

    @property
    def unlearned(self) -> tuple[str, ...]:
        """Words that the network has never heard of, under this name or another."""
        return tuple(word for word in self.words if not learned_words([word]))


@dataclass(frozen=True)
class _Lexicon:
    """``resources/vocabularies/effects.json``: ids by word, words by synonym and by category of the Universal Category
    System, and words that say nothing about the sound. ``unlearned``: words without an id, with what the network is
    told in their stead."""

    ids: dict[str, int]
    unlearned: dict[str, str]
    synonyms: dict[str, str]
    categories: dict[str, str]
    unheard: frozenset[str]


@functools.cache
def _lexicon() -> _Lexicon:
    file = resources.files("talkies.resources.vocabularies") / "effects.json"
    stored = json.loads(file.read_text(encoding="utf-8"))
    ids = {word: number for number, word in enumerate(stored["words"], 1)}
    return _Lexicon(ids, stored["unlearned"], stored["synonyms"], stored["ucs"], frozenset(stored["unheard"]))


def known_words() -> tuple[str, ...]:
    """The vocabulary, for completion and for messages; what the network has learned comes first."""
    return (*_lexicon().ids, *_lexicon().unlearned)


def learned_words(words: Sequence[str]) -> tuple[str, ...]:
    """What the network is told of these words: itself, the nearest that it has learned, or nothing."""
    lexicon = _lexicon()
    told = (word if word in lexicon.ids else lexicon.unlearned.get(word, "") for word in words)
    return tuple(dict.fromkeys(word for word in told if word))


def word_ids(words: Sequence[str]) -> tuple[int, ...]:
    """Ids of vocabulary words; others are left out."""
    ids = _lexicon().ids
    return tuple(ids[word] for word in words if word in ids)


_LONGEST_PHRASE = 4  # "knock at the door"
_MOST_TOKENS = 200  # of a prompt; no more are looked at
_MOST_TOLD = 5  # unknown words


def read_prompt(text: str) -> PromptWords:
    """The known words of a prompt; phrases are tried before their words; plurals, synonyms and UCS names are known."""
    found, unknown = _sorted_out(text)
    words = tuple(dict.fromkeys(found))
    warnings = _unknown(tuple(dict.fromkeys(unknown)))
    if text.strip() and not words and not warnings:
        warnings.append(
            f"the prompt {text.strip()[:40]!r} names no sound; known words are {', '.join(known_words()[:3])} ..."
        )
    if len(words) > PROMPT_TOKENS:
        warnings.append(f"only the first {PROMPT_TOKENS} words count: {', '.join(words[:PROMPT_TOKENS])}")
    words = words[:PROMPT_TOKENS]
    learned = learned_words(words)
    return PromptWords(words, learned, word_ids(learned), tuple(warnings))


def words_in(text: str) -> tuple[str, ...]:
    """Every vocabulary word that a text stands for, in order, however many; what is unknown is passed over."""
    return tuple(dict.fromkeys(_sorted_out(text)[0]))


def is_all_around(text: str) -> bool:
    """Whether a prompt names nothing but what comes from everywhere."""
    words = read_prompt(text).words
    return bool(words) and ALL_AROUND.issuperset(words)


def says_nothing(token: str) -> bool:
    """Whether a word, in small letters, says nothing about a sound."""
    return token in _lexicon().unheard


def _sorted_out(text: str) -> tuple[list[str], list[str]]:
    """The known words of a text, and the tokens that are none."""
    tokens = [match[0] for match in itertools.islice(re.finditer(r"[\w'-]+", text), _MOST_TOKENS)]
    found: list[str] = []
    unknown: list[str] = []
    while tokens:
        length, words_found = _longest_known(tokens)
        token = tokens[0].casefold()
        if not length and not says_nothing(token):
            unknown.append(token)
        found += words_found
        tokens = tokens[max(length, 1) :]
    return found, unknown


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
    lexicon = _lexicon()
    for form in dict.fromkeys((token, token.replace(" ", "_"), *_singulars(token))):
        if form in lexicon.ids or form in lexicon.unlearned:
            return [form]
        if form in lexicon.synonyms:
            words = lexicon.synonyms[form].split()
            return [word for word in words if word in lexicon.ids or word in lexicon.unlearned]
    return []


def _singulars(token: str) -> tuple[str, ...]:
    """ "barking dogs" should find "dog" and "bark": plural and -ing forms cut back, plural added."""
    forms = [token + "s"]
    for ending in ("s", "es", "ing", "ed"):
        if token.endswith(ending) and len(token) > len(ending) + 2:
            stem = token[: -len(ending)]
            forms += [stem, stem + "e", stem[:-1] if stem[-1:] == stem[-2:-1] else stem]
    return tuple(forms)


def _unknown(tokens: Sequence[str]) -> list[str]:
    """A sentence for each of the first words that are not known, one for all others."""
    if not tokens:
        return []
    known = [word for word in (*known_words(), *_lexicon().synonyms) if " " not in word]
    sentences = [about_unknown(token, known) for token in tokens[:_MOST_TOLD]]
    if len(tokens) > _MOST_TOLD:
        sentences.append(f"no sound is known for {len(tokens) - _MOST_TOLD} more words of the prompt")
    return sentences
