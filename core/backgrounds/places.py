"""Places: which shots show the same one, by their pictures, also when others lie between (A-B-A).

A shot belongs to the place of that earlier shot which looks most like it, of the last REACH, if they look alike enough;
else it begins a place. So a shot's place depends on what came before it and on nothing after, and only as much of the
film is looked at as that takes. A shot without a picture is where the shot before it is, or the next one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from fractions import Fraction

from talkies.core.arrays import Image
from talkies.core.backgrounds.air import INDOORS, OUTDOORS
from talkies.core.backgrounds.bed import Place
from talkies.core.backgrounds.coverage import Seen
from talkies.core.backgrounds.picture import StillLook, is_dark, is_outdoors, most_alike
from talkies.core.errors import InputError
from talkies.core.media.stills import StillReader
from talkies.core.segment import Segment

REACH = 8
"""Shots that are looked back on."""
SAME_PLACE = 0.6
"""Likeness from which on two shots show one place. Shots of one camera set-up have 0.86 and more, of different films
0.4 and less; two people before the walls of one room 0.6 to 0.95."""

_SHARES = (Fraction(1, 6), Fraction(1, 2), Fraction(5, 6))  # of a shot, at which its stills are taken
_LINES = 216


class Places:
    """The places of what is seen, found as they are asked for."""

    def __init__(self, seen: Sequence[Seen]) -> None:
        self._seen = seen
        self._looks: dict[int, tuple[StillLook, ...]] = {}
        self._earlier: dict[int, int | None] = {}

    def place(self, index: int) -> Place | None:
        """Where a stretch is; None where no picture of the timeline can be seen."""
        first = self._visible(index)
        if first is None:
            return None
        while (earlier := self._like(first)) is not None:
            first = earlier
        stills, shot = self._look(first), self._seen[first][1]
        air = OUTDOORS if is_outdoors(stills) else INDOORS
        return Place(f"{shot.id} {shot.clip}", air, is_dark(stills))

    def _visible(self, index: int) -> int | None:
        """The stretch itself, else the last before it that can be seen, else the next."""
        nearest = (*range(index, -1, -1), *range(index + 1, len(self._seen)))
        return next((number for number in nearest if self._look(number)), None)

    def _like(self, index: int) -> int | None:
        """The earlier stretch of the same place, None where a place begins."""
        if index not in self._earlier:
            within = range(index - 1, max(index - REACH, 0) - 1, -1)
            alike = {number: self._likeness(number, index) for number in within}
            best = max(within, key=lambda number: alike[number], default=None)
            self._earlier[index] = best if best is not None and alike[best] >= SAME_PLACE else None
        return self._earlier[index]

    def _likeness(self, earlier: int, later: int) -> float:
        before, after = self._seen[earlier][1], self._seen[later][1]
        if before is after or _runs_on(before, after):
            return 1.0
        return most_alike(self._look(earlier), self._look(later))

    def _look(self, index: int) -> tuple[StillLook, ...]:
        """Stills of a stretch, none where there is nothing to see."""
        if index not in self._looks:
            span, shot = self._seen[index]
            times = [shot.source_time(span.start + share * span.duration) for share in _SHARES]
            self._looks[index] = tuple(StillLook.of(image) for image in _stills(shot, times))
        return self._looks[index]


def _stills(shot: Segment, times: Sequence[Fraction]) -> Iterator[Image]:
    """A shot's pictures at media times, as many as can be read."""
    if shot.picture is None:
        return
    with closing(StillReader()) as reader:
        for time in times:
            with suppress(InputError):
                yield reader.read(shot.picture, time, _LINES)


def _runs_on(before: Segment, after: Segment) -> bool:
    """Whether a cut is none: the same picture goes on at the same speed."""
    same = before.picture == after.picture and before.speed == after.speed > 0
    return same and before.curve is after.curve is None and before.source.end == after.source.start
