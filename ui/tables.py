"""Tables of rows that are chosen and typed in: their look, what is said where there are none, and which are chosen."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QItemSelectionRange, QSize, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QLabel, QStackedLayout, QTableView

CELL_PADDING = 22  # pixels beside the text of a cell, as the style sheet and Qt have it


def dress(view: QTableView, name: str, wide: int) -> None:
    """The look and the habits of a table that has its model; the column ``wide`` takes what the others leave."""
    view.setAccessibleName(name)
    view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
    view.setAlternatingRowColors(True)
    view.setShowGrid(False)
    view.setWordWrap(False)
    view.setIconSize(QSize(15, 15))
    view.setEditTriggers(
        QAbstractItemView.EditTrigger.DoubleClicked
        | QAbstractItemView.EditTrigger.EditKeyPressed
        | QAbstractItemView.EditTrigger.SelectedClicked
    )
    view.verticalHeader().hide()
    view.verticalHeader().setDefaultSectionSize(26)
    header = view.horizontalHeader()
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    header.setHighlightSections(False)
    header.setSectionResizeMode(wide, QHeaderView.ResizeMode.Stretch)


def or_hint(stack: QStackedLayout, view: QTableView, words: str) -> None:
    """Fills ``stack`` with the table (0) and what is said where it has no rows (1)."""
    hint = QLabel(words)
    hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
    hint.setWordWrap(True)
    hint.setProperty("role", "faint")
    stack.addWidget(view)
    stack.addWidget(hint)


def show_chosen(view: QTableView, runs: Iterable[tuple[int, int]]) -> None:
    """Selects runs of rows, first and last of each, and nothing else."""
    model, chosen = view.model(), QItemSelection()
    for first, last in runs:
        chosen.append(QItemSelectionRange(model.index(first, 0), model.index(last, model.columnCount() - 1)))
    flag = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
    view.selectionModel().select(chosen, flag)


def type_in(view: QTableView, row: int, column: int) -> None:
    """Opens a cell for typing."""
    index = view.model().index(row, column)
    view.setFocus()
    view.setCurrentIndex(index)
    view.edit(index)
