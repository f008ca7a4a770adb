"""Shade over what lies outside of in and out."""

from __future__ import annotations

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter

from talkies.ui.timeline.colours import timeline_colours


def paint_range(painter: QPainter, area: QRect, columns: tuple[int, int] | None) -> None:
    """``columns``: of in and out, None where neither is set; ``area``: what is painted."""
    if columns is None:
        return
    left, right = columns
    colours = timeline_colours()
    painter.fillRect(QRect(area.left(), area.top(), left - area.left(), area.height()), colours.shade)
    painter.fillRect(QRect(right, area.top(), area.right() + 1 - right, area.height()), colours.shade)
    for x in (left, right):
        painter.fillRect(x, area.top(), 1, area.height(), colours.accent)
