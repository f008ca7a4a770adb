"""Ticks of the ruler: whole timecodes, as many as fit, drop-frame counted as SMPTE ST 12-1 does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from talkies.core.segment import Timeline
from talkies.core.times import round_half_up
from talkies.ui.timeline.layout import Scale

LABEL_WIDTH = 104
"""Pixels that one timecode needs with the room around it."""

_FRAMES = (1, 2, 5, 10)
_SECONDS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400)
_DIVISIONS = (10, 5, 4, 3, 2)
_SMALLEST_GAP = 7  # pixels between two small marks


@dataclass(frozen=True)
class Tick:
    """One mark; ``label`` is "" at a small one."""

    x: int
    label: str


def ticks(timeline: Timeline, scale: Scale, width: int) -> Iterator[Tick]:
    """The marks between columns 0 and ``width``, a label's width more on the left for a label that begins outside."""
    start, end = scale.time(-LABEL_WIDTH), scale.time(width)
    frame_width = scale.pixels_per_second / timeline.rate
    nominal = round_half_up(timeline.rate)
    step = next((count for count in _FRAMES if count < nominal and count * frame_width >= LABEL_WIDTH), 0)
    if step:
        yield from _frame_ticks(timeline, scale, start, end, step)
        return
    step = next((count for count in _SECONDS if scale.width(Fraction(count)) >= LABEL_WIDTH), _SECONDS[-1])
    parts = next((n for n in _DIVISIONS if step % n == 0 and scale.width(Fraction(step, n)) >= _SMALLEST_GAP), 1)
    if step == 1:
        parts = next((n for n in _DIVISIONS if nominal % n == 0 and scale.width(Fraction(1, n)) >= _SMALLEST_GAP), 1)
    pace = Fraction(1) if timeline.drop_frame else timeline.rate / nominal  # seconds of timecode in a second of time
    first, last = (timeline.start + start) * pace, (timeline.start + end) * pace
    for second in range(floor(first / step) * step, ceil(last) + step, step):
        here = _of_second(timeline, second)
        yield Tick(scale.x(here), timeline.timecode(here))
        for part in range(1, parts):
            small = _of_second(timeline, second + Fraction(step * part, parts))
            yield Tick(scale.x(small), "")


def _frame_ticks(timeline: Timeline, scale: Scale, start: Fraction, end: Fraction, step: int) -> Iterator[Tick]:
    first = round_half_up(timeline.start * timeline.rate)
    for frame in range(floor(start * timeline.rate), ceil(end * timeline.rate) + 1):
        here = frame / timeline.rate
        yield Tick(scale.x(here), "" if (first + frame) % step else timeline.timecode(here))


def _of_second(timeline: Timeline, second: int | Fraction) -> Fraction:
    """The position of timecode second ``second``; the labels that drop-frame leaves out fall on the next there is."""
    nominal = round_half_up(timeline.rate)
    frame = round_half_up(Fraction(nominal * second))
    if timeline.drop_frame:
        dropped = nominal // 15
        minutes = int(second // 60)
        frame -= dropped * (minutes - minutes // 10)
        if second % 60 == 0 and minutes % 10:
            frame += dropped
    return frame / timeline.rate - round_half_up(timeline.start * timeline.rate) / timeline.rate
