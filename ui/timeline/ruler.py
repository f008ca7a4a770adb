"""Ruler above the tracks: timecodes, the playhead's grip, and the strip in which a range is drawn."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, QRect, Qt, Signal
from PySide6.QtGui import QColor, QContextMenuEvent, QMouseEvent, QPainter, QPaintEvent, QPolygonF, QWheelEvent
from PySide6.QtWidgets import QWidget

from talkies.ui.plain_text import one_line
from talkies.ui.timeline.colours import timeline_colours
from talkies.ui.timeline.ticks import ticks

if TYPE_CHECKING:
    from talkies.ui.timeline.view import TimelineView

HEIGHT = 38
RANGE_HEIGHT = 11
"""The strip at the bottom in which dragging draws the range between in and out."""

_LEAST_NAME = 30  # pixels from which a marker has its name
_GRIP = 6  # half the width of the playhead's grip
_EDGE = 5  # pixels around an end of the range that take hold of it


class Ruler(QWidget):
    """Dragging above scrubs, dragging in the strip below (or with Shift) draws the range; ends can be moved.
    ``menu_requested``: where on the screen; the playhead is at that place then."""

    menu_requested = Signal(QPoint)

    def __init__(self, view: TimelineView) -> None:
        super().__init__(view)
        self._view = view
        self._gesture = 0
        self._fixed: Fraction | None = None
        self.setAccessibleName(self.tr("Ruler"))
        self.setMouseTracking(True)
        self.setToolTip(self.tr("Drag to move the playhead; drag in the strip below to set in and out"))

    def range_area(self) -> QRect:
        """The strip for the range."""
        return QRect(0, self.height() - RANGE_HEIGHT, self.width(), RANGE_HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        colours, view = timeline_colours(), self._view
        painter = QPainter(self)
        painter.fillRect(event.rect(), colours.header)
        timeline = view.timeline
        if timeline is None:
            return
        painter.fillRect(self.range_area(), colours.ground)
        painter.setFont(view.small_font)
        base = self.height() - RANGE_HEIGHT
        for tick in ticks(timeline, view.scale, self.width()):
            painter.setPen(colours.line)
            painter.drawLine(tick.x, base - (base - 6 if tick.label else 5), tick.x, base - 1)
            if tick.label:
                painter.setPen(colours.faint)
                painter.drawText(QPoint(tick.x + 5, 17), tick.label)
        self._paint_range(painter)
        painter.setPen(colours.line)
        painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)
        self._paint_markers(painter)
        self._paint_grip(painter)

    def _paint_range(self, painter: QPainter) -> None:
        colours, area = timeline_colours(), self.range_area()
        span = self._view.range_columns()
        if span is None:
            return
        left, right = span
        area = QRect(left, area.top() + 2, max(right - left, 2), area.height() - 4)
        painter.fillRect(area, colours.accent)
        painter.fillRect(area.left() - 1, self.range_area().top(), 3, RANGE_HEIGHT - 1, colours.accent)
        painter.fillRect(area.right() - 1, self.range_area().top(), 3, RANGE_HEIGHT - 1, colours.accent)

    def _paint_markers(self, painter: QPainter) -> None:
        """A flag for each, with its name as far as there is room before the next."""
        columns = [(self._view.scale.x(each.position), each.name) for each in self._view.document.markers]
        metrics, colour = painter.fontMetrics(), QColor(timeline_colours().accent)
        ends = [*(x for x, _ in columns[1:]), self.width()]
        for (x, name), end in zip(columns, ends, strict=False):
            if end < 0 or x > self.width():
                continue
            painter.fillRect(x, 0, 1, self.height() - RANGE_HEIGHT, colour)
            painter.fillRect(x, 0, 6, 9, colour)
            if name and end - x > _LEAST_NAME:
                text = metrics.elidedText(one_line(name), Qt.TextElideMode.ElideRight, end - x - 12)
                ground = QRect(x + 7, 0, metrics.horizontalAdvance(text) + 4, metrics.height() - 2)
                painter.fillRect(ground, timeline_colours().header)
                painter.setPen(colour)
                painter.drawText(QPoint(x + 9, metrics.ascent() - 1), text)

    def _paint_grip(self, painter: QPainter) -> None:
        x, base = self._view.playhead_column(), self.height() - RANGE_HEIGHT
        if not -_GRIP <= x <= self.width() + _GRIP:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(timeline_colours().playhead)
        middle = x + 0.5
        corners = [(-_GRIP, base - 13), (_GRIP, base - 13), (_GRIP, base - 6), (0, base), (-_GRIP, base - 6)]
        painter.drawPolygon(QPolygonF([QPointF(middle + dx, y) for dx, y in corners]))
        painter.drawRect(x, base - 1, 1, RANGE_HEIGHT + 1)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        if event.button() != Qt.MouseButton.LeftButton or self._view.timeline is None:
            return
        self._view.setFocus(Qt.FocusReason.MouseFocusReason)
        self._gesture += 1
        x = event.position().toPoint().x()
        in_strip = self.range_area().contains(event.position().toPoint())
        if in_strip or event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._fixed = self._other_end(x) if in_strip else None
            if self._fixed is None:
                self._fixed = self._view.position_at(x)
        else:
            self._view.scrub(x)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        point = event.position().toPoint()
        if not event.buttons() & Qt.MouseButton.LeftButton:
            at_end = self.range_area().contains(point) and self._other_end(point.x()) is not None
            self.setCursor(Qt.CursorShape.SizeHorCursor if at_end else Qt.CursorShape.ArrowCursor)
        elif self._fixed is not None:
            position = self._view.position_at(point.x())
            if position != self._fixed:
                start, end = sorted((position, self._fixed))
                self._view.document.set_in_out(start, end, gesture=f"range {self._gesture}")
        else:
            self._view.scrub(point.x())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        if self._fixed is not None and self._view.position_at(event.position().toPoint().x()) == self._fixed:
            self._view.document.set_in_out(None, None)  # a click in the strip takes the range away
        self._fixed = None

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802 - Qt's name
        if self._view.timeline is not None:
            self._view.scrub(event.pos().x())
            self.menu_requested.emit(event.globalPos())

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        self._view.wheelEvent(event)

    def _other_end(self, x: int) -> Fraction | None:
        """The end of the range that stays when the one at column ``x`` is dragged, None where there is none."""
        span = self._view.range_columns()
        if span is None:
            return None
        start, end = self._view.range_positions()
        if abs(span[0] - x) <= _EDGE:
            return end
        return start if abs(span[1] - x) <= _EDGE else None
