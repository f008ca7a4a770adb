"""Seams: the sounds of overlapping windows become one, with no step in level and no blow heard twice.

Where two windows share a second, the change from one to the other is a short cross-fade at the place in it that is
farthest from what begins to sound in either, so that each blow comes from one window alone. Before that the second
window is brought to the level of the first, by the quieter half of what both have there, and goes back to its own
until its end. The cross-fade keeps the power, however alike the two are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from talkies.core.arrays import AnySound, Floats, Sound
from talkies.core.media.envelope import crossfaded

FADE_S = 0.2
_FRAME_S = 0.05  # of levels
_HOP_S = 0.005  # of onsets
_NEAR_S = 0.1  # how far an onset makes itself felt
_RISE_DB = 6.0  # within a hop: the least that begins to sound
_FLOOR_DB, _AUDIBLE_DB = -90.0, -60.0
_MOST_DB = 20.0  # by which a window is raised or lowered
_BACK_DB_S = 1.5  # how fast it comes back to its own level


def joined(parts: Iterable[tuple[int, Sound]], count: int, sample_rate: int) -> Iterator[Sound]:
    """Exactly ``count`` samples of windows, each with its first sample, in order; silence where there is none."""
    return (block for block in _joined(parts, count, sample_rate) if len(block))


def _joined(parts: Iterable[tuple[int, Sound]], count: int, sample_rate: int) -> Iterator[Sound]:
    at, held = 0, np.zeros(0, np.float32)
    for start, sound in parts:
        shared = at + len(held) - start
        if shared <= 0:
            yield held
            yield np.zeros(-shared, np.float32)
            at, held = start, sound
            continue
        sound = _levelled(held[-shared:], sound, sample_rate)
        yield held[:-shared]
        yield seam(held[-shared:], sound[:shared], sample_rate)
        at, held = start + shared, sound[shared:]
    yield held[: count - at]
    yield np.zeros(max(count - at - len(held), 0), np.float32)


def seam(old: Sound, new: Sound, sample_rate: int) -> Sound:
    """(N,) from one to the other where both have N samples of the same time."""
    fade = min(round(FADE_S * sample_rate), len(old))
    first = _calmest(old, new, fade, sample_rate)
    here = slice(first, first + fade)
    power = float(np.sqrt((old[here] @ old[here]) * (new[here] @ new[here])))
    likeness = float(old[here] @ new[here]) / power if power > 0 else 0.0
    middle = crossfaded(old[here][None], new[here][None], likeness)[0]
    return np.concatenate([old[:first], middle, new[first + fade :]])


def _levelled(before: Sound, sound: Sound, sample_rate: int) -> Sound:
    """``sound`` as loud in the beginning as ``before``, which has the same time, and then more and more as it is."""
    shared = len(before)
    wanted, own = _level_db(before, sample_rate), _level_db(sound[:shared], sample_rate)
    if min(wanted, own) < _AUDIBLE_DB:
        return sound
    more = float(np.clip(wanted - own, -_MOST_DB, _MOST_DB))
    since_s = np.maximum(np.arange(len(sound)) - shared, 0) / sample_rate
    decibels = np.sign(more) * np.maximum(abs(more) - _BACK_DB_S * since_s, 0.0)
    return np.asarray(sound * 10 ** (decibels / 20), np.float32)


def _level_db(sound: AnySound, sample_rate: int) -> float:
    """The median level of short frames: of what goes on, not of single blows."""
    return float(np.median(_levels(sound, round(_FRAME_S * sample_rate))))


def _levels(sound: AnySound, hop: int) -> Floats:
    """Level of each whole hop, dB of full scale (RMS)."""
    hop = max(min(hop, len(sound)), 1)
    frames = np.asarray(sound[: len(sound) // hop * hop], np.float64).reshape(-1, hop)
    power = np.mean(frames**2, axis=1) if len(frames) else np.zeros(1)
    return np.asarray(10 * np.log10(np.maximum(power, 10 ** (_FLOOR_DB / 10))))


def _calmest(old: Sound, new: Sound, fade: int, sample_rate: int) -> int:
    """The first sample of the cross-fade: as far as can be from what begins in either, else in the middle."""
    hop = max(round(_HOP_S * sample_rate), 1)
    rises = np.sum([np.maximum(np.diff(_levels(each, hop)) - _RISE_DB, 0.0) for each in (old, new)], axis=0)
    centres = np.arange(fade // 2, len(old) - fade // 2, hop)
    if not len(centres):
        return 0
    onsets = (np.arange(len(rises)) + 1) * hop
    near = np.exp(-np.abs(centres[:, None] - onsets[None]) / (_NEAR_S * sample_rate))
    off_middle = np.abs(centres - len(old) / 2) / len(old)
    best = int(np.argmin(near @ rises + 1e-3 * off_middle))
    return int(centres[best]) - fade // 2
