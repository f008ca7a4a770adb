"""Levels of takes: loudness and true peak, in two steps that a mixer can follow.

1. Each take by itself (:func:`gain_for`). Dialogue (DX) and a joint mix (MIX) go to the target; effects and music (FX,
   MX) go 3 LU below it, so that they lie under the dialogue. Boosts end at 20 dB for speech and at 6 dB for effects:
   a quiet scene stays a quiet scene. What measures below -60 LUFS is taken for silence and is never raised. Then the
   whole take is lowered, if need be, until its true peak fits: a gain, not a limiter.
2. All together (:func:`balance_takes`). The sum of all first takes is measured as the timeline plays it, and every take
   gets one common gain so that the sum meets the target (raised by at most 6 dB) and its true peak fits. The balance
   between takes stays. A single hit that has no room for that gain is limited: its peak, for some milliseconds, by no
   more than the 6 dB; otherwise one footstep would keep a whole film below its delivery.

Backgrounds (BG) take no part in it: a room tone is as loud as it is, and the sum is measured without it.

A mono file sits in the middle of the stereo sum, 3 dB lower on each side, as editors pan it (core/takes/mixdown.py).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from talkies.core.arrays import Samples
from talkies.core.errors import InputError
from talkies.core.media.bwf_rewrite import rewrite_bwf
from talkies.core.media.limiter import limited
from talkies.core.media.loudness import Level, Meter, measure
from talkies.core.media.loudness_presets import PRESETS, Loudness
from talkies.core.media.wav.bwf import SAMPLE_RATE
from talkies.core.segment import Levels, StemName, Take
from talkies.core.takes.mixdown import piece_of, placed

__all__ = ["SAMPLE_RATE", "balance_takes", "gain_for", "levels_of", "mixed", "rebalanced"]

AS_IT_IS = frozenset(("BG", "PX"))
"""Departments that no preset levels."""
BELOW_TARGET = {"DX": 0.0, "MIX": 0.0, "FX": -3.0, "MX": -3.0}  # LU
MAX_BOOST = {"DX": 20.0, "MIX": 20.0, "FX": 6.0, "MX": 6.0}  # dB
MAX_COMMON_BOOST = 6.0  # dB
SILENT_BELOW = -60.0  # LUFS

GAINS = "gains_db"
"""In the metadata of a take made of a list: the gains (dB) that made its level, in the order in which they came."""

BALANCED = "balanced"
"""In the metadata of a take: the common gains (dB) that it got, each with the ceiling (dBTP) of its peaks."""

_WORTH_REWRITING = 0.05  # dB
PEAK_ERROR = 0.02
"""dB: a peak so little above the ceiling is none."""
_MOST_DB = 120.0
_ROUNDS = 3  # what was limited is a little less loud: the sum is measured again


def gain_for(stem: StemName, level: Level, loudness: Loudness) -> float:
    """The gain in dB of a take that measured ``level``: step 1 above."""
    gain = 0.0
    if loudness.target is not None and level.integrated >= SILENT_BELOW and stem not in AS_IT_IS:
        gain = min(loudness.target + BELOW_TARGET[stem] - level.integrated, MAX_BOOST[stem])
    return round(min(gain, loudness.true_peak - level.true_peak), 4)


def levels_of(level: Level, gain: float, limited_db: float = 0.0) -> Levels:
    """A take's levels after ``gain`` dB on what measured ``level``."""
    integrated, peak = level.integrated + gain, level.true_peak + gain
    return Levels(
        gain_db=gain,
        loudness_lufs=round(integrated, 2) if math.isfinite(integrated) else None,
        true_peak_dbtp=round(peak, 2) if math.isfinite(peak) else None,
        limited_db=limited_db,
    )


def balance_takes(
    takes: Sequence[Take], loudness: Loudness = PRESETS["ebu-r128"], kept: Sequence[float] | None = None
) -> list[Take]:
    """The same takes, their files rewritten with one common gain: step 2 above. Raises OutputError, MediaError.

    Takes with other numbers are alternatives to the first ones: not in the sum, but given the same gain. ``kept``:
    common gains that were settled before, in order; nothing is measured then.
    """
    if kept is not None:
        for gain in kept:
            takes = [take if take.is_picture else _regained(take, gain, loudness.true_peak) for take in takes]
        return list(takes)
    if loudness.target is None:
        return list(takes)
    levelled = [take for take in takes if take.stem not in AS_IT_IS]
    balanced = iter(_balanced(levelled, _above_beds(takes, loudness)))
    return [take if take.stem in AS_IT_IS else next(balanced) for take in takes]


