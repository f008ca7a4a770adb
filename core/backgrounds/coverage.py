"""Coverage: which shot is seen when, and which shot's take carries the bed there, so that no two beds overlap.

V2                |- insert -|                    what is seen decides which place is heard
V1       |---------- shot 1 ----------|-- 2 --|   the lower track carries it: one take for each shot, no overlap
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction

from talkies.core.segment import Segment
from talkies.core.times import TimeRange

Seen = tuple[TimeRange, Segment]

_TRACK = re.compile(r"V(\d+)-")


def _height(segment: Segment) -> int:
    """The number of a segment's track, from the lowest on."""
    match = _TRACK.match(segment.id)
    return int(match[1]) if match else 0


def seen_shots(segments: Sequence[Segment]) -> list[Seen]:
    """Stretches of the timeline (s) in order, each with the uppermost shot there; none where there is no picture."""
    seen: list[Seen] = []
    for span, open_shots in _between_cuts(segments):
        top = max(open_shots, key=_height)
        if seen and seen[-1][1] is top and seen[-1][0].end == span.start:
            seen[-1] = (TimeRange(seen[-1][0].start, span.end), top)
        else:
            seen.append((span, top))
    return seen


def bed_ranges(segments: Sequence[Segment]) -> dict[str, TimeRange]:
    """What of the timeline (s) each shot's bed covers, by segment; of a shot that lower ones cover in part, the longest
    rest. Where they cover all of it there is none: the bed there is in their takes."""
    rest: dict[str, list[TimeRange]] = {}
    for span, open_shots in _between_cuts(segments):
        own = rest.setdefault(min(open_shots, key=_height).id, [])
        if own and own[-1].end == span.start:
            own[-1] = TimeRange(own[-1].start, span.end)
        else:
            own.append(span)
    return {name: max(spans, key=lambda span: span.duration) for name, spans in rest.items()}


def _between_cuts(segments: Sequence[Segment]) -> Iterator[tuple[TimeRange, list[Segment]]]:
    """Stretches between two edges of any shots, with the shots there, where there are some."""
    coming = sorted(segments, key=lambda each: each.record.start, reverse=True)
    edges = sorted({edge for each in segments for edge in (each.record.start, each.record.end)})
    here: list[Segment] = []
    position: Fraction | None = None
    for edge in edges:
        if position is not None and here:
            yield TimeRange(position, edge), here
        here = [each for each in here if each.record.end > edge]
        while coming and coming[-1].record.start == edge:
            here.append(coming.pop())
        position = edge
