"""Text → phonemes: espeak's IPA through ``phonemizer``, in the languages espeak knows, as ids of a fixed vocabulary.

The espeak library comes with the wheel ``espeakng-loader``, so nothing has to be installed by hand. Primary stress
is part of a phoneme's name ("ˈiː"); punctuation becomes a pause. A sound that the vocabulary lacks falls back to its
unstressed, then its plain, then its nearest form, so that every language can be spoken, some with an accent.
"""

from __future__ import annotations

import functools
import json
import logging
import re
import unicodedata
from dataclasses import dataclass
from importlib import resources
from typing import Any

from talkies.core.errors import ArgumentError
from talkies.core.languages import main_language

NONE, PAUSE = 0, 1
"""Ids: nobody speaks; a pause inside speech. Phonemes follow."""

_ESPEAK_NAMES = {"en": "en-us", "de-de": "de", "nl-nl": "nl", "nl-be": "nl", "fr": "fr-fr", "zh": "cmn", "pt": "pt-br"}
_PHRASE_END = re.compile(r"[.,;:!?…–—()\"“”„«»]+|\s-\s")
_STANDS_FOR = str.maketrans({
    "ɝ": "ɚ", "ʁ": "r", "ʀ": "r", "ɻ": "ɹ", "ɽ": "ɾ", "ɕ": "ʃ", "ʂ": "ʃ", "ʑ": "ʒ", "ʐ": "ʒ", "ʎ": "j", "ɟ": "ɡ",
    "c": "k", "q": "k", "β": "v", "ɸ": "f", "χ": "x", "ħ": "h", "ʕ": "ɐ", "ɦ": "h", "ɨ": "ɪ", "ɯ": "u", "ɤ": "ʌ",
    "ʉ": "uː", "ɘ": "ə", "ɞ": "ɜ", "ɶ": "œ", "ø": "œ", "o": "ɔ", "e": "ɛ", "ɱ": "m", "ɳ": "n", "ʈ": "t", "ɖ": "d",
    "ɭ": "l", "ʟ": "l", "ɫ": "l", "ɥ": "j", "ʍ": "w", "ɺ": "l", "g": "ɡ",
})  # fmt: skip


@functools.cache
def vocabulary() -> dict[str, int]:
    """Phoneme → id, from the file that ships with the model."""
    file = resources.files("talkies.resources.vocabularies") / "phonemes.json"
    names: list[str] = json.loads(file.read_text(encoding="utf-8"))
    return {name: number for number, name in enumerate(names, PAUSE + 1)}


@dataclass(frozen=True)
class Spoken:
    """A line as phoneme ids, pauses included, and the phonemes that had to be replaced by near ones."""

    ids: tuple[int, ...]
    replaced: tuple[str, ...] = ()
    words: tuple[int, ...] = ()
    """Where in ``ids`` each word begins. espeak runs some together: "at a" is one."""


def speak(text: str, language: str = "en-US") -> Spoken:
    """The line's phoneme ids; phrases are parted by :data:`PAUSE`. Raises ArgumentError for a language that espeak does
    not know."""
    ids: list[int] = []
    replaced: list[str] = []
    words: list[int] = []
    for phrase in _phrases(text, language):
        if ids:
            ids.append(PAUSE)
        for word in phrase:
            words.append(len(ids))
            for unit in word:
                near = _near(unit)
                if near != [vocabulary().get(unit, NONE)]:
                    replaced.append(unit)
                ids += near
    return Spoken(tuple(ids), tuple(dict.fromkeys(replaced)), tuple(words))


def _phrases(text: str, language: str) -> list[list[list[str]]]:
    """Phrases of words of phonemes."""
    return [
        [[unit for unit in map(_plain_stress, word) if unit] for word in phrase]
        for phrase in written_phrases(text, language)
    ]


def written_phrases(text: str, language: str) -> list[list[list[str]]]:
    """Phrases of words of phonemes as espeak writes them, stress marks of both kinds included. Raises ArgumentError for
    a language that espeak does not know."""
    phrases = [phrase.strip() for phrase in _PHRASE_END.split(text) if any(c.isalnum() for c in phrase)]
    if not phrases:
        return []
    spoken = _backend(language).phonemize(phrases, separator=_separator(), strip=True)
    return [[word.split() for word in phrase.split("|")] for phrase in spoken if phrase]


def nearest_units(unit: str) -> tuple[str, ...]:
    """Phonemes of the vocabulary, as they are named there, that stand for a unit; () where none does."""
    names = {number: name for name, number in vocabulary().items()}
    return tuple(names[number] for number in _near(unit))


def _near(unit: str) -> list[int]:
    """Ids for a unit: itself, or the nearest that the vocabulary has; [] for a sound that nothing stands for."""
    known = vocabulary()
    letters = "".join(c for c in unicodedata.normalize("NFD", unit) if not unicodedata.combining(c))
    for form in (unit, unit.lstrip("ˈ"), letters, letters.lstrip("ˈ"), letters.strip("ˈːʲʰʼ")):
        for attempt in (form, form.translate(_STANDS_FOR)):
            if attempt in known:
                return [known[attempt]]
    singles = (c.translate(_STANDS_FOR) for c in letters)
    return [known[single] for single in singles if single in known]


def _plain_stress(unit: str) -> str:
    return re.sub(r"[^\w̩̃ˈː]", "", unit.replace("ˌ", ""))


def ipa(text: str, language: str) -> str:
    """A phrase in espeak's IPA, stress marks and lengths included, words parted by blanks."""
    from phonemizer.separator import Separator

    written = Separator(phone="", word=" ", syllable="")
    return str(_backend(language).phonemize([text], separator=written, strip=True)[0])


def espeak_name(language: str) -> str:
    """espeak's name of a BCP-47 tag: "en-US" → "en-us", "de-AT" → "de"."""
    tag = language.replace("_", "-").lower() or "en-us"
    known = _languages()
    for name in (_ESPEAK_NAMES.get(tag, tag), main_language(tag)):
        if (chosen := _ESPEAK_NAMES.get(name, name)) in known:
            return chosen
    cure = "known languages include en-US, en-GB, de, nl, fr, es, it"
    raise ArgumentError(f"language {language!r}", "is not supported", cure)


@functools.cache
def _languages() -> frozenset[str]:
    prepare_espeak()
    from phonemizer.backend import EspeakBackend

    return frozenset(EspeakBackend.supported_languages())


def _backend(language: str) -> Any:
    return _named_backend(espeak_name(language))


@functools.cache
def _named_backend(name: str) -> Any:
    from phonemizer.backend import EspeakBackend

    quiet = logging.getLogger("talkies.phonemizer")
    quiet.setLevel(logging.CRITICAL)  # it warns of every foreign word, which does not concern the user
    return EspeakBackend(name, with_stress=True, language_switch="remove-flags", words_mismatch="ignore", logger=quiet)


@functools.cache
def _separator() -> Any:
    from phonemizer.separator import Separator

    return Separator(phone=" ", word=" | ", syllable="")


@functools.cache
def prepare_espeak() -> None:
    """Both calls are needed: without the data path the library looks where it was built."""
    import espeakng_loader
    from phonemizer.backend.espeak.wrapper import EspeakWrapper

    EspeakWrapper.set_library(espeakng_loader.get_library_path())
    EspeakWrapper.set_data_path(espeakng_loader.get_data_path())
