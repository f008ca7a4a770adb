"""What stays of an earlier list when shots are spotted again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from talkies.core.segment import Segment
from talkies.core.spotting.spot import Spot

SAME_S = Fraction(1, 10)
"""Spots of one shot so near to each other are the same event."""


def with_kept(found: Sequence[Spot], earlier: Iterable[Spot], shots: Iterable[Segment]) -> list[Spot]:
    """A new list of ``shots`` in an earlier one: locked spots stay, and take the place of what was found there; so do
    the spots of other shots."""
    fresh = {segment.id for segment in shots}
    kept = [spot for spot in earlier if spot.locked or spot.shot not in fresh]
    return [*kept, *(spot for spot in found if not any(_same(spot, other) for other in kept))]


def _same(one: Spot, other: Spot) -> bool:
    return (one.shot, one.kind) == (other.shot, other.kind) and abs(one.time - other.time) <= SAME_S
