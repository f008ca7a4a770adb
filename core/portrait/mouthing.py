"""Mouthing: how far the mouth opens and how wide it is at each moment of a sound.

By the take's own phonemes where they are known, loudness deciding how far; else by level and bands alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter1d

from talkies.core.arrays import Floats
from talkies.core.conditioning.speech.timing import Spans
from talkies.core.conditioning.speech.visemes import REST, visemes_of
from talkies.core.portrait.hearing import RATE, Heard

_A, _E, _I, _O, _U = (1.0, 0.0), (0.7, 0.45), (0.36, 1.0), (0.8, -0.5), (0.4, -1.0)
_SHAPES: tuple[tuple[tuple[float, float], ...], ...] = (
    ((0.0, 0.0),), ((0.0, 0.0),), ((0.08, 0.1),), ((0.25, -0.9),), ((0.3, 0.1),), ((0.35, 0.15),), ((0.22, 0.35),),
    ((0.25, -0.55),), ((0.38, -0.4),), ((0.4, 0.05),), (_I,), (_E,), (_A,), (_O,), (_U,), ((0.6, 0.0),),
    (_A, _I), (_A, _U), (_E, _I), (_O, _U),
)  # fmt: skip
"""Opening and width of each viseme, in the order of visemes.py; of a diphthong where it begins and ends."""
_CLOSED, _BITTEN = 1, 2
"""Visemes that close the lips, and that bring the lower one to the teeth."""

_LATE_S = 0.015  # what a mouth begins after its sound does, so that our lip reader finds words where they are
_QUIET = 0.3  # of a shape's opening when it is spoken as softly as can be
_BLUR_S, _BLUR_WIDTH_S = 0.024, 0.035
_SHUT_S, _EDGE_S = 0.028, 0.035  # half of the least time that lips stay closed; how long closing takes
_HIGHER = 0.2  # more opening per octave above one's own pitch
_LONG_S = 0.45
"""A vowel that lasts longer is sung: it is held, however soft it becomes."""


@dataclass(frozen=True)
class Mouthing:
    """(T,) each, at :data:`RATE`: ``opening`` 0 to 1, ``width`` -1 to 1."""

    opening: Floats
    width: Floats


def by_phonemes(spans: Spans, heard: Heard) -> Mouthing:
    """``spans`` in seconds of the sound."""
    count = len(heard)
    opening, width, shut, held = np.zeros(count), np.zeros(count), np.ones(count), np.zeros(count)
    kinds = visemes_of([phoneme for phoneme, _, _ in spans])
    for kind, (_, start, end) in zip(kinds.tolist(), spans, strict=True):
        first, last = (min(max(round((time + _LATE_S) * RATE), 0), count) for time in (start, end))
        last = min(max(last, first + 1), count)
        shapes = np.array(_SHAPES[kind])
        way = np.linspace(0, len(shapes) - 1, last - first)
        opening[first:last], width[first:last] = (np.interp(way, np.arange(len(shapes)), row) for row in shapes.T)
        held[first:last] = float(end - start > _LONG_S and kind > _CLOSED)
        if kind in (_CLOSED, _BITTEN):
            shut = np.minimum(shut, _closing(count, start + _LATE_S, end + _LATE_S, 0.0 if kind == _CLOSED else 0.25))
    opening, width = gaussian_filter1d(opening, _BLUR_S * RATE), gaussian_filter1d(width, _BLUR_WIDTH_S * RATE)
    level = np.maximum(gaussian_filter1d(heard.level, 2), 0.8 * gaussian_filter1d(held, 2))
    louder = _QUIET + (1 - _QUIET) * level**2
    higher = 1 + _HIGHER * gaussian_filter1d(np.clip(heard.pitch, -1, 1), 5)
    return Mouthing(np.clip(opening * louder * higher, 0, 1) * shut, np.clip(width, -1, 1))


def _closing(count: int, start: float, end: float, least: float) -> Floats:
    """(count,) 1, and ``least`` while lips are closed for a phoneme."""
    middle, half = (start + end) / 2, max((end - start) * 0.35, _SHUT_S)
    away = np.abs(np.arange(count) / RATE - middle)
    share = np.clip((away - half) / _EDGE_S, 0, 1)
    eased: Floats = least + (1 - least) * share * share * (3 - 2 * share)
    return eased


def by_sound(heard: Heard) -> Mouthing:
    """Where nobody knows the phonemes: level opens, brightness widens, hiss narrows."""
    level = np.clip((heard.level - 0.3) / 0.7, 0, 1) ** 1.3
    opening = level * (1 - 0.75 * heard.hiss) * (1 - 0.45 * np.abs(heard.bright))
    higher = 1 + _HIGHER * gaussian_filter1d(np.clip(heard.pitch, -1, 1), 5)
    opening = gaussian_filter1d(np.clip(opening * higher, 0, 1), 2)
    return Mouthing(np.clip(opening, 0, 1), gaussian_filter1d(heard.bright, 5))


def is_spoken(spans: Sequence[tuple[int, float, float]]) -> bool:
    """Whether any of the phonemes moves a mouth."""
    return bool((visemes_of([phoneme for phoneme, _, _ in spans]) != REST).any()) if spans else False
