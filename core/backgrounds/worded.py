"""Words of a list's backgrounds: what each stretch of a shot is to sound like, where rows say so.

rows     |--- kitchen ---|   |-- rain --|
         |        |- off -|
words    kitchen  |  none |  |   rain   |      elsewhere: the words of the run
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from talkies.core.segment import Segment
from talkies.core.spotting.placing import record_ranges
from talkies.core.spotting.spot import Spot
from talkies.core.times import TimeRange

OFF, AUTO = "off", "auto"
"""Words of a row: no bed there; the bed of the picture."""


@dataclass(frozen=True)
class Worded:
    """A stretch of the timeline (s) and the words of its bed, None for no bed; ``rows`` say so."""

    range: TimeRange
    words: str | None
    rows: tuple[Spot, ...] = ()


def worded(segment: Segment, span: TimeRange, rows: Sequence[Spot], otherwise: str) -> list[Worded]:
    """A stretch of a shot, parted where its background ``rows`` begin and end; where several lie all are heard, unless
    one says that nothing is. ``otherwise``: the words where none lies."""
    placed = [(each, row) for row in rows if row.shot == segment.id for each in record_ranges(segment, row, span)]
    edges = sorted({span.start, span.end, *(edge for each, _ in placed for edge in (each.start, each.end))})
    return [_part(TimeRange(*ends), placed, otherwise) for ends in pairwise(edges)]


def _part(part: TimeRange, placed: Sequence[tuple[TimeRange, Spot]], otherwise: str) -> Worded:
    here = tuple(row for each, row in placed if each.start <= part.start and part.end <= each.end)
    if not here:
        return Worded(part, otherwise)
    said = list(dict.fromkeys(row.words.strip() for row in here))
    if any(words.casefold() == OFF for words in said):
        return Worded(part, None, here)
    return Worded(part, ", ".join(words for words in said if words.casefold() not in ("", AUTO)), here)
