"""Where the spots of a timeline are seen: through cuts and retimes, worked out once for each list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from talkies.core.segment import Segment, Timeline
from talkies.core.spotting.placing import record_ranges
from talkies.core.spotting.spot import Spot
from talkies.core.times import TimeRange
from talkies.ui.work.state import Lists


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
        _ = self.segments  # taken over before the one before is let go
        self._before = None
        return SpotIndex(lists, self.timeline, self)

    def _kept(self, segment_id: str) -> tuple[SpotPlace, ...]:
        before = self._before
        same = before is not None and before.lists.get(segment_id) is self.lists.get(segment_id)
        return before.known(segment_id) if before is not None and same else ()

    def _found(self, segment_id: str) -> tuple[SpotPlace, ...]:
        segment = self.segments.get(segment_id)
        if segment is None:
            return ()
        places = [
            SpotPlace(spot, span)
            for spot in self.lists.get(segment_id, ())
            for span in record_ranges(segment, spot, segment.record)
        ]
        return tuple(sorted(places, key=lambda place: (place.seconds, place.id)))
