"""Sizes of windows that fit the screen they open on, whatever its size and scale."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QCursor, QGuiApplication
from PySide6.QtWidgets import QWidget

_FRAME: Final = QSize(8, 40)
"""What the system draws around a window, before it has told how much that is."""


def available_at(widget: QWidget | None = None) -> QRect:
    """The part of a screen that windows may take, in the pixels that widgets count in: that of a shown window, else
    where the pointer is."""
    screen = widget.screen() if widget is not None and widget.isVisible() else None
    screen = screen or QGuiApplication.screenAt(QCursor.pos()) or QGuiApplication.primaryScreen()
    return screen.availableGeometry() if screen is not None else QRect(0, 0, 1280, 720)


def fitted(wanted: QSize, available: QRect) -> QRect:
    """A window of the wanted size in the middle of a screen, smaller where that has less room."""
    size = wanted.boundedTo(available.size() - _FRAME)
    left = available.left() + (available.width() - size.width()) // 2
    top = available.top() + max((available.height() - size.height() + _FRAME.height()) // 2, 0)
    return QRect(left, min(top, available.bottom() + 1 - size.height()), size.width(), size.height())


def inside(geometry: QRect, available: QRect) -> QRect:
    """A window as it was left, moved and made smaller until it lies on the screen that there is now."""
    size = geometry.size().boundedTo(available.size())
    left = min(max(geometry.left(), available.left()), available.right() + 1 - size.width())
    top = min(max(geometry.top(), available.top()), available.bottom() + 1 - size.height())
    return QRect(left, top, size.width(), size.height())


def resize_dialog(dialog: QWidget, width: int, height: int) -> None:
    """A dialog's size, no larger than the screen of its window."""
    parent = dialog.parentWidget()
    dialog.resize(QSize(width, height).boundedTo(available_at(parent).size() - _FRAME))
