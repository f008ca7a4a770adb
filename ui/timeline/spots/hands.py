"""Hands on the lane of spots: choose, drag, stretch, and double-click for a new one.

drag on a tick   moves it, with all that are chosen, in whole frames; with Alt freely
drag at an end   of a bar: it begins or ends elsewhere
Ctrl + click     this one too, or no longer
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QMouseEvent

from talkies.core.errors import ArgumentError
from talkies.core.segment import Segment
from talkies.core.spotting.placing import media_time, record_ranges
from talkies.core.spotting.spot import Spot
from talkies.ui.timeline.hands.holding import Hands, Held
from talkies.ui.timeline.hands.snapping import nearest_frame, nearest_sample
from talkies.ui.timeline.spots.lane import DRAGS_NOTHING, REACH, DraggedSpots
from talkies.ui.work.spot_places import SpotPlace

if TYPE_CHECKING:
    from talkies.ui.timeline.spots.surface import SpotSurface

Grip = Literal["all", "in", "out"]

_CTRL, _ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier


@dataclass(frozen=True)
class _HeldSpot(Held):
    """And what moves with it."""

    place: SpotPlace
    grip: Grip
    moved: tuple[SpotPlace, ...]
    all_places: tuple[SpotPlace, ...]
    """Of what moves: a shot may show a moment more than once."""


class SpotHands(Hands["SpotSurface", _HeldSpot]):
    """Turns mouse events on the lane into edits of the document; each drag is one step to undo."""

    shapes = (Qt.CursorShape.SplitHCursor, Qt.CursorShape.SizeHorCursor)

    def __init__(self, surface: SpotSurface) -> None:
        super().__init__(surface)
        self._dragged = DRAGS_NOTHING
        self._times: Mapping[str, tuple[Fraction, Fraction]] = {}

    @property
    def dragged(self) -> DraggedSpots:
        """What is shown elsewhere than the document has it."""
        return self._dragged if self.busy else DRAGS_NOTHING

    def press(self, event: QMouseEvent) -> bool:
        """Whether a spot was taken hold of."""
        point = event.position().toPoint()
        place = self._under(point)
        if place is None:
            return False
        document, surface = self._surface.document, self._surface
        chosen = set(document.chosen_spots)
        if event.modifiers() & _CTRL:
            document.choose_spots(chosen ^ {place.id})
            return True
        if place.id not in chosen:
            document.choose_spots([place.id])
        grip = self._grip(place, point.x())
        moved = self._moved_with(place) if grip == "all" else (place,)
        self._dragged, self._times = DRAGS_NOTHING, {}
        ids, shots = {each.id for each in moved}, dict.fromkeys(each.segment_id for each in moved)
        places = tuple(each for shot in shots for each in document.spot_places(shot) if each.id in ids)
        time = surface.scale.time(point.x())
        self._hold(_HeldSpot(surface.timeline, point.x(), time, place, grip, moved, places))
        return True

    def release(self, event: QMouseEvent) -> None:
        held = self._held if self.busy else None
        if not self._drop() and held is not None and not event.modifiers() & _CTRL:
            self._surface.document.choose_spots([held.place.id])

    def hover(self, point: QPoint) -> None:
        """The pointer's shape over what can be dragged."""
        place, shape = self._under(point), None
        if place is not None:
            split, whole = self.shapes
            shape = whole if self._grip(place, point.x()) == "all" else split
        self._point(shape)

    def double_click(self, event: QMouseEvent) -> bool:
        """A new spot where there is none; the words of one that is there. Whether it was on the lane."""
        point, surface = event.position().toPoint(), self._surface
        hit = surface.hit(point)
        if hit is None or hit.row.kind != "spots":
            return False
        self._held = None
        if isinstance(hit.item, SpotPlace):
            surface.spot_activated.emit(hit.item.id)
            return True
        position, free = surface.scale.time(point.x()), event.modifiers() & _ALT
        rate = surface.document.open_timeline().rate
        position = nearest_sample(position) if free else nearest_frame(position, rate)
        try:
            surface.document.choose_spots([surface.document.add_spot(max(position, Fraction(0)))])
        except ArgumentError as error:
            surface.refused.emit(str(error))
        return True

    def _under(self, point: QPoint) -> SpotPlace | None:
        hit = self._surface.hit(point)
        return hit.item if hit is not None and isinstance(hit.item, SpotPlace) else None

    def _grip(self, place: SpotPlace, x: int) -> Grip:
        left, right = self._surface.scale.x(place.span.start), self._surface.scale.x(place.span.end)
        if place.spot.kind == "hit":
            return "all"
        if abs(x - right) <= REACH and abs(x - right) <= abs(x - left):
            return "out"
        return "in" if abs(x - left) <= REACH else "all"

    def _moved_with(self, place: SpotPlace) -> tuple[SpotPlace, ...]:
        """The spot and the others that are chosen."""
        document = self._surface.document
        others = [key for key in document.chosen_spots if key != place.id]
        spans = ((document.spot(key), document.place_of_spot(key)) for key in others)
        return (place, *(SpotPlace(spot, span) for spot, span in spans if span is not None))

    def _drag(self, held: _HeldSpot, x: int, free: bool) -> None:
        surface, document = self._surface, self._surface.document
        rate = document.open_timeline().rate
        edge = held.place.span.end if held.grip == "out" else held.place.span.start
        wanted = edge + surface.scale.time(x) - held.time
        wanted = nearest_sample(wanted) if free else nearest_frame(wanted, rate)
        if any(place.spot.locked for place in held.moved):
            surface.refused.emit(surface.tr("A locked spot stays; unlock it first (Alt+L)."))
            return
        segment = document.segment(held.place.segment_id)
        if held.grip == "all":
            by = wanted - edge
            times = {place.id: _shifted(place, document.segment(place.segment_id), by, rate) for place in held.moved}
        else:
            times = {held.place.id: _stretched(held.place, segment, held.grip, wanted)}
        if times != self._times:
            self._times, before = times, self._dragged
            self._dragged = self._shown(held, times)
            surface.show_dragged(before, self._dragged)

    def _shown(self, held: _HeldSpot, times: Mapping[str, tuple[Fraction, Fraction]]) -> DraggedSpots:
        document = self._surface.document
        spots = [replace(place.spot, time=times[place.id][0], until=times[place.id][1]) for place in held.moved]
        segments = [document.segment(spot.shot) for spot in spots]
        places = [
            SpotPlace(spot, span)
            for spot, segment in zip(spots, segments, strict=True)
            for span in record_ranges(segment, spot, segment.record)
        ]
        return DraggedSpots(held.all_places, tuple(places))

    def _lay(self, held: _HeldSpot) -> None:
        """A spot that was edited meanwhile stays as it is."""
        surface, dragged = self._surface, self._dragged
        self._dragged = DRAGS_NOTHING
        surface.show_dragged(dragged, self._dragged)
        now = {spot.id: spot for spot in surface.document.all_spots}
        same = {place.id for place in held.moved if now.get(place.id) == place.spot}
        surface.document.move_spots({key: times for key, times in self._times.items() if key in same})


