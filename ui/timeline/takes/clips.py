"""Takes as clips: where their edges and fades are taken hold of, and how fades look."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygon

from talkies.ui.timeline.layout import Scale, Visible
from talkies.ui.timeline.rows import Row
from talkies.ui.work.state import TakeRecord
from talkies.ui.work.take_edits import Grip

if TYPE_CHECKING:
    from talkies.ui.timeline.canvas import Canvas

REACH = 6
"""Pixels inside of an edge that take hold of it."""

_CORNER = 10  # pixels from the upper edge in which a fade is taken hold of
_HELD = 4 * REACH  # pixels of width from which a take has edges to hold,
_CORNERED = 60  # and corners
_KNOB = 5  # pixels


def grip_at(take: TakeRecord, scale: Scale, x: int, y: int) -> Grip:
    """What column ``x`` of a take takes hold of, ``y`` pixels below the upper edge of its lane."""
    left, right = scale.x(take.place.start), scale.x(take.place.end)
    if right - left < _HELD or take.take.is_picture:
        return "all"
    if y < _CORNER and right - left >= _CORNERED:
        into, out = left + scale.width(take.edit.fade_in), right - scale.width(take.edit.fade_out)
        if abs(x - into) <= REACH or into <= x <= into + 2 * REACH:
            return "fade in"
        if abs(x - out) <= REACH or out - 2 * REACH <= x <= out:
            return "fade out"
    if x - left <= REACH:
        return "in"
    return "out" if right - x <= REACH else "all"


def paint_fades(canvas: Canvas, row: Row, top: int, seen: Visible) -> None:
    """On a lane of takes: what fades take away as a shade."""
    faded = [each for each in _takes(row, seen) if each[0].edit.fade_in or each[0].edit.fade_out]
    if not faded:
        return
    shade, ink = QColor(canvas.colours.lane), canvas.colours.stems[row.stem].text
    shade.setAlpha(150)
    canvas.painter.save()
    canvas.painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for take, left, right in faded:
        fades = (left, take.edit.fade_in, 1), (right - 1, take.edit.fade_out, -1)
        for silent, length, way in fades:
            if length:
                _slope(canvas, (silent, silent + way * canvas.scale.width(length)), top, row.height, shade, ink)
    canvas.painter.restore()


def paint_knobs(canvas: Canvas, row: Row, top: int, seen: Visible) -> None:
    """On the lane of the takes that sound: what fades are taken hold of by."""
    if row.kind == "take" and row.has_waves:
        knobs = list[QRect]()
        for take, left, right in _takes(row, seen):
            into, out = left + canvas.scale.width(take.edit.fade_in), right - 1 - canvas.scale.width(take.edit.fade_out)
            if right - left >= _CORNERED:
                places = (min(max(x - _KNOB // 2, left + 1), right - 1 - _KNOB) for x in (into, out))
                knobs += [QRect(x, top + 1, _KNOB, _KNOB) for x in places]
        canvas.fill(knobs, canvas.colours.stems[row.stem].text)


def _takes(row: Row, seen: Visible) -> Iterator[tuple[TakeRecord, int, int]]:
    """Those that are wide enough, with their first column and the one after their last."""
    for index, left, right in zip(seen.wide.tolist(), seen.lefts.tolist(), seen.rights.tolist(), strict=True):
        if isinstance(row.items[index], TakeRecord):
            yield row.items[index], left, right


def _slope(canvas: Canvas, ends: tuple[int, int], top: int, height: int, shade: QColor, ink: QColor) -> None:
    """From silence at the first column to all of it at the second."""
    silent, full = ends
    foot = QPoint(silent, top + height)
    canvas.painter.setPen(Qt.PenStyle.NoPen)
    canvas.painter.setBrush(shade)
    canvas.painter.drawPolygon(QPolygon([QPoint(silent, top), QPoint(full, top), foot]))
    canvas.painter.setPen(QPen(ink, 1))
    canvas.painter.drawLine(foot, QPoint(full, top))
