"""Spot table: the list of spots, in step with what is chosen on the timeline."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QStackedLayout,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from talkies.core.spotting.spot import KINDS, SOURCES
from talkies.ui.spotting.model import AVOID, FILE, FORCE, IN, KIND, LOCK, OUT, SOURCE, WORDS, SpotModel
from talkies.ui.tables import CELL_PADDING, dress, or_hint, show_chosen, type_in
from talkies.ui.work.document import Document

Index = QModelIndex | QPersistentModelIndex


class ChoiceDelegate(QStyledItemDelegate):
    """A list of what can be chosen instead of a line to type in."""

    def __init__(self, names: Iterable[str], parent: QObject) -> None:
        super().__init__(parent)
        self._names = tuple(names)

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:  # noqa: N802 - Qt's
        box = QComboBox(parent)
        box.addItems(self._names)
        box.activated.connect(lambda: self.commitData.emit(box))
        return box

    def setEditorData(self, editor: QWidget, index: Index) -> None:  # noqa: N802 - Qt's name
        if isinstance(editor, QComboBox):
            editor.setCurrentText(str(index.data(Qt.ItemDataRole.EditRole)))

    def setModelData(self, editor: QWidget, model: object, index: Index) -> None:  # noqa: N802 - Qt's name
        if isinstance(editor, QComboBox) and isinstance(model, SpotModel):
            model.setData(index, editor.currentText())


class SpotTable(QWidget):
    """``refused``: the sentence why an edit was not taken. ``menu_wanted``: where on the screen, for the chosen rows.
    ``remove_wanted``: the chosen ones are to go."""

    refused = Signal(str)
    menu_wanted = Signal(QPoint)
    remove_wanted = Signal()

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._leading = False
        self.model = SpotModel(document, self)
        self.view = QTableView(self)
        self._build()
        self.model.refused.connect(self.refused)
        self.model.modelReset.connect(self._show_rows)
        self.view.selectionModel().selectionChanged.connect(self._lead)
        document.chosen_spots_changed.connect(self._follow)
        self._show_rows()

    def _build(self) -> None:
        view = self.view
        view.setModel(self.model)
        dress(view, self.tr("Spots"), WORDS)
        view.customContextMenuRequested.connect(self._ask_menu)
        view.installEventFilter(self)
        view.setItemDelegateForColumn(KIND, ChoiceDelegate(KINDS, view))
        view.setItemDelegateForColumn(SOURCE, ChoiceDelegate(SOURCES, view))
        time = QFontMetrics(view.font()).horizontalAdvance("00:00:00:00.00") + CELL_PADDING
        widths = ((IN, time), (OUT, time), (KIND, 92), (AVOID, 110), (FORCE, 58), (SOURCE, 88), (FILE, 150), (LOCK, 46))
        for column, width in widths:
            view.setColumnWidth(column, width)
        words = self.tr("No spots yet.\nCtrl+K spots the selected shots: what is seen to sound becomes a list.")
        self._stack = QStackedLayout(self)
        or_hint(self._stack, view, words)

    def edit_words(self, spot_id: str) -> None:
        """Opens the words of a spot for typing."""
        row = self.model.row_of(spot_id)
        if row is not None:
            type_in(self.view, row, WORDS)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Delete on a row, not in a cell that is edited."""
        key = event if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress else None
        if watched is self.view and key is not None and key.key() == Qt.Key.Key_Delete and not key.modifiers():
            self.remove_wanted.emit()
            return True
        return super().eventFilter(watched, event)

    def _show_rows(self) -> None:
        self._stack.setCurrentIndex(0 if self.model.rowCount() else 1)
        self._follow()

    def _lead(self, *_: object) -> None:
        """Rows were chosen here: so are their spots, and the playhead goes to the first that is shown."""
        if self._leading:
            return
        rows = [index.row() for index in self.view.selectionModel().selectedRows()]
        self._leading = True
        self._document.choose_spots([self.model.spot(row).id for row in rows])
        if places := [span.start for row in rows if (span := self.model.place(row)) is not None]:
            self._document.set_playhead(min(places))
        self._leading = False

    def _follow(self) -> None:
        """Spots were chosen elsewhere: their rows are shown as selected."""
        if self._leading:
            return
        found = (self.model.row_of(spot_id) for spot_id in self._document.chosen_spots)
        rows = sorted(row for row in found if row is not None)
        self._leading = True
        show_chosen(self.view, ((row, row) for row in rows))
        self._leading = False
        if rows:
            self.view.scrollTo(self.model.index(rows[0], 0))

    def _ask_menu(self, point: QPoint) -> None:
        if self._document.chosen_spots:
            self.menu_wanted.emit(self.view.viewport().mapToGlobal(point))
