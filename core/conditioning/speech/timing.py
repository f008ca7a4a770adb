"""Phoneme timing: as the mouth says them where it can be read, else naturally within the cue.

read     the mouth says this line: every phoneme where the mouth says it           following.py
moving   a mouth moves for about as long as the line lasts: from its first to its last movement
cue      nobody is seen: from the cue's beginning, at most a quarter slower than natural
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from talkies.core.arrays import AnyFloats, Floats32, Ints
from talkies.core.conditioning.speech.following import follow
from talkies.core.conditioning.speech.phonemes import PAUSE

PHONES_PER_SECOND = 50
SLOWEST = 1.25
"""Speech is drawn out at most this much to fill its cue; it is hurried as much as the cue demands."""
_MARGIN_S = 0.04
_LIPS_PER_SECOND = 25
_ACTIVE = 0.12
_SEEN = 0.6  # share of the cue in which a face must be seen
_CERTAIN = 0.35  # of a path: other lines reach 0.3, unknown talkers' own lines 0.5 to 2.2
_FITS = (0.6, 1.7)  # how much shorter or longer than natural a mouth's movement may be and still be this line's

Spans = list[tuple[int, float, float]]
"""(phoneme id, start s, end s)"""


def fit_line(
    ids: Sequence[int],
    natural_s: Sequence[float],
    start_s: float,
    end_s: float,
    lips: Floats32 | None = None,
    evidence: AnyFloats | None = None,
    words: Sequence[int] = (),
) -> Spans:
    """The line's phonemes within the cue [start_s, end_s), on the segment's time.

    ``natural_s``: seconds of each phoneme as the duration model has them. ``lips`` (L, 4) at 25 per second: what the
    mouth does. ``evidence`` (2 L, 20) at 50 per second: what it seems to say. ``words``: where in ``ids`` each begins.
    """
    total = sum(natural_s)
    if not ids or total <= 0 or end_s <= start_s:
        return []
    if lips is not None and evidence is not None:
        read = read_line(ids, natural_s, start_s, end_s, lips, evidence, words)
        if read:
            return read
    margin = min(_MARGIN_S, (end_s - start_s) / 8)
    first, last = start_s + margin, end_s - margin
    seen = _mouth(lips, first, last) if lips is not None else None
    if seen and _FITS[0] * total <= seen[1] - seen[0] <= _FITS[1] * total:
        first, last = seen
    else:
        last = min(last, first + SLOWEST * total)
    stretch = (last - first) / total
    edges = first + np.concatenate([[0.0], np.cumsum(natural_s)]) * stretch
    return [(phoneme, float(a), float(b)) for phoneme, a, b in zip(ids, edges, edges[1:], strict=False)]


def read_line(
    ids: Sequence[int],
    natural_s: Sequence[float],
    start_s: float,
    end_s: float,
    lips: Floats32,
    evidence: AnyFloats,
    words: Sequence[int],
) -> Spans:
    """The line as the mouth says it; [] when no face is seen for most of the cue, or it says something else."""
    first, last = round(start_s * PHONES_PER_SECOND), round(end_s * PHONES_PER_SECOND)
    if not _seen(lips[first // 2 : last // 2]):
        return []
    path = follow(evidence[first:last], ids, natural_s, words)
    if path is None or path.certainty < _CERTAIN:
        return []
    edges = (path.edges + first) / PHONES_PER_SECOND
    spans: Spans = [(phoneme, float(a), float(b)) for phoneme, (a, b) in zip(ids, edges, strict=True)]
    pauses = [(PAUSE, before[2], after[1]) for before, after in pairwise(spans) if after[1] > before[2]]
    return sorted(spans + pauses, key=lambda span: span[1])


def _seen(lips: Floats32) -> bool:
    return len(lips) > 0 and float(lips[:, 3].mean()) >= _SEEN


def _mouth(lips: Floats32, start_s: float, end_s: float) -> tuple[float, float] | None:
    """First and last moment at which the mouth moves in a stretch, None when no face is seen for most of it."""
    first, last = round(start_s * _LIPS_PER_SECOND), round(end_s * _LIPS_PER_SECOND)
    inside = lips[first:last].astype(np.float32)
    if not _seen(inside):
        return None
    active = np.flatnonzero(inside[:, 2] > max(_ACTIVE, 0.25 * float(np.percentile(inside[:, 2], 90))))
    if len(active) < 3:
        return None
    return (first + int(active[0])) / _LIPS_PER_SECOND, (first + int(active[-1]) + 1) / _LIPS_PER_SECOND


def word_starts(spans: Spans, ids: Sequence[int], words: Sequence[int]) -> list[float]:
    """When each word begins (s): ``spans`` are of the phonemes ``ids``, ``words`` where in ``ids`` each begins."""
    starts = [start for phoneme, start, _ in spans if phoneme != PAUSE]
    return [starts[sum(phoneme != PAUSE for phoneme in ids[:word])] for word in words] if starts else []


def phone_ids(spans: Spans, frames: int) -> Ints:
    """(2 · frames,) ids at 50 per second; every phoneme gets at least one place, 0 where nothing is said."""
    track = np.zeros(2 * frames, np.int64)
    for phoneme, start, end in spans:
        first = round(start * PHONES_PER_SECOND)
        track[first : max(round(end * PHONES_PER_SECOND), first + 1)] = phoneme
    return track
