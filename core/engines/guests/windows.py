"""Windows of an engine that makes only so much at once, in samples of its own rate: any length is made of several.

Effects overlap, and are cross-faded (seams.py). Dialogue is parted where nobody speaks: no line is said in two pieces.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from talkies.core.times import LATENT_RATE, TimeRange, to_sample

_OVERLAP_S = Fraction(1)
_BREATH_S = Fraction(1, 4)  # before and after lines


@dataclass(frozen=True)
class Window:
    """Samples [start, stop)."""

    start: int
    stop: int

    @property
    def count(self) -> int:
        return self.stop - self.start


def overlapping(
    count: int, longest: int | None, sample_rate: int, grid: Fraction = 1 / LATENT_RATE
) -> tuple[Window, ...]:
    """Windows of nearly one length over ``count`` samples, neighbours sharing a second, or a quarter where windows are
    short. Each begins on the ``grid`` (s) of what is seen in it, if a window has room for more than one step of it, and
    no two would begin on the same one."""
    if longest is None or count <= longest:
        return (Window(0, count),)
    overlap = min(to_sample(_OVERLAP_S, sample_rate), longest // 4)
    room = longest - overlap - math.ceil(grid * sample_rate)
    many = math.ceil((count - overlap) / room) if room > 0 else 0
    has_room = room >= grid * sample_rate and count - overlap >= many * grid * sample_rate
    if not has_room and grid > 1 / LATENT_RATE:
        return overlapping(count, longest, sample_rate)
    cells = [Fraction((count - overlap) * index, many * sample_rate) // grid for index in range(many)]
    ends = [*(to_sample(cell * grid, sample_rate) for cell in cells), count - overlap]
    return tuple(Window(start, stop + overlap) for start, stop in pairwise(ends))


def cells_of(span: TimeRange) -> slice:
    """The latent frames that show in a span, the first and the last perhaps in part."""
    return slice(int(span.start * LATENT_RATE), -int(-span.end * LATENT_RATE // 1))


def between_lines(lines: Sequence[TimeRange], count: int, longest: int | None, sample_rate: int) -> tuple[Window, ...]:
    """Windows that each hold whole lines (s) and do not overlap; between them nobody speaks. Around them is a breath,
    as far as the silence there and ``longest`` leave room. What is said without a pause for longer than ``longest``
    gets a window of its own length."""
    if longest is None or count <= longest:
        return (Window(0, count),)
    breath = to_sample(_BREATH_S, sample_rate)
    spoken: list[Window] = []
    for line in sorted(lines):
        start, stop = max(to_sample(line.start, sample_rate), 0), min(to_sample(line.end, sample_rate), count)
        last = spoken[-1] if spoken else None
        if last is not None and (start < last.stop or max(stop, last.stop) + 2 * breath - last.start <= longest):
            spoken[-1] = Window(last.start, max(stop, last.stop))
        elif stop > start:
            spoken.append(Window(start, stop))
    middles = [0, *((one.stop + other.start) // 2 for one, other in pairwise(spoken)), count]
    return tuple(
        _with_breath(window, Window(*room), breath, longest)
        for window, room in zip(spoken, pairwise(middles), strict=False)
    )


def _with_breath(spoken: Window, room: Window, breath: int, longest: int) -> Window:
    """With silence before and after, inside of ``room``."""
    spare = max(longest - spoken.count, 0)
    before = min(breath, spoken.start - room.start, spare // 2)
    after = min(breath, room.stop - spoken.stop, spare - before)
    return Window(spoken.start - before, spoken.stop + after)


def seed_of(seed: int, window: int) -> int:
    """Of one window: the take's own in the first, others in those after it, so that nothing comes again and again."""
    if window == 0:
        return seed
    return int.from_bytes(hashlib.sha256(f"{seed} {window}".encode()).digest()[:4], "big") >> 1
