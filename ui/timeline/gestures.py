"""Mouse gestures on the lanes: select by click, Shift, Ctrl and rubber band; pan with the middle button.

click          this segment alone          Ctrl + click    this one too, or no longer
Shift + click  all from the last one on    drag            all that the band touches (Shift or Ctrl: too)
on the lane of spots: ui/timeline/spots/hands.py; on takes: ui/timeline/takes/hands.py
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QContextMenuEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QApplication

from talkies.core.times import TimeRange
from talkies.ui.timeline.colours import timeline_colours
from talkies.ui.timeline.painting import Dragged
from talkies.ui.timeline.spots.hands import SpotHands
from talkies.ui.timeline.takes.hands import TakeHands
from talkies.ui.timeline.tooltips import Hit
from talkies.ui.work.document import SelectMode
from talkies.ui.work.state import TakeRecord

if TYPE_CHECKING:
    from talkies.ui.timeline.view import TimelineView

_SHIFT, _CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
_PULL = 24  # pixels that the view moves on when the band is pulled beyond its edge


class Gestures:
    """Turns the mouse events of a view's viewport into choices on its document."""

    def __init__(self, view: TimelineView) -> None:
        self._view = view
        self._start: QPoint | None = None  # in the content: pixels from time 0 and from the first row
        self._now = QPoint()
        self._banding = False
        self._before: tuple[str, ...] = ()
        self._pan_from: QPoint | None = None
        self._anchor = ""
        self._spots, self._takes = SpotHands(view), TakeHands(view)

    @property
    def busy(self) -> bool:
        """Whether a button is held: the view does not turn pages by itself then."""
        return self._pan_from is not None or self._banding or self._spots.busy or self._takes.busy

    @property
    def dragged(self) -> Dragged:
        """What is shown elsewhere than the document has it."""
        return Dragged(self._spots.dragged, self._takes.dragged)

    def press(self, event: QMouseEvent) -> None:
        point = event.position().toPoint()
        self._view.settle()
        if event.button() == Qt.MouseButton.MiddleButton:
            self._pan_from = point
            self._view.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
        elif event.button() == Qt.MouseButton.LeftButton and not (self._spots.press(event) or self._takes.press(event)):
            self._start, self._now, self._banding = self._content(point), point, False
            self._before = self._view.document.selected

    def move(self, event: QMouseEvent) -> None:
        point = event.position().toPoint()
        if self._pan_from is not None:
            moved = self._pan_from - point
            self._pan_from = point
            self._view.scroll_by(moved.x(), moved.y())
        elif self._spots.busy:
            self._spots.move(event)
        elif self._takes.busy:
            self._takes.move(event)
        elif not event.buttons():
            if not self._takes.hover(point):
                self._spots.hover(point)
        elif self._start is not None and event.buttons() & Qt.MouseButton.LeftButton:
            self._now = point
            far = (self._content(point) - self._start).manhattanLength() >= QApplication.startDragDistance()
            self._banding = self._banding or far
            if self._banding:
                self._pull(point)
                self._choose_banded(event.modifiers())
                self._view.viewport().update()

    def release(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.MiddleButton:
            self._pan_from = None
            self._view.viewport().unsetCursor()
        elif self._spots.busy:
            self._spots.release(event)
        elif event.button() == Qt.MouseButton.LeftButton and self._takes.busy:
            if self._takes.release():
                self._view.settle()
            else:
                self._click(self._view.hit(event.position().toPoint()), event.modifiers())
        elif event.button() == Qt.MouseButton.LeftButton and self._start is not None:
            if not self._banding:
                self._click(self._view.hit(event.position().toPoint()), event.modifiers())
            self._start, self._banding = None, False
            self._view.viewport().update()

    def double_click(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._spots.double_click(event):
            return
        hit = self._view.hit(event.position().toPoint())
        if hit is not None and hit.segment_id and event.button() == Qt.MouseButton.LeftButton:
            self._view.segment_activated.emit(hit.segment_id)

    def menu(self, event: QContextMenuEvent) -> None:
        """A clip outside of the selection becomes the selection before its menu opens."""
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        hit = self._chosen_hit() if by_key else self._view.hit(event.pos())
        if hit is not None and hit.segment_id and hit.segment_id not in self._view.document.selected:
            self._view.document.select([hit.segment_id])
        self._view.menu_requested.emit(event.globalPos(), hit)

    def _chosen_hit(self) -> Hit | None:
        """The first chosen segment, for the key that opens a menu."""
        for key in self._view.document.selected[:1]:
            for row in self._view.rows:
                if row.kind == "picture" and key in row.places:
                    return Hit(row, row.places[key], self._view.document.segment(key).record.start)
        return None

    def paint(self, painter: QPainter) -> None:
        """The rubber band."""
        if not self._banding:
            return
        accent = timeline_colours().accent
        faint = QColor(accent)
        faint.setAlpha(40)
        painter.setPen(accent)
        painter.setBrush(faint)
        painter.drawRect(self._band().translated(-self._offset()))

    def _click(self, hit: Hit | None, modifiers: Qt.KeyboardModifier) -> None:
        view, chosen = self._view, hit.segment_id if hit is not None else ""
        if hit is not None and hit.row.kind == "words" and hit.item is not None:
            view.cue_clicked.emit(view.document.cues.index(hit.item))
            return
        if not chosen:
            if not modifiers & (_SHIFT | _CTRL):
                view.document.select(())
            return
        if modifiers & _SHIFT and self._anchor:
            view.document.select(self._from_anchor(chosen), "add" if modifiers & _CTRL else "replace")
        else:
            view.document.select([chosen], "toggle" if modifiers & _CTRL else "replace")
            self._anchor = chosen
        if hit is not None and isinstance(hit.item, TakeRecord):
            view.take_clicked.emit(hit.item.id)

    def _from_anchor(self, chosen: str) -> list[str]:
        """All segments that start between the last one clicked and this one, on their tracks and those between."""
        rows = [row for row in self._view.rows if row.kind == "picture"]
        places = {key: index for index, row in enumerate(rows) for key in (self._anchor, chosen) if key in row.places}
        if self._anchor not in places:
            return [chosen]
        first, last = sorted((places[self._anchor], places[chosen]))
        ends = [self._view.document.segment(key).record for key in (self._anchor, chosen)]
        span = TimeRange(min(ends).start, max(each.end for each in ends))
        return [
            row.items[index].id
            for row in rows[first : last + 1]
            for index in row.spans.between(span.start, span.end)
            if row.spans.ranges[index].overlap(span)
        ]

    def _choose_banded(self, modifiers: Qt.KeyboardModifier) -> None:
        """What the band touches, together with what was selected before it when Shift or Ctrl is held."""
        view, band = self._view, self._band()
        origin = view.scale.scrolled(0)
        span = TimeRange(origin.time(band.left()), origin.time(band.right() + 1))
        touched = []
        for row_index in view.rows.between(band.top(), band.bottom() + 1):
            row = view.rows[row_index]
            if row.kind in ("picture", "take", "other take"):
                near = row.spans.between(span.start, span.end)
                hits = (row.items[index] for index in near if row.spans.ranges[index].overlap(span))
                touched += [item.segment_id if isinstance(item, TakeRecord) else item.id for item in hits]
        mode: SelectMode = "replace"
        kept = self._before if modifiers & (_SHIFT | _CTRL) else ()
        view.document.select([*kept, *touched], mode)

    def _pull(self, point: QPoint) -> None:
        """Scrolls when the band is dragged beyond the edge."""
        area = self._view.viewport().rect()
        dx = -_PULL if point.x() < 0 else _PULL if point.x() > area.right() else 0
        dy = -_PULL if point.y() < 0 else _PULL if point.y() > area.bottom() else 0
        if dx or dy:
            self._view.scroll_by(dx, dy)

    def _band(self) -> QRect:
        """In the content's pixels."""
        return QRect(self._start or QPoint(), self._content(self._now)).normalized()

    def _content(self, point: QPoint) -> QPoint:
        return point + self._offset()

    def _offset(self) -> QPoint:
        return QPoint(self._view.scale.offset, -self._view.drawn_rows_top)
