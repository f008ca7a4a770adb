"""The frame rate of a stream of pictures: what the time stamps keep, not what the container happens to count in."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from talkies.core.times import exact_rate

_COMMON_RATES = (
    *(Fraction(rate) for rate in (12, 15, 16, 18, 20, 24, 25, 30, 48, 50, 60, 100, 120, 240)),
    *(Fraction(rate * 1000, 1001) for rate in (24, 30, 48, 60, 120)),
)
_EXACT = 1e-4  # of a frame
_FEW_LOST, _MANY_LOST = 1.03, 2.0  # frames that should be there to each that is


def steady_rate(stamps: Sequence[int], tick: Fraction, stated: Fraction) -> tuple[Fraction, bool]:
    """The exact rate, and whether the stamps (ticks of ``tick`` seconds, rising) keep it within their own resolution.

    A common rate of which frames were left out is kept too. Where they keep none, the rate is their average.
    """
    if len(stamps) < 3:
        return stated, True
    average = exact_rate((len(stamps) - 1) / ((stamps[-1] - stamps[0]) * float(tick)))
    for candidate in dict.fromkeys((stated, average)):
        # a container that counts frames leaves a hole for each that was lost
        if _is_kept(candidate, stamps, tick, _MANY_LOST if tick * candidate == 1 else _FEW_LOST):
            return candidate, True
    common = (rate for rate in sorted(_COMMON_RATES) if rate >= average)
    kept = next((rate for rate in common if _is_kept(rate, stamps, tick, _MANY_LOST)), None)
    return (kept, True) if kept else (average, False)


def common_rate(average: float) -> Fraction:
    """The common rate nearest to an average one."""
    return min(_COMMON_RATES, key=lambda common: abs(math.log(float(common) / average)))


def _is_kept(rate: Fraction, stamps: Sequence[int], tick: Fraction, most_lost: float) -> bool:
    """Whether the stamps lie on the grid of a rate, with few holes (lost frames do not make a rate variable)."""
    places = [float((stamp - stamps[0]) * tick * rate) for stamp in stamps]
    late = [place - round(place) for place in places]
    spread, resolution = max(late) - min(late), 1.5 * float(tick * rate)
    if spread > _EXACT and not (resolution < 0.2 and spread <= max(2 * resolution, 0.01)):
        return False
    return round(places[-1]) <= most_lost * (len(stamps) - 1) + 1
