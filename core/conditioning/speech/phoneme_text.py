"""Phonemes in their time as one line of text, as a take's metadata keeps them: times in seconds and names in turn.

0.120 h 0.180 ˈɛ 0.240 l 0.300 əʊ 0.450 _ 0.600 w 0.680
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

from talkies.core.conditioning.speech.phonemes import NONE, PAUSE, vocabulary
from talkies.core.conditioning.speech.timing import Spans

PHONEMES = "phonemes"
"""The key of a take's metadata under which the line stands, in seconds of the take's file."""
_NOTHING = "_"
_MOST = 200_000  # words of such a line


def phoneme_text(spans: Iterable[tuple[int, float, float]]) -> str:
    """The line of (phoneme id, start, end); ids without a name are nothing said."""
    names = {number: name for name, number in vocabulary().items()}
    words: list[str] = []
    for phoneme, start, end in sorted(spans, key=lambda span: span[1]):
        begins, ends = f"{start:.3f}", f"{end:.3f}"
        if not words:
            words.append(begins)
        elif words[-1] != begins:
            words += [_NOTHING, begins]
        words += [names.get(phoneme, _NOTHING), ends]
    return " ".join(words)


def phoneme_spans(text: object) -> Spans:
    """The phonemes of such a line; [] for anything else."""
    words = text.split() if isinstance(text, str) else []
    if len(words) < 3 or len(words) % 2 == 0 or len(words) > _MOST:
        return []
    try:
        return [(phoneme, start, end) for phoneme, start, end in _read(words) if phoneme != NONE]
    except (ValueError, KeyError):
        return []


def _read(words: list[str]) -> Iterator[tuple[int, float, float]]:
    times, names = [float(word) for word in words[::2]], words[1::2]
    if not all(abs(time) < 1e6 for time in times):
        raise ValueError(words)
    for name, (start, end) in zip(names, pairwise(times), strict=True):
        if end > start:
            yield (PAUSE if name == _NOTHING else vocabulary()[name]), start, end
