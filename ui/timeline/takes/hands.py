"""Hands on the lanes of takes: trim, move, fade; beyond a neighbour's edge two cross-fade.

drag at an edge            the take begins or ends elsewhere, as far as its sound reaches
drag at an upper corner    it fades in or out
drag elsewhere             all of it is moved
                           to cuts, the playhead and whole frames; with Alt freely, to the sample
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from talkies.core.segment import Timeline
from talkies.ui.timeline.snapping import nearest_frame, nearest_sample, snapped
from talkies.ui.timeline.takes.clips import grip_at
from talkies.ui.work.lookup import sounding
from talkies.ui.work.state import TakeRecord
from talkies.ui.work.take_edits import Grip, crossfaded, dragged, neighbours

if TYPE_CHECKING:
    from talkies.ui.timeline.surface import Surface

_KEYS = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier
_ALT = Qt.KeyboardModifier.AltModifier
_SHAPES = {
    "in": Qt.CursorShape.SplitHCursor,
    "out": Qt.CursorShape.SplitHCursor,
    "fade in": Qt.CursorShape.PointingHandCursor,
    "fade out": Qt.CursorShape.PointingHandCursor,
}


@dataclass(frozen=True)
class _Held:
    """A take as it was when it was taken hold of, in which timeline and where in it (column, and seconds), and those
    beside it."""

    take: TakeRecord
    timeline: Timeline | None
    grip: Grip
    x: int
    time: Fraction
    others: tuple[TakeRecord, ...]
    gesture: str


class TakeHands:
    """Turns mouse events on takes into edits of the document; each drag is one step to undo."""

    def __init__(self, surface: Surface) -> None:
        self._surface = surface
        self._held: _Held | None = None
        self._dragging = False
        self._count = 0

    @property
    def busy(self) -> bool:
        """Whether a take is held; none is any more when another timeline was opened meanwhile."""
        return self._held is not None and self._held.timeline is self._surface.timeline

    def press(self, event: QMouseEvent) -> bool:
        """Whether a take was taken hold of; with Shift or Ctrl shots are chosen instead."""
        point = event.position().toPoint()
        under = None if event.modifiers() & _KEYS else self._under(point)
        if under is None:
            return False
        take, grip = under
        heard = sounding(self._surface.document.all_takes) if "fade" not in grip else ()
        self._count += 1
        surface, gesture, x = self._surface, f"takes {id(self)} {self._count}", point.x()
        self._held = _Held(take, surface.timeline, grip, x, surface.scale.time(x), neighbours(take, heard), gesture)
        self._dragging = False
        return True

    def move(self, event: QMouseEvent) -> None:
        if self._held is None or not self.busy:
            return
        x = event.position().toPoint().x()
        self._dragging = self._dragging or abs(x - self._held.x) >= QApplication.startDragDistance()
        if self._dragging:
            self._drag(self._held, x, free=bool(event.modifiers() & _ALT))

    def release(self) -> bool:
        """Lets go; whether something was dragged."""
        self._held = None
        return self._dragging

    def hover(self, point: QPoint) -> bool:
        """The pointer's shape over edges; whether there is one."""
        viewport, under = self._surface.viewport(), self._under(point)
        shape = _SHAPES.get(under[1]) if under is not None else None
        if shape is not None:
            viewport.setCursor(shape)
        elif viewport.cursor().shape() in _SHAPES.values():
            viewport.unsetCursor()
        return shape is not None

    def _under(self, point: QPoint) -> tuple[TakeRecord, Grip] | None:
        """The take under a point, as it is now: lanes are made anew a moment after an edit."""
        surface, hit = self._surface, self._surface.hit(point)
        if hit is None or not isinstance(hit.item, TakeRecord):
            return None
        top = next(surface.row_top(index) for index, row in enumerate(surface.rows) if row is hit.row)
        take = surface.document.take(hit.item.id)
        return take, grip_at(take, surface.scale, point.x(), point.y() - top)

    def _drag(self, held: _Held, x: int, free: bool) -> None:
        document, take = self._surface.document, held.take
        rate, place, edit = document.open_timeline().rate, held.take.place, held.take.edit
        edges = {
            "all": place.start, "in": place.start, "out": place.end,
            "fade in": place.start + edit.fade_in, "fade out": place.end - edit.fade_out,
        }  # fmt: skip
        wanted = self._wanted(edges[held.grip] + self._surface.scale.time(x) - held.time, free)
        new = dragged(take, held.grip, wanted, rate)
        edits = {take.id: new} if "fade" in held.grip else crossfaded(take, new, held.others, rate)
        document.edit_takes(edits, held.gesture)

    def _wanted(self, position: Fraction, free: bool) -> Fraction:
        surface, document = self._surface, self._surface.document
        rate = document.open_timeline().rate
        if free:
            return nearest_sample(position)
        if not surface.snapping:
            return nearest_frame(position, rate)
        return snapped(position, surface.scale, rate, surface.rows.cuts, [document.playhead])
