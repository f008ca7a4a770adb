"""Visemes: 20 classes of phonemes that the eye can tell apart, for every language of the vocabulary.

Phonemes that look alike share a class (p, b and m are all closed lips), so that a network which saw the sounds of
one language reads the mouths of another.
"""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import ArrayLike

from talkies.core.arrays import Ints
from talkies.core.conditioning.speech.phonemes import PAUSE, vocabulary

REST = 0
"""The class of a mouth that says nothing."""

_CLASSES = (
    "", "p b m", "f v ʋ pf", "w", "θ ð", "t d n l ɾ n̩ əl tʲ", "s z ts", "ʃ ʒ tʃ dʒ", "ɹ r", "k ɡ ŋ x ɣ h ç ʔ",
    "i iː ɪ ɪː ᵻ j y yː ʏ", "ɛ ɛː e eː æ ɛɹ", "a aː ɑ ɑː ʌ ɑ̃ ɑːɹ", "ɔ ɔː ɒ oː ɔ̃ ɔːɹ ɔɪ ɔø", "u uː ʊ ʊɐ ʊɹ yʊ",
    "ə ɐ ɜ ɜː ɚ ɵ œ øː œy", "aɪ aɪə aɪɚ", "aʊ ʌʊ", "eɪ ɛɪ iə ɪɹ", "oʊ əʊ",
)  # fmt: skip

VISEMES = len(_CLASSES)


@functools.cache
def _table() -> Ints:
    """(ids,) class of each phoneme id; nobody and a pause are at rest."""
    known = {sound: number for number, sounds in enumerate(_CLASSES) for sound in sounds.split()}
    table = np.full(PAUSE + 1 + len(vocabulary()), REST)
    for name, number in vocabulary().items():
        table[number] = known[name.lstrip("ˈ")]
    return table


def visemes_of(ids: ArrayLike) -> Ints:
    """Classes of phoneme ids, the same shape."""
    return _table()[np.asarray(ids, np.int64)]
