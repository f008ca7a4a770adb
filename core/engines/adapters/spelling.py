"""Text as the numbers that a VITS model was trained with: a character or phoneme each, those it lacks left out."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from talkies.core.errors import EngineError


@dataclass(frozen=True)
class Spelling:
    """``tokens``: a VitsTokenizer. ``romanises``: whether it can write other letters in Latin ones (uroman)."""

    tokens: Any
    romanises: bool

    def numbers(self, text: str) -> list[int]:
        """(T,) of a line. Raises EngineError where the model can read nothing of it."""
        known = self.tokens.encoder
        numbers = [known[each] for each in self._written(text) if each in known]
        if not numbers:
            raise EngineError(repr(text[:60]), "has nothing that this model can read", "write it in its language")
        return _between_blanks(numbers) if self.tokens.add_blank else numbers

    def unread(self, text: str) -> Sequence[str]:
        """Letters and digits for which the model has nothing."""
        if self.tokens.phonemize:
            return ()
        known = self.tokens.encoder
        letters = dict.fromkeys(each for each in text if each.isalnum())
        return [each for each in letters if not any(mark in known for mark in self._written(each))]

    def _written(self, text: str) -> str:
        """In the characters of the tokenizer. Raises EngineError."""
        latin = _without_accents(text) if self.tokens.is_uroman and not self.romanises else text
        written: str = self.tokens.prepare_for_tokenization(latin)[0]
        return written


def _without_accents(text: str) -> str:
    """Raises EngineError for letters that are not Latin."""
    plain = "".join(each for each in unicodedata.normalize("NFKD", text) if not unicodedata.combining(each))
    if any(each.isalpha() and not each.isascii() for each in plain):
        raise EngineError(
            repr(text[:60]), "is not in Latin letters, and this model reads no others", "pip install uroman"
        )
    return plain


def _between_blanks(numbers: Sequence[int]) -> list[int]:
    """(T,) → (2 T + 1,): the blank is number 0."""
    spread = [0] * (2 * len(numbers) + 1)
    spread[1::2] = numbers
    return spread
