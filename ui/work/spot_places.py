"""Where the spots of a timeline are seen: through cuts and retimes, worked out once for each list."""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any, TypeVar

from talkies.core.segment import Segment, Timeline
from talkies.core.spotting.placing import record_ranges
from talkies.core.spotting.spot import Spot
from talkies.core.times import TimeRange
from talkies.ui.work.state import Lists

_FEW = 100  # that are put in their places one by one; of more, all are sorted

_T = TypeVar("_T")


@dataclass(frozen=True)
class SpotPlace:
    """A spot where its shot shows it (s); a hit's range is empty."""

    spot: Spot
    span: TimeRange

    @property
    def id(self) -> str:
        return self.spot.id

    @cached_property
    def seconds(self) -> tuple[float, float]:
        """Its span for painting and sorting, worked out once."""
        return float(self.span.start), float(self.span.end)

    @property
    def segment_id(self) -> str:
        return self.spot.shot


class SpotIndex:
    """Spots by id and where they are seen, of one state of the lists; what did not change is taken over."""

    def __init__(self, lists: Lists, timeline: Timeline | None, before: SpotIndex | None = None) -> None:
        self.lists, self.timeline, self._before = lists, timeline, before
        self._known: dict[str, tuple[SpotPlace, ...]] = {}

    @cached_property
    def by_id(self) -> Mapping[str, Spot]:
        return {spot.id: spot for spots in self.lists.values() for spot in spots}

    @cached_property
    def ordered(self) -> tuple[SpotPlace, ...]:
        """Where all spots are seen, in the order of the timeline."""
        before = self._before.ordered if self._before is not None else ()
        return in_order(chain.from_iterable(self.places(key) for key in self.lists), before, _order_of)

    @cached_property
    def segments(self) -> Mapping[str, Segment]:
        if self._before is not None:
            return self._before.segments
        return {segment.id: segment for segment in self.timeline.segments} if self.timeline is not None else {}

    def places(self, segment_id: str) -> tuple[SpotPlace, ...]:
        """Where a shot shows its spots, in the order of the timeline."""
        if segment_id not in self._known:
            self._known[segment_id] = self._kept(segment_id) or self._found(segment_id)
        return self._known[segment_id]

    def known(self, segment_id: str) -> tuple[SpotPlace, ...]:
        """The places of a shot, if they were asked for."""
        return self._known.get(segment_id, ())

    def after(self, lists: Lists) -> SpotIndex:
        """The index of other lists."""
        _ = self.segments, self.ordered  # taken over before the one before is let go
        self._before = None
        return SpotIndex(lists, self.timeline, self)

    def _kept(self, segment_id: str) -> tuple[SpotPlace, ...]:
        before = self._before
        same = before is not None and before.lists.get(segment_id) is self.lists.get(segment_id)
        return before.known(segment_id) if before is not None and same else ()

    def _found(self, segment_id: str) -> tuple[SpotPlace, ...]:
        segment, before = self.segments.get(segment_id), self._before
        if segment is None:
            return ()
        spots = self.lists.get(segment_id, ())
        there, known = {id(spot) for spot in spots}, set[int]()
        places: tuple[SpotPlace, ...] = ()
        if before is not None:
            known = {id(spot) for spot in before.lists.get(segment_id, ())}
            places = before.places(segment_id)
        kept = [place for place in places if id(place.spot) in there]
        fresh = (spot for spot in spots if id(spot) not in known)
        new = [SpotPlace(spot, span) for spot in fresh for span in record_ranges(segment, spot, segment.record)]
        return in_order([*kept, *new], places, _order_of)


def in_order(items: Iterable[_T], before: Sequence[_T], key: Callable[[_T], Any]) -> tuple[_T, ...]:
    """Items sorted by ``key``; those that are in ``before`` too, which is sorted, are not compared with each other
    again."""
    given = tuple(items)
    there, known = set(map(id, given)), set(map(id, before))
    kept = [each for each in before if id(each) in there]
    fresh = [each for each in given if id(each) not in known]
    if len(fresh) > _FEW:
        return tuple(sorted(given, key=key))
    for each in fresh:
        insort(kept, each, key=key)
    return tuple(kept)


def _order_of(place: SpotPlace) -> tuple[tuple[float, float], str]:
    return place.seconds, place.spot.id