def _shifted(place: SpotPlace, segment: Segment, by: Fraction, rate: Fraction) -> tuple[Fraction, Fraction]:
    """Media times of a spot that is seen ``by`` seconds later, within its shot."""
    spot, record = place.spot, segment.record
    start = min(max(place.span.start + by, record.start), record.end - 1 / rate)
    moved = media_time(segment, start) - media_time(segment, place.span.start)
    return spot.time + moved, spot.until + moved


def _stretched(place: SpotPlace, segment: Segment, grip: Grip, wanted: Fraction) -> tuple[Fraction, Fraction]:
    """Media times of a spot one of whose ends is seen at ``wanted`` (s), at least a frame from the other one."""
    spot, span, frame = place.spot, place.span, 1 / segment.rate
    if grip == "in":
        wanted = min(max(wanted, segment.record.start), span.end - frame)
    else:
        wanted = max(min(wanted, segment.record.end), span.start + frame)
    new, fixed = media_time(segment, wanted), _far_end(spot, segment, span.start if grip == "in" else span.end)
    return (min(new, fixed), max(new, fixed)) if new != fixed else (spot.time, spot.until)


def _far_end(spot: Spot, segment: Segment, edge: Fraction) -> Fraction:
    """The media time of the end that stays when the one that is seen at ``edge`` (s) is dragged."""
    here = media_time(segment, edge)
    return spot.until if abs(here - spot.time) <= abs(here - spot.until) else spot.time
