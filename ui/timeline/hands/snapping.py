"""Snapping to edit points, cues, the playhead and the range; and stepping from edit to edit."""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from fractions import Fraction

from talkies.core.media.wav.bwf import SAMPLE_RATE
from talkies.core.times import round_half_up, to_sample
from talkies.ui.timeline.layout import Scale

REACH = 8
"""Pixels within which something attracts."""


def nearest_frame(position: Fraction, rate: Fraction) -> Fraction:
    """The start of the frame nearest to a position, in seconds."""
    return round_half_up(position * rate) / rate


def nearest_sample(position: Fraction) -> Fraction:
    """The sample nearest to a position, in seconds: what is placed freely keeps few digits however often it is."""
    return Fraction(to_sample(position, SAMPLE_RATE), SAMPLE_RATE)


def snapped(
    position: Fraction, scale: Scale, rate: Fraction, edges: Sequence[Fraction], extra: Sequence[Fraction] = ()
) -> Fraction:
    """The nearest of ``edges`` (sorted) and ``extra`` within reach on the screen, else the nearest frame."""
    index = bisect.bisect_left(edges, position)
    candidates = [*edges[max(index - 1, 0) : index + 1], *extra]
    nearest = min(candidates, key=lambda each: abs(each - position), default=None)
    if nearest is not None and abs(nearest - position) * scale.pixels_per_second <= REACH:
        return nearest
    return nearest_frame(position, rate)


def next_edge(edges: Sequence[Fraction], position: Fraction) -> Fraction | None:
    """The first of ``edges`` (sorted) after a position."""
    index = bisect.bisect_right(edges, position)
    return edges[index] if index < len(edges) else None


def previous_edge(edges: Sequence[Fraction], position: Fraction) -> Fraction | None:
    """The last of ``edges`` (sorted) before a position."""
    index = bisect.bisect_left(edges, position)
    return edges[index - 1] if index else None
