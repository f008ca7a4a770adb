"""Track headers: names at the left, and the playhead's timecode in the corner above them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from talkies.ui.plain_text import one_line
from talkies.ui.timeline.colours import TimelineColours, timeline_colours
from talkies.ui.timeline.rows import Row

if TYPE_CHECKING:
    from talkies.ui.timeline.view import TimelineView

WIDTH = 132
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class Headers(QWidget):
    """One cell for each row: a bar in the row's colour, its short name, and what it is."""

    def __init__(self, view: TimelineView) -> None:
        super().__init__(view)
        self._view = view
        self.setAccessibleName(self.tr("Tracks"))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        colours, view = timeline_colours(), self._view
        painter = QPainter(self)
        painter.fillRect(event.rect(), colours.ground)
        for index in view.visible_rows(event.rect().top(), event.rect().bottom() + 1):
            self._paint_cell(painter, view.rows[index], view.row_top(index), colours)
        painter.setPen(colours.line)
        painter.drawLine(self.width() - 1, 0, self.width() - 1, self.height())

    def _paint_cell(self, painter: QPainter, row: Row, top: int, colours: TimelineColours) -> None:
        painter.fillRect(0, top, self.width() - 1, row.height, colours.header)
        painter.fillRect(0, top, 4, row.height, bar_colour(colours, row))
        bold = QFont(self.font())
        bold.setBold(True)
        area = QRect(13, top, 34, row.height)
        painter.setFont(bold)
        painter.setPen(colours.text)
        painter.drawText(area, _LEFT, one_line(row.name, 8))
        painter.setFont(self._view.small_font)
        painter.setPen(colours.faint)
        if row.label != row.name:
            place = QRect(48, top, self.width() - 56, row.height)
            text = painter.fontMetrics().elidedText(one_line(row.label), Qt.TextElideMode.ElideRight, place.width())
            painter.drawText(place, _LEFT, text)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        self._view.wheelEvent(event)


class Corner(QWidget):
    """The playhead's timecode."""

    def __init__(self, view: TimelineView) -> None:
        super().__init__(view)
        self._view = view
        self.setAccessibleName(self.tr("Playhead"))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        colours = timeline_colours()
        painter = QPainter(self)
        painter.fillRect(event.rect(), colours.header)
        painter.setPen(colours.line)
        painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)
        painter.drawLine(self.width() - 1, 0, self.width() - 1, self.height())
        timeline = self._view.timeline
        if timeline is not None:
            font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
            font.setPointSizeF(self.font().pointSizeF() + 1)
            painter.setFont(font)
            painter.setPen(colours.text)
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, timeline.timecode(self._view.document.playhead))


def bar_colour(colours: TimelineColours, row: Row) -> QColor:
    """The colour by which a row is known."""
    kinds = {"picture": colours.picture, "words": colours.words, "sound": colours.sound}
    return (kinds.get(row.kind) or colours.stems[row.stem]).peak
