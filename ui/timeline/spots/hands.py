"""Hands on the lane of spots: choose, drag, stretch, and double-click for a new one.

drag on a tick   moves it, with all that are chosen, in whole frames; with Alt freely
drag at an end   of a bar: it begins or ends elsewhere
Ctrl + click     this one too, or no longer
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from talkies.core.errors import ArgumentError
from talkies.core.segment import Segment, Timeline
from talkies.core.spotting.placing import media_time
from talkies.core.spotting.spot import Spot
from talkies.ui.timeline.snapping import nearest_frame, nearest_sample
from talkies.ui.timeline.spots.lane import REACH
from talkies.ui.work.spot_places import SpotPlace

if TYPE_CHECKING:
    from talkies.ui.timeline.spots.surface import SpotSurface

Grip = Literal["all", "in", "out"]

_CTRL, _ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier


@dataclass(frozen=True)
class _Held:
    """What was taken hold of, in which timeline and where in it (column, and seconds), and what moves with it."""

    place: SpotPlace
    timeline: Timeline | None
    grip: Grip
    x: int
    time: Fraction
    moved: tuple[SpotPlace, ...]
    gesture: str


class SpotHands:
    """Turns mouse events on the lane into edits of the document; each drag is one step to undo."""

    def __init__(self, surface: SpotSurface) -> None:
        self._surface = surface
        self._held: _Held | None = None
        self._dragging = False
        self._count = 0

    @property
    def busy(self) -> bool:
        """Whether a spot is held; none is any more when another timeline was opened meanwhile."""
        return self._held is not None and self._held.timeline is self._surface.document.timeline

    def press(self, event: QMouseEvent) -> bool:
        """Whether a spot was taken hold of."""
        point = event.position().toPoint()
        place = self._under(point)
        if place is None:
            return False
        document = self._surface.document
        chosen = set(document.chosen_spots)
        if event.modifiers() & _CTRL:
            document.choose_spots(chosen ^ {place.id})
            return True
        if place.id not in chosen:
            document.choose_spots([place.id])
        self._count += 1
        grip = self._grip(place, point.x())
        moved = self._moved_with(place) if grip == "all" else (place,)
        time, gesture = self._surface.scale.time(point.x()), f"spots {id(self)} {self._count}"
        self._held = _Held(place, document.timeline, grip, point.x(), time, moved, gesture)
        self._dragging = False
        return True

    def move(self, event: QMouseEvent) -> None:
        point = event.position().toPoint()
        if self._held is None or not self.busy:
            return
        far = abs(point.x() - self._held.x) >= QApplication.startDragDistance()
        self._dragging = self._dragging or far
        if self._dragging:
            self._drag(self._held, point.x(), free=bool(event.modifiers() & _ALT))

    def release(self, event: QMouseEvent) -> None:
        if self._held is not None and self.busy and not self._dragging and not event.modifiers() & _CTRL:
            self._surface.document.choose_spots([self._held.place.id])
        self._held = None

    def hover(self, point: QPoint) -> None:
        """The pointer's shape over what can be dragged."""
        viewport, place = self._surface.viewport(), self._under(point)
        if place is not None:
            ends = self._grip(place, point.x()) != "all"
            viewport.setCursor(Qt.CursorShape.SplitHCursor if ends else Qt.CursorShape.SizeHorCursor)
        elif viewport.cursor().shape() in (Qt.CursorShape.SplitHCursor, Qt.CursorShape.SizeHorCursor):
            viewport.unsetCursor()

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

    def _drag(self, held: _Held, x: int, free: bool) -> None:
        surface, document = self._surface, self._surface.document
        rate = document.open_timeline().rate
        edge = held.place.span.end if held.grip == "out" else held.place.span.start
        wanted = edge + surface.scale.time(x) - held.time
        wanted = nearest_sample(wanted) if free else nearest_frame(wanted, rate)
        if any(place.spot.locked for place in held.moved):
            surface.refused.emit(surface.tr("A locked spot stays; unlock it first (Alt+L)."))
            return
        if held.grip == "all":
            by = wanted - edge
            times = {place.id: _shifted(place, document.segment(place.segment_id), by, rate) for place in held.moved}
        else:
            times = {held.place.id: _stretched(held.place, document.segment(held.place.segment_id), held.grip, wanted)}
        document.move_spots(times, held.gesture)


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
