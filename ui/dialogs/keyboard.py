"""Keyboard help: every shortcut, read from the actions themselves, so that the list is never out of date."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

_ROWS = 16


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
        whole = QVBoxLayout(self)
        whole.setContentsMargins(22, 18, 22, 16)
        whole.addLayout(columns)
        whole.addWidget(buttons)


def _grid() -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(7)
    return grid
