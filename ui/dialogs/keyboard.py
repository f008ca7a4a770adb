"""Keyboard help: every shortcut, read from the actions themselves, so that the list is never out of date."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from talkies.ui.screen_fit import resize_dialog

_ROWS = 22
_BAR, _BUTTONS = 20, 60  # pixels of a scroll bar, and of the line with the button


class KeyboardHelp(QDialog):
    """``groups``: headings with (keys, what they do)."""

    def __init__(self, groups: Iterable[tuple[str, list[tuple[str, str]]]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Keyboard"))
        columns = QHBoxLayout()
        columns.setSpacing(36)
        grid, row = _grid(), 0
        for heading, keys in groups:
            if row and row + len(keys) > _ROWS:
                grid.setRowStretch(row, 1)
                columns.addLayout(grid)
                grid, row = _grid(), 0
            title = QLabel(f"<b>{heading}</b>")
            grid.addWidget(title, row, 0, 1, 2)
            for key, text in keys:
                row += 1
                left = QLabel(key)
                left.setProperty("role", "faint")
                left.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                grid.addWidget(left, row, 0)
                grid.addWidget(QLabel(text), row, 1)
            row += 1
            grid.setRowMinimumHeight(row, 10)
            row += 1
        grid.setRowStretch(row, 1)
        columns.addLayout(grid)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        inside = QWidget()
        inside.setLayout(columns)
        scroll = QScrollArea(self)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setStyleSheet("QScrollArea { background: transparent; border: none; }")
        scroll.setWidgetResizable(True)
        scroll.setWidget(inside)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(22, 18, 22, 16)
        whole.addWidget(scroll)
        whole.addWidget(buttons)
        needed = inside.sizeHint()
        resize_dialog(self, needed.width() + 2 * 22 + _BAR, needed.height() + 18 + 16 + _BUTTONS)


def _grid() -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(7)
    return grid
