"""Free text → words of the effects' vocabulary → ids; a word nobody trained on is named with its nearest known ones."""

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


@dataclass(frozen=True)
class PromptWords:
    """What a prompt came to: known words in order, ids (PROMPT_TOKENS of them at most), and one sentence per word
    that is not known."""

    words: tuple[str, ...]
    ids: tuple[int, ...]
    warnings: tuple[str, ...] = ()


@functools.cache
def _lexicon() -> tuple[dict[str, int], dict[str, str]]:
    file = resources.files("talkies.resources.vocabularies") / "effects.json"
    stored = json.loads(file.read_text(encoding="utf-8"))
    return {word: number for number, word in enumerate(stored["words"], 1)}, dict(stored["synonyms"])


def known_words() -> tuple[str, ...]:
    """The vocabulary, for completion and for messages."""
    return tuple(_lexicon()[0])


def word_ids(words: Sequence[str]) -> tuple[int, ...]:
    """Ids of vocabulary words; others are left out."""
    ids = _lexicon()[0]
    return tuple(ids[word] for word in words if word in ids)


_STOP_WORDS = frozenset(
    [
        "a",
        "an",
        "the",
        "of",
        "on",
        "in",
        "at",
        "to",
        "and",
        "or",
        "with",
        "without",
        "for",
        "from",
        "by",
        "into",
        "onto",
        "over",
        "under",
        "near",
        "very",
        "some",
        "no",
        "sound",
        "sounds",
        "noise",
        "effect",
        "effects",
        "his",
        "her",
        "its",
        "their",
        "is",
        "are",
        "loud",
        "soft",
        "quiet",
        "light",
        "heavy",
        "slow",
        "fast",
        "small",
        "big",
        "old",
        "new",
    ]
)


def read_prompt(text: str) -> PromptWords:
    """The known words of a prompt; phrases of two words are tried first, then words, plurals and synonyms."""
    ids, _ = _lexicon()
    tokens = re.findall(r"[\w'-]+", text.casefold())
    found: list[str] = []
    warnings: list[str] = []
    index = 0
    while index < len(tokens):
        pair = " ".join(tokens[index : index + 2])
        if (word := _known(pair)) and index + 1 < len(tokens):
            found += word
            index += 2
            continue
        token = tokens[index]
        index += 1
        if word := _known(token):
            found += word
        elif token not in _STOP_WORDS:
            warnings.append(_unknown(token))
    words = tuple(dict.fromkeys(found))
    if text.strip() and not words and not warnings:
        warnings.append(
            f"the prompt {text.strip()[:40]!r} names no sound; known words are {', '.join(list(ids)[:3])} ..."
        )
    if len(words) > PROMPT_TOKENS:
        warnings.append(f"only the first {PROMPT_TOKENS} words count: {', '.join(words[:PROMPT_TOKENS])}")
    words = words[:PROMPT_TOKENS]
    return PromptWords(words, tuple(ids[word] for word in words), tuple(warnings))


def _known(token: str) -> list[str]:
    """Vocabulary words that a token stands for, [] if none."""
    ids, synonyms = _lexicon()
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
    ids, synonyms = _lexicon()
    near = difflib.get_close_matches(token, [*ids, *synonyms], 3, cutoff=0.5) or list(ids)[:3]
    return f"no sound is known for {token!r}; the nearest known words are {', '.join(near)}"