def rebalanced(take: Take, stated: object) -> Take:
    """A take as it was made, with the common gains that its metadata states. Raises InputError for any that could not
    be, OutputError, MediaError."""
    for step in stated if isinstance(stated, list) else ():
        if not isinstance(step, list) or len(step) != 2 or not all(_is_level(each) for each in step):
            raise InputError(take.name, "its common gains cannot be read")
        take = _regained(take, float(step[0]), float(step[1]))
    return take


def _is_level(number: object) -> bool:
    return isinstance(number, int | float) and not isinstance(number, bool) and abs(number) < _MOST_DB


def _above_beds(takes: Sequence[Take], loudness: Loudness) -> Loudness:
    """The same delivery with as much less true peak as the beds may add."""
    beds = (take.levels.true_peak_dbtp for take in takes if take.stem in AS_IT_IS and take.levels)
    loudest = max((10 ** (peak / 20) for peak in beds if peak is not None), default=0.0)
    return replace(loudness, true_peak=20 * math.log10(max(10 ** (loudness.true_peak / 20) - loudest, 1e-3)))


def _balanced(takes: Sequence[Take], loudness: Loudness) -> list[Take]:
    assert loudness.target is not None
    balanced, room = list(takes), MAX_COMMON_BOOST
    for _ in range(_ROUNDS):
        level = measure(mixed([take for take in balanced if take.number == 1]), SAMPLE_RATE)
        if level.integrated < SILENT_BELOW:
            break
        gain = round(min(loudness.target - level.integrated, room, loudness.true_peak - level.true_peak), 4)
        if abs(gain) < _WORTH_REWRITING:
            break
        before = _limited(balanced)
        balanced, room = [_regained(take, gain, loudness.true_peak) for take in balanced], room - gain
        if _limited(balanced) == before:
            break  # a plain gain does what it says
        if room < _WORTH_REWRITING and _apart([take for take in balanced if take.number == 1]):
            break  # no room to become louder, and no peaks that add up
    return balanced


def _limited(takes: Sequence[Take]) -> list[float]:
    return [take.levels.limited_db if take.levels else 0.0 for take in takes]


def _apart(takes: Sequence[Take]) -> bool:
    """Whether no two takes overlap, and the peak of each is known."""
    spans = sorted(take.record.samples(SAMPLE_RATE) for take in takes)
    known = all(take.levels is not None for take in takes)
    return known and all(first + count <= after for (first, count), (after, _) in pairwise(spans))


def mixed(takes: Sequence[Take]) -> Iterator[Samples]:
    """The sum of takes as a timeline plays them, handles left out, in blocks of (2, n) from the first one's start."""
    pieces = [piece_of(take, channels=2) for take in takes if not take.is_picture]
    first = min((piece.first for piece in pieces), default=0)
    return placed(pieces, first, max((piece.first + piece.count for piece in pieces), default=first))


def _regained(take: Take, gain: float, ceiling: float) -> Take:
    """The take with another ``gain`` dB, in the same place; limited where its true peak would be above ``ceiling``."""
    factor = np.float32(10 ** (gain / 20))
    levels = take.levels.raised(gain) if take.levels else None
    above = levels.true_peak_dbtp - ceiling if levels and levels.true_peak_dbtp is not None else 0.0
    meter = Meter(SAMPLE_RATE) if above > PEAK_ERROR else None

    def regained(blocks: Iterator[Samples]) -> Iterator[Samples]:
        louder = (block * factor for block in blocks)
        return louder if meter is None else limited(louder, ceiling, SAMPLE_RATE)

    count = take.file_range.samples(SAMPLE_RATE)[1]
    plain = gain if meter is None else None
    rewrite_bwf(take.path, take.path, regained, channels=take.channels, count=count, gain_db=plain, meter=meter)
    if levels and meter is not None:
        measured = levels_of(meter.level(), 0.0, round(levels.limited_db + above, 2))
        levels = replace(measured, gain_db=levels.gain_db)
    applied = take.metadata.get(GAINS)
    noted = take.metadata | {GAINS: [*applied, gain]} if isinstance(applied, list) else take.metadata
    return replace(take, levels=levels, metadata={**noted, BALANCED: [*noted.get(BALANCED, []), [gain, ceiling]]})
